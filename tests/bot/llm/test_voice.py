"""A server that speaks, asked over HTTP."""

import json
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from bot.llm.protocol import LLMError
from bot.llm.voice.account import SpeechServer
from bot.llm.voice.server import MOST_BYTES, Voice
from bot.settings import Settings, SettingsError
from tests.listening import Request, Response, answering

SOUND = b"OggS\xff\x80"


@dataclass
class Speaker:
    """Answers as it is told, then speaks."""

    answers: deque[Response] = field(default_factory=deque)
    asked: list[Request] = field(default_factory=list)
    url: str = ""

    def answer(self, request: Request) -> Response:
        self.asked.append(request)
        return self.answers.popleft() if self.answers else Response(200, SOUND)

    def voice(self) -> Voice:
        return Voice(
            SpeechServer(
                api_key="key", base_url=f"{self.url}/v1", model="tts", voice="nova"
            )
        )


@pytest.fixture
def speaker() -> Iterator[Speaker]:
    made = Speaker()
    with answering(made.answer) as made.url:
        yield made


def test_a_text_is_spoken(speaker: Speaker) -> None:
    assert speaker.voice().speak("\u00bfQu\u00e9 tal? \ud83d", 5) == SOUND
    [asked] = speaker.asked
    assert asked.path == "/v1/audio/speech"
    assert asked.headers["Authorization"] == "Bearer key"
    assert json.loads(asked.body) == {
        "model": "tts",
        "voice": "nova",
        "input": "\u00bfQu\u00e9 tal? ?",
        "response_format": "opus",
    }


@pytest.mark.parametrize(
    ("status", "advice"),
    [(401, "SPEECH_API_KEY"), (404, "SPEECH_MODEL"), (400, "SPEECH_VOICE")],
)
def test_a_refusal_says_what_to_check(
    speaker: Speaker, status: int, advice: str
) -> None:
    speaker.answers.append(Response(status, {"error": "planted"}))
    with pytest.raises(LLMError, match=advice) as caught:
        speaker.voice().speak("Hi", 5)
    assert "planted" not in str(caught.value)


def test_what_is_too_large_or_away_is_no_voice(speaker: Speaker) -> None:
    speaker.answers.append(Response(200, b"x" * (MOST_BYTES + 100_000)))
    with pytest.raises(LLMError):
        speaker.voice().speak("Hi", 5)
    gone = SpeechServer(api_key="k", base_url="http://127.0.0.1:9", model="m", voice="")
    with pytest.raises(LLMError, match="SPEECH_BASE_URL"):
        Voice(gone).speak("Hi", 5)


def test_the_llms_key_goes_to_its_own_server_alone() -> None:
    given = {"OPENAI_API_KEY": "sk-1", "SPEECH_MODEL": "tts"}
    ours = Settings.from_env(given).speech
    assert ours is not None
    assert (ours.base_url, ours.api_key, ours.voice) == (
        "https://api.openai.com/v1", "sk-1", "alloy"
    )  # fmt: skip
    other = Settings.from_env(given | {"SPEECH_BASE_URL": "http://s/v1"}).speech
    assert other is not None
    assert other.api_key == "none"
    assert Settings.from_env({"OPENAI_API_KEY": "sk-1"}).speech is None


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"SPEECH_BASE_URL": "http://s/v1"}, "SPEECH_MODEL: is missing"),
        ({"SPEECH_API_KEY": "key"}, "SPEECH_MODEL: is missing"),
        ({"SPEECH_MODEL": "tts"}, "SPEECH_BASE_URL: is missing"),
        ({"SPEECH_MODEL": "tts # the cheap one"}, "SPEECH_MODEL: must be"),
        ({"SPEECH_BASE_URL": "localhost:8880"}, "SPEECH_BASE_URL: must be"),
        ({"SPEECH_BASE_URL": "https://x/v1/audio/speech"}, "SPEECH_BASE_URL: must"),
        ({"SPEECH_API_KEY": "key two"}, "SPEECH_API_KEY: must be"),
        ({"SPEECH_VOICE": "nova # hers"}, "SPEECH_VOICE: must be"),
    ],
    ids=str,
)
def test_what_is_wrong_is_named(given: dict[str, str], problem: str) -> None:
    with pytest.raises(SettingsError, match=problem):
        Settings.from_env(given)
