"""Settings from the environment: read once, checked at once, printed never.

Every bad variable is named in one message; no message holds a value, because any
value may be a secret that was put in the wrong place.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bot.database_settings import read_database_url
from bot.environment import Reader, load_environment
from bot.upkeep_settings import UpkeepSettings, read_upkeep
from db.errors import OperatorError

PROJECT = Path(__file__).parent.parent
DEFAULT_SYSTEM_PROMPT = (
    "You are the assistant of a small business, talking with its customers on "
    "WhatsApp. Help with questions about the business, its products, orders and "
    "appointments. Stay on these topics: if asked for something else, say kindly that "
    "you can only help with matters of the business. If you don't know something, say "
    "so and offer that a member of the team will follow up. Be friendly and brief: a "
    "few short sentences, in the language of the customer. Never invent prices, "
    "opening hours or promises."
)
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
ADDRESS = r"whatsapp:\+[1-9][0-9]{6,14}"
# Goes into an HTTP header, which holds nothing else.
KEY = "[!-~]+"
KEY_HINT = "as it was given to you: letters, digits and signs, without a blank"


class SettingsError(OperatorError):
    """One or more variables are wrong or missing; the message names every one."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        lines = [f"  {name}: {problem}" for name, problem in problems.items()]
        super().__init__("\n".join(["The settings need attention:", *lines]))
        self.problems = dict(problems)


@dataclass(frozen=True, slots=True)
class TwilioSettings:
    """The account that sends and signs. Several tokens while one is being rotated."""

    account_sid: str
    auth_tokens: tuple[str, ...] = field(repr=False)
    whatsapp_number: str
    api_key_sid: str | None = None
    api_key_secret: str | None = field(default=None, repr=False)
    messaging_service_sid: str | None = None
    api_base_url: str | None = None


@dataclass(frozen=True, slots=True)
class LLMSettings:
    """Where answers come from; seconds in total for one answer."""

    api_key: str = field(repr=False)
    base_url: str | None
    model: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that can be set. `None` for a part that `bot run` provides itself."""

    storage_backend: str
    database_url: str | None = field(repr=False)
    twilio: TwilioSettings | None
    llm: LLMSettings | None
    llm_temperature: float
    llm_max_tokens: int
    llm_timeout_seconds: float
    public_base_url: str
    system_prompt: str
    max_conversation_history: int
    prompt_token_budget: int
    session_timeout: timedelta
    answer_quiet_seconds: float
    answer_notice_seconds: float
    answer_max_age: timedelta
    port: int
    web_threads: int
    web_workers: int
    worker_concurrency: int
    worker_metrics_port: int | None
    simulator_port: int
    log_level: str
    data_folder: Path
    upkeep: UpkeepSettings

    @classmethod
    def from_env(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Read and check every variable of the environment and, under it, of `.env`.

        Raises SettingsError naming all bad ones.
        """
        if environment is None:
            environment = load_environment(os.environ, PROJECT / ".env")
        reader = Reader(environment)
        settings = _read_settings(reader)
        if reader.problems:
            raise SettingsError(reader.problems)
        return settings

    def require(self, *parts: str) -> None:
        """Raise SettingsError if `database`, `twilio` or `llm` is not configured."""
        missing: dict[str, str] = {}
        for part in parts:
            if getattr(self, "database_url" if part == "database" else part) is None:
                missing |= MISSING[part]
        if missing:
            raise SettingsError(missing)

    def parts_of_web(self) -> tuple[str, str]:
        """Return what the web process can't do without."""
        in_memory = self.storage_backend == "memory"
        return ("twilio", "llm" if in_memory else "database")

    def describe(self) -> list[str]:
        """Return a line for each part: configured, or provided by `bot run`."""
        given = {
            "Database": (self.database_url, "configured", "embedded PostgreSQL 16"),
            "Twilio": (self.twilio, "configured", "simulator"),
            "LLM": (self.llm, "configured", "local toy model"),
        }
        if self.storage_backend == "memory":
            given["Database"] = (None, "", "none: STORAGE_BACKEND is memory")
        lines = [
            f"{name}: {real if value else own}"
            for name, (value, real, own) in given.items()
        ]
        return ["The settings are right.", *lines]


MISSING = {
    "database": {"DATABASE_URL": "is missing (or POSTGRES_HOST and its companions)"},
    "twilio": {
        "TWILIO_ACCOUNT_SID": "is missing: see the Twilio console",
        "TWILIO_AUTH_TOKEN": "is missing: see the Twilio console",
        "TWILIO_WHATSAPP_NUMBER": "is missing: such as whatsapp:+14155238886",
    },
    "llm": {"OPENAI_API_KEY": "is missing (or OPENAI_BASE_URL of your own server)"},
}


def _read_settings(read: Reader) -> Settings:
    port = read.integer("PORT", 8000, 1, 65535)
    data = read.text("DATA_FOLDER")
    folder = Path(data).absolute() if data else PROJECT / ".data"
    level = read.text("LOG_LEVEL", f"(?i:{'|'.join(LEVELS)})", " or ".join(LEVELS))
    backend = read.text("STORAGE_BACKEND", "database|memory", "database or memory")
    return Settings(
        storage_backend=backend or "database",
        database_url=read_database_url(read),
        twilio=_read_twilio(read),
        llm=_read_llm(read),
        llm_temperature=read.number("LLM_TEMPERATURE", 0.3, 0, 2),
        llm_max_tokens=read.integer("LLM_MAX_TOKENS", 500, 1, 100_000),
        llm_timeout_seconds=read.number("LLM_TIMEOUT_SECONDS", 60, 0.1, 600),
        public_base_url=_read_public_base_url(read) or f"http://127.0.0.1:{port}",
        system_prompt=_read_system_prompt(read),
        **_read_talk(read),
        port=port,
        web_threads=read.integer("WEB_THREADS", 8, 1, 256),
        web_workers=read.integer("WEB_WORKERS", 2, 1, 64),
        worker_concurrency=read.integer("WORKER_CONCURRENCY", 64, 1, 1000),
        worker_metrics_port=read.integer("WORKER_METRICS_PORT", 0, 0, 65535) or None,
        simulator_port=read.integer("SIMULATOR_PORT", 8001, 1, 65535),
        log_level=(level or "INFO").upper(),
        data_folder=folder,
        upkeep=read_upkeep(read, folder),
    )


def _read_public_base_url(read: Reader) -> str | None:
    url = read.url("PUBLIC_BASE_URL")
    # https://www.twilio.com/docs/messaging/api/message-resource (StatusCallback)
    if url and "_" in urlsplit(url).netloc:
        read.problems["PUBLIC_BASE_URL"] = "must name a host without _ for Twilio"
    return url


def _read_talk(read: Reader) -> dict[str, Any]:
    idle = read.integer("SESSION_TIMEOUT_MINUTES", 1440, 1, 5_256_000)
    age = read.number("ANSWER_MAX_AGE_MINUTES", 60, 0.01, 10_080)
    return {
        "max_conversation_history": read.integer(
            "MAX_CONVERSATION_HISTORY", 20, 1, 1000
        ),
        "prompt_token_budget": read.integer(
            "PROMPT_TOKEN_BUDGET", 4000, 200, 1_000_000
        ),
        "session_timeout": timedelta(minutes=idle),
        "answer_quiet_seconds": read.number("ANSWER_QUIET_SECONDS", 0.8, 0, 2),
        "answer_notice_seconds": read.number("ANSWER_NOTICE_SECONDS", 120, 0, 86_400),
        "answer_max_age": timedelta(minutes=age),
    }


def _read_twilio(read: Reader) -> TwilioSettings | None:
    sid = read.text("TWILIO_ACCOUNT_SID", "AC[0-9a-fA-F]{32}", "AC and 32 hex digits")
    tokens = _read_tokens(read)
    number = read.text("TWILIO_WHATSAPP_NUMBER", ADDRESS, "like whatsapp:+14155238886")
    key = read.text("TWILIO_API_KEY_SID", "SK[0-9a-fA-F]{32}", "SK and 32 hex digits")
    secret = read.text("TWILIO_API_KEY_SECRET", KEY, KEY_HINT)
    service = read.text(
        "TWILIO_MESSAGING_SERVICE_SID", "MG[0-9a-fA-F]{32}", "MG and 32 hex digits"
    )
    base_url = read.url("TWILIO_API_BASE_URL")
    keys = {"TWILIO_API_KEY_SID": key, "TWILIO_API_KEY_SECRET": secret}
    if not read.is_set(*MISSING["twilio"], *keys, "TWILIO_MESSAGING_SERVICE_SID"):
        return None
    read.expect_all(dict(zip(MISSING["twilio"], (sid, tokens, number), strict=True)))
    if read.is_set(*keys):
        read.expect_all(keys)
    return TwilioSettings(
        account_sid=sid or "",
        auth_tokens=tokens,
        whatsapp_number=number or "",
        api_key_sid=key,
        api_key_secret=secret,
        messaging_service_sid=service,
        api_base_url=base_url,
    )


def _read_tokens(read: Reader) -> tuple[str, ...]:
    given = read.text("TWILIO_AUTH_TOKEN", "[ -~]+", f"{KEY_HINT}, or several by ,")
    tokens = (token.strip() for token in (given or "").split(","))
    return tuple(token for token in tokens if token)


def _read_llm(read: Reader) -> LLMSettings | None:
    key = read.text("OPENAI_API_KEY", KEY, KEY_HINT)
    base_url = read.url("OPENAI_BASE_URL")
    model = read.text("OPENAI_MODEL") or "gpt-4o-mini"
    if not read.is_set("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        return None
    return LLMSettings(api_key=key or "none", base_url=base_url, model=model)


def _read_system_prompt(read: Reader) -> str:
    text, file = read.text("SYSTEM_PROMPT"), read.text("SYSTEM_PROMPT_FILE")
    if file is None:
        return text or DEFAULT_SYSTEM_PROMPT
    if text is not None:
        read.problems["SYSTEM_PROMPT_FILE"] = "is set, and SYSTEM_PROMPT too: keep one"
    try:
        return Path(file).read_text(encoding="utf-8").strip() or DEFAULT_SYSTEM_PROMPT
    except (OSError, ValueError):
        read.problems["SYSTEM_PROMPT_FILE"] = "must be a text file that can be read"
        return DEFAULT_SYSTEM_PROMPT
