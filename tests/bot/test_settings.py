"""Settings from the environment: defaults, bad values, and nothing given away."""

from collections.abc import Mapping
from datetime import UTC, timedelta
from operator import attrgetter
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.readers import DEFAULT_SYSTEM_PROMPT
from bot.settings import Settings, SettingsError

ROOT = Path(__file__).parents[2]
PLANTED = "planted-5ecret/%value"
STANDBY = "postgresql://bot@standby/x"
TWILIO = {
    "TWILIO_ACCOUNT_SID": "AC" + "0a" * 16,
    "TWILIO_AUTH_TOKEN": "a-token",
    "TWILIO_WHATSAPP_NUMBER": "whatsapp:+14155238886",
}
DEFAULTS: dict[str, object] = {
    "storage_backend": "database",
    "database_url": None,
    "database_read_url": None,
    "twilio": None,
    "llm": None,
    "embeddings": None,
    "public_base_url": "http://127.0.0.1:8000",
    "policy.system_prompt": DEFAULT_SYSTEM_PROMPT,
    "policy.most_turns": 20,
    "policy.token_budget": 4000,
    "policy.llm_seconds": 60,
    "policy.timezone": UTC,
    "teachers": frozenset(),
    "tools.module": None,
    "tools.statements": None,
    "tools_database_url": None,
    "alert_roads.content_sid": None,
    "alert_roads.channels": (),
    "policy.sources.shown": "names",
    "policy.sources.quotes_uncited": False,
    "session_timeout": timedelta(days=1),
    "pace.quiet_seconds": 0.8,
    "pace.quiet_media_seconds": 8,
    "pace.notice_seconds": 120,
    "pace.max_age": timedelta(hours=1),
    "allowance.per_person": 60,
    "allowance.for_all": 3000,
    "port": 8000,
    "web_threads": 8,
    "web_workers": 2,
    "worker_concurrency": 64,
    "worker_metrics_port": None,
    "worker_heartbeat_file": None,
    "web_host": "127.0.0.1",
    "metrics_host": "127.0.0.1",
    "metrics_token": None,
    "simulator_port": 8001,
    "console_host": "127.0.0.1",
    "console_port": 8002,
    "console_url": "http://127.0.0.1:8002",
    "console_secret_key": None,
    "log_level": "INFO",
    "data_folder": ROOT / ".data",
}
# What each variable sets, where it is one setting: a good value, and what it becomes.
GOOD: dict[str, tuple[str, str, Any]] = {
    "STORAGE_BACKEND": ("memory", "storage_backend", "memory"),
    "DATABASE_READ_URL": (STANDBY, "database_read_url", STANDBY),
    "LLM_TIMEOUT_SECONDS": ("2.5", "policy.llm_seconds", 2.5),
    "PUBLIC_BASE_URL": ("https://b.example/", "public_base_url", "https://b.example"),
    "SYSTEM_PROMPT": (" Be kind. ", "policy.system_prompt", "Be kind."),
    "TIMEZONE": ("America/Lima", "policy.timezone", ZoneInfo("America/Lima")),
    "KNOWLEDGE_TEACHERS": (
        "+49 (151) 234-567, whatsapp:+15551230001,whatsapp:US.1A2B,",
        "teachers",
        {"whatsapp:+49151234567", "whatsapp:+15551230001", "whatsapp:US.1A2B"},
    ),
    "BOT_TOOLS": ("shop.tools", "tools.module", "shop.tools"),
    "BOT_SQL_TOOLS": ("/etc/sql", "tools.statements", Path("/etc/sql")),
    "TOOLS_DATABASE_URL": (STANDBY, "tools_database_url", STANDBY),
    "MAX_CONVERSATION_HISTORY": ("1", "policy.most_turns", 1),
    "PROMPT_TOKEN_BUDGET": ("200", "policy.token_budget", 200),
    "SESSION_TIMEOUT_MINUTES": ("5", "session_timeout", timedelta(minutes=5)),
    "ANSWER_QUIET_SECONDS": ("0", "pace.quiet_seconds", 0),
    "ANSWER_QUIET_MEDIA_SECONDS": ("0", "pace.quiet_media_seconds", 0),
    "ANSWER_NOTICE_SECONDS": ("1", "pace.notice_seconds", 1),
    "ANSWER_MAX_AGE_MINUTES": ("0.5", "pace.max_age", timedelta(seconds=30)),
    "ANSWERS_PER_PERSON_HOUR": ("0", "allowance.per_person", 0),
    "ANSWERS_PER_HOUR": ("1000000", "allowance.for_all", 1_000_000),
    "KNOWLEDGE_SOURCES": ("links", "policy.sources.shown", "links"),
    "KNOWLEDGE_QUOTE_UNCITED": ("on", "policy.sources.quotes_uncited", True),
    "PORT": (" 9000 ", "port", 9000),
    "WEB_THREADS": ("1", "web_threads", 1),
    "WEB_WORKERS": ("1", "web_workers", 1),
    "WORKER_CONCURRENCY": ("1", "worker_concurrency", 1),
    "WORKER_METRICS_PORT": ("9100", "worker_metrics_port", 9100),
    "WORKER_HEARTBEAT_FILE": (
        "/tmp/alive",
        "worker_heartbeat_file",
        Path("/tmp/alive"),
    ),
    "WEB_HOST": ("10.0.0.5", "web_host", "10.0.0.5"),
    "METRICS_HOST": ("::1", "metrics_host", "::1"),
    "METRICS_TOKEN": ("0123456789abcdef", "metrics_token", "0123456789abcdef"),
    "SIMULATOR_PORT": ("65535", "simulator_port", 65535),
    "CONSOLE_HOST": ("::", "console_host", "::"),
    "CONSOLE_PORT": ("9002", "console_port", 9002),
    "CONSOLE_URL": ("https://c.example/", "console_url", "https://c.example"),
    "CONSOLE_SECRET_KEY": ("k" * 32, "console_secret_key", "k" * 32),
    "LOG_LEVEL": ("debug", "log_level", "DEBUG"),
    "DATA_FOLDER": ("/srv/bot", "data_folder", Path("/srv/bot")),
}
BAD = {
    "STORAGE_BACKEND": ["mongo", "Memory"],
    "DATABASE_URL": [
        "sqlite:///x", "/tmp", "postgresql://h:a/x", "postgres://h:70000/x",
        "postgres://u:p@h/x?pgbouncer=1", "postgres://h/x?sslmode=on",
    ],
    "DATABASE_READ_URL": ["sqlite:///x", "postgres://u:p@h/x?pgbouncer=1"],
    "TWILIO_ACCOUNT_SID": ["AC12", "SK" + "0" * 32, "AC" + "g" * 32],
    "TWILIO_AUTH_TOKEN": ["t\u00f6ken", "a\tb", "a b", "a,b c", "token # of Twilio"],
    "TWILIO_SHARED_KEYS": ["k\u00e9y", "a\tb"],
    "TWILIO_WHATSAPP_NUMBER": ["+14155238886", "whatsapp:14155238886", "whatsapp:+1"],
    "TWILIO_API_KEY_SID": ["AC" + "0" * 32],
    "TWILIO_API_KEY_SECRET": ["two words", "\u00e9"],
    "TWILIO_MESSAGING_SERVICE_SID": ["MG"],
    "TWILIO_API_BASE_URL": [
        "api.twilio.com", "ftp://x", "http://", "http://u:p@x", "https://x/2010-04-01",
    ],
    "PUBLIC_BASE_URL": [
        "bot.example", "https://x?a=1", "https://x?", "https://x#rc=3", "https://:p@x",
        "https://a b.example", "https://my_bot.example", "https://x:0", "https://x:a",
        "https://bot.example/webhooks/whatsapp", "https://bot.example/bot/",
    ],
    "OPENAI_API_KEY": ["sk two", "sk-\u2026"],
    "OPENAI_ORG_ID": ["org two"],
    "OPENAI_PROJECT_ID": ["proj two"],
    "OPENAI_BASE_URL": [
        "localhost:11434", "https://key@x/v1", "https://x/v1/chat/completions/",
    ],
    "OPENAI_MODEL": ["gpt-4o # the large one"],
    "EMBEDDING_MODEL": ["small # the cheap one"],
    "EMBEDDING_BASE_URL": ["localhost:11434", "https://x/v1/embeddings"],
    "EMBEDDING_API_KEY": ["key two"],
    "PRICES": ["/no/such/file", "pyproject.toml", "README.md"],
    "BUDGET_DAY": ["0", "-1", "much", "nan", "1e99", "0.0000001"],
    "BUDGET_BEYOND": ["stop"],
    "OPENAI_MODEL_CHEAP": ["gpt-4o # the large one"],
    "LLM_TEMPERATURE": ["warm", "-1", "3", "nan", "inf"],
    "LLM_MAX_TOKENS": ["0", "1.5", "many"],
    "LLM_TIMEOUT_SECONDS": ["0", "601", "inf"],
    "SYSTEM_PROMPT_FILE": ["/no/such/file", "/"],
    "MEDIA_OUT": ["/no/such/folder", "/etc/passwd"],
    "MAX_CONVERSATION_HISTORY": ["0", "1001"],
    "PROMPT_TOKEN_BUDGET": ["199"],
    "SESSION_TIMEOUT_MINUTES": ["0", "9" * 400],
    "ANSWER_QUIET_SECONDS": ["3"],
    "ANSWER_QUIET_MEDIA_SECONDS": ["31", "-1"],
    "KNOWLEDGE_TEACHERS": ["ana", "+1", "whatsapp:", "+15551230001 +15551230002", "*"],
    "BOT_TOOLS": ["tools.", "shop/tools", "1.py/", "two words"],
    "TOOLS_DATABASE_URL": ["sqlite:///x", "postgres://u:p@h:5432:1/x"],
    "TIMEZONE": ["Lima", "+02:00", "Europe", "../etc/passwd", "/etc/UTC", "a\x00"],
    "ANSWER_NOTICE_SECONDS": ["-1"],
    "ANSWER_MAX_AGE_MINUTES": ["0"],
    "ANSWERS_PER_PERSON_HOUR": ["-1", "many"],
    "ANSWERS_PER_HOUR": ["-1", "1e9"],
    "KNOWLEDGE_SOURCES": ["Names", "all"],
    "KNOWLEDGE_QUOTE_UNCITED": ["yes", "1"],
    "PORT": ["0", "65536", "http"],
    "WEB_THREADS": ["0"],
    "WEB_WORKERS": ["0"],
    "WORKER_CONCURRENCY": ["0"],
    "WORKER_METRICS_PORT": ["-1"],
    "WEB_HOST": ["localhost", "*", "1.2.3"],
    "METRICS_HOST": ["all"],
    "METRICS_TOKEN": ["short", "sixteen letters with blanks"],
    "SIMULATOR_PORT": ["x"],
    "CONSOLE_PORT": ["0", "70000"],
    "CONSOLE_HOST": ["localhost", "*"],
    "CONSOLE_URL": ["console.example", "https://c.example/console", "ftp://c.example"],
    "CONSOLE_SECRET_KEY": ["short", "k" * 31, "a key of words " * 3],
    "CONSOLE_SECRET_KEY_FILE": ["/no/such/file", "/", "/dev/null"],
    "LOG_LEVEL": ["TRACE", "10"],
}  # fmt: skip


def problems_of(**environment: str) -> dict[str, str]:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env(environment)
    return caught.value.problems


def values_of(settings: Settings) -> dict[str, Any]:
    return {name: attrgetter(name)(settings) for name in DEFAULTS}


@pytest.mark.parametrize("environment", [{}, dict.fromkeys([*GOOD, *BAD], " ")])
def test_unset_and_empty_variables_have_their_defaults(
    environment: Mapping[str, str],
) -> None:
    assert values_of(Settings.from_env(environment)) == DEFAULTS


@pytest.mark.parametrize("name", GOOD)
def test_a_variable_sets_its_setting_and_nothing_else(name: str) -> None:
    value, setting, expected = GOOD[name]
    changed = values_of(Settings.from_env({name: value}))
    along = {
        "PORT": {"public_base_url": "http://127.0.0.1:9000"},
        "CONSOLE_PORT": {"console_url": "http://127.0.0.1:9002"},
    }
    assert changed == DEFAULTS | {setting: expected} | along.get(name, {})


@pytest.mark.parametrize(
    ("name", "value", "setting", "expected"),
    [
        ("LLM_TEMPERATURE", "0", "temperature", 0),
        ("LLM_MAX_TOKENS", "1", "max_tokens", 1),
        ("LLM_TIMEOUT_SECONDS", "2.5", "timeout_seconds", 2.5),
    ],
)
def test_the_llm_s_server_is_asked_as_it_is_set(
    name: str, value: str, setting: str, expected: float
) -> None:
    llm = Settings.from_env({"OPENAI_API_KEY": "k", name: value}).llm
    assert llm is not None
    assert getattr(llm, setting) == expected


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name in BAD for value in BAD[name]]
)
def test_a_bad_value_is_named_with_what_to_do(name: str, value: str) -> None:
    problems = problems_of(**{**TWILIO, name: value})
    companions = {"TWILIO_API_KEY_SID": "TWILIO_API_KEY_SECRET"}
    companions |= {other: one for one, other in companions.items()}
    assert set(problems) - {companions.get(name)} == {name}
    assert problems[name].startswith("must ")


@pytest.mark.parametrize("quote", ["'", '"'])
def test_quotes_that_docker_leaves_in_a_value_are_named(quote: str) -> None:
    given = {name: value for name, (value, _, _) in GOOD.items()}
    given |= TWILIO | {"DATABASE_URL": "postgresql://h/x", "OPENAI_API_KEY": "key"}
    problems = problems_of(**{n: f"{quote}{v}{quote}" for n, v in given.items()})
    assert set(problems) == set(given)
    assert all("docker run --env-file" in problem for problem in problems.values())


def test_quotes_that_belong_to_a_value_stay() -> None:
    prompt = '"Rosa" is the shop; its motto is "Flowers"'
    settings = Settings.from_env({"SYSTEM_PROMPT": prompt})
    assert settings.policy.system_prompt == prompt


def test_all_bad_variables_are_named_in_one_message() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env({name: values[0] for name, values in BAD.items()})
    lines = str(caught.value).splitlines()[1:]
    assert {line.split(":")[0].strip() for line in lines} == set(BAD)


def test_no_message_holds_a_value() -> None:
    bad = dict.fromkeys([*BAD, "SYSTEM_PROMPT"], f"{PLANTED} \u00e9 # x")
    with pytest.raises(SettingsError) as caught:
        Settings.from_env(bad)
    assert len(caught.value.problems) == len(BAD)
    for text in (str(caught.value), repr(caught.value), str(caught.value.problems)):
        assert PLANTED not in text


def test_no_secret_is_in_what_settings_look_like() -> None:
    secrets = {
        "TWILIO_AUTH_TOKEN": "planted-one,planted-two",
        "TWILIO_SHARED_KEYS": "planted-six,planted-seven",
        "TWILIO_API_KEY_SID": "SK" + "0" * 32,
        "TWILIO_API_KEY_SECRET": "planted-three",
        "CONSOLE_SECRET_KEY": "planted-" * 4,
        "OPENAI_API_KEY": "planted-four",
        "EMBEDDING_API_KEY": "planted-eight",
        "EMBEDDING_MODEL": "m",
        "JUDGE_API_KEY": "planted-14",
        "JUDGE_MODEL": "m",
        "SPEECH_API_KEY": "planted-twelve",
        "SPEECH_MODEL": "m",
        "SMTP_URL": "smtps://bot:planted-nine@mail.example.com",
        "ALERT_EMAIL_FROM": "bot@example.com",
        "ALERT_WEBHOOK_URL": "https://hooks.example.com/planted-ten",
        "ALERT_WEBHOOK_SECRET": "planted-eleven-and-more",
        "DATABASE_URL": "postgresql://bot:planted-five@h/x",
        "TOOLS_DATABASE_URL": "postgresql://bot:planted-13@h/x",
    }
    settings = Settings.from_env(TWILIO | secrets)
    assert "planted" not in repr(settings)
    assert "planted" not in "\n".join(settings.describe())
