"""The parts that settings configure: Twilio, the database, the LLM and its prompt."""

from pathlib import Path

import pytest
from sqlalchemy import make_url

from bot.environment import load_environment
from bot.media.senses.telling import tell_hearing, tell_sight
from bot.settings import Settings, SettingsError, WorkerParts
from db.errors import OperatorError

TWILIO = {
    "TWILIO_ACCOUNT_SID": "AC" + "0a" * 16,
    "TWILIO_AUTH_TOKEN": "a-token",
    "TWILIO_WHATSAPP_NUMBER": "whatsapp:+14155238886",
}


def problems_of(**environment: str) -> dict[str, str]:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env(environment)
    return caught.value.problems


# Twilio


def test_twilio_is_configured_by_three_variables() -> None:
    twilio = Settings.from_env(TWILIO).twilio
    assert twilio is not None
    assert twilio.account_sid == TWILIO["TWILIO_ACCOUNT_SID"]
    assert twilio.auth_tokens == ("a-token",)
    assert twilio.whatsapp_number == "whatsapp:+14155238886"
    assert twilio.api_base_url is twilio.api_key_sid is None


@pytest.mark.parametrize(
    ("given", "tokens"),
    [("one,two", ("one", "two")), (" one , two ,", ("one", "two")), (",one", ("one",))],
)
def test_several_tokens_are_given_with_commas(
    given: str, tokens: tuple[str, ...]
) -> None:
    twilio = Settings.from_env(TWILIO | {"TWILIO_AUTH_TOKEN": given}).twilio
    assert twilio is not None
    assert twilio.auth_tokens == tokens


def test_shared_keys_are_given_with_commas_and_none_is_needed() -> None:
    given = TWILIO | {"TWILIO_SHARED_KEYS": " one, two,"}
    for environment, keys in ((TWILIO, ()), (given, ("one", "two"))):
        twilio = Settings.from_env(environment).twilio
        assert twilio is not None
        assert twilio.shared_keys == keys
    assert problems_of(TWILIO_SHARED_KEYS="one").keys() == TWILIO.keys()


@pytest.mark.parametrize("name", TWILIO)
@pytest.mark.parametrize("left", ["", " ", ","])
def test_a_missing_part_of_twilio_is_named(name: str, left: str) -> None:
    if left == "," and name != "TWILIO_AUTH_TOKEN":
        left = ""
    assert problems_of(**TWILIO | {name: left}) == {name: "is missing"}


@pytest.mark.parametrize(
    "given",
    [
        {"TWILIO_ACCOUNT_SID": "wrong"},
        {"TWILIO_WHATSAPP_NUMBER": "wrong"},
        {"TWILIO_MESSAGING_SERVICE_SID": "MG" + "0" * 32},
        {"TWILIO_MESSAGING_SERVICE_SID": "wrong"},
        {"TWILIO_API_KEY_SECRET": "a-secret"},
    ],
)
def test_any_part_of_twilio_alone_names_all_the_others(given: dict[str, str]) -> None:
    assert set(TWILIO) <= set(problems_of(**given)) | set(given)


@pytest.mark.parametrize("value", ["SK" + "0" * 32, "wrong"])
def test_an_api_key_needs_its_secret(value: str) -> None:
    problems = problems_of(**TWILIO, TWILIO_API_KEY_SID=value)
    assert problems["TWILIO_API_KEY_SECRET"] == "is missing"


def test_twilios_address_alone_configures_no_twilio() -> None:
    assert (
        Settings.from_env({"TWILIO_API_BASE_URL": "http://127.0.0.1:1"}).twilio is None
    )


# The database


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_a_database_url_is_kept_as_it_is(scheme: str) -> None:
    url = f"{scheme}://u:p%40@h:5433/x?sslmode=verify-full&sslrootcert=%2Fx"
    assert Settings.from_env({"DATABASE_URL": url}).database_url == url


@pytest.mark.parametrize(
    "password",
    ["p@ss:w/rd", "%41%", "a b", "#?&=+;", "'\"\\$`", "\u00e9\u4f60", "[::1]", ":@/"],
)
def test_a_password_in_pieces_may_hold_any_character(password: str) -> None:
    pieces = {
        "POSTGRES_HOST": "db",
        "POSTGRES_PORT": "5433",
        "POSTGRES_DB": "whats",
        "POSTGRES_USER": "a@b",
        "POSTGRES_PASSWORD": password,
    }
    url = make_url(Settings.from_env(pieces).database_url or "")
    assert (url.password, url.username) == (password, "a@b")
    assert (url.host, url.port, url.database) == ("db", 5433, "whats")


@pytest.mark.parametrize("host", ["db.example.com", "127.0.0.1", "::1"])
def test_a_host_alone_means_the_names_that_compose_uses(host: str) -> None:
    url = make_url(Settings.from_env({"POSTGRES_HOST": host}).database_url or "")
    assert (url.host, url.port) == (host, 5432)
    assert (url.database, url.username) == ("whatsapp_bot", "whatsapp_bot")


def test_the_whole_url_wins_over_the_pieces() -> None:
    environment = {"DATABASE_URL": "postgresql://one/x", "POSTGRES_HOST": "two"}
    assert Settings.from_env(environment).database_url == "postgresql://one/x"


def test_a_bad_url_is_not_replaced_by_the_pieces() -> None:
    assert set(problems_of(DATABASE_URL="x", POSTGRES_HOST="two")) == {"DATABASE_URL"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("POSTGRES_HOST", "bot:pw@db/x"),
        ("POSTGRES_HOST", "/var/run/postgresql"),
        ("POSTGRES_PORT", "70000"),
        ("POSTGRES_DB", "x?sslmode=disable"),
    ],
)
def test_bad_pieces_are_named(name: str, value: str) -> None:
    assert set(problems_of(**{"POSTGRES_HOST": "db", name: value})) == {name}


# The LLM and its prompt


def test_a_key_means_openai() -> None:
    llm = Settings.from_env({"OPENAI_API_KEY": "sk-1"}).llm
    assert llm is not None
    assert (llm.api_key, llm.base_url, llm.model) == ("sk-1", None, "gpt-4o-mini")


def test_an_address_needs_no_key() -> None:
    environment = {"OPENAI_BASE_URL": "http://127.0.0.1:1/v1/", "OPENAI_MODEL": "m"}
    llm = Settings.from_env(environment).llm
    assert llm is not None
    assert (llm.base_url, llm.model) == ("http://127.0.0.1:1/v1", "m")
    assert llm.api_key


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, None),
        ({"OPENAI_API_KEY": "sk-1"}, ("https://api.openai.com/v1", "sk-1")),
        ({"OPENAI_BASE_URL": "http://llm/v1"}, ("http://llm/v1", "none")),
        (
            {"OPENAI_API_KEY": "sk-1", "EMBEDDING_BASE_URL": "http://e/v1/"},
            ("http://e/v1", "none"),
        ),
        (
            {"OPENAI_API_KEY": "sk-1", "EMBEDDING_API_KEY": "ek-1"},
            ("https://api.openai.com/v1", "ek-1"),
        ),
        (
            {
                "OPENAI_API_KEY": "sk-1",
                "OPENAI_BASE_URL": "http://llm/v1",
                "EMBEDDING_BASE_URL": "http://llm/v1",
            },
            ("http://llm/v1", "sk-1"),
        ),
    ],
)
def test_the_llm_s_key_goes_to_no_other_server(
    given: dict[str, str], expected: tuple[str, str] | None
) -> None:
    if expected is None:
        assert Settings.from_env(given).embeddings is None
        problems = problems_of(EMBEDDING_MODEL="m")
        assert problems == {"EMBEDDING_BASE_URL": "is missing (or OPENAI_API_KEY)"}
        return
    server = Settings.from_env(given | {"EMBEDDING_MODEL": "m"}).embeddings
    assert server is not None
    assert (server.base_url, server.api_key, server.model) == (*expected, "m")


@pytest.mark.parametrize("name", ["EMBEDDING_BASE_URL", "EMBEDDING_API_KEY"])
def test_embeddings_are_not_set_without_their_model(name: str) -> None:
    given = {"OPENAI_API_KEY": "sk-1", name: "http://e/v1"}
    assert problems_of(**given) == {"EMBEDDING_MODEL": "is missing"}


def test_a_prompt_is_read_from_its_file(tmp_path: Path) -> None:
    file = tmp_path / "prompt.txt"
    file.write_text("You are Zo\u00eb's assistant.\nBe kind.\n", encoding="utf-8")
    settings = Settings.from_env({"SYSTEM_PROMPT_FILE": str(file)})
    assert settings.policy.system_prompt == "You are Zo\u00eb's assistant.\nBe kind."


def test_two_prompts_are_one_too_many(tmp_path: Path) -> None:
    file = tmp_path / "prompt.txt"
    file.write_text("Be kind.")
    problems = problems_of(SYSTEM_PROMPT="Be brief.", SYSTEM_PROMPT_FILE=str(file))
    assert set(problems) == {"SYSTEM_PROMPT_FILE"}


def test_a_prompt_file_of_bytes_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "prompt.txt"
    file.write_bytes(b"\xff\xfe\x00planted")
    problems = problems_of(SYSTEM_PROMPT_FILE=str(file))
    assert problems == {"SYSTEM_PROMPT_FILE": "must be a text file that can be read"}


# What a process can't do without


def test_what_is_required_and_missing_is_named_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env({}).parts(WorkerParts)
    needed = {"DATABASE_URL", *TWILIO, "OPENAI_API_KEY"}
    assert set(caught.value.problems) == needed


def test_what_is_required_and_there_is_handed_over() -> None:
    environment = TWILIO | {"OPENAI_API_KEY": "k", "POSTGRES_HOST": "db"}
    parts = Settings.from_env(environment).parts(WorkerParts)
    assert parts.twilio.account_sid == TWILIO["TWILIO_ACCOUNT_SID"]
    assert parts.llm.api_key == "k"
    assert "@db:5432/" in parts.database_url


@pytest.mark.parametrize(
    ("backend", "missing"),
    [("database", "DATABASE_URL"), ("memory", "OPENAI_API_KEY")],
)
def test_the_web_process_needs_what_its_backend_needs(
    backend: str, missing: str
) -> None:
    settings = Settings.from_env({**TWILIO, "STORAGE_BACKEND": backend})
    with pytest.raises(SettingsError) as caught:
        settings.web_parts()
    assert set(caught.value.problems) == {missing}


def test_the_description_tells_what_is_provided() -> None:
    assert Settings.from_env({}).describe() == [
        "Database: embedded PostgreSQL 16",
        "Twilio: simulator",
        "LLM: local toy model",
        "Embeddings: local model, if installed",
        f"Voice notes: {tell_hearing(None)}",
        f"Pictures: {tell_sight(None)}",
        "Voice answers: none: set SPEECH_MODEL",
        "Alerts: operators' own WhatsApp, for 24 hours after they wrote to it",
    ]
    configured = TWILIO | {"OPENAI_API_KEY": "k", "STORAGE_BACKEND": "memory"}
    assert Settings.from_env(configured).describe() == [
        "Database: none: STORAGE_BACKEND is memory",
        "Twilio: configured",
        "LLM: configured",
        "Embeddings: none: STORAGE_BACKEND is memory",
        "Voice notes: none: STORAGE_BACKEND is memory",
        "Pictures: none: STORAGE_BACKEND is memory",
        "Voice answers: none: STORAGE_BACKEND is memory",
        "Alerts: none: STORAGE_BACKEND is memory",
    ]


def test_a_line_of_the_env_file_that_says_nothing_stops_the_start(
    tmp_path: Path,
) -> None:
    file = tmp_path / ".env"
    file.write_text("PORT=8100\nthis is no setting = 'half\nLOG_LEVEL=DEBUG\n")
    with pytest.raises(OperatorError, match=r"\.env, line 2, is no NAME=value"):
        load_environment({}, file)


def test_text_that_is_no_utf_8_is_refused() -> None:
    assert problems_of(SYSTEM_PROMPT="Ol\udce1") == {
        "SYSTEM_PROMPT": "must be text in UTF-8"
    }
