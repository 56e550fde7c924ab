"""What a server says that it heard, in the shapes that servers use.

https://platform.openai.com/docs/api-reference/audio/verbose-json-object
"""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from babel import Locale

from bot.llm.protocol import LLMError

LONGEST_TEXT = 50_000
# No recording that is taken is as long: what is more is a server's slip.
LONGEST_SECONDS = 86_400
NO_TRANSCRIPT = (
    "the speech server sent no transcript: check TRANSCRIPTION_BASE_URL and"
    " TRANSCRIPTION_MODEL."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """Some seconds of speech, and how sure the model is of them, as Whisper tells it.

    `no_speech` is the probability that nobody spoke; `log_prob` the mean of the words'
    logarithms; `compression` how much shorter the text gets: repeated words do. None:
    not told.
    """

    text: str
    no_speech: float | None = None
    log_prob: float | None = None
    compression: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """What was heard, in one segment or more; `language` is a code such as `pt`.

    `cost_micros` is what hearing it cost, in millionths; None: nobody counted.
    """

    segments: tuple[Segment, ...]
    language: str | None = None
    seconds: float | None = None
    cost_micros: int | None = None


def read_transcript(body: bytes) -> Transcript:
    """Return what a server's JSON says. Raises LLMError for what is none."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise LLMError(NO_TRANSCRIPT) from None
    text = found.get("text") if isinstance(found, dict) else None
    if not isinstance(text, str):
        raise LLMError(NO_TRANSCRIPT)
    segments = tuple(read_segments(found.get("segments")))
    said = "".join(segment.text for segment in segments)
    if "".join(said.split()) != "".join(text.split()):
        segments = (Segment(text=text[:LONGEST_TEXT]),)  # they tell something else
    return Transcript(
        segments=segments,
        language=_read_language(found.get("language")),
        seconds=_read_seconds(found),
    )


def read_segments(found: Any) -> Iterator[Segment]:
    """Yield the segments of a list, by Whisper's names; what is none is left out."""
    for one in found if isinstance(found, list) else ():
        if isinstance(one, dict) and isinstance(one.get("text"), str):
            yield Segment(
                text=one["text"],
                no_speech=read_number(one, "no_speech_prob"),
                log_prob=read_number(one, "avg_logprob"),
                compression=read_number(one, "compression_ratio"),
            )


def read_number(found: dict[str, Any], name: str) -> float | None:
    """Return a number that an answer tells; None where it tells none."""
    try:
        number = float(found[name])
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _read_seconds(found: dict[str, Any]) -> float | None:
    seconds = read_number(found, "duration")
    return None if seconds is None or not 0 <= seconds <= LONGEST_SECONDS else seconds


def _read_language(told: Any) -> str | None:
    """Return the code of what is told as a code (`pt`), or by its English name."""
    if not isinstance(told, str):
        return None
    name = told.strip().lower()
    code = name.partition("-")[0]
    return code if code in _names().values() else _names().get(name)


@cache
def _names() -> dict[str, str]:
    """Return the codes of languages by their English names."""
    names = Locale("en").languages.items()
    return {name.lower(): code for code, name in names if len(code) <= 3}
