"""Which messages a list request asks for.

Source: https://www.twilio.com/docs/messaging/api/message-resource#read-multiple-message-resources
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from bot.simulator.faults import TwilioError
from bot.simulator.records import Message


@dataclass(frozen=True, slots=True)
class Search:
    """Filters that all must hold; None holds for every message.

    Both ends of the dates count as within. A message that was not sent yet has no
    date, and matches no filter by date.
    """

    to: str | None
    sender: str | None
    day: date | None
    until: datetime | None
    since: datetime | None

    def matches(self, message: Message, number: str) -> bool:
        """Whether `message` is one of those, for the bot's own `number`."""
        sides = (message.address, number)
        sender, to = sides if message.is_inbound else reversed(sides)
        return (
            self.to in {None, to}
            and self.sender in {None, sender}
            and self._matches_date(message.sent_at)
        )

    def _matches_date(self, sent_at: datetime | None) -> bool:
        if sent_at is None:
            return self.day is None and self.until is None and self.since is None
        return (
            self.day in {None, sent_at.date()}
            and (self.until is None or sent_at <= self.until)
            and (self.since is None or sent_at.replace(microsecond=0) >= self.since)
        )


def parse_search(query: Mapping[str, str]) -> Search:
    """Read the filters of a request; raises TwilioError for a bad date."""
    day = _moment(query, "DateSent")
    return Search(
        to=query.get("To"),
        sender=query.get("From"),
        day=None if day is None else day.date(),
        until=_moment(query, "DateSent<", end_of_day=True),
        since=_moment(query, "DateSent>"),
    )


def _moment(
    query: Mapping[str, str], name: str, *, end_of_day: bool = False
) -> datetime | None:
    text = query.get(name)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise TwilioError(20001, name) from None
    if end_of_day and "T" not in text:
        moment = moment.replace(hour=23, minute=59, second=59, microsecond=999_999)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
