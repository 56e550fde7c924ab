"""Telling who runs the bot what is wrong with it: by WhatsApp, e-mail and webhook."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import NAMESPACE_OID, UUID, uuid5

from bot.money.policy import name_of
from bot.relay.account import EMAIL, WEBHOOK, AlertRoads, Channel
from bot.relay.announcement import NotAnnouncedError, Trouble
from bot.relay.mail import send_trouble_mail
from bot.relay.webhook import post_trouble
from db.database import Database
from db.delivery.codes import OF_TEMPLATES
from db.outages import outages
from db.records.money import Scope
from db.support.telling.troubles import find_all_emails, tell_operators

log = logging.getLogger(__name__)

ROADS: Mapping[Channel, Callable[[AlertRoads, Trouble], None]] = {
    EMAIL: send_trouble_mail,
    WEBHOOK: post_trouble,
}
NOT_TAKEN = (
    "The template {content_sid}, which tells users that something waits for them, does "
    "not go out: {meaning} (Twilio's error {code}). What waits is held, and goes out "
    "when they write. `bot templates check` says how the template is."
)
TOO_LATE = (
    "A message failed because its user wrote nothing for 24 hours (Twilio's error "
    "63016). With TWILIO_FALLBACK_CONTENT_SID such messages wait, a template says so, "
    "and they go out when the user writes: docs/operations.md, Outside the 24 hours."
)


NEARLY_USED = (
    "Four fifths of the budget of the {scope} from {starts_on} ({name}) are used. "
    "`bot stats --money` shows for what. Once all of it is, the LLM is not asked until "
    "the next {scope}, unless you raise {name}."
)


@dataclass(frozen=True, slots=True)
class Troubles:
    """What the jobs `tell_trouble` and `tell_budget` do."""

    database: Database
    roads: AlertRoads

    def tell(self, content_sid: str | None, code: int, *, is_last: bool) -> bool:
        """Tell of the service window and its template; False: nobody could be told.

        What reached nobody is tried again, until the last try. Raises
        NotAnnouncedError, and StoreUnavailableError.
        """
        text = describe(content_sid, code)
        trouble_id = uuid5(NAMESPACE_OID, f"trouble {content_sid} {code}")
        return self.tell_text(trouble_id, text, is_last=is_last)

    def tell_budget(
        self, scope: Scope, starts_on: str, limit_micros: int, *, is_last: bool
    ) -> bool:
        """Tell of a budget as of other troubles; the log knows of it already."""
        text = NEARLY_USED.format(scope=scope, starts_on=starts_on, name=name_of(scope))
        trouble_id = uuid5(NAMESPACE_OID, f"budget {scope} {starts_on} {limit_micros}")
        return self._tell(trouble_id, text, is_last=is_last)

    def tell_text(self, trouble_id: UUID, text: str, *, is_last: bool) -> bool:
        """Tell of any trouble, as `tell` does; nobody is told twice of one."""
        log.error("%s", text)
        return self._tell(trouble_id, text, is_last=is_last)

    def _tell(self, trouble_id: UUID, text: str, *, is_last: bool) -> bool:
        """Tell by each road; who was told of the same is not told again."""
        with outages(), self.database.transaction() as connection:
            told = tell_operators(connection, trouble_id, text)
            emails = self.roads.emails or find_all_emails(connection)
        trouble = Trouble(id=trouble_id, text=text, to=emails)
        failures = [
            why for road in self.roads.channels if (why := self._by(road, trouble))
        ]
        if told or len(failures) < len(self.roads.channels):
            return True
        if failures and not is_last:
            raise NotAnnouncedError("; ".join(failures))
        return False

    def _by(self, channel: Channel, trouble: Trouble) -> str:
        """Tell by one road; return why it can't be, else nothing."""
        try:
            ROADS[channel](self.roads, trouble)
        except NotAnnouncedError as error:
            log.warning("operators could not be told by %s: %s", channel, error)
            return str(error)
        return ""


def describe(content_sid: str | None, code: int) -> str:
    """Return what is wrong, and what to do about it."""
    if content_sid is None:
        return TOO_LATE
    meaning = OF_TEMPLATES.get(code, "it failed")
    return NOT_TAKEN.format(content_sid=content_sid, meaning=meaning, code=code)
