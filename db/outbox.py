"""Outbox on PostgreSQL: the parts of replies, claimed one at a time, forward only."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from db.database import Database
from db.delivery import statements as sql
from db.delivery.codes import (
    ABOUT_MEDIA,
    ABOUT_TEMPLATES,
    MAY_GO_THROUGH_LATER,
    OF_TEMPLATES,
    OPTED_OUT_AT_TWILIO,
)
from db.delivery.holding import CLAIM_OR_HOLD, bind_holding, release_held
from db.delivery.window import SERVICE_WINDOW
from db.gathering import Gathering
from db.outages import outages, repeat_once
from db.records import (
    FAILED,
    OUTSIDE_WINDOW,
    Claim,
    DeliveryStatus,
    Holding,
    Part,
    Template,
)
from db.records.alerts import RELAY

LAST_POSITION = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of a send; `has_more`: the user may have parts that are not sent."""

    is_stored: bool
    has_more: bool


class PostgresOutbox:
    """The parts of replies in PostgreSQL; with `holding` some wait for their user.

    With `aside` statuses that come at about the same time are stored at once; a thread
    calls it before it waits for that.
    """

    def __init__(
        self,
        database: Database,
        holding: Holding | None = None,
        *,
        aside: Callable[[], None] | None = None,
    ) -> None:
        self._database = database
        self._gathering = aside and Gathering(
            database, sql.ADVANCE_PART, "part_id", aside=aside
        )
        self._holding = holding
        self._claim = CLAIM_OR_HOLD if holding else sql.CLAIM_NEXT
        self._waiting = bind_holding(holding) if holding else {}
        shut = {OUTSIDE_WINDOW} if holding else set()
        self._refusable = MAY_GO_THROUGH_LATER | shut

    def find_parts(self, reference_id: UUID) -> Sequence[Part]:
        """Return a reply's parts in their order."""
        parameters = {"reference_id": reference_id}
        rows = repeat_once(lambda: self._database.rows(sql.FIND_PARTS, parameters))
        return [_read_part(row._asdict()) for row in rows]

    def claim_next(
        self, user_id: UUID, patience: timedelta, window: timedelta
    ) -> Claim | None:
        """Claim the user's first part that is not settled, if it may be sent now.

        It may not while the part before it is with Twilio, but not sent, for less than
        `patience`; nor if it was made longer than `window` ago. None: all are settled.
        Where parts are held, one that WhatsApp would refuse is, and a fallback is made.
        """
        parameters = {"user_id": user_id, "patience": patience, "window": window}
        with outages():
            row = self._database.first(self._claim, {**parameters, **self._waiting})
        return _read_claim(row._asdict()) if row else None

    def holds(self, part: Part) -> bool:
        """Tell whether such a part is held outside the service window."""
        is_free = part.template is None or bool(part.instead)
        return self._holding is not None and is_free and part.author != RELAY

    def release_held(self, user_id: UUID) -> bool:
        """Let what is held of a user go, if they wrote since; False: nothing did."""
        holding = self._holding
        return holding is not None and release_held(
            self._database, user_id, holding.lasts
        )

    def release_part(self, part: Part, error_code: int | None = None) -> None:
        """Put a part that surely wasn't sent back to `pending`.

        Only if the attempt that `part` tells of is still the last one.
        """
        self._write(sql.RELEASE_PART, **_attempt(part), error_code=error_code)

    def record_uncertain(self, part: Part) -> None:
        """Note that the outcome of the attempt that `part` tells of is unknown."""
        self._write(sql.RECORD_UNCERTAIN, **_attempt(part))

    def record_accepted(self, part_id: UUID, message_sid: str, status: str) -> Recorded:
        """Store the SID that Twilio gave the part, unless it was refused since."""
        accepted = DeliveryStatus(message_sid=message_sid, status=status)
        parameters = _bind_move(accepted, part_id)
        found = repeat_once(
            lambda: self._database.first(sql.RECORD_ACCEPTED, parameters)
        )
        for early in self._find_early(message_sid) if found.has_early else ():
            if not self._refuse(early):
                self._move(early)
        has_more = found.has_more or found.has_early or not found.is_stored
        return Recorded(is_stored=found.is_stored, has_more=has_more)

    def record_failed(self, part: Part, error_code: int | None) -> bool:
        """Store that a part, and what follows it in its reply, will not be sent.

        Of media, or a template, that fail for what they are, the text that stands for
        them will be; without one, what follows. An error without a code is about them,
        too. Returns whether such a text will be sent.
        """
        if error_code == OPTED_OUT_AT_TWILIO:
            self._write(sql.NOTE_OPT_OUT, part_id=part.part_id)
        is_alone = part.instead is not None and _is_about(part, error_code)
        if is_alone and self._say_instead(part, error_code):
            return True
        rest = {"reference_id": part.reference_id, "position": part.position}
        rest |= {"user_id": part.user_id, "error_code": error_code}
        last = part.position if is_alone else LAST_POSITION
        self._write(sql.RECORD_FAILED, **rest, last=last)
        if error_code in OF_TEMPLATES:
            self._write(sql.TELL.format(mine=sql.BY_ID), part_id=part.part_id)
        return False

    def _say_instead(self, part: Part, error_code: int | None) -> bool:
        """Have the text sent that a part's media or template stand for, if any."""
        with outages():
            told = {**_attempt(part), "error_code": error_code}
            return bool(self._database.count(sql.SAY_INSTEAD, told))

    def find_known(self, message_sids: Sequence[str]) -> set[str]:
        """Return those of the SIDs that a part has, or had when it was refused.

        Or had before a restore that brought back an older database.
        """
        asked = {"sids": list(message_sids)}
        rows = repeat_once(lambda: self._database.rows(sql.FIND_KNOWN, asked))
        return {row.message_sid for row in rows} & set(message_sids)

    def find_our_addresses(self) -> list[str]:
        """Return which of our numbers people wrote to, and we answer from."""
        found = repeat_once(lambda: self._database.rows(sql.FIND_OUR_ADDRESSES))
        return [row.our_address for row in found]

    def free_refused(self, part: Part, message_sid: str) -> None:
        """Put a part back to `pending` whose send was refused before it was recorded.

        Only if the attempt that `part` tells of is still the last one.
        """
        refused = {**_attempt(part), "message_sid": message_sid}
        self._write(sql.RELEASE_REFUSED, **refused)

    def queue_sends(self, user_id: UUID, pause: timedelta = timedelta()) -> None:
        """Defer a job that sends what is left of a user's parts, if none waits.

        It begins after the pause.
        """
        begin = {"user_id": str(user_id), "pause": pause}
        with outages():
            self._database.first(sql.QUEUE_SENDS, begin)

    def record_delivery_status(self, status: DeliveryStatus) -> bool:
        """Move the part forward, never back; False if the SID is not known.

        Our own id in the callback's URL finds the part, also before `create` returned:
        the SID is stored with it then. What finds no part is kept for a day.

        A failure for what may be over soon has the part sent again, some times; after
        any other one the rest of its reply fails with it. One that says that the user
        opted out at Twilio is believed if it moves the part.
        """
        return self._refuse(status) or self._move(status)

    def _refuse(self, status: DeliveryStatus) -> bool:
        """Have a part sent again that was taken and failed; False if it shall not.

        One whose media or template failed is sent as the text that stands for them.
        """
        if status.status not in FAILED:
            return False
        if status.error_code in self._refusable:
            statement = sql.REFUSE
        elif status.error_code in ABOUT_MEDIA:
            statement = sql.REFUSE_MEDIA
        elif status.error_code in ABOUT_TEMPLATES:
            statement = sql.REFUSE_TEMPLATE
        else:
            return False
        refused = {**_bind_status(status), "part_id": status.part_id}
        refused |= {"window": SERVICE_WINDOW, "shut_code": OUTSIDE_WINDOW}
        return bool(repeat_once(lambda: self._database.first(statement, refused)))

    def _move(self, status: DeliveryStatus) -> bool:
        is_known = self._find_and_advance(status)
        if is_known and status.status in FAILED:
            failed = {"message_sid": status.message_sid}
            self._write(sql.FAIL_REST, **failed, about_media=list(ABOUT_MEDIA))
            if status.error_code in OF_TEMPLATES:
                self._write(sql.TELL.format(mine=sql.BY_SID), **failed)
        return is_known

    def _find_and_advance(self, status: DeliveryStatus) -> bool:
        if status.part_id and self._advance(sql.OF_PART, status, status.part_id):
            return True
        if self._advance(sql.BY_SID, status):
            return True
        if self.find_known([status.message_sid]):
            # Stored in between; or refused before, and nothing of it counts any more.
            self._advance(sql.BY_SID, status)
            return True
        repeat_once(lambda: self._database.count(sql.KEEP_EARLY, _bind_status(status)))
        # Once more: the SID may have been stored in between.
        return self._advance(sql.BY_SID, status)

    def _find_early(self, message_sid: str) -> list[DeliveryStatus]:
        known = {"message_sid": message_sid}
        rows = repeat_once(lambda: self._database.rows(sql.FIND_EARLY, known))
        return [DeliveryStatus(**row._asdict()) for row in rows]

    def _advance(
        self, mine: str, status: DeliveryStatus, part_id: UUID | None = None
    ) -> bool:
        told_why = status.error_code if status.status in FAILED else None
        opts_out = told_why == OPTED_OUT_AT_TWILIO
        parameters = _bind_move(status, part_id)
        if self._gathering and mine == sql.OF_PART and not opts_out:
            call = partial(self._gathering.count, parameters)
        else:
            statement = (sql.OPT_OUT if opts_out else sql.ADVANCE).format(mine=mine)
            call = partial(self._database.count, statement, parameters)
        return repeat_once(call) > 0

    def _write(self, statement: str, **parameters: Any) -> None:
        with outages():
            self._database.count(statement, parameters)


def _is_about(part: Part, error_code: int | None) -> bool:
    """Tell whether an error is about what a part has beside its text, or for it."""
    if error_code is None or error_code in ABOUT_MEDIA:
        return True
    return part.template is not None and error_code in ABOUT_TEMPLATES


def _bind_status(status: DeliveryStatus) -> dict[str, Any]:
    return {
        "message_sid": status.message_sid,
        "status": status.status,
        "error_code": status.error_code,
    }


def _bind_move(status: DeliveryStatus, part_id: UUID | None) -> dict[str, Any]:
    told = sql.read_status(status.status)
    moved = {"status": told, "reached": sql.before(told), "part_id": part_id}
    return {**_bind_status(status), **moved}


def _read_claim(columns: dict[str, Any]) -> Claim:
    behind, shut = columns.pop("is_behind"), columns.pop("is_shut")
    attempt = columns.pop("attempt")
    part = _read_part(columns)
    if attempt is not None:
        part = replace(part, attempts=attempt)
    is_claimed = attempt is not None
    return Claim(part=part, is_behind=behind, is_claimed=is_claimed, is_shut=shut)


def _read_part(columns: dict[str, Any]) -> Part:
    media, template = columns["media"] or (), columns["template"]
    made = Template(**template) if template else None
    return Part(**{**columns, "media": tuple(media), "template": made})


def _attempt(part: Part) -> dict[str, Any]:
    known = {"user_id": part.user_id, "part_id": part.part_id}
    return {**known, "attempts": part.attempts}
