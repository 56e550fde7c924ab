"""The child that listens to one recording, and may do nothing else.

It is asked for a `container`, a `model`'s folder and how many `seconds` a recording may
have. On stdout: a line of JSON with its `seconds`, `is_spoken`: whether anybody speaks,
and the `segments`; or with an `error`, a sentence for operators.
"""

import json
import os
import sys
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from bot.knowledge.reading.child import read_asked
from bot.knowledge.reading.confinement import give_up_all

RATE = 16_000
LOUDEST = 32768.0  # of 16 bits
DAMAGED = "the recording is damaged, or none that can be read"


def main() -> None:
    """Listen to what stdin holds, and tell it on stdout."""
    asked, content, limits = read_asked()
    give_up_all(limits, limits.memory)
    try:
        told = _listen(asked, content)
    except MemoryError:
        told = {"error": "listening to the recording takes too much memory"}
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()
    os._exit(0)  # libraries may take their time to tidy up


def _listen(asked: dict[str, Any], content: bytes) -> dict[str, Any]:
    import numpy as np  # noqa: PLC0415 (an optional extra brings it)

    most = int(asked["seconds"]) * RATE
    pieces, length = [], 0
    for piece in _decoded(content, asked["container"]):
        pieces.append(piece)
        length += len(piece)
        if length > most:
            return {"error": f"the recording is longer than {asked['seconds']} s"}
    if not length:
        return {"error": DAMAGED}
    sound = np.concatenate(pieces).astype(np.float32) / LOUDEST
    return {"seconds": length / RATE, **_hear(sound, asked["model"])}


def _hear(sound: Any, model: str) -> dict[str, Any]:
    """Return what is said; the model is loaded only if anybody speaks."""
    from faster_whisper import WhisperModel  # noqa: PLC0415 (an optional extra)
    from faster_whisper.vad import get_speech_timestamps  # noqa: PLC0415

    if not get_speech_timestamps(sound):
        return {"is_spoken": False, "segments": []}
    whisper = WhisperModel(model, device="cpu", compute_type="int8", cpu_threads=1)
    # One guess, and no second one at a higher temperature: that takes ten times as long
    # where a language is spoken that the model does not know, and invents more.
    segments, _ = whisper.transcribe(
        sound,
        language="en",
        beam_size=1,
        temperature=0.0,
        condition_on_previous_text=False,
        vad_filter=True,
    )
    return {"is_spoken": True, "segments": [_tell(segment) for segment in segments]}


def _decoded(content: bytes, container: str) -> Iterator[Any]:
    """Yield the recording's samples, as long as it can be read."""
    import av  # noqa: PLC0415

    try:
        with av.open(BytesIO(content), "r", format=container) as opened:
            resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
            for frame in opened.decode(audio=0):
                for piece in resampler.resample(frame):
                    yield piece.to_ndarray().reshape(-1)
    except (av.FFmpegError, IndexError, ValueError):
        return  # what was read until there counts


def _tell(segment: Any) -> dict[str, Any]:
    return {
        "text": segment.text,
        "no_speech_prob": segment.no_speech_prob,
        "avg_logprob": segment.avg_logprob,
        "compression_ratio": segment.compression_ratio,
    }


if __name__ == "__main__":
    main()
