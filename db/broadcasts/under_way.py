"""What of broadcasts is under way, and how much more may be."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from db.database import Database
from db.delivery.codes import MAY_NOT_SEND
from db.outages import outages
from db.records.money import Scope

# Of the last day: what is older is failed, if it was not sent.
IN_HAND = """
SELECT own.reference_id, part.address, part.unsettled
FROM broadcast_recipients AS own
JOIN reply_parts AS part USING (reference_id)
WHERE own.broadcast_id = %(broadcast_id)s AND own.state = 'stored'
  AND own.turned_at > now() - interval '24 hours' AND part.unsettled LIMIT %(most)s
"""
# What Twilio may take later waits, with the error that it had.
WAS_REFUSED = "(is_failed(part.status) OR part.status = 'pending')"
FOLLOW = f"""
SELECT reference_id, address, unsettled, CASE
    WHEN {WAS_REFUSED} AND updated_at > %(since)s THEN error_code END AS error_code
FROM reply_parts AS part
WHERE reference_id = ANY (%(replies)s) AND "position" = 0
"""  # noqa: S608  (our own words)
# What failed before an operator had it go on is known. That the number may send no more
# is news also of a message of before.
REFUSED = f"""
SELECT part.error_code FROM broadcast_recipients AS own
JOIN reply_parts AS part USING (reference_id)
WHERE own.broadcast_id = %(broadcast_id)s AND own.state = 'stored'
  AND part.error_code = ANY (%(codes)s) AND CASE
    WHEN part.error_code = ANY (%(later)s) THEN {WAS_REFUSED}
      AND part.updated_at > %(since)s AND own.turned_at > now() - interval '2 days'
    ELSE is_failed(part.status) AND own.turned_at > %(since)s END
LIMIT 1
"""  # noqa: S608  (our own words)
PEOPLE_OF_A_DAY = """
SELECT count(DISTINCT user_id) FROM broadcast_recipients
WHERE state = 'stored' AND turned_at > now() - interval '24 hours'
"""
# Whoever blocked the number does not want it any more (63014).
BLOCKED = """
DELETE FROM opt_ins USING broadcast_recipients AS own, reply_parts AS part
WHERE own.state = 'stored' AND own.turned_at > now() - interval '2 days'
  AND part.reference_id = own.reference_id AND part.error_code = 63014
  AND part.status IN ('failed', 'undelivered')
  AND opt_ins.user_id = own.user_id AND opt_ins.opted_in_at < part.updated_at
"""
# A budget's row is made by the first call that is held against it.
SPENT = """
SELECT scope, COALESCE((
    SELECT spent_micros FROM budgets
    WHERE user_id IS NULL AND budgets.scope = asked.scope AND starts_on = since
  ), (SELECT sum(micros) FROM spendings
      WHERE day BETWEEN since AND %(day)s AND state <> 'released'), 0
  )::bigint AS spent_micros
FROM (VALUES ('day', %(day)s::date),
             ('month', date_trunc('month', %(day)s::timestamp)::date)
) AS asked (scope, since)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class InHand:
    """A message of a broadcast; `unsettled`: it is not known to be with Twilio."""

    reference_id: UUID
    address: str = ""
    unsettled: bool = True
    error_code: int | None = None


def find_in_hand(database: Database, broadcast_id: str, most: int) -> Sequence[InHand]:
    """Return messages of a broadcast that are not known to be with Twilio yet.

    This and what follows raise StoreUnavailableError.
    """
    with outages():
        return database.read(
            InHand, IN_HAND, {"broadcast_id": broadcast_id, "most": most}
        )


def follow(
    database: Database, in_hand: Collection[InHand], since: datetime
) -> Sequence[InHand]:
    """Return how messages are now, and by which errors they were refused since then."""
    if not in_hand:
        return ()
    replies = [each.reference_id for each in in_hand]
    with outages():
        return database.read(InHand, FOLLOW, {"replies": replies, "since": since})


def find_refusal(
    database: Database, broadcast_id: str, since: datetime, codes: Collection[int]
) -> int | None:
    """Return one of the codes that Twilio refused a message for since then."""
    asked = {"broadcast_id": broadcast_id, "since": since, "codes": list(codes)}
    asked |= {"later": list(MAY_NOT_SEND)}
    with outages():
        found: int | None = database.scalar(REFUSED, asked)
        return found


def end_opt_ins_of_blocked(database: Database) -> int:
    """Take the opt-ins away of who blocked the number; return how many."""
    with outages():
        return database.count(BLOCKED)


def count_people_of_a_day(database: Database) -> int:
    """Return how many people were written to in the last 24 hours."""
    with outages():
        return int(database.scalar(PEOPLE_OF_A_DAY) or 0)


def find_left(database: Database, limits: Mapping[Scope, int], day: date) -> int | None:
    """Return what of the budgets of the day and its month is left; None: unbounded."""
    bounded: dict[str, int] = {
        scope: most for scope, most in limits.items() if scope in {"day", "month"}
    }
    if not bounded:
        return None
    with outages():
        rows = database.rows(SPENT, {"day": day})
    spent = {row.scope: row.spent_micros for row in rows}
    return min(most - int(spent.get(scope, 0)) for scope, most in bounded.items())
