"""The same beside WhatsApp: an e-mail, a webhook; tried some times, and then noted."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import NAMESPACE_OID, UUID, uuid5

from bot.chat.relay.cleaning import clean_name
from bot.chat.relay.news import excerpt_of, why_of
from bot.relay.account import EMAIL, WEBHOOK, AlertRoads, Channel
from bot.relay.announcement import Announcement, NotAnnouncedError
from bot.relay.mail import send_mail
from bot.relay.webhook import post_webhook
from db.database import Database
from db.outages import outages
from db.records.alerts import News
from db.support.telling.alerts import find_emails, find_news, note_once

log = logging.getLogger(__name__)


Road = Callable[[AlertRoads, Announcement], None]
ROADS: Mapping[Channel, Road] = {EMAIL: send_mail, WEBHOOK: post_webhook}


@dataclass(frozen=True, slots=True)
class Announcing:
    """What the job `announce` does."""

    database: Database
    roads: AlertRoads

    def announce(self, user_id: UUID, channel: Channel, *, is_last: bool) -> bool:
        """Tell of a user who waits; False: that is over, or it can't be told.

        The last try that fails is noted in the ticket. Raises NotAnnouncedError before.
        """
        with outages(), self.database.transaction() as connection:
            news = find_news(connection, user_id)
            emails = find_emails(connection, news) if news else []
        if news is None or news.event is None or channel not in self.roads.channels:
            return False
        try:
            ROADS[channel](self.roads, _read(news, self.roads.emails or tuple(emails)))
        except NotAnnouncedError as error:
            if not is_last:
                raise
            self._note(news, channel, str(error))
            return False
        log.info("announced a chat that waits", extra={"channel": channel})
        return True

    def _note(self, news: News, channel: Channel, why: str) -> None:
        log.error("operators could not be told by %s: %s", channel, why)
        with outages():
            note_once(self.database, news, f"{channel} failed", {"why": why})


def _read(news: News, emails: tuple[str, ...]) -> Announcement:
    case = news.case
    return Announcement(
        id=uuid5(NAMESPACE_OID, f"{case.ticket_id} {news.event_id}"),
        event=news.event or "",
        ticket=case.ticket_id,
        user_id=case.user_id,
        name=clean_name(case.name),
        why=why_of(case),
        words=excerpt_of(news),
        to=emails,
    )
