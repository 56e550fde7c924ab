"""What runs on the queue: answering chats and sending replies."""

import logging
import random
from uuid import UUID

from procrastinate import App, BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.jobs import Job

from bot.chat.talk import Talk
from bot.llm.protocol import MOST_TRIES, LLMError
from bot.observability import bound
from bot.whatsapp.sending import Sender
from db.errors import StoreUnavailableError
from db.queue.in_hand import in_hand
from db.queue.jobs import (
    ANSWER_CHAT,
    ANSWER_LOCK,
    ANSWERS,
    DELIVERIES,
    SEND_PARTS,
)

log = logging.getLogger(__name__)

# A message may wait for a week (ANSWER_MAX_AGE_MINUTES), tried every five seconds.
MOST_RETRIES = 150_000


class BackOff(BaseRetryStrategy):
    """Waits longer from try to try, with jitter, so that a backlog comes back spread.

    What ends the tries is the age of what they work on; `most_tries` is only a bound.
    """

    def __init__(self, longest: float, most_tries: int = MOST_RETRIES) -> None:
        self._longest = longest
        self._most_tries = most_tries

    def get_retry_decision(
        self, *, exception: BaseException, job: Job
    ) -> RetryDecision | None:
        """Return when to try again; not before what the exception asks for."""
        if job.attempts >= self._most_tries:
            log.error("a job is given up: %s", exception, extra={"job_id": job.id})
            return None
        growing = min(self._longest, 0.5 * 2 ** min(job.attempts, 20))
        spread = random.uniform(0.5, 1)  # noqa: S311  (jitter, no secret)
        asked = getattr(exception, "retry_after", None) or 0.0
        seconds = max(asked, growing * spread)
        return RetryDecision(retry_in={"milliseconds": int(1000 * seconds)})


def register_jobs(queue: App, talk: Talk, sender: Sender) -> None:
    """Register the tasks that the store defers by name."""

    @queue.task(name=ANSWER_CHAT, queue=ANSWERS, retry=BackOff(10), pass_context=True)
    def answer_chat(context: JobContext, chat_id: str) -> None:
        job = context.job
        user_id = _user_of(job)
        with bound(chat_id=chat_id), in_hand(job.id, job.attempts):
            try:
                sender.release_held(user_id)
                _answer(talk, chat_id, job.attempts)
            finally:  # also what is said before the next try
                sender.send_now(user_id)

    @queue.task(name=SEND_PARTS, queue=DELIVERIES, retry=BackOff(30))
    def send_parts(user_id: str) -> None:
        with bound(user_id=user_id):
            sender.send_parts(UUID(user_id))


def _user_of(job: Job) -> UUID:
    """Return whose answers the job makes: its lock names the user (db.chats)."""
    return UUID(str(job.lock).removeprefix(ANSWER_LOCK))


def _answer(talk: Talk, chat_id: str, attempt: int) -> None:
    """Answer a chat; a message that fails for no known reason is given up in time."""
    try:
        talk.answer(chat_id)
    except (LLMError, StoreUnavailableError):
        raise
    except Exception as error:
        log.exception("answering a chat failed")
        if attempt + 1 >= MOST_TRIES:
            talk.give_up(chat_id, error)
        raise
