"""Telling operators of a customer: what is new, to each of them, once."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from bot.chat.relay.news import (
    PAUSE_SECONDS,
    Told,
    caption_of,
    find_new,
    find_told,
    is_too_soon,
    template_text,
    template_variables,
)
from bot.relay.account import AlertRoads
from bot.relay.media import FetchNow, fetch_all, fetch_nothing, pass_on
from bot.whatsapp.text.splitting import split_message
from db.database import Connection, Database
from db.delivery.window import is_open
from db.errors import OperatorError
from db.outages import outages
from db.records import EPOCH, PartContent, SeenMedia, Template
from db.records.alerts import Alert, News, OnDuty
from db.support.telling.alerts import announce, find_news, find_on_duty, record_alert

log = logging.getLogger(__name__)

Seen = Mapping[tuple[str, int], SeenMedia]

MOST_PARTS = 5
MOST_THINGS = 5
# For what a customer sent to be had; then its words go alone.
PATIENCE = timedelta(seconds=30)


class LaterError(OperatorError):
    """There are words to tell, and others were told just now: they wait a moment."""

    def __init__(self) -> None:
        super().__init__("operators were told of this chat just now: more comes soon")
        self.retry_after = PAUSE_SECONDS


@dataclass(frozen=True, slots=True)
class Alerts:
    """What the job `alert_operators` does."""

    database: Database
    roads: AlertRoads
    fetch: FetchNow = fetch_nothing

    def tell(self, user_id: UUID) -> int:
        """Tell whoever is on duty what is new about a user; return how many were told.

        Called again, it tells nothing twice. Raises LaterError, and
        StoreUnavailableError.
        """
        seen = self._fetch(user_id)
        with outages(), self.database.transaction() as connection:
            news = find_news(connection, user_id)
            if news is None:
                return 0
            on_duty = find_on_duty(connection, news)
            waiting = [one for one in on_duty if is_too_soon(news, one)]
            now = [one for one in on_duty if one not in waiting]
            told = sum(self._tell(connection, news, one, seen) for one in now)
            if news.event and not any(one.knows_event for one in on_duty):
                announce(connection, news, told, self.roads.channels)
        log.info("told operators of a chat", extra={"operators": told})
        if any(find_told(news, one) for one in waiting):
            raise LaterError
        return told

    def _fetch(self, user_id: UUID) -> Seen:
        """Have what a user sent to a person fetched, for console and phone.

        What does not come at once is waited for, a little. Raises LaterError.
        """
        with outages(), self.database.transaction() as connection:
            news = find_news(connection, user_id)
        turns = (
            [turn for turn in find_new(news.turns, None) if turn.media] if news else []
        )
        seen, is_late = fetch_all(self.fetch, user_id, turns)
        newest = max((turn.timestamp for turn in turns), default=EPOCH)
        if is_late and datetime.now(UTC) - newest < PATIENCE:
            raise LaterError
        return seen

    def _tell(
        self, connection: Connection, news: News, operator: OnDuty, seen: Seen
    ) -> bool:
        told = find_told(news, operator)
        parts = self._parts(news, operator, told, seen) if told else ()
        if told is None or not parts:
            return False
        alert = Alert(
            case=news.case,
            operator_id=operator.user_id,
            about=told.about,
            message_sid=told.message_sid,
            parts=parts,
        )
        return record_alert(connection, alert)

    def _parts(
        self, news: News, operator: OnDuty, told: Told, seen: Seen
    ) -> tuple[PartContent, ...]:
        """Return the messages: free ones in the operator's window, else a template.

        None where there is none, and for single words: a template is paid for.
        """
        if is_open(operator.wrote_at, datetime.now(UTC)):
            words = map(PartContent, split_message(told.text)[:MOST_PARTS])
            return (*words, *_things(news, told, seen))
        if self.roads.content_sid is None or news.event is None or operator.knows_event:
            return ()
        variables = template_variables(news)
        template = Template(self.roads.content_sid, variables)
        return (PartContent(template_text(variables), template=template),)


def _things(news: News, told: Told, seen: Seen) -> list[PartContent]:
    """Return the messages with what the customer sent: each says whose it is."""
    sids = [turn.message_sid for turn in told.turns]
    theirs = [one for key, one in sorted(seen.items()) if key[0] in sids]
    theirs.sort(key=lambda one: (sids.index(one.message_sid), one.position))
    caption = caption_of(news.case)
    parts = [part for one in theirs for part in pass_on([one], caption)]
    return parts[:MOST_THINGS]
