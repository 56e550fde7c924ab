"""Broadcasts on their way: people get their turns, a few at once, day by day."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Event
from uuid import NAMESPACE_OID, UUID, uuid5

from bot.broadcasts.account import BroadcastPolicy
from bot.broadcasts.checking import fault_of_template, fill
from bot.broadcasts.purse import Purse, open_purse
from bot.money.meter import Limits
from bot.relay.announcement import NotAnnouncedError
from bot.whatsapp.templates.content import KnownTemplate, NotAskedError
from db.broadcasts import under_way
from db.broadcasts.again import find_refused_of_done, reopen
from db.broadcasts.nouns import STORED, Broadcast
from db.broadcasts.sending import UNPAID, Turned, store_next
from db.broadcasts.states import (
    find_going,
    find_untold,
    finish,
    note_told,
    pause,
)
from db.broadcasts.under_way import InHand
from db.database import Database
from db.delivery.codes import ABOUT_TEMPLATES, MAY_NOT_SEND, OF_TEMPLATES
from db.money.messages import Messages
from db.outages import outages
from db.records import OUTSIDE_WINDOW

log = logging.getLogger(__name__)

# Of a minute: the next look begins then.
SECONDS, A_MINUTE = 50.0, 60.0
# What is not with Twilio yet: few, so that answers find workers free.
MOST_IN_HAND = 20
POLL_SECONDS = 0.2
# What one person's phone or habits bring about says nothing of the template.
OF_ONE_PERSON = frozenset({63049})
REFUSALS = (ABOUT_TEMPLATES | MAY_NOT_SEND | {OUTSIDE_WINDOW}) - OF_ONE_PERSON
# So long operators are tried to be told by every road.
TELLING = timedelta(minutes=10)
SPENT = "a budget is used up: see `bot stats --money`"
PAUSED = (
    "The broadcast {broadcast_id} ({name}) is paused: {reason}. Nobody else gets it "
    "until `bot broadcast resume {broadcast_id}`; how far it got says `bot broadcast "
    "report {broadcast_id}`."
)
Tell = Callable[[UUID, str, bool], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Broadcasting:
    """What the job `send_broadcasts` does; it may be killed anywhere, and run twice.

    `tell` tells operators of a trouble: its id, the text, and whether it is the last
    try; it may raise NotAnnouncedError. `messages` None: messages are not counted.
    `is_stopped`: nobody gets a turn as long as the bot pauses (`bot pause`).
    """

    database: Database
    policy: BroadcastPolicy
    find_template: Callable[[str], KnownTemplate | None]
    messages: Messages | None
    limits: Limits
    tell: Tell
    stopping: Event
    is_stopped: Callable[[], bool] = lambda: False
    seconds: float = SECONDS
    clock: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))

    def run(self) -> None:
        """Give turns for most of a minute. Raises StoreUnavailableError."""
        self._tell_of_pauses()
        under_way.end_opt_ins_of_blocked(self.database)
        self._reopen()
        deadline = time.monotonic() + self.seconds
        for broadcast in find_going(self.database):
            if self._is_over(deadline):
                return
            self._send(broadcast, deadline)
        self._tell_of_pauses()

    def _reopen(self) -> None:
        """Pause what had all its turns, if the last of them were refused since."""
        for broadcast_id, code in find_refused_of_done(self.database).items():
            reason = _explain(code)
            if reason and reopen(self.database, broadcast_id, reason):
                log.error("a broadcast pauses that had its turns: %s", reason)

    def _is_over(self, deadline: float) -> bool:
        is_quiet = self.policy.quiet.is_quiet(self.clock()) or self.is_stopped()
        return is_quiet or self.stopping.is_set() or time.monotonic() >= deadline

    def _send(self, broadcast: Broadcast, deadline: float) -> None:
        try:
            template = self.find_template(broadcast.template_id)
        except NotAskedError as error:
            log.warning("a broadcast waits: %s", error)
            return
        refusal = under_way.find_refusal(
            self.database, broadcast.broadcast_id, broadcast.changed_at, REFUSALS
        )
        fault = fault_of_template(template, broadcast.body) or _explain(refusal)
        if fault:
            self._pause(broadcast, fault)
        else:
            self._give_turns(broadcast, deadline)

    def _give_turns(self, broadcast: Broadcast, deadline: float) -> None:
        known = broadcast.broadcast_id
        in_hand = under_way.find_in_hand(self.database, known, MOST_IN_HAND)
        purse = self._open_purse(in_hand)
        left = self._find_room()
        while left > 0 and not self._is_over(deadline):
            in_hand, refusal = self._follow(in_hand, broadcast.changed_at)
            if refusal:
                self._pause(broadcast, refusal)
                return
            if len(in_hand) >= MOST_IN_HAND:
                self.stopping.wait(POLL_SECONDS)
                continue
            turned = store_next(self.database, known, fill, purse.pay)
            if turned is None or turned.outcome == UNPAID:
                self._end(broadcast, turned)
                return
            if turned.outcome == STORED:
                left -= 1
                in_hand = [*in_hand, InHand(reference_id=turned.reply)]
                if left:
                    self.stopping.wait(A_MINUTE / self.policy.per_minute)

    def _find_room(self) -> int:
        """Return to how many more people it may be sent in this minute."""
        used = under_way.count_people_of_a_day(self.database)
        return min(self.policy.per_day - used, self.policy.per_minute)

    def _open_purse(self, in_hand: Sequence[InHand]) -> Purse:
        addresses = [each.address for each in in_hand]
        return open_purse(self.database, self.messages, self.limits, addresses)

    def _follow(
        self, in_hand: Sequence[InHand], since: datetime
    ) -> tuple[Sequence[InHand], str | None]:
        """Return what is in hand still, and why one was refused since, if any was."""
        now = under_way.follow(self.database, in_hand, since)
        refused = (each.error_code for each in now if each.error_code in REFUSALS)
        return [each for each in now if each.unsettled], _explain(next(refused, None))

    def _end(self, broadcast: Broadcast, turned: Turned | None) -> None:
        if turned:
            self._pause(broadcast, SPENT)
        elif finish(self.database, broadcast.broadcast_id):
            log.info("a broadcast had all its turns", extra=_about(broadcast))

    def _pause(self, broadcast: Broadcast, reason: str) -> None:
        with outages():
            pause(self.database, broadcast.broadcast_id, reason, by_hand=False)
        log.error("a broadcast is paused: %s", reason, extra=_about(broadcast))

    def _tell_of_pauses(self) -> None:
        for each in find_untold(self.database):
            since = each.changed_at
            trouble_id = uuid5(NAMESPACE_OID, f"broadcast {each.broadcast_id} {since}")
            text = PAUSED.format(
                broadcast_id=each.broadcast_id, name=each.name, reason=each.reason
            )
            is_last = self.clock() - since > TELLING
            try:
                self.tell(trouble_id, text, is_last)
            except NotAnnouncedError as error:  # a minute later once more
                log.warning("operators could not be told: %s", error)
            else:
                note_told(self.database, each.broadcast_id)


def _explain(code: int | None) -> str | None:
    """Return why messages are refused, by an error of Twilio's; None: they are not."""
    if code is None:
        return None
    return f"{OF_TEMPLATES.get(code, 'the template fails')} (Twilio's error {code})"


def _about(broadcast: Broadcast) -> dict[str, str]:
    return {"broadcast_id": broadcast.broadcast_id}
