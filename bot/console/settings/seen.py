"""Which settings are set, as pages may show it: never a value that may be a secret."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

# Those that are read as numbers, zones and words of a fixed list: a secret that was put
# in the wrong place is none of these.
HARMLESS = frozenset({
    "ANSWERS_PER_DAY", "ANSWERS_PER_HOUR", "ANSWERS_PER_PERSON_DAY",
    "ANSWERS_PER_PERSON_HOUR", "ANSWER_MAX_AGE_MINUTES", "ANSWER_NOTICE_SECONDS",
    "ANSWER_QUIET_MEDIA_SECONDS", "ANSWER_QUIET_SECONDS", "BACKUP_KEEP_DAYS",
    "BACKUP_KEEP_MONTHS", "BACKUP_KEEP_WEEKS", "BOT_PAUSED", "CONSOLE_HOST",
    "CONSOLE_PORT", "CONSOLE_PROXIES", "MESSAGES_PER_MINUTE",
    "CONSOLE_URL", "HANDOFF_AFTER_ERRORS", "HANDOFF_ELSEWHERE", "HANDOFF_ENDS",
    "HANDOFF_HOURS",
    "KNOWLEDGE_QUOTE_UNCITED", "KNOWLEDGE_SOURCES", "LLM_MAX_TOKENS",
    "LLM_TEMPERATURE", "LLM_TIMEOUT_SECONDS", "LOG_LEVEL", "MAX_CONVERSATION_HISTORY",
    "MEMORY", "MEMORY_QUIET_MINUTES", "METRICS_HOST", "OPENING_HOURS", "PORT",
    "POSTGRES_PORT", "PROMPT_TOKEN_BUDGET", "PUBLIC_BASE_URL", "REMEMBER_ACROSS_CHATS",
    "RETENTION_ARCHIVE_DAYS", "RETENTION_CLOSE_IDLE_DAYS",
    "RETENTION_DELETE_ARCHIVED_DAYS", "RETENTION_MEDIA_DAYS", "RETENTION_RECORDS_DAYS",
    "RETENTION_SYSTEM_MESSAGES_DAYS", "SESSION_TIMEOUT_MINUTES", "SIMULATOR_PORT",
    "STORAGE_BACKEND", "TIMEZONE", "TWILIO_WHATSAPP_NUMBER", "VOICE_ECHO", "WEB_HOST",
    "WEB_THREADS", "WEB_WORKERS", "WORKER_CONCURRENCY", "WORKER_METRICS_PORT",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class SeenSetting:
    """A setting; `value` only where it is set, and may be seen."""

    name: str
    is_set: bool
    value: str | None = None


def see(names: Iterable[str], environment: Mapping[str, str]) -> list[SeenSetting]:
    """Return what a process's environment says of each, by name.

    For an environment that was read without a problem: then what is harmless is so.
    """
    return [
        _see(name, environment.get(name, "").strip()) for name in sorted(set(names))
    ]


def _see(name: str, value: str) -> SeenSetting:
    shown = value if value and name in HARMLESS else None
    return SeenSetting(name, bool(value), shown)
