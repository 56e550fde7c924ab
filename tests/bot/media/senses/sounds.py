"""Sounds for the tests: made here, and one that a synthetic voice spoke."""

import io
import wave
from array import array
from math import pi, sin
from pathlib import Path
from random import Random

# Opus in OGG, as WhatsApp's voice notes are. Nobody's voice: espeak-ng spoke it.
BREAD = Path(__file__).parent / "bread.ogg"
SAYS = "how much does the bread cost when do you open on sunday"
RATE = 16_000


def wav(samples: list[float]) -> bytes:
    """Return samples of -1 to 1 as a WAV file."""
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(array("h", (int(32767 * s) for s in samples)).tobytes())
    return made.getvalue()


def silence(seconds: float) -> bytes:
    return wav([0.0] * int(RATE * seconds))


def noise(seconds: float) -> bytes:
    random = Random(13)  # noqa: S311 - no secret
    return wav([random.uniform(-0.2, 0.2) for _ in range(int(RATE * seconds))])


def tone(seconds: float) -> bytes:
    count = int(RATE * seconds)
    return wav([0.4 * sin(2 * pi * 440 * at / RATE) for at in range(count)])
