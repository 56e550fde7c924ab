"""Whom a list means, who of them may be written to, and that they said so."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar
from uuid import UUID

from psycopg.types.json import Jsonb

from db.broadcasts import nouns
from db.broadcasts.nouns import Known, Wanted
from db.database import Connection
from db.records import to_storable

Each = TypeVar("Each")
LOT = 1000
# A number may stand with its former holder, too: whose it is now goes first.
FIND = """
SELECT asked.place, users.user_id, users.phone_number, users.is_active, users.owner,
  EXISTS (SELECT FROM opt_outs WHERE opt_outs.user_id = users.user_id) AS opted_out,
  EXISTS (SELECT FROM opt_ins WHERE opt_ins.user_id = users.user_id) AS opted_in
FROM unnest(%(places)s::int[], %(addresses)s::text[], %(ids)s::uuid[])
  AS asked (place, address, user_id)
CROSS JOIN LATERAL (
  SELECT found.user_id FROM user_addresses AS found
  WHERE asked.user_id IS NULL AND found.address = asked.address
  UNION ALL SELECT asked.user_id
) AS meant
JOIN users ON users.user_id = meant.user_id
ORDER BY asked.place, users.phone_number IS DISTINCT FROM asked.address
"""
ROWS = """
FROM jsonb_to_recordset(%(rows)s)
  AS told (place bigint, address text, user_id uuid, variables jsonb, how text)
"""
THEIRS = """
JOIN users ON users.user_id = COALESCE(told.user_id, (
  SELECT known.user_id FROM users AS known WHERE known.phone_number = told.address))
"""
MAKE_PEOPLE = f"""
INSERT INTO users (phone_number) SELECT address {ROWS}
WHERE user_id IS NULL AND how <> '' ON CONFLICT DO NOTHING
"""
KEEP_OPT_INS = f"""
INSERT INTO opt_ins (user_id, how) SELECT users.user_id, how {ROWS} {THEIRS}
WHERE how <> '' AND NOT EXISTS (
  SELECT FROM opt_outs WHERE opt_outs.user_id = users.user_id)
ON CONFLICT DO NOTHING
"""  # noqa: S608  (our own words)
WITHDRAW = "DELETE FROM opt_ins WHERE user_id = %(user_id)s"


def find_known(
    connection: Connection,
    wanted: Sequence[Wanted],
    was_erased: Callable[[str], bool],
    *,
    needs_opt_in: bool = True,
) -> Iterator[Known]:
    """Yield whom each line means, and why nothing is sent to them.

    An opt-in beside a line counts as given, but against no STOP. `was_erased` tells of
    an address that nobody has whether its person was erased.
    """
    seen: set[object] = set()
    for lot in in_lots(wanted):
        rows = _find(connection, lot)
        for place, each in enumerate(lot):
            known = _judge(each, rows.get(place), was_erased, needs_opt_in)
            whom = known.user_id or known.address or each.line
            if whom in seen and known.left_out not in {nouns.UNKNOWN, nouns.ERASED}:
                known = Known(
                    wanted=each,
                    user_id=known.user_id,
                    address=known.address,
                    left_out=nouns.TWICE,
                )
            seen.add(whom)
            yield known


def in_lots(whole: Sequence[Each]) -> Iterator[Sequence[Each]]:
    """Yield a list in pieces that one statement takes."""
    for first in range(0, len(whole), LOT):
        yield whole[first : first + LOT]


def _find(connection: Connection, lot: Sequence[Wanted]) -> dict[int, Any]:
    asked = {
        "places": list(range(len(lot))),
        "addresses": [each.address for each in lot],
        "ids": [each.user_id for each in lot],
    }
    found: dict[int, Any] = {}
    for row in connection.rows(FIND, asked):
        found.setdefault(row.place, row)
    return found


def _judge(
    wanted: Wanted, row: Any, was_erased: Callable[[str], bool], needs_opt_in: bool
) -> Known:
    if row is None:
        left_out = _judge_stranger(wanted, was_erased)
        return Known(
            wanted=wanted, user_id=None, address=wanted.address, left_out=left_out
        )
    reasons = {
        nouns.NO_ADDRESS: row.phone_number is None,
        nouns.STOPPED: row.opted_out,
        nouns.DEACTIVATED: not row.is_active,
        nouns.NO_OPT_IN: needs_opt_in and not (row.opted_in or wanted.opt_in),
        nouns.HAS_PERSON: needs_opt_in and row.owner != "bot",
    }
    return Known(
        wanted=wanted,
        user_id=row.user_id,
        address=row.phone_number or "",
        left_out=next((why for why, holds in reasons.items() if holds), None),
    )


def _judge_stranger(wanted: Wanted, was_erased: Callable[[str], bool]) -> str | None:
    if not wanted.address or not wanted.opt_in:
        return nouns.UNKNOWN
    return nouns.ERASED if was_erased(wanted.address) else None


def keep_opt_ins(connection: Connection, people: Sequence[Known]) -> int:
    """Record who said that they want it, and who is new by it; return how many opt-ins.

    In one open transaction. Whoever wrote STOP meanwhile stays as they are.
    """
    kept = 0
    for lot in in_lots(people):
        rows = {"rows": write_rows(lot)}
        connection.count(MAKE_PEOPLE, rows)
        kept += connection.count(KEEP_OPT_INS, rows)
    return kept


def withdraw_opt_in(connection: Connection, user_id: UUID) -> bool:
    """Take an opt-in away; False: there was none."""
    return connection.count(WITHDRAW, {"user_id": user_id}) > 0


def write_rows(people: Sequence[Known], first: int = 0) -> Jsonb:
    """Return people as ROWS reads them; their places begin at `first`."""
    return Jsonb([
        {
            "place": first + at,
            "address": each.address,
            "user_id": str(each.user_id) if each.user_id else None,
            "variables": {
                name: to_storable(text) for name, text in each.wanted.variables.items()
            },
            "how": to_storable(each.wanted.opt_in),
        }
        for at, each in enumerate(people)
    ])  # fmt: skip
