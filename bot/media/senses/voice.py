"""Voice notes: a server listens, or a model on this machine."""

from collections.abc import Iterable

from bot.llm.protocol import LLMError
from bot.llm.speech.sounds import Sound, find_seconds, find_sound
from bot.llm.speech.transcriptions import Transcriptions
from bot.llm.speech.transcripts import Segment, read_number, read_segments
from bot.media.protocol import NotSensedError, NotYetSensedError, Sensed
from bot.media.senses.children import Children
from bot.media.senses.extras import find_model
from bot.media.senses.inventions import LEAST_LOG_PROB, MOST_COMPRESSION, spoken
from bot.money.meter import BudgetSpentError

# Nothing is said in less; Whisper invents there.
LEAST_SECONDS = 0.6
MOST_SECONDS = 600
# A small model on one processor takes a fifth of a recording's time.
MOST_SECONDS_HERE = 300
NOT_HEARD = Segment(text=" (\u2026)")  # stands where a part was not understood
CHILD = "bot.media.senses.listening"
MODEL_HERE = "whisper-tiny.en"


class VoiceByServer:
    """Has a server listen."""

    def __init__(self, server: Transcriptions) -> None:
        self._server = server

    def sense(
        self,
        content: bytes,
        media_type: str,
        _file_name: str | None,
        seconds: float,
        /,
    ) -> Sensed:
        """Return what was said, within `seconds`; None where nobody said anything.

        Raises NotSensedError and NotYetSensedError.
        """
        sound, length = _look_at(content, media_type, MOST_SECONDS)
        if _is_nothing(length):
            return Sensed(seconds=length)
        try:
            heard = self._server.transcribe(content, sound, seconds)
        except LLMError as error:
            raise _explained(error) from None
        length = heard.seconds or length
        return Sensed(
            text=None if _is_nothing(length) else spoken(heard.segments, length),
            text_by=self._server.model,
            language=heard.language,
            seconds=length,
            cost_micros=heard.cost_micros,
        )


class VoiceHere:
    """Listens on this machine, in a child: to English alone (the extra `speech`)."""

    def __init__(self, children: Children) -> None:
        self._children = children

    def sense(
        self,
        content: bytes,
        media_type: str,
        _file_name: str | None,
        seconds: float,
        /,
    ) -> Sensed:
        """Return what was said, within `seconds`; None where nobody said anything.

        Raises NotSensedError and NotYetSensedError.
        """
        sound, length = _look_at(content, media_type, MOST_SECONDS_HERE)
        if _is_nothing(length):
            return Sensed(seconds=length)
        asked: dict[str, object] = {
            "container": sound.container,
            "model": find_model(),
            "seconds": MOST_SECONDS_HERE,
        }
        told = self._children.ask(CHILD, asked, content, seconds)
        length = read_number(told, "seconds")
        segments = tuple(read_segments(told.get("segments")))
        is_spoken = bool(told.get("is_spoken")) and not _is_nothing(length)
        text = understood(segments, length) if is_spoken else None
        return Sensed(text=text, text_by=MODEL_HERE, language="en", seconds=length)


def understood(segments: Iterable[Segment], length: float | None) -> str | None:
    """Return what somebody said; raises NotSensedError where that was not understood.

    In another language the model guesses badly, or goes round.
    """
    heard = list(segments)
    if not any(map(_is_sure, heard)):
        raise NotSensedError(
            f"somebody speaks, and {MODEL_HERE}, which knows English alone, does not"
            " understand it: set TRANSCRIPTION_MODEL for other languages"
        )
    return spoken([one if _is_sure(one) else NOT_HEARD for one in heard], length)


def _is_sure(segment: Segment) -> bool:
    is_guess = (segment.log_prob or 0.0) < LEAST_LOG_PROB
    return not is_guess and (segment.compression or 0.0) <= MOST_COMPRESSION


def _look_at(
    content: bytes, media_type: str, most_seconds: int
) -> tuple[Sound, float | None]:
    """Return what a recording is, and its seconds, if it tells them."""
    sound = find_sound(content)
    if sound is None:
        raise NotSensedError(f"the bytes are no recording, though sent as {media_type}")
    length = find_seconds(content)
    if length is not None and length > most_seconds:
        raise NotSensedError(
            f"the recording is longer than {most_seconds // 60} minutes"
        )
    return sound, length


def _is_nothing(length: float | None) -> bool:
    return length is not None and length < LEAST_SECONDS


def _explained(error: LLMError) -> NotSensedError | NotYetSensedError:
    if error.permanent or isinstance(error, BudgetSpentError):
        return NotSensedError(str(error))
    return NotYetSensedError(
        str(error), most_tries=error.most_tries, retry_after=error.retry_after
    )
