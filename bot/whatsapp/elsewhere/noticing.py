"""What people of the business write in Twilio's own console, or by another program.

Whoever is written to so is a person's by it: the bot does not talk over them, and knows
what they said.
"""

import logging
from collections.abc import Callable, Collection, Iterator
from datetime import UTC, datetime, timedelta

from twilio.rest.api.v2010.account.message import MessageInstance

from bot.whatsapp.account import TwilioAccount
from bot.whatsapp.outcomes import explain
from bot.whatsapp.twilio import build_sdk
from db.database import Database
from db.outages import outages
from db.outbox import PostgresOutbox
from db.records import SaidElsewhere
from db.support.replies import record_said_elsewhere

log = logging.getLogger(__name__)

LIST_SECONDS = 10.0
MOST_LISTED = 1000
# Whoever sends just now may not have written its SID down.
SETTLED = timedelta(minutes=1)
# What may be ours is left to a later look; what goes out late is listed late.
OVERLAP, AT_MOST = timedelta(minutes=10), timedelta(hours=1)
# The clocks are two, and what is at Twilio as somebody is erased gets its time there:
# no word of the bot's makes them known again.
SLACK = timedelta(minutes=2)
GONE_OUT = frozenset({"sent", "delivered", "read"})


class Noticing:
    """Compares what Twilio sent from our number with what we did.

    `lasts`: how long a chat stays a person's by it. `was_erased` tells whether whoever
    has an address was erased after that time: Twilio still lists what they got. What is
    older than `first_start` was somebody else's.
    """

    def __init__(
        self,
        twilio: TwilioAccount,
        database: Database,
        *,
        lasts: timedelta | None,
        was_erased: Callable[[str, datetime], bool],
        first_start: Callable[[], datetime],
    ) -> None:
        self._was_erased, self._first_start = was_erased, first_start
        self._sdk = build_sdk(twilio, LIST_SECONDS)
        self._twilio, self._database, self._lasts = twilio, database, lasts
        self._outbox = PostgresOutbox(database)

    def run(self, since: datetime) -> int:
        """Take in what others wrote since then; return how many messages that was.

        Raises DeliveryError and StoreUnavailableError.
        """
        numbers = {self._twilio.whatsapp_number}
        if self._twilio.messaging_service_sid:
            numbers |= set(self._outbox.find_our_addresses())
        listed = list(self._list(numbers, max(since, self._first_start())))
        known = self._outbox.find_known([said.message_sid for said in listed])
        return sum(
            self._take_in(said) for said in listed if said.message_sid not in known
        )

    def _take_in(self, said: SaidElsewhere) -> bool:
        if self._was_erased(said.address, said.sent_at - SLACK):
            return False
        with outages(), self._database.transaction() as connection:
            is_new = record_said_elsewhere(connection, said, self._lasts)
        if is_new:
            log.info("somebody wrote past us", extra={"message_sid": said.message_sid})
        return is_new

    def _list(
        self, numbers: Collection[str], since: datetime
    ) -> Iterator[SaidElsewhere]:
        """Yield what was sent from these numbers, the oldest first.

        Without what Twilio answered itself, such as to STOP: that is `outbound-reply`.
        https://www.twilio.com/docs/messaging/api/message-resource#message-properties
        """
        until = datetime.now(UTC) - SETTLED
        try:
            listed = [m for number in numbers for m in self._list_from(number, since)]
        except Exception as error:
            raise explain(error) from error
        for message in sorted(listed, key=_created_at):
            if (
                message.direction == "outbound-api"
                and message.status in GONE_OUT
                and since <= _created_at(message) <= until
            ):
                yield SaidElsewhere(
                    message_sid=str(message.sid),
                    address=str(message.to),
                    text=message.body or "",
                    status=str(message.status),
                    sent_at=_created_at(message),
                )

    def _list_from(self, number: str, since: datetime) -> list[MessageInstance]:
        # Twilio promises a day's precision for DateSent.
        found: list[MessageInstance] = self._sdk.messages.list(
            from_=number,
            date_sent_after=since - timedelta(days=1),
            limit=MOST_LISTED,
            page_size=MOST_LISTED,
        )
        return found


def _created_at(message: MessageInstance) -> datetime:
    created: datetime = message.date_created or message.date_sent
    return created


class Looking:
    """Looks again and again: over the time since the last look, an hour at most."""

    def __init__(self, run: Callable[[datetime], int]) -> None:
        self._run = run
        self._looked_at: datetime | None = None

    def look(self) -> int:
        """Look once, with an overlap; return how many messages were new."""
        now = datetime.now(UTC)
        at_most = now - AT_MOST
        found = self._run(max(at_most, (self._looked_at or at_most) - OVERLAP))
        self._looked_at = now
        return found
