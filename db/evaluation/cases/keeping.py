"""Cases as they are kept: added once, listed, changed, laid aside and taken back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from psycopg.types.json import Jsonb

from db.database import Connection, Database
from db.errors import OperatorError
from db.outages import outages, repeat_once
from db.records import Turn, read_turns, storable_json, to_storable

State = Literal["kept", "dismissed"]
MOST_SECONDS = 30.0
LONGEST_NOTE = 2000

# Whoever is erased meanwhile gets no case: the erasure holds their row.
KEEP = """
INSERT INTO cases (made_from, reference_id, user_id, chat_id, question, turns, said,
                   expects, note, created_by)
SELECT %(made_from)s, %(reference_id)s::uuid, %(user_id)s::uuid, %(chat_id)s,
       %(question)s, %(turns)s, %(said)s, %(expects)s, %(note)s, %(created_by)s::uuid
WHERE %(user_id)s::uuid IS NULL OR EXISTS (
  SELECT FROM users WHERE user_id = %(user_id)s::uuid FOR KEY SHARE)
ON CONFLICT (made_from, reference_id) WHERE made_from <> 'hand'::text DO NOTHING
RETURNING id
"""
COLUMNS = """
SELECT kept.id, kept.made_from, kept.reference_id, kept.user_id, kept.chat_id,
       kept.question, kept.turns, kept.said, kept.expects, kept.state, kept.note,
       kept.created_at
FROM cases AS kept
"""
FIND = f"{COLUMNS} WHERE kept.id = %(case_id)s"
LOAD = f"""{COLUMNS}
WHERE kept.state = 'kept' AND (%(ids)s::bigint[] IS NULL OR kept.id = ANY (%(ids)s))
ORDER BY kept.id LIMIT %(most)s
"""
IS_KEPT = """
SELECT EXISTS (SELECT FROM cases WHERE id = %(case_id)s AND state = 'kept')
"""
LIST = """
SELECT case_id, made_from, state, question, expects, note, created_at, last_passed,
       last_score
FROM case_overview
WHERE state = 'kept' OR %(also_dismissed)s ORDER BY case_id DESC LIMIT %(most)s
"""
CHANGE = "UPDATE cases SET expects = %(expects)s WHERE id = %(case_id)s"
MOVE = "UPDATE cases SET state = %(state)s WHERE id = %(case_id)s"
NAMES = """
SELECT full_name, company FROM users WHERE user_id = ANY (%(ids)s) OR role <> 'user'
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCase:
    """A case that is to be kept; `expects` by the names that files use."""

    made_from: str
    question: str
    turns: Sequence[Turn]
    expects: Mapping[str, Any]
    said: str | None = None
    reference_id: UUID | None = None
    user_id: UUID | None = None
    chat_id: str | None = None
    note: str | None = None
    created_by: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCase:
    """A case as it is kept."""

    id: int
    made_from: str
    reference_id: UUID | None
    user_id: UUID | None
    chat_id: str | None
    question: str
    turns: list[Any]
    said: str | None
    expects: dict[str, Any]
    state: str
    note: str | None
    created_at: datetime

    def read_turns(self) -> tuple[Turn, ...]:
        """Return what was said."""
        return read_turns(self.turns)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedCase:
    """What a list tells of a case, and how it was judged last."""

    case_id: int
    made_from: str
    state: str
    question: str
    expects: dict[str, Any]
    note: str | None
    created_at: datetime
    last_passed: bool | None
    last_score: Decimal | None


def keep_case(connection: Connection, case: NewCase) -> int | None:
    """Keep a case; return its number, None where it is there already, or nobody's."""
    known = {
        "made_from": case.made_from,
        "reference_id": case.reference_id,
        "user_id": case.user_id,
        "chat_id": case.chat_id,
        "question": to_storable(case.question),
        "turns": Jsonb([turn.to_json() for turn in case.turns]),
        "said": case.said and to_storable(case.said),
        "expects": Jsonb(storable_json(case.expects)),
        "note": case.note and to_storable(case.note)[:LONGEST_NOTE],
        "created_by": case.created_by,
    }
    found: int | None = connection.scalar(KEEP, known)
    return found


def find_case(connection: Connection, case_id: int) -> KeptCase:
    """Return a case. Raises OperatorError where there is none of that number."""
    found = connection.read(KeptCase, FIND, {"case_id": case_id})
    if not found:
        raise OperatorError(_unknown(case_id))
    return found[0]


def load_cases(
    connection: Connection, most: int, ids: Sequence[int] | None = None
) -> list[KeptCase]:
    """Return the cases that are judged, the oldest first; `ids`: only these."""
    known = {"most": most, "ids": None if ids is None else list(ids)}
    return connection.read(KeptCase, LOAD, known)


def is_kept(database: Database, case_id: int) -> bool:
    """Tell whether a case is there yet, and judged. Raises StoreUnavailableError."""
    known = {"case_id": case_id}
    return bool(repeat_once(lambda: database.scalar(IS_KEPT, known)))


def list_cases(
    connection: Connection, most: int, *, also_dismissed: bool = False
) -> list[ListedCase]:
    """Return cases, the newest first."""
    known = {"most": most, "also_dismissed": also_dismissed}
    return connection.read(ListedCase, LIST, known)


def change_expects(
    database: Database, case_id: int, expects: Mapping[str, Any]
) -> None:
    """Have a case expect something else. Raises OperatorError."""
    told = Jsonb(storable_json(expects))
    _change(database, CHANGE, case_id, {"expects": told})


def move_case(database: Database, case_id: int, state: State) -> None:
    """Dismiss a case, or take it back. Raises OperatorError."""
    _change(database, MOVE, case_id, {"state": state})


def find_names(connection: Connection, ids: Sequence[UUID]) -> list[str]:
    """Return what people and all operators are called, and their companies."""
    rows = connection.rows(NAMES, {"ids": list(ids)})
    return [name for row in rows for name in row if name]


def _change(
    database: Database, statement: str, case_id: int, known: Mapping[str, Any]
) -> None:
    with outages(), database.transaction(MOST_SECONDS) as connection:
        if not connection.count(statement, {"case_id": case_id, **known}):
            raise OperatorError(_unknown(case_id))


def _unknown(case_id: int) -> str:
    return f"there is no case {case_id}: see `bot cases list --all`"
