"""Speech becomes text over HTTP: asked rightly, read strictly, never waited for."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from bot.llm.account import TranscriptionServer
from bot.llm.breaker import MOST_FAILURES
from bot.llm.protocol import LLMError
from bot.llm.speech.sounds import AMR, OGG, Sound
from bot.llm.speech.transcriptions import Transcriptions
from tests.speech_server import KEY, Told, speech_server

VOICE = b"OggS\r\n--\x00\xff bytes of a voice note"


@pytest.fixture
def told() -> Iterator[Told]:
    with speech_server() as told:
        yield told


@pytest.fixture
def client(told: Told) -> Iterator[Transcriptions]:
    with closing(Transcriptions(told.server())) as client:
        yield client


@pytest.mark.parametrize("sound", [OGG, AMR], ids=["ogg", "amr"])
def test_a_recording_is_sent_as_what_it_is(
    sound: Sound, told: Told, client: Transcriptions
) -> None:
    told.hears("When do you open?", language="english", no_speech_prob=0.01)
    heard = client.transcribe(VOICE, sound, 5)
    assert [segment.text for segment in heard.segments] == [" When do you open?"]
    assert (heard.language, heard.seconds) == ("en", 4.5)
    (asked,) = told.asked
    assert asked.content == VOICE
    assert (asked.file_name, asked.media_type) == (sound.file_name, sound.media_type)
    assert asked.fields == {"model": "whisper", "response_format": "verbose_json"}
    assert asked.path == "/v1/audio/transcriptions"
    assert asked.headers["Authorization"] == f"Bearer {KEY}"


def test_a_server_that_knows_json_alone_is_asked_so_from_then_on(
    told: Told, client: Transcriptions
) -> None:
    told.knows_verbose = False
    for _ in range(2):
        heard = client.transcribe(VOICE, OGG, 5)
        assert [segment.text for segment in heard.segments] == ["Hello."]
    formats = [asked.fields["response_format"] for asked in told.asked]
    assert formats == ["verbose_json", "json", "json"]


def test_a_recording_that_is_refused_teaches_nothing(
    told: Told, client: Transcriptions
) -> None:
    for _ in range(2):
        told.fails(400, b'{"error": {"message": "Invalid file format."}}')
    with pytest.raises(LLMError, match="refused the recording") as caught:
        client.transcribe(VOICE, OGG, 5)
    assert caught.value.permanent
    client.transcribe(VOICE, OGG, 5)
    assert told.asked[-1].fields["response_format"] == "verbose_json"


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"{",
        b"<html>",
        b'{"text": null}',
        b'{"error": "busy"}',
        b"[" * 100_000,
        b"x" * 5_000_000,
    ],
    ids=["list", "cut", "page", "null", "error", "deep", "long"],
)
def test_what_is_no_transcript_is_an_error(
    body: bytes, told: Told, client: Transcriptions
) -> None:
    told.fails(200, body)
    with pytest.raises(LLMError, match="check TRANSCRIPTION_BASE_URL"):
        client.transcribe(VOICE, OGG, 5)


@pytest.mark.parametrize(
    ("status", "advice"),
    [(401, "TRANSCRIPTION_API_KEY"), (404, "TRANSCRIPTION_MODEL"), (500, "BASE_URL")],
)
def test_a_refusal_tells_what_to_check_and_no_secret(
    status: int, advice: str, told: Told, client: Transcriptions
) -> None:
    told.fails(status, f"no {KEY}".encode())
    with pytest.raises(LLMError, match=advice) as caught:
        client.transcribe(VOICE, OGG, 5)
    assert KEY not in str(caught.value)
    assert not caught.value.permanent


def test_a_pause_that_the_server_asks_for_is_kept(
    told: Told, client: Transcriptions
) -> None:
    told.fails(429, Retry_After="30")
    with pytest.raises(LLMError) as caught:
        client.transcribe(VOICE, OGG, 5)
    assert caught.value.retry_after == 30
    with pytest.raises(LLMError, match="left alone"):
        client.transcribe(VOICE, OGG, 5)
    assert len(told.asked) == 1


def test_a_server_that_is_silent_drips_or_is_gone_is_soon_left_alone(
    told: Told, client: Transcriptions
) -> None:
    for how in (told.silent, told.dripping):
        how.set()
        with pytest.raises(LLMError, match=r"within 0\.2 s"):
            client.transcribe(VOICE, OGG, 0.2)
        how.clear()
    gone = TranscriptionServer(api_key=KEY, base_url="http://127.0.0.1:1/v1", model="m")
    with closing(Transcriptions(gone, clock=lambda: 0.0)) as away:
        for _ in range(MOST_FAILURES):
            with pytest.raises(LLMError, match="that the server runs"):
                away.transcribe(VOICE, OGG, 5)
        with pytest.raises(LLMError, match="left alone"):
            away.transcribe(VOICE, OGG, 5)
