"""What sends broadcasts, with scripted borders."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from threading import Event
from uuid import UUID

from bot.broadcasts.account import BroadcastPolicy
from bot.broadcasts.sending import Broadcasting
from bot.money.meter import Limits
from bot.relay.announcement import NotAnnouncedError
from bot.whatsapp.templates.content import KnownTemplate
from db.database import Database
from db.money.messages import MessagePrices, Messages
from tests.db.broadcasts.people import BODY, SID

FAST = BroadcastPolicy(per_minute=4800)
APPROVED = KnownTemplate(
    content_sid=SID, name="open", language="en", category="UTILITY", status="approved",
    reason="", kind="twilio/text", body=BODY,
)  # fmt: skip
PRICES = MessagePrices(
    by_prefix={"+1": 4000},
    unknown=9000,
    currency="EUR",
    priced_on=date(2026, 11, 1),
    timezone=UTC,
)
STORED = "SELECT count(*) FROM broadcast_recipients WHERE state = 'stored'"
STATE = "SELECT state, reason FROM broadcasts"


@dataclass
class Sending:
    """What sends, and what its operators heard."""

    database: Database
    template: KnownTemplate | Exception | None = APPROVED
    heard: list[str] = field(default_factory=list)
    is_deaf: bool = False
    is_stopped: bool = False

    def run(
        self,
        policy: BroadcastPolicy = FAST,
        limits: Limits | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        Broadcasting(
            database=self.database,
            policy=policy,
            find_template=self._find,
            messages=Messages(self.database, PRICES, lambda _: None),
            limits=limits or {},
            tell=self._tell,
            stopping=Event(),
            is_stopped=lambda: self.is_stopped,
            seconds=5.0,
            clock=clock,
        ).run()

    def _find(self, _: str) -> KnownTemplate | None:
        if isinstance(self.template, Exception):
            raise self.template
        return self.template

    def _tell(self, _: UUID, text: str, is_last: bool) -> None:
        if self.is_deaf and not is_last:
            raise NotAnnouncedError("no road")
        self.heard.append(text)
