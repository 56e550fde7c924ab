"""What a recording is, by its bytes, and what a server says of it."""

import json
from typing import Any

import pytest

from bot.llm.speech.sounds import AAC, AMR, M4A, MP3, OGG, WAV, WEBM, Sound, find_sound
from bot.llm.speech.transcripts import read_transcript


@pytest.mark.parametrize(
    ("content", "sound"),
    [
        (b"OggS\0\x02", OGG),
        (b"ID3\x04", MP3),
        (b"\xff\xfb\x90\x64", MP3),
        (b"\xff\xf1\x50\x80", AAC),
        (b"\0\0\0\x1cftypM4A ", M4A),
        (b"\0\0\0\x18ftyp3gp4", M4A),
        (b"#!AMR\n", AMR),
        (b"RIFF\x24\0\0\0WAVEfmt ", WAV),
        (b"\x1a\x45\xdf\xa3\x01", WEBM),
        (b"RIFF\x24\0\0\0WEBPVP8 ", None),
        (b"%PDF-1.7", None),
        (b"\xff", None),
        (b"", None),
    ],
)
def test_a_recording_is_what_its_bytes_say(content: bytes, sound: Sound | None) -> None:
    assert find_sound(content) == sound


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ("english", "en"), ("Portuguese", "pt"), ("es", "es"), ("pt-BR", "pt"),
        ("nynorsk?", None), (7, None), (None, None),
    ],
)  # fmt: skip
def test_a_language_is_told_by_name_or_code(told: Any, code: str | None) -> None:
    body = json.dumps({"text": "x", "language": told}).encode()
    assert read_transcript(body).language == code


def test_segments_count_only_where_they_tell_the_text() -> None:
    assert segments_of({"text": " Hello", "avg_logprob": "x"}) == [
        ("Hello there.", None)
    ]
    told = {"text": " there.", "no_speech_prob": 1}
    found = segments_of({"text": " Hello"}, 7, told)
    assert found == [(" Hello", None), (" there.", 1.0)]


def segments_of(*segments: object) -> list[tuple[str, float | None]]:
    body = json.dumps({"text": "Hello there.", "segments": segments}).encode()
    return [(one.text, one.no_speech) for one in read_transcript(body).segments]
