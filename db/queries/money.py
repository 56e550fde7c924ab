"""What was spent in the last days, and what is left of budgets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from db.database import Connection

MOST_PEOPLE = 10
OF_LATE = "day > %(today)s::date - %(days)s::int AND state <> 'released'"
BY = f"""
SELECT ({{name}})::text AS name, currency, count(*) AS calls, sum(micros)::bigint
  AS micros
FROM spendings {{joined}} WHERE {OF_LATE} GROUP BY 1, 2 ORDER BY {{order}} LIMIT 1000
"""  # noqa: S608  (our own words)
TOTAL = f"""
SELECT currency, count(*) AS calls, sum(micros)::bigint AS micros,
  count(*) FILTER (WHERE is_estimated) AS estimated,
  count(*) FILTER (WHERE is_unknown) AS unknown,
  count(*) FILTER (WHERE state = 'reserved') AS reserved
FROM spendings WHERE {OF_LATE} GROUP BY currency ORDER BY currency
"""  # noqa: S608  (our own words)
CHATS = f"""
SELECT currency, count(*) AS chats, sum(micros)::bigint AS micros,
  max(micros)::bigint AS most_micros
FROM (
  SELECT currency, chat_id, sum(micros) AS micros FROM spendings
  WHERE {OF_LATE} AND chat_id IS NOT NULL GROUP BY currency, chat_id) AS chats
GROUP BY currency ORDER BY currency
"""  # noqa: S608  (our own words)
# What counts by PRICES, since Twilio bills it in another currency.
BILLED = f"""
SELECT told_currency AS billed_in, currency, count(*) AS messages,
  sum(told_micros)::bigint AS micros
FROM spendings WHERE {OF_LATE} AND upper(told_currency) <> upper(currency)
GROUP BY 1, 2 ORDER BY 1, 2
"""  # noqa: S608  (our own words)
# The newest period of each.
BUDGETS = """
SELECT DISTINCT ON (scope) scope, starts_on, spent_micros, limit_micros
FROM budgets WHERE user_id IS NULL ORDER BY scope, starts_on DESC
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What a day, a purpose, a model or a person cost, in millionths."""

    name: str
    currency: str
    calls: int
    micros: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalSpent:
    """All of it; how many calls were estimated, had no price, or are under way."""

    currency: str
    calls: int
    micros: int
    estimated: int
    unknown: int
    reserved: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatCosts:
    """How many chats cost something, what they cost, and what the dearest did."""

    currency: str
    chats: int
    micros: int
    most_micros: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BilledElsewise:
    """What Twilio billed, in another currency than that in which messages count."""

    billed_in: str
    currency: str
    messages: int
    micros: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedBudget:
    """What is used of the newest day or month that has a budget."""

    scope: str
    starts_on: date
    spent_micros: int
    limit_micros: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyStatistics:
    """What was spent of late: by day, purpose, model, person, and for each chat."""

    totals: Sequence[TotalSpent]
    days: Sequence[Spent]
    purposes: Sequence[Spent]
    models: Sequence[Spent]
    people: Sequence[Spent]
    chats: Sequence[ChatCosts]
    budgets: Sequence[UsedBudget]
    billed: Sequence[BilledElsewise]


def total_spent(connection: Connection, days: int, today: date) -> list[TotalSpent]:
    """Return what was spent in so many days, with today: by TIMEZONE, as spendings."""
    return connection.read(TotalSpent, TOTAL, {"days": days, "today": today})


def measure_money(connection: Connection, days: int, today: date) -> MoneyStatistics:
    """Return the same, by day, purpose, model and person, and for each chat."""
    of_late = {"days": days, "today": today}

    def by(name: str, order: str = "micros DESC, 1", joined: str = "") -> list[Spent]:
        query = BY.format(name=name, joined=joined, order=order)
        return connection.read(Spent, query, of_late)

    people = by("COALESCE(phone_number, email)", joined="JOIN users USING (user_id)")
    return MoneyStatistics(
        totals=total_spent(connection, days, today),
        days=by("day", "1, 2"),
        purposes=by("purpose"),
        models=by("model"),
        people=people[:MOST_PEOPLE],
        chats=connection.read(ChatCosts, CHATS, of_late),
        budgets=connection.read(UsedBudget, BUDGETS),
        billed=connection.read(BilledElsewise, BILLED, of_late),
    )
