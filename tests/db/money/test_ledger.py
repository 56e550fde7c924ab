"""The ledger: never over a budget, never too low, whoever dies; told once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from psycopg.types.json import Jsonb

from db.chats import PostgresChatStore
from db.database import Database
from db.money.ledger import RESERVE, SETTLE, PostgresLedger
from db.money.messages import SPEND, TAKE_BACK
from db.privacy.erasure import erase_person
from db.records.money import Outcome, Reserved, Scope, Spending
from tests.db.sql import appears, change, rows, take_in, value, waiting_backends
from tests.records import ANA, BEN, said

Limits = dict[Scope, int]
TODAY = date(2026, 11, 26)
SPENDING = Spending(
    purpose="answer",
    model="dear",
    micros=100,
    currency="EUR",
    priced_on=TODAY,
    day=TODAY,
)
SPENT = "SELECT spent_micros FROM budgets WHERE scope = 'day'"
# Earlier in the month, so much that no sum of it can be told.
TOO_MUCH_TO_ADD_UP = """
INSERT INTO spendings (purpose, model, state, micros, currency, priced_on, is_unknown,
                       day)
SELECT purpose, model, state, 4611686018427387904, currency, priced_on, is_unknown,
       day - 3
FROM spendings, generate_series(1, 2)
"""
SUM = "SELECT COALESCE(sum(micros), 0) FROM spendings"


def user(database: Database, pg: PostgresChatStore, address: str = ANA) -> UUID:
    take_in(pg, said("Hi", address))
    query = "SELECT user_id FROM users WHERE phone_number = %(address)s"
    found: UUID = value(database, query, address=address)
    return found


def test_twenty_chats_at_once_at_99_percent_never_get_over(database: Database) -> None:
    ledger = PostgresLedger(database)
    limits: Limits = {"day": 10_000, "month": 100_000}
    first = ledger.reserve(replace(SPENDING, micros=9900), limits)
    assert first.spending_id
    ledger.settle(first.spending_id, Outcome(micros=9900))
    with ThreadPoolExecutor(20) as chats:
        asked = [
            chats.submit(ledger.reserve, replace(SPENDING, micros=30), limits)
            for _ in range(20)
        ]
        found = [one.result() for one in asked]
    assert sum(one.spending_id is not None for one in found) == 3
    assert {one.beyond for one in found if one.spending_id is None} == {"day"}
    assert value(database, SPENT) == value(database, SUM) == 9990
    month = "SELECT spent_micros FROM budgets WHERE scope = 'month'"
    assert value(database, month) == 9990


def test_without_a_budget_no_row_of_one_is_made(database: Database) -> None:
    ledger = PostgresLedger(database)
    reserved = ledger.reserve(SPENDING, {})
    assert reserved.spending_id
    assert ledger.settle(reserved.spending_id, None) == ()
    assert rows(database, "SELECT * FROM budgets") == []
    assert rows(database, "SELECT state, micros FROM spendings") == [("released", 0)]


def test_a_budget_that_is_set_later_knows_what_was_spent(database: Database) -> None:
    ledger = PostgresLedger(database)
    assert ledger.reserve(SPENDING, {}).spending_id
    yesterday = replace(SPENDING, day=TODAY - timedelta(days=1))
    assert ledger.reserve(yesterday, {}).spending_id
    assert ledger.reserve(SPENDING, {"day": 199}).beyond == "day"
    assert ledger.reserve(SPENDING, {"month": 299}).beyond == "month"
    assert ledger.reserve(SPENDING, {"day": 200, "month": 300}).beyond is None


def ways_to_spend(first: int, second: int) -> list[tuple[str, dict[str, object]]]:
    """Return the statements that change the ledger's sums, each with its values."""
    told = {"day": str(TODAY), "currency": "EUR", "priced_on": str(TODAY)}
    what = {"purpose": "answer", "model": "m", "micros": 9, "is_unknown": False}
    part = {"model": "whatsapp", "micros": 70, "is_unknown": False}
    outcome = Jsonb({"micros": 7, "is_estimated": False})
    return [
        (RESERVE, {"asked": Jsonb({**told, **what}), "limits": Jsonb({})}),
        (SETTLE, {"spending_id": first, "outcome": outcome}),
        (SPEND, {"sent": Jsonb({**told, "parts": [part]})}),
        (TAKE_BACK, {"spending_id": second}),
    ]


def test_a_budget_is_opened_with_what_is_not_committed_yet(database: Database) -> None:
    ledger = PostgresLedger(database)
    first, second = (ledger.reserve(SPENDING, {}).spending_id or 0 for _ in range(2))
    ledger.settle(second, Outcome(micros=100))
    for statement, parameters in ways_to_spend(first, second):
        change(database, "DELETE FROM budgets")
        with ThreadPoolExecutor(1) as other:
            with database.transaction() as writing:
                writing.first(statement, parameters)
                opened = other.submit(ledger.reserve, SPENDING, {"day": 10_000})
                assert appears(lambda: opened.done() or waiting_backends(database))  # noqa: B023
            assert opened.result().spending_id
        assert value(database, SPENT) == value(database, SUM), statement


def test_a_settled_spending_stays_and_frees_what_it_did_not_use(
    database: Database,
) -> None:
    ledger = PostgresLedger(database)
    reserved = ledger.reserve(SPENDING, {"day": 100})
    assert reserved.spending_id
    assert ledger.reserve(replace(SPENDING, micros=1), {"day": 100}).beyond == "day"
    ledger.settle(reserved.spending_id, Outcome(micros=7, input_tokens=3))
    ledger.settle(reserved.spending_id, Outcome(micros=50))
    ledger.settle(reserved.spending_id, None)
    assert value(database, SPENT) == value(database, SUM) == 7


def test_what_a_killed_worker_left_counts_as_its_worst(database: Database) -> None:
    ledger = PostgresLedger(database)
    assert ledger.reserve(SPENDING, {"day": 1000}).spending_id
    assert ledger.settle_left() == 0
    assert value(database, SUM) == 100
    assert ledger.settle_left(timedelta()) == 1
    assert ledger.settle_left(timedelta()) == 0
    assert value(database, SPENT) == value(database, SUM) == 100
    found = rows(database, "SELECT state, is_estimated FROM spendings")
    assert found == [("settled", True)]


def test_operators_are_told_once_at_four_fifths(database: Database) -> None:
    ledger, told = PostgresLedger(database), []
    for _ in range(12):
        reserved = ledger.reserve(SPENDING, {"day": 1000, "person": 1000})
        told.append(reserved.told)
        if reserved.spending_id:
            told.append(ledger.settle(reserved.spending_id, Outcome(micros=100)))
    assert [one for one in told if one] == [("day",)]
    assert told.index(("day",)) == 15  # of two each: after the eighth call


def test_what_is_reserved_only_is_not_told_of_as_used(database: Database) -> None:
    ledger = PostgresLedger(database)
    limits: Limits = {"day": 1000, "month": 9000}
    assert ledger.reserve(replace(SPENDING, micros=5000), limits) == Reserved(
        beyond="day"
    )
    under_way = [ledger.reserve(SPENDING, limits).spending_id or 0 for _ in range(10)]
    assert ledger.reserve(SPENDING, limits) == Reserved(beyond="day")
    told = [ledger.settle(each, Outcome(micros=80)) for each in under_way]
    assert told == [()] * 9 + [("day",)]


def test_a_persons_first_call_does_not_add_the_month_up_again(
    database: Database, pg: PostgresChatStore
) -> None:
    ledger, ana = PostgresLedger(database), user(database, pg)
    limits: Limits = {"day": 10_000, "month": 10_000, "person": 500}
    assert ledger.reserve(SPENDING, limits).spending_id
    change(database, TOO_MUCH_TO_ADD_UP)
    assert ledger.reserve(replace(SPENDING, user_id=ana), limits).spending_id
    theirs = "SELECT spent_micros FROM budgets WHERE scope = 'person'"
    assert value(database, theirs) == 100


def test_budgets_follow_the_settings(database: Database) -> None:
    ledger = PostgresLedger(database)
    limits = "SELECT scope, limit_micros FROM budgets ORDER BY scope"

    def spend(limits: Limits) -> tuple[Scope, ...]:
        reserved = ledger.reserve(SPENDING, limits)
        return ledger.settle(reserved.spending_id or 0, Outcome(micros=100))

    assert spend({"day": 1000, "month": 5000}) == ()
    assert ledger.reserve(SPENDING, {"day": 50, "month": 5000}).beyond == "day"
    assert rows(database, limits) == [("day", 50), ("month", 5000)], "lowered"
    assert spend({"day": 250, "month": 5000}) == ("day",)
    assert spend({"day": 500, "month": 5000}) == (), "raised: told anew"
    assert spend({"day": 500, "month": 5000}) == ("day",)
    assert spend({"month": 500}) == ("month",)
    assert spend({}) == (), "removed"
    assert rows(database, limits) == []
    assert ledger.reserve(SPENDING, {"day": 699}).beyond == "day"


def test_one_answer_has_a_budget_of_its_own(
    database: Database, pg: PostgresChatStore
) -> None:
    ledger = PostgresLedger(database)
    mine = replace(SPENDING, user_id=user(database, pg), message_sid="SM1")
    assert ledger.reserve(mine, {"answer": 250}).spending_id
    assert ledger.reserve(mine, {"answer": 250}).spending_id
    assert ledger.reserve(mine, {"answer": 250}).beyond == "answer"
    other = replace(mine, message_sid="SM2")
    assert ledger.reserve(other, {"answer": 250}).spending_id


def test_people_have_a_day_each_and_who_is_erased_leaves_the_sum(
    database: Database, pg: PostgresChatStore
) -> None:
    limits: Limits = {"day": 1000, "person": 100}
    ledger = PostgresLedger(database)
    ana, ben = user(database, pg), user(database, pg, BEN)
    hers = replace(SPENDING, user_id=ana, chat_id="chat", message_sid="SM1")
    asked = ledger.reserve(hers, limits)
    assert asked.spending_id
    assert ledger.reserve(hers, limits).beyond == "person"
    his = replace(SPENDING, user_id=ben)
    assert ledger.reserve(his, limits).spending_id
    assert erase_person(database, ana, b"the key of the tests") is not None
    ledger.settle(asked.spending_id, Outcome(micros=60))
    kept = rows(
        database,
        "SELECT micros, user_id, chat_id, message_sid FROM spendings ORDER BY id",
    )
    assert kept == [(60, None, None, None), (100, ben, None, None)]
    assert value(database, SPENT) == 160
    gone = replace(hers, user_id=uuid4())
    assert ledger.reserve(gone, limits).spending_id


def test_a_new_day_and_a_new_month_begin_anew(database: Database) -> None:
    limits: Limits = {"day": 100, "month": 200}
    ledger = PostgresLedger(database)
    days = [date(2026, 11, 29), date(2026, 11, 29), date(2026, 11, 30)]
    days += [date(2026, 11, 30), date(2026, 12, 1)]
    beyond = [ledger.reserve(replace(SPENDING, day=day), limits).beyond for day in days]
    assert beyond == [None, "day", None, "day", None]


def test_the_views_tell_what_it_cost(database: Database, pg: PostgresChatStore) -> None:
    ledger = PostgresLedger(database)
    mine = replace(SPENDING, user_id=user(database, pg), chat_id="chat")
    mine = replace(mine, micros=2_500_000, message_sid="SM1")
    assert ledger.reserve(mine, {}).spending_id
    change(database, "UPDATE spendings SET created_at = %(at)s",
           at=datetime(2026, 11, 26, tzinfo=UTC))  # fmt: skip
    assert rows(database, "SELECT day, purpose, amount FROM costs_by_day") == [
        (TODAY, "answer", value(database, "SELECT 2.5"))
    ]
    found = rows(database, "SELECT amount, answers, currency FROM chat_costs")
    assert found == [(value(database, "SELECT 2.5"), 1, "EUR")]
