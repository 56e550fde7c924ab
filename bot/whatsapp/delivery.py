"""A reply's way to the user: its parts in order, each of them once.

Twilio's `create` has no idempotency key. So a part is claimed in the database before
it is sent; if the outcome stays unknown (a crash, no answer), it is looked for at
Twilio before it may be sent again.
"""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from threading import Event
from uuid import UUID

from bot.observability import SENDS
from bot.whatsapp.outbound import SEND_SECONDS, Accepted, DeliveryError, Outbound
from db.records import Part
from db.store import Outbox

log = logging.getLogger(__name__)

# With Twilio, but not on its way to the phone yet: the next part would overtake it.
NOT_YET_SENT = {"accepted", "scheduled", "queued", "sending"}
UNRESOLVED = {"sending", "uncertain"}
# https://www.twilio.com/docs/whatsapp/key-concepts#customer-service-windows
SERVICE_WINDOW = timedelta(hours=24)


class Delivery:
    """Sends replies through Twilio and knows what to do when that fails."""

    wait_for_sent = timedelta(seconds=4)
    poll_seconds = 0.15
    # A send that ended without an answer shows up at Twilio within this time.
    settle_time = timedelta(seconds=5)
    look_again = timedelta(seconds=2.5)
    clock_slack = timedelta(seconds=60)

    def __init__(self, outbox: Outbox, outbound: Outbound, stopping: Event) -> None:
        self._outbox = outbox
        self._outbound = outbound
        self._stopping = stopping

    def send_reply(self, reference_id: UUID) -> None:
        """Send what is left of a reply.

        Raises DeliveryError when a part must be tried again later; the parts after it
        wait for it.
        """
        parts = self._outbox.find_parts(reference_id)
        for index, part in enumerate(parts):
            try:
                self._deliver(part)
            except DeliveryError as error:
                if error.outcome != "permanent":
                    raise
                self._abandon(parts[index:], error)
                return

    def _deliver(self, part: Part) -> None:
        if part.status in UNRESOLVED and self._resolve(part):
            return
        if part.status not in UNRESOLVED | {"pending"}:
            return
        if datetime.now(UTC) - part.created_at > SERVICE_WINDOW:
            raise DeliveryError("permanent", "the 24 hours for an answer are over")
        self._wait_for_part_before(part)
        if not self._outbox.claim_part(part.part_id):
            raise DeliveryError("safe", "another worker is sending this part")
        self._send(part)

    def _send(self, part: Part) -> None:
        try:
            accepted = self._outbound.send_part(part)
        except DeliveryError as error:
            SENDS.labels(error.outcome).inc()
            if error.outcome == "safe":
                self._outbox.release_part(part.part_id, error.code)
            elif error.outcome == "unknown":
                log.warning("a send without an answer: %s", error)
                error.retry_after = self.settle_time.total_seconds()
                self._outbox.record_uncertain(part.part_id)
            raise
        SENDS.labels("accepted").inc()
        self._record_accepted(part, accepted)

    def _record_accepted(self, part: Part, accepted: Accepted) -> None:
        sid = accepted.message_sid
        self._outbox.record_accepted(part.part_id, sid, accepted.status)
        log.info("sent a part", extra={"part_id": str(part.part_id), "sent_sid": sid})

    def _resolve(self, part: Part) -> bool:
        """Find out whether an earlier attempt went through; if not, free the part.

        Raises DeliveryError while it is too early to tell.
        """
        since = part.claimed_at or part.created_at
        wait = self.settle_time
        if part.status == "sending":  # its request may still be under way
            wait += timedelta(seconds=SEND_SECONDS)
        left = (wait - (datetime.now(UTC) - since)).total_seconds()
        if left > 0:
            raise DeliveryError("unknown", "no news of the send yet", retry_after=left)
        for sent in reversed(self._find_sent(part, since - self.clock_slack)):
            if not self._outbox.knows_message(sent.message_sid):
                self._record_accepted(part, sent)
                return True
        self._outbox.release_part(part.part_id)
        return False

    def _find_sent(self, part: Part, since: datetime) -> Sequence[Accepted]:
        """Ask Twilio; looking does no harm, so it is soon repeated if that fails."""
        try:
            return self._outbound.find_sent(part, since)
        except DeliveryError as error:
            pause = self.look_again.total_seconds()
            raise DeliveryError("unknown", str(error), retry_after=pause) from error

    def _wait_for_part_before(self, part: Part) -> None:
        """Wait until the user's previous part is sent, or a few seconds."""
        while (before := self._outbox.find_part_before(part)) is not None:
            since = before.claimed_at or before.created_at
            age = datetime.now(UTC) - since
            if before.status not in NOT_YET_SENT or age > self.wait_for_sent:
                return
            self._stopping.wait(self.poll_seconds)

    def _abandon(self, parts: Sequence[Part], error: DeliveryError) -> None:
        """Record a permanent failure: the rest of the reply makes no sense alone."""
        for part in parts:
            self._outbox.record_failed(part.part_id, error.code)
        log.error(
            "a reply can't be delivered: %s",
            error,
            extra={"error_code": error.code, "chat_id": parts[0].chat_id},
        )
