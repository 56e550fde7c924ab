"""Outbox on PostgreSQL: the parts of replies, claimed one at a time, forward only."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Engine,
    Row,
    Select,
    case,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from db.models import early_statuses, opt_outs, reply_parts
from db.postgres import outages, repeat_once
from db.records import DeliveryStatus, Part

# How far a part is; a failure is final, and a later callback can't undo it.
PROGRESS = (
    "pending", "sending", "uncertain", "accepted", "scheduled", "queued", "sent",
    "delivered", "read",
)  # fmt: skip
FAILURES = ("failed", "undelivered", "canceled")
WITH_TWILIO = PROGRESS[PROGRESS.index("accepted") :]
# https://www.twilio.com/docs/api/errors/21610
OPTED_OUT_AT_TWILIO = 21610
PART_COLUMNS = [reply_parts.c[field.name] for field in fields(Part)]


class PostgresOutbox:
    """The parts of replies in PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        # Each call is one statement: a transaction of its own in one round trip.
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")

    def find_parts(self, reference_id: UUID) -> Sequence[Part]:
        """Return a reply's parts in their order."""
        query = select(*PART_COLUMNS).where(reply_parts.c.reference_id == reference_id)
        return self._select(query.order_by(reply_parts.c.position))

    def find_part_before(self, part: Part) -> Part | None:
        """Return the part that the same user was sent before this one."""
        mine = select(reply_parts.c.sequence).where(
            reply_parts.c.part_id == part.part_id
        )
        query = (
            select(*PART_COLUMNS)
            .where(reply_parts.c.user_id == part.user_id)
            .where(reply_parts.c.sequence < mine.scalar_subquery())
            .order_by(reply_parts.c.sequence.desc())
            .limit(1)
        )
        return next(iter(self._select(query)), None)

    def claim_part(self, part_id: UUID) -> bool:
        """Move a pending part to `sending`; False if somebody else did."""
        return self._update(
            (reply_parts.c.part_id == part_id, reply_parts.c.status == "pending"),
            status="sending",
            attempts=reply_parts.c.attempts + 1,
            claimed_at=func.now(),
        )

    def release_part(self, part_id: UUID, error_code: int | None = None) -> None:
        """Put a part that surely wasn't sent back to `pending`."""
        self._update(_unsent(part_id), status="pending", error_code=error_code)

    def record_uncertain(self, part_id: UUID) -> None:
        """Note that a send's outcome is unknown."""
        self._update(_unsent(part_id), status="uncertain")

    def record_accepted(self, part_id: UUID, message_sid: str, status: str) -> None:
        """Store the SID that Twilio gave the part."""
        accepted = DeliveryStatus(message_sid=message_sid, status=status)
        self._advance((reply_parts.c.part_id == part_id,), accepted)
        by_sid = (reply_parts.c.message_sid == message_sid,)
        for early in repeat_once(lambda: self._find_early(message_sid)):
            self._advance(by_sid, early)

    def record_failed(self, part_id: UUID, error_code: int | None) -> None:
        """Store that the part will not be sent."""
        self._update(_unsent(part_id), status="failed", error_code=error_code)
        self._note_opt_out(reply_parts.c.part_id == part_id, error_code)

    def knows_message(self, message_sid: str) -> bool:
        """Tell whether a part already has this SID."""
        query = select(*PART_COLUMNS).where(reply_parts.c.message_sid == message_sid)
        return bool(self._select(query))

    def record_delivery_status(self, status: DeliveryStatus) -> bool:
        """Move the part forward, never back; False if the SID is not known.

        A callback may come before `create` returned: our own id in its URL finds the
        part then, and the SID is stored with it. What finds no part is kept for a day.
        """
        self._note_opt_out(
            reply_parts.c.message_sid == status.message_sid, status.error_code
        )
        by_sid = (reply_parts.c.message_sid == status.message_sid,)
        ways: list[tuple[ColumnElement[bool], ...]] = [by_sid]
        if status.part_id is not None:
            ways.append(_unsent(status.part_id))
        if any(self._advance(way, status) for way in ways):
            return True
        repeat_once(lambda: self._keep_early(status))
        # Once more: the SID may have been stored in between.
        return self._advance(by_sid, status)

    def _note_opt_out(self, mine: ColumnElement[bool], code: int | None) -> None:
        """Record that the user opted out where Twilio says so."""
        if code != OPTED_OUT_AT_TWILIO:
            return
        users = select(reply_parts.c.user_id).where(mine).distinct()
        new = insert(opt_outs).from_select(["user_id"], users).on_conflict_do_nothing()
        with outages(), self._engine.begin() as connection:
            connection.execute(new)

    def _keep_early(self, status: DeliveryStatus) -> None:
        day = timedelta(days=1)
        old = early_statuses.c.received_at < func.now() - day
        known = {"message_sid": status.message_sid, "status": status.status}
        new = insert(early_statuses).values(**known, error_code=status.error_code)
        with self._engine.begin() as connection:
            connection.execute(delete(early_statuses).where(old))
            connection.execute(new.on_conflict_do_nothing())

    def _find_early(self, message_sid: str) -> list[DeliveryStatus]:
        mine = early_statuses.c.message_sid == message_sid
        columns = (early_statuses.c.status, early_statuses.c.error_code)
        with self._engine.begin() as connection:
            rows = connection.execute(select(*columns).where(mine)).all()
        return [
            DeliveryStatus(message_sid=message_sid, status=told, error_code=code)
            for told, code in rows
        ]

    def _advance(
        self, mine: Sequence[ColumnElement[bool]], status: DeliveryStatus
    ) -> bool:
        """Store the SID; take status and error only if they lie ahead."""
        told = _read_status(status.status)
        ahead = _lies_ahead(told)
        columns = reply_parts.c
        values = {
            "message_sid": status.message_sid,
            "status": case((ahead, told), else_=columns.status),
            "error_code": case((ahead, status.error_code), else_=columns.error_code),
        }
        return repeat_once(lambda: self._execute_update(mine, values))

    def _update(self, where: Sequence[ColumnElement[bool]], **values: Any) -> bool:
        with outages():
            return self._execute_update(where, values)

    def _execute_update(
        self, where: Sequence[ColumnElement[bool]], values: dict[str, Any]
    ) -> bool:
        statement = update(reply_parts).where(*where).values(values)
        with self._engine.begin() as connection:
            return connection.execute(statement).rowcount > 0

    def _select(self, query: Select[Any]) -> list[Part]:
        return repeat_once(lambda: self._execute_select(query))

    def _execute_select(self, query: Select[Any]) -> list[Part]:
        with self._engine.begin() as connection:
            return [_read_part(row) for row in connection.execute(query)]


def _unsent(part_id: UUID) -> tuple[ColumnElement[bool], ...]:
    """Match the part as long as nothing shows that Twilio has it."""
    return (reply_parts.c.part_id == part_id, reply_parts.c.message_sid.is_(None))


def _read_status(told: str) -> str:
    """Return Twilio's status in our words.

    Its `sending` lies behind `queued`, ours before `accepted`. A status that is new to
    us shows at least that Twilio has the message.
    """
    if told == "sending":
        return "queued"
    return told if told in (*WITH_TWILIO, *FAILURES) else "accepted"


def _lies_ahead(status: str) -> ColumnElement[bool]:
    """Match parts that this status moves forward.

    A failure that only we recorded (there is no SID) gives way to what Twilio says.
    """
    last = "delivered" if status in FAILURES else status
    reached = PROGRESS[: PROGRESS.index(last)]
    ours = reply_parts.c.status.in_(FAILURES) & reply_parts.c.message_sid.is_(None)
    return reply_parts.c.status.in_(reached) | ours


def _read_part(row: Row[Any]) -> Part:
    return Part(**row._mapping)
