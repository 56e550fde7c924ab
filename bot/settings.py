"""Settings from the environment: read once, checked at once, printed never.

Each part is a record of the room that takes it. Every bad variable is named in one
message; no message holds a value, because any value may be a secret that was put in
the wrong place.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from bot.broadcasts.account import BroadcastPolicy
from bot.chat.asked import Policy
from bot.chat.commands.entries import Vocabulary
from bot.chat.handoff.policy import HandoffPolicy
from bot.chat.language.wording import Wording
from bot.chat.limits.allowance import Allowance
from bot.chat.patience import Pace
from bot.console.chat.templates_setting import ReplyTemplate
from bot.environment import PROJECT, Reader, load_environment
from bot.llm.account import EmbeddingServer, LLMServer, TranscriptionServer
from bot.llm.voice.account import SpeechServer, tell_speaking
from bot.media.policy import MediaPolicy
from bot.media.senses.telling import tell_hearing, tell_sight
from bot.money.policy import MoneyPolicy
from bot.readers import read_all
from bot.relay.account import AlertRoads
from bot.tools.account import ToolSources
from bot.whatsapp.account import TwilioAccount
from db.backups.folder import BackupFolder
from db.errors import OperatorError
from db.privacy.ages import Ages
from db.records import Holding

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

NOT_IN_MEMORY = (
    *("Database", "Embeddings", "Voice notes", "Pictures", "Voice answers", "Alerts"),
)
Parts = TypeVar("Parts", bound="DataclassInstance")
MISSING = {
    "database_url": {
        "DATABASE_URL": "is missing (or POSTGRES_HOST and its companions)"
    },
    "twilio": {
        "TWILIO_ACCOUNT_SID": "is missing: see the Twilio console",
        "TWILIO_AUTH_TOKEN": "is missing: see the Twilio console",
        "TWILIO_WHATSAPP_NUMBER": "is missing: such as whatsapp:+14155238886",
    },
    "llm": {"OPENAI_API_KEY": "is missing (or OPENAI_BASE_URL of your own server)"},
    "console_secret_key": {
        "CONSOLE_SECRET_KEY": "is missing: 32 or more random characters, which stay"
    },
}


class SettingsError(OperatorError):
    """One or more variables are wrong or missing; the message names every one."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        lines = [f"  {name}: {problem}" for name, problem in problems.items()]
        super().__init__("\n".join(["The settings need attention:", *lines]))
        self.problems = dict(problems)


@dataclass(frozen=True, slots=True)
class WebParts:
    """What the web process can't do without."""

    twilio: TwilioAccount
    database_url: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class InlineParts:
    """What a web process that answers by itself can't do without."""

    twilio: TwilioAccount
    llm: LLMServer


@dataclass(frozen=True, slots=True)
class WorkerParts:
    """What the worker can't do without."""

    twilio: TwilioAccount
    llm: LLMServer
    database_url: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ConsoleParts:
    """What the console can't do without. The database's role should be its own."""

    database_url: str = field(repr=False)
    console_secret_key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class TwilioParts:
    """What a command that asks Twilio can't do without."""

    twilio: TwilioAccount


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that can be set. `None` for a part that `bot run` provides itself.

    `policy.handoff` is `handoff` where there are people to pass a chat on to: not in
    memory.
    """

    storage_backend: str
    database_url: str | None = field(repr=False)
    database_read_url: str | None = field(repr=False)
    tools_database_url: str | None = field(repr=False)
    twilio: TwilioAccount | None
    holding: Holding | None
    broadcasts: BroadcastPolicy
    llm: LLMServer | None
    embeddings: EmbeddingServer | None
    judge: LLMServer | None
    transcription: TranscriptionServer | None
    speech: SpeechServer | None
    money: MoneyPolicy
    policy: Policy
    handoff: HandoffPolicy
    pace: Pace
    allowance: Allowance
    vocabulary: Vocabulary
    teachers: frozenset[str]
    alert_roads: AlertRoads
    wording: Wording
    tools: ToolSources
    public_base_url: str
    session_timeout: timedelta
    port: int
    web_host: str
    web_threads: int
    web_workers: int
    worker_concurrency: int
    worker_metrics_port: int | None
    metrics_host: str
    metrics_token: str | None = field(repr=False)
    worker_heartbeat_file: Path | None
    simulator_port: int
    console_host: str
    console_port: int
    console_url: str
    console_proxies: int
    console_secret_key: str | None = field(repr=False)
    console_templates: tuple[ReplyTemplate, ...]
    log_level: str
    data_folder: Path
    media_out: Path | None
    ages: Ages
    media: MediaPolicy
    backups: BackupFolder
    cases: Path | None
    erasure_key: str | None = field(repr=False)

    @classmethod
    def from_env(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Read and check every variable of the environment and, under it, of `.env`.

        Raises SettingsError naming all bad ones.
        """
        if environment is None:
            environment = load_environment(os.environ, PROJECT / ".env")
        reader = Reader(environment)
        settings = cls(**read_all(reader))
        if reader.problems:
            raise SettingsError(reader.problems)
        return settings

    @property
    def in_memory(self) -> bool:
        """Whether there is neither database nor worker (STORAGE_BACKEND=memory)."""
        return self.storage_backend == "memory"

    @property
    def has_tools(self) -> bool:
        """Whether the LLM is offered any tool: the operator's, or reminders."""
        return self.tools.are_set or self.policy.reminders.is_on

    def parts(self, kind: type[Parts]) -> Parts:
        """Return the parts that a process needs, such as `WorkerParts`.

        Raises SettingsError naming every variable that is missing.
        """
        given = {part.name: getattr(self, part.name) for part in fields(kind)}
        missing: dict[str, str] = {}
        for name, value in given.items():
            missing |= MISSING[name] if value is None else {}
        if missing:
            raise SettingsError(missing)
        return kind(**given)

    def web_parts(self) -> WebParts | InlineParts:
        """Return what the web process needs, as STORAGE_BACKEND has it.

        Raises SettingsError.
        """
        return self.parts(InlineParts) if self.in_memory else self.parts(WebParts)

    def worker_parts(self) -> WorkerParts:
        """Return what the worker needs. Raises SettingsError."""
        if self.in_memory:
            raise SettingsError(
                {"STORAGE_BACKEND": "is memory: there is no worker then"}
            )
        return self.parts(WorkerParts)

    def console_parts(self) -> ConsoleParts:
        """Return what the console needs. Raises SettingsError."""
        if self.in_memory:
            raise SettingsError(
                {"STORAGE_BACKEND": "is memory: there is no console then"}
            )
        return self.parts(ConsoleParts)

    def describe(self) -> list[str]:
        """Return a line for each part: configured, or provided by `bot run`."""
        given = {
            "Database": (self.database_url, "configured", "embedded PostgreSQL 16"),
            "Twilio": (self.twilio, "configured", "simulator"),
            "LLM": (self.llm, "configured", "local toy model"),
            "Embeddings": (self.embeddings, "configured", "local model, if installed"),
            "Voice notes": (None, "", tell_hearing(self.transcription)),
            "Pictures": (None, "", tell_sight(self.llm)),
            "Voice answers": (None, "", tell_speaking(self.speech)),
            "Alerts": self._describe_alerts(),
        }
        if self.in_memory:
            none = (None, "", "none: STORAGE_BACKEND is memory")
            given |= dict.fromkeys(NOT_IN_MEMORY, none)
        return [
            f"{name}: {real if value else own}"
            for name, (value, real, own) in given.items()
        ]

    def _describe_alerts(self) -> tuple[object, str, str]:
        roads = self.alert_roads
        template = ("WhatsApp by template",) if roads.content_sid else ()
        used = (*template, *roads.channels)
        only = "operators' own WhatsApp, for 24 hours after they wrote to it"
        return used, ", ".join(used), only
