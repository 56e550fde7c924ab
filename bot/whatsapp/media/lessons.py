"""Lessons, fetched as any media are; what fails is told to the teacher."""

from collections.abc import Callable

from bot.knowledge.taking_in.lessons import FetchedFile, Lesson, NotLearnedError
from bot.media.fetching import Fetch, NotFetchedError

NOT_GIVEN = "WhatsApp did not give it to me. Our team has to look at it."


def fetching_lessons(fetch: Fetch) -> Callable[[Lesson, float], FetchedFile]:
    """Return what fetches the file of a lesson within seconds.

    It raises NotLearnedError, and NotYetError as `fetch` does.
    """

    def fetch_lesson(lesson: Lesson, seconds: float) -> FetchedFile:
        try:
            return fetch(lesson.message_sid, lesson.url, seconds)
        except NotFetchedError as error:
            told = str(error) if error.is_too_large else NOT_GIVEN
            raise NotLearnedError(told) from error

    return fetch_lesson
