"""A reply's way to the user: its parts in order, each of them once.

Twilio's `create` has no idempotency key. So a part is claimed in the database before
it is sent; if the outcome stays unknown (a crash, no answer), it is looked for at
Twilio before it may be sent again.
"""

import logging
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from threading import Event
from uuid import UUID

from bot.observability import SENDS
from bot.whatsapp.outcomes import DeliveryError, Outcome
from bot.whatsapp.twilio import SEND_SECONDS, Accepted, TwilioClient
from db.delivery.window import SERVICE_WINDOW
from db.outbox import PostgresOutbox
from db.records import FAILED, OUTSIDE_WINDOW, Claim, DeliveryStatus, Part

log = logging.getLogger(__name__)

UNRESOLVED = {"sending", "uncertain"}
MOST_STEPS_A_CALL = 200


class Sender:
    """Sends replies through Twilio and knows what to do when that fails.

    A pause that Twilio asks for is kept by every send of this process: it counts
    requests for the whole account.
    """

    wait_for_sent = timedelta(seconds=4)
    poll_seconds = 0.15
    # A send that ended without an answer shows up at Twilio within this time.
    settle_time = timedelta(seconds=5)
    look_again = timedelta(seconds=2.5)
    clock_slack = timedelta(seconds=60)

    def __init__(
        self, outbox: PostgresOutbox, twilio: TwilioClient, stopping: Event
    ) -> None:
        self._outbox = outbox
        self._twilio = twilio
        self._stopping = stopping
        self._left_alone_until = 0.0

    def send_now(self, user_id: UUID) -> None:
        """Send what a user's parts allow at once; leave the rest to a job.

        When it returns, every part of the user is settled, or a job of theirs waits.
        """
        try:
            is_settled = self._send_until_held(user_id)
        except DeliveryError as error:
            log.info("a send is left to a job: %s", error)
            is_settled = False
        if not is_settled:
            self._outbox.queue_sends(user_id, timedelta(seconds=self._pause_left()))

    def _send_until_held(self, user_id: UUID) -> bool:
        for _ in range(MOST_STEPS_A_CALL):
            claim = self._claim_next(user_id)
            if claim is None:
                return True
            if claim.is_shut:
                continue
            if claim.is_behind or claim.part.status in UNRESOLVED:
                return False
            if not self._deliver(claim):
                return True
        return False

    def release_held(self, user_id: UUID) -> None:
        """Send what waited for a user who wrote, before anything newer.

        What can't be sent at once goes before the rest all the same.
        """
        if self._outbox.release_held(user_id):
            self.send_now(user_id)

    def send_parts(self, user_id: UUID) -> None:
        """Send all that is left of a user's parts, in order.

        Raises DeliveryError when a part must be tried again later; those after it wait.
        """
        for _ in range(MOST_STEPS_A_CALL):
            claim = self._claim_next(user_id)
            if claim is None:
                return
            if claim.is_shut:
                continue
            if claim.is_behind:
                self._stopping.wait(self.poll_seconds)
            elif claim.part.status in UNRESOLVED:
                self._resolve(claim.part)
            elif not self._deliver(claim):
                return
        raise DeliveryError(Outcome.SAFE, "more to send than one call does")

    def _claim_next(self, user_id: UUID) -> Claim | None:
        """Claim what is next. Raises DeliveryError while Twilio is left alone."""
        if seconds := self._pause_left():
            reason = "Twilio asked to be left alone for a while"
            raise DeliveryError(Outcome.SAFE, reason, retry_after=seconds)
        return self._outbox.claim_next(user_id, self.wait_for_sent, SERVICE_WINDOW)

    def _pause_left(self) -> float:
        """Return for how many seconds Twilio is still left alone."""
        return max(0.0, self._left_alone_until - time.monotonic())

    def _leave_alone(self, error: DeliveryError) -> float:
        """Keep the pause that Twilio asked for, if it did; return its seconds."""
        seconds = error.retry_after or 0.0
        until = time.monotonic() + seconds
        self._left_alone_until = max(until, self._left_alone_until)
        return seconds

    def _deliver(self, claim: Claim) -> bool:
        """Send a claimed part; return whether the user may have more to be sent.

        Raises DeliveryError, unless that is settled with it.
        """
        try:
            return self._send_claimed(claim)
        except DeliveryError as error:
            if error.outcome != Outcome.PERMANENT:
                raise
            if error.code == OUTSIDE_WINDOW and self._outbox.holds(claim.part):
                self._outbox.release_part(claim.part, error.code)  # to be held
            else:
                self._abandon(claim.part, error)
            return True

    def _send_claimed(self, claim: Claim) -> bool:
        if claim.is_claimed:
            return self._send(claim.part)
        if datetime.now(UTC) - claim.part.since > SERVICE_WINDOW:
            raise DeliveryError(
                Outcome.PERMANENT, "the 24 hours for an answer are over"
            )
        raise DeliveryError(Outcome.SAFE, "another worker is sending this part")

    def _send(self, part: Part) -> bool:
        try:
            accepted = self._twilio.send_part(part)
        except DeliveryError as error:
            SENDS.labels(error.outcome).inc()
            pause = self._leave_alone(error)
            self._keep(part, error, pause)
            raise
        SENDS.labels("accepted").inc()
        return self._record_accepted(part, accepted)

    def _keep(self, part: Part, error: DeliveryError, pause: float) -> None:
        """Have a part that may yet go through wait for its next try."""
        about = {"error_code": error.code, "part_id": str(part.part_id)}
        if error.outcome == Outcome.UNKNOWN:
            log.error("a send without an answer: %s", error, extra=about)
            error.retry_after = max(self.settle_time.total_seconds(), pause)
            self._outbox.record_uncertain(part)
        elif error.outcome != Outcome.PERMANENT:
            level = logging.ERROR if error.outcome == Outcome.REFUSED else logging.INFO
            log.log(level, "a send is tried again later: %s", error, extra=about)
            self._outbox.release_part(part, error.code)

    def _record_accepted(self, part: Part, accepted: Accepted) -> bool:
        """Store that Twilio has the part; return whether more may be left to send."""
        sid = accepted.message_sid
        stored = self._outbox.record_accepted(part.part_id, sid, accepted.status)
        if not stored.is_stored:
            self._outbox.free_refused(part, sid)
        log.info("sent a part", extra={"part_id": str(part.part_id), "sent_sid": sid})
        return stored.has_more

    def _resolve(self, part: Part) -> None:
        """Find out whether an earlier attempt went through; if not, free the part.

        Raises DeliveryError while it is too early to tell.
        """
        since = part.claimed_at or part.created_at
        wait = self.settle_time
        if part.status == "sending":  # its request may still be under way
            wait += timedelta(seconds=SEND_SECONDS)
        left = (wait - (datetime.now(UTC) - since)).total_seconds()
        if left > 0:
            # Who sends it may tell the outcome before, and what follows waits for us.
            pause = min(left, self.look_again.total_seconds())
            raise DeliveryError(
                Outcome.UNKNOWN, "no news of the send yet", retry_after=pause
            )
        found = self._find_sent(part, since - self.clock_slack)
        known = self._outbox.find_known([sent.message_sid for sent in found])
        for sent in reversed(found):
            if sent.message_sid not in known:
                self._record_found(part, sent)
                return
        self._outbox.release_part(part)

    def _record_found(self, part: Part, sent: Accepted) -> None:
        """Record a send and how it went since; a callback may never tell."""
        sid = sent.message_sid
        if sent.status not in FAILED:
            self._record_accepted(part, sent)
            return
        told = DeliveryStatus(
            message_sid=sid,
            status=sent.status,
            part_id=part.part_id,
            error_code=sent.error_code,
        )
        self._outbox.record_delivery_status(told)
        self._outbox.free_refused(part, sid)

    def _find_sent(self, part: Part, since: datetime) -> Sequence[Accepted]:
        """Ask Twilio; looking does no harm, so it is soon repeated if that fails."""
        try:
            return self._twilio.find_sent(part, since)
        except DeliveryError as error:
            pause = max(self.look_again.total_seconds(), self._leave_alone(error))
            raise DeliveryError(
                Outcome.UNKNOWN, str(error), retry_after=pause
            ) from error

    def _abandon(self, part: Part, error: DeliveryError) -> None:
        """Record a permanent failure: the rest of the reply makes no sense alone."""
        about = {"error_code": error.code, "chat_id": part.chat_id}
        if not self._outbox.record_failed(part, error.code):
            log.error("a reply can't be delivered: %s", error, extra=about)
        elif part.template:
            sid = part.template.content_sid
            told = "the template %s can't be sent, but for its text: %s"
            log.error(told, sid, error, extra=about)
        else:
            log.warning(
                "media can't be sent, but for their text: %s", error, extra=about
            )
