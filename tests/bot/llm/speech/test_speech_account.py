"""Which server listens, and whether the model sees: read from the environment."""

from collections.abc import Mapping

import pytest

from bot.settings import Settings, SettingsError

BAD = {
    "OPENAI_VISION": "yes",
    "OPENAI_TOOLS": "words",
    "TRANSCRIPTION_MODEL": "whisper # the large one",
    "TRANSCRIPTION_BASE_URL": "https://x/v1/audio/transcriptions",
    "TRANSCRIPTION_API_KEY": "key two",
}


def problems_of(environment: Mapping[str, str]) -> dict[str, str]:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env(environment)
    return caught.value.problems


def test_what_is_wrong_is_named_and_no_secret_is_told() -> None:
    told = problems_of(BAD)
    assert told.keys() == BAD.keys()
    assert all(problem.startswith("must ") for problem in told.values())
    given = {"OPENAI_API_KEY": "k", "TRANSCRIPTION_MODEL": "m"}
    settings = Settings.from_env(given | {"TRANSCRIPTION_API_KEY": "planted"})
    assert "planted" not in repr(settings) + "\n".join(settings.describe())


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, ("https://api.openai.com/v1", "sk-1")),
        ({"TRANSCRIPTION_BASE_URL": "http://ear/v1"}, ("http://ear/v1", "none")),
        ({"TRANSCRIPTION_API_KEY": "tk-1"}, ("https://api.openai.com/v1", "tk-1")),
    ],
    ids=["the-llm-s", "another-server", "another-key"],
)
def test_voice_notes_go_to_the_llm_s_server_or_their_own(
    given: dict[str, str], expected: tuple[str, str]
) -> None:
    model = {"TRANSCRIPTION_MODEL": "whisper-1", "OPENAI_API_KEY": "sk-1"}
    server = Settings.from_env(model | given).transcription
    assert server is not None
    assert (server.base_url, server.api_key) == expected
    assert Settings.from_env({"OPENAI_API_KEY": "sk-1"}).transcription is None
    told = problems_of({"TRANSCRIPTION_MODEL": "whisper-1"})
    assert told == {"TRANSCRIPTION_BASE_URL": "is missing (or OPENAI_API_KEY)"}


@pytest.mark.parametrize(
    ("model", "told", "sees"),
    [
        ("gpt-4o-mini", "", True),
        ("openai/gpt-4.1-mini", "", True),
        ("gpt-5.2", "", True),
        ("gpt-4o", "off", False),
        ("gpt-4o-audio-preview", "", False),
        ("gpt-3.5-turbo", "", False),
        ("llama3.1", "", False),
        ("llama3.1", "on", True),
        ("qwen2.5-vl:7b", "", True),
        ("smollm2-135m-instruct", "", False),
    ],
)
def test_a_model_sees_as_told_or_by_its_name(model: str, told: str, sees: bool) -> None:
    given = {"OPENAI_API_KEY": "k", "OPENAI_MODEL": model, "OPENAI_VISION": told}
    llm = Settings.from_env(given).llm
    assert llm is not None
    assert llm.sees == sees


@pytest.mark.parametrize(
    ("told", "in_text"), [("", False), ("calls", False), ("text", True)]
)
def test_tools_are_called_in_text_as_told(told: str, in_text: bool) -> None:
    llm = Settings.from_env({"OPENAI_API_KEY": "k", "OPENAI_TOOLS": told}).llm
    assert llm is not None
    assert llm.tools_in_text == in_text
