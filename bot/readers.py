"""How each setting is read; what is wrong is collected by the reader."""

from dataclasses import replace
from datetime import UTC, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bot.broadcasts.account import read_broadcasts
from bot.chat.asked import Policy
from bot.chat.choices.policy import read_choices
from bot.chat.commands.own_words import read_vocabulary
from bot.chat.handoff.policy import read_handoff
from bot.chat.language.wording import read_wording
from bot.chat.learning.teachers import TEACHERS_HINT, read_teachers
from bot.chat.limits.allowance import read_allowance
from bot.chat.memory.policy import read_memory
from bot.chat.patience import Pace
from bot.chat.reminders.policy import read_reminders
from bot.chat.sources.policy import read_sources
from bot.console.account import read_console
from bot.environment import PROJECT, Reader
from bot.llm.account import (
    read_embeddings,
    read_judge,
    read_llm,
    read_transcription,
)
from bot.llm.voice.account import read_speech
from bot.media.outgoing.account import read_media_out
from bot.media.policy import read_media
from bot.money.policy import read_money
from bot.relay.account import read_alerts
from bot.tools.account import read_tools
from bot.whatsapp.account import read_twilio
from bot.whatsapp.templates.account import read_holding
from db.address import build_url, find_refused, is_address
from db.backups.folder import BackupFolder
from db.privacy.ages import Ages

DEFAULT_SYSTEM_PROMPT = (
    "You are the assistant of a small business, talking with its customers on "
    "WhatsApp. Help with questions about the business, its products, orders and "
    "appointments. Stay on these topics: if asked for something else, say kindly that "
    "you can only help with matters of the business. If you don't know something, say "
    "so. Be friendly and brief: a few short sentences, in the language of the "
    "customer. Never invent prices, opening hours or promises."
)
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
TOKEN, TOKEN_HINT = "[!-~]{16,}", "16 or more characters"
NAME = "whatsapp_bot"  # of the database and its user, where nothing else is said


def read_all(read: Reader) -> dict[str, Any]:
    """Return the fields of Settings."""
    port = read.integer("PORT", 8000, 1, 65535)
    folder = _read_path(read, "DATA_FOLDER") or PROJECT / ".data"
    level = read.text("LOG_LEVEL", f"(?i:{'|'.join(LEVELS)})", " or ".join(LEVELS))
    backend = read.text("STORAGE_BACKEND", "database|memory", "database or memory")
    idle = read.integer("SESSION_TIMEOUT_MINUTES", 1440, 1, 5_256_000)
    llm_seconds = read.number("LLM_TIMEOUT_SECONDS", 60, 0.1, 600)
    return {
        "storage_backend": backend or "database",
        **_read_databases(read),
        **_read_whatsapp(read),
        **_read_models(read, llm_seconds),
        **_read_talk(read, llm_seconds, has_people=backend != "memory"),
        "public_base_url": _read_public_base_url(read) or f"http://127.0.0.1:{port}",
        "session_timeout": timedelta(minutes=idle),
        "port": port,
        **_read_listening(read),
        "web_threads": read.integer("WEB_THREADS", 8, 1, 256),
        "web_workers": read.integer("WEB_WORKERS", 2, 1, 64),
        "worker_concurrency": read.integer("WORKER_CONCURRENCY", 64, 1, 1000),
        "worker_heartbeat_file": _read_path(read, "WORKER_HEARTBEAT_FILE"),
        "simulator_port": read.integer("SIMULATOR_PORT", 8001, 1, 65535),
        "log_level": (level or "INFO").upper(),
        "data_folder": folder,
        **_read_kept(read, folder),
        "erasure_key": read.text("ERASURE_KEY", TOKEN, TOKEN_HINT),
    }


def _read_whatsapp(read: Reader) -> dict[str, Any]:
    return {
        "twilio": read_twilio(read),
        "holding": read_holding(read),
        "broadcasts": read_broadcasts(read),
    }


def _read_path(read: Reader, name: str) -> Path | None:
    path = read.text(name)
    return Path(path).absolute() if path else None


def _read_listening(read: Reader) -> dict[str, Any]:
    return {
        "web_host": _read_host(read, "WEB_HOST"),
        "worker_metrics_port": read.integer("WORKER_METRICS_PORT", 0, 0, 65535) or None,
        "metrics_host": _read_host(read, "METRICS_HOST"),
        "metrics_token": read.text("METRICS_TOKEN", TOKEN, TOKEN_HINT),
        **read_console(read),
    }


def _read_host(read: Reader, name: str) -> str:
    """Return where to listen: only on this machine unless told otherwise."""
    hint = "an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all"
    return str(read.parsed(name, ip_address, ip_address("127.0.0.1"), hint))


def _read_public_base_url(read: Reader) -> str | None:
    url = read.origin("PUBLIC_BASE_URL")
    # https://www.twilio.com/docs/messaging/api/message-resource (StatusCallback)
    if url and "_" in urlsplit(url).netloc:
        read.problems["PUBLIC_BASE_URL"] = "must name a host without _ for Twilio"
    return url


def _read_databases(read: Reader) -> dict[str, Any]:
    return {
        "database_url": read_database_url(read),
        "database_read_url": _read_address(read, "DATABASE_READ_URL"),
        "tools_database_url": _read_address(read, "TOOLS_DATABASE_URL"),
    }


def read_database_url(read: Reader) -> str | None:
    """Return the URL, or the one that its pieces make; None where nothing is set."""
    if not read.is_set("DATABASE_URL") and read.is_set("POSTGRES_HOST"):
        return _build_database_url(read)
    return _read_address(read, "DATABASE_URL")


def _read_address(read: Reader, name: str) -> str | None:
    hint = "an address such as postgresql://user:password@host:5432/name"
    url = read.parsed(name, _check_database_url, None, hint)
    if url and (refused := find_refused(url)):
        read.problems[name] = f"must be one for PostgreSQL's driver: {refused}"
    return url


def _check_database_url(url: str) -> str:
    if not is_address(url):
        raise ValueError
    return url


def _build_database_url(read: Reader) -> str:
    host = read.text("POSTGRES_HOST", "[0-9A-Za-z._:-]+", "a host's name or address")
    database = read.text("POSTGRES_DB", "[0-9A-Za-z_.-]+", "a database's name")
    return build_url(
        host or "",
        read.integer("POSTGRES_PORT", 5432, 1, 65535),
        database or NAME,
        read.text("POSTGRES_USER") or NAME,
        _read_password(read),
    )


def _read_password(read: Reader) -> str | None:
    word, file = read.text("POSTGRES_PASSWORD"), read.text("POSTGRES_PASSWORD_FILE")
    if file is None:
        return word
    if word is not None:
        clash = "is set, and POSTGRES_PASSWORD too: keep one"
        read.problems["POSTGRES_PASSWORD_FILE"] = clash
    return read.file("POSTGRES_PASSWORD_FILE", file)


def _read_models(read: Reader, llm_seconds: float) -> dict[str, Any]:
    llm = read_llm(read, llm_seconds)
    return {
        "llm": llm,
        "embeddings": read_embeddings(read, llm),
        "judge": read_judge(read, llm),
        "money": read_money(read),
        "transcription": read_transcription(read, llm),
        "media_out": read_media_out(read),
        "speech": read_speech(read, llm),
    }


def _read_talk(read: Reader, llm_seconds: float, *, has_people: bool) -> dict[str, Any]:
    policy, handoff = _read_policy(read, llm_seconds), read_handoff(read)
    return {
        "policy": replace(policy, handoff=handoff) if has_people else policy,
        "handoff": handoff,
        "pace": _read_pace(read),
        "allowance": read_allowance(read),
        "vocabulary": read_vocabulary(read),
        "teachers": _read_teachers(read),
        "alert_roads": read_alerts(read),
        "wording": read_wording(read),
        "tools": read_tools(read),
    }


def _read_teachers(read: Reader) -> frozenset[str]:
    nobody: frozenset[str] = frozenset()
    return read.parsed("KNOWLEDGE_TEACHERS", read_teachers, nobody, TEACHERS_HINT)


def _read_policy(read: Reader, llm_seconds: float) -> Policy:
    return Policy(
        system_prompt=_read_system_prompt(read),
        most_turns=read.integer("MAX_CONVERSATION_HISTORY", 20, 1, 1000),
        token_budget=read.integer("PROMPT_TOKEN_BUDGET", 4000, 200, 1_000_000),
        llm_seconds=llm_seconds,
        timezone=read.zone("TIMEZONE", UTC),
        sources=read_sources(read),
        memory=read_memory(read),
        choices=read_choices(read),
        reminders=read_reminders(read),
    )


def _read_system_prompt(read: Reader) -> str:
    text, file = read.text("SYSTEM_PROMPT"), read.text("SYSTEM_PROMPT_FILE")
    if file is None:
        return text or DEFAULT_SYSTEM_PROMPT
    if text is not None:
        read.problems["SYSTEM_PROMPT_FILE"] = "is set, and SYSTEM_PROMPT too: keep one"
    return read.file("SYSTEM_PROMPT_FILE", file) or DEFAULT_SYSTEM_PROMPT


def _read_pace(read: Reader) -> Pace:
    age = read.number("ANSWER_MAX_AGE_MINUTES", 60, 0.01, 10_080)
    return Pace(
        quiet_seconds=read.number("ANSWER_QUIET_SECONDS", 0.8, 0, 2),
        quiet_media_seconds=read.number("ANSWER_QUIET_MEDIA_SECONDS", 8, 0, 30),
        notice_seconds=read.number("ANSWER_NOTICE_SECONDS", 120, 0, 86_400),
        max_age=timedelta(minutes=age),
    )


def _read_kept(read: Reader, data_folder: Path) -> dict[str, Any]:
    return {
        "ages": _read_ages(read),
        "media": read_media(read),
        "backups": _read_backups(read, data_folder),
        "cases": _read_path(read, "CASES"),
    }


def _read_ages(read: Reader) -> Ages:
    return Ages(
        close_idle=_days(read, "RETENTION_CLOSE_IDLE_DAYS", 30),
        archive=_days(read, "RETENTION_ARCHIVE_DAYS", 90),
        delete_archived=_days(read, "RETENTION_DELETE_ARCHIVED_DAYS", 730),
        drop_system_messages=_days(read, "RETENTION_SYSTEM_MESSAGES_DAYS", 30),
        drop_media=_days(read, "RETENTION_MEDIA_DAYS", 90),
        drop_records=timedelta(
            days=read.integer("RETENTION_RECORDS_DAYS", 30, 7, 36_500)
        ),
    )


def _days(read: Reader, name: str, default: int) -> timedelta | None:
    days = read.integer(name, default, 0, 36_500)
    return timedelta(days=days) if days else None


def _read_backups(read: Reader, data_folder: Path) -> BackupFolder:
    return BackupFolder(
        path=_read_path(read, "BACKUP_FOLDER") or data_folder / "backups",
        public_key=read.text(
            "BACKUP_PUBLIC_KEY", "age1[0-9a-z]{58}", "an age public key: age1..."
        ),
        kept=(
            read.integer("BACKUP_KEEP_DAYS", 7, 1, 3660),
            read.integer("BACKUP_KEEP_WEEKS", 4, 0, 520),
            read.integer("BACKUP_KEEP_MONTHS", 12, 0, 120),
        ),
    )
