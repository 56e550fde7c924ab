"""Messages whose webhooks never arrived: asked for at Twilio and taken in, once.

Twilio does not offer a message again when its tries and the fallback URL failed:
https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.observability import bound
from bot.whatsapp.inbound import BadInputError, parse_inbound
from bot.whatsapp.twilio import ListedMessage, TwilioClient
from db.chats import PostgresChatStore
from db.records import InboundMessage

log = logging.getLogger(__name__)


class Reconciliation:
    """Compares what Twilio received for us with what we took in.

    `was_erased` tells whether a message's sender was erased after sending it: Twilio
    still lists it, and nothing of ours knows it any more.
    """

    def __init__(
        self,
        store: PostgresChatStore,
        twilio: TwilioClient,
        was_erased: Callable[[InboundMessage], bool] = lambda _message: False,
    ) -> None:
        self._store = store
        self._twilio = twilio
        self._was_erased = was_erased

    def run(self, lookback: timedelta, settle: timedelta = timedelta()) -> int:
        """Take in what is missing of the last `lookback`; return how many that was.

        `settle` leaves the youngest alone: their webhooks may still be on their way.
        Raises DeliveryError and StoreUnavailableError.
        """
        now = datetime.now(UTC)
        listed = self._twilio.find_received(now - lookback)
        old_enough = [m for m in listed if m.received_at <= now - settle]
        unknown = self._store.find_unknown([m.form["MessageSid"] for m in old_enough])
        missing = [m for m in old_enough if m.form["MessageSid"] in unknown]
        return sum(self._take_in(message) for message in missing)

    def _take_in(self, listed: ListedMessage) -> bool:
        try:
            message = _read(listed)
        except BadInputError as error:
            log.info("a listed message is none for us: %s", error)
            return False
        if self._was_erased(message):
            return False
        with bound(message_sid=message.message_sid):
            is_new = self._store.record_inbound(message).is_new
            log.warning("took a message in whose webhook never came: %s", is_new)
        return is_new


def _read(listed: ListedMessage) -> InboundMessage:
    message = parse_inbound(listed.form)
    turn = replace(message.turn, timestamp=listed.received_at)
    return replace(message, turn=turn)
