"""Outbox on PostgreSQL: the parts of replies, claimed one at a time, forward only."""

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from db.database import Database
from db.outages import outages, repeat_once
from db.records import (
    FAILED,
    UNSETTLED,
    WITH_TWILIO,
    Claim,
    DeliveryStatus,
    Part,
    Template,
)

# How far a part is; a failure is final, and a later callback can't undo it.
PROGRESS = (*UNSETTLED, *WITH_TWILIO)
NOT_ON_ITS_WAY = WITH_TWILIO[: WITH_TWILIO.index("sent")]
# https://www.twilio.com/docs/api/errors/21610
OPTED_OUT_AT_TWILIO = 21610
COLUMNS = ", ".join(f"part.{field.name}" for field in fields(Part))

FIND_PARTS = f"""
SELECT {COLUMNS} FROM reply_parts AS part
WHERE reference_id = %(reference_id)s ORDER BY position
"""  # noqa: S608  (our own column names)

# A user's parts go out in the order in which they were made: only the first one that is
# not settled can be claimed, and not while the one before it is at Twilio but not sent.
# (A tuple of words reads in Python as it does in SQL.)
#
# What was made before the user opted out, and turns out to be unsent only afterwards (a
# worker died over it, Twilio was busy), is not sent any more. The word that confirms
# the STOP is made in the same transaction, at the same time.
CLAIM_NEXT = f"""
WITH stopped AS (
  UPDATE reply_parts AS part SET status = 'canceled' FROM opt_outs
  WHERE opt_outs.user_id = %(user_id)s AND part.user_id = opt_outs.user_id
    AND part.status = 'pending' AND part.created_at < opted_out_at
  RETURNING part.part_id
), head AS (
  SELECT * FROM reply_parts
  WHERE user_id = %(user_id)s AND status IN {UNSETTLED}
    AND part_id NOT IN (SELECT part_id FROM stopped)
  ORDER BY sequence LIMIT 1
), before AS (
  SELECT reply_parts.status, COALESCE(reply_parts.claimed_at, reply_parts.created_at)
    AS since
  FROM reply_parts, head
  WHERE reply_parts.user_id = %(user_id)s AND reply_parts.sequence < head.sequence
  ORDER BY reply_parts.sequence DESC LIMIT 1
), held AS (
  SELECT EXISTS (
    SELECT FROM before WHERE status IN {NOT_ON_ITS_WAY}
    AND since > now() - %(patience)s) AS is_held
), claimed AS (
  UPDATE reply_parts AS part
  SET status = 'sending', attempts = part.attempts + 1, claimed_at = now()
  FROM head, held
  WHERE part.part_id = head.part_id AND part.status = 'pending'
    AND NOT is_held AND part.created_at > now() - %(window)s
  RETURNING part.attempts
)
SELECT {COLUMNS}, is_held, (SELECT attempts FROM claimed) AS attempt
FROM head AS part, held
"""  # noqa: S608  (the same)

# `attempts` tells one attempt from the next: who was thought dead must not free what
# another worker is sending meanwhile, or it goes out twice.
RELEASE_PART = """
UPDATE reply_parts SET status = 'pending', error_code = %(error_code)s
WHERE part_id = %(part_id)s AND attempts = %(attempts)s
  AND status IN ('sending', 'uncertain') AND message_sid IS NULL
"""
RECORD_UNCERTAIN = """
UPDATE reply_parts SET status = 'uncertain'
WHERE part_id = %(part_id)s AND attempts = %(attempts)s
  AND status = 'sending' AND message_sid IS NULL
"""
RECORD_FAILED = f"""
UPDATE reply_parts SET status = 'failed', error_code = %(error_code)s
WHERE reference_id = %(reference_id)s AND position >= %(position)s
  AND status IN {UNSETTLED}
"""  # noqa: S608  (our own words)
# The SID is stored whatever the status; status and error only if they lie ahead. A
# failure that only we recorded (there is no SID) gives way to what Twilio says.
ADVANCE = """
UPDATE reply_parts SET message_sid = %(message_sid)s,
  status = CASE WHEN {ahead} THEN %(status)s ELSE status END,
  error_code = CASE WHEN {ahead} THEN %(error_code)s ELSE error_code END
WHERE {mine}
""".replace(
    "{ahead}",
    f"status = ANY (%(reached)s) OR (status IN {FAILED} AND message_sid IS NULL)",
)
ADVANCE_BY_SID = ADVANCE.replace("{mine}", "message_sid = %(message_sid)s")
ADVANCE_PART = ADVANCE.replace("{mine}", "part_id = %(part_id)s")
ADVANCE_UNSENT = ADVANCE.replace(
    "{mine}", "part_id = %(part_id)s AND message_sid IS NULL"
)
KEEP_EARLY = """
WITH old AS (
  DELETE FROM early_statuses WHERE received_at < now() - interval '1 day'
)
INSERT INTO early_statuses (message_sid, status, error_code)
VALUES (%(message_sid)s, %(status)s, %(error_code)s) ON CONFLICT DO NOTHING
"""
FIND_EARLY = """
SELECT message_sid, status, error_code FROM early_statuses
WHERE message_sid = %(message_sid)s
"""
NOTE_OPT_OUT = """
INSERT INTO opt_outs (user_id) SELECT DISTINCT user_id FROM reply_parts
WHERE part_id = %(part_id)s OR message_sid = %(message_sid)s ON CONFLICT DO NOTHING
"""
KNOWS_MESSAGE = "SELECT 1 FROM reply_parts WHERE message_sid = %(message_sid)s"
# A job that waits will see what is stored now: one is enough, however often is asked.
QUEUE_SENDS = """
SELECT procrastinate_defer_jobs_v1(ARRAY[ROW(
  'deliveries', 'send_parts', 0, 'send:' || %(user_id)s, NULL,
  jsonb_build_object('user_id', %(user_id)s), NULL
)::procrastinate_job_to_defer_v1])
WHERE NOT EXISTS (
  SELECT FROM procrastinate_jobs
  WHERE status = 'todo' AND lock = 'send:' || %(user_id)s)
"""


class PostgresOutbox:
    """The parts of replies in PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find_parts(self, reference_id: UUID) -> Sequence[Part]:
        """Return a reply's parts in their order."""
        parameters = {"reference_id": reference_id}
        rows = repeat_once(lambda: self._database.rows(FIND_PARTS, parameters))
        return [_read_part(row._asdict()) for row in rows]

    def claim_next(
        self, user_id: UUID, patience: timedelta, window: timedelta
    ) -> Claim | None:
        """Claim the user's first part that is not settled, if it may be sent now.

        It may not while the part before it is with Twilio, but not sent, for less than
        `patience`; nor if it was made longer than `window` ago. None: all are settled.
        """
        parameters = {"user_id": user_id, "patience": patience, "window": window}
        with outages():
            row = self._database.first(CLAIM_NEXT, parameters)
        return _read_claim(row._asdict()) if row else None

    def release_part(self, part: Part, error_code: int | None = None) -> None:
        """Put a part that surely wasn't sent back to `pending`.

        Only if the attempt that `part` tells of is still the last one.
        """
        self._write(RELEASE_PART, **_attempt(part), error_code=error_code)

    def record_uncertain(self, part: Part) -> None:
        """Note that the outcome of the attempt that `part` tells of is unknown."""
        self._write(RECORD_UNCERTAIN, **_attempt(part))

    def record_accepted(self, part_id: UUID, message_sid: str, status: str) -> None:
        """Store the SID that Twilio gave the part."""
        accepted = DeliveryStatus(message_sid=message_sid, status=status)
        self._advance(ADVANCE_PART, accepted, part_id)
        for early in self._find_early(message_sid):
            self._advance(ADVANCE_BY_SID, early)

    def record_failed(self, part: Part, error_code: int | None) -> None:
        """Store that a part, and what follows it in its reply, will not be sent."""
        rest = {"reference_id": part.reference_id, "position": part.position}
        self._write(RECORD_FAILED, **rest, error_code=error_code)
        self._note_opt_out(error_code, part_id=part.part_id)

    def knows_message(self, message_sid: str) -> bool:
        """Tell whether a part already has this SID."""
        known = {"message_sid": message_sid}
        return bool(repeat_once(lambda: self._database.first(KNOWS_MESSAGE, known)))

    def queue_sends(self, user_id: UUID) -> None:
        """Defer a job that sends what is left of a user's parts, if none waits."""
        with outages():
            self._database.first(QUEUE_SENDS, {"user_id": str(user_id)})

    def record_delivery_status(self, status: DeliveryStatus) -> bool:
        """Move the part forward, never back; False if the SID is not known.

        A callback may come before `create` returned: our own id in its URL finds the
        part then, and the SID is stored with it. What finds no part is kept for a day.
        """
        self._note_opt_out(status.error_code, message_sid=status.message_sid)
        if self._advance(ADVANCE_BY_SID, status):
            return True
        if status.part_id and self._advance(ADVANCE_UNSENT, status, status.part_id):
            return True
        repeat_once(lambda: self._database.count(KEEP_EARLY, _bind_status(status)))
        # Once more: the SID may have been stored in between.
        return self._advance(ADVANCE_BY_SID, status)

    def _note_opt_out(
        self,
        code: int | None,
        part_id: UUID | None = None,
        message_sid: str | None = None,
    ) -> None:
        """Record that the user opted out where Twilio says so."""
        if code == OPTED_OUT_AT_TWILIO:
            self._write(NOTE_OPT_OUT, part_id=part_id, message_sid=message_sid)

    def _find_early(self, message_sid: str) -> list[DeliveryStatus]:
        known = {"message_sid": message_sid}
        rows = repeat_once(lambda: self._database.rows(FIND_EARLY, known))
        return [DeliveryStatus(**row._asdict()) for row in rows]

    def _advance(
        self, statement: str, status: DeliveryStatus, part_id: UUID | None = None
    ) -> bool:
        told = _read_status(status.status)
        parameters = {
            **_bind_status(status),
            "status": told,
            "reached": _before(told),
            "part_id": part_id,
        }
        return repeat_once(lambda: self._database.count(statement, parameters)) > 0

    def _write(self, statement: str, **parameters: Any) -> None:
        with outages():
            self._database.count(statement, parameters)


def _bind_status(status: DeliveryStatus) -> dict[str, Any]:
    return {
        "message_sid": status.message_sid,
        "status": status.status,
        "error_code": status.error_code,
    }


def _read_claim(columns: dict[str, Any]) -> Claim:
    held, attempt = columns.pop("is_held"), columns.pop("attempt")
    part = _read_part(columns)
    if attempt is not None:
        part = replace(part, attempts=attempt)
    return Claim(part=part, is_held=held, is_claimed=attempt is not None)


def _read_part(columns: dict[str, Any]) -> Part:
    media, template = columns["media"] or (), columns["template"]
    made = Template(**template) if template else None
    return Part(**{**columns, "media": tuple(media), "template": made})


def _attempt(part: Part) -> dict[str, Any]:
    return {"part_id": part.part_id, "attempts": part.attempts}


def _read_status(told: str) -> str:
    """Return Twilio's status in our words.

    Its `sending` lies behind `queued`, ours before `accepted`. A status that is new to
    us shows at least that Twilio has the message.
    """
    if told == "sending":
        return "queued"
    return told if told in (*WITH_TWILIO, *FAILED) else "accepted"


def _before(status: str) -> list[str]:
    """Return what a part may be at for this status to move it forward."""
    last = "delivered" if status in FAILED else status
    return list(PROGRESS[: PROGRESS.index(last)])
