"""Messages whose webhooks never arrived: asked for at Twilio and taken in, once.

Twilio does not offer a message again when its tries and the fallback URL failed:
https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import groupby

from bot.observability import bound
from bot.whatsapp.inbound import BadInputError, parse_inbound
from bot.whatsapp.twilio import ListedMessage, TwilioClient
from db.chats import PostgresChatStore
from db.outbox import PostgresOutbox
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
        outbox: PostgresOutbox,
        twilio: TwilioClient,
        was_erased: Callable[[InboundMessage], bool] = lambda _message: False,
    ) -> None:
        self._store = store
        self._outbox = outbox
        self._twilio = twilio
        self._was_erased = was_erased

    def run(self, lookback: timedelta, settle: timedelta = timedelta()) -> int:
        """Take in what is missing of the last `lookback`; return how many that was.

        Never what is older than this database: somebody else had the number then. Nor
        what somebody else has answered by now. `settle` leaves the youngest alone:
        their webhooks may still be on their way. Raises DeliveryError and
        StoreUnavailableError.
        """
        now = datetime.now(UTC)
        # Twilio tells whole seconds.
        first_start = self._store.read_first_start().replace(microsecond=0)
        since = max(now - lookback, first_start)
        listed = self._twilio.find_received(since, self._outbox.find_our_addresses)
        old_enough = [m for m in listed if m.received_at <= now - settle]
        unknown = self._store.find_unknown([m.form["MessageSid"] for m in old_enough])
        missing = [m for m in old_enough if m.form["MessageSid"] in unknown]
        by_sender = groupby(sorted(missing, key=_sender), key=_sender)
        return sum(self._take_in_of_one(list(messages)) for _, messages in by_sender)

    def _take_in_of_one(self, missing: Sequence[ListedMessage]) -> int:
        """Take in what is missing of one sender, before Twilio is asked about the next.

        All of it is judged first: our answer to one is no other instance's.
        """
        open_ = [m for m in missing if not self._has_other_answer(m)]
        if others := len(missing) - len(open_):
            log.error(
                "another instance seems to be at work on our number: %d messages that "
                "never came here were answered, and not by us; they are left alone",
                others,
            )
        return sum(self._take_in(message) for message in open_)

    def _has_other_answer(self, listed: ListedMessage) -> bool:
        sent = self._twilio.find_answers(_sender(listed), listed.received_at)
        return bool(set(sent) - self._outbox.find_known(sent))

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


def _sender(listed: ListedMessage) -> str:
    return listed.form["From"]


def _read(listed: ListedMessage) -> InboundMessage:
    message = parse_inbound(listed.form)
    turn = replace(message.turn, timestamp=listed.received_at)
    return replace(message, turn=turn)
