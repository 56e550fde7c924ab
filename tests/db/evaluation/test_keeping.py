"""Cases and evaluations as they are kept, and how long."""

from datetime import timedelta
from decimal import Decimal

import pytest

from db.chats import PostgresChatStore
from db.database import Database
from db.errors import OperatorError
from db.evaluation.cases.keeping import NewCase, keep_case
from db.evaluation.evaluations import (
    KeptResult,
    NewEvaluation,
    end_evaluation,
    find_evaluation,
    load_baseline,
    record_result,
    save_baseline,
    start_evaluation,
)
from db.privacy.erasure import erase_person
from tests.db.privacy.aging import run
from tests.db.sql import change, load, rows, take_in, value, values
from tests.records import said

NEW = NewEvaluation(model="a-model", knowledge="now", cases=2)
STATES = "SELECT state FROM evaluations ORDER BY id"


@pytest.fixture
def session_timeout() -> timedelta:
    return timedelta(days=10_000)


def keep(database: Database, pg: PostgresChatStore | None = None) -> NewCase:
    """Keep a case: Ana's, or nobody's."""
    chat = load(pg, take_in(pg, said("Hi"))) if pg else None
    new = NewCase(
        made_from="hand",
        question="Hi",
        turns=chat.turns if chat else (),
        expects={"must": ["x"]},
        user_id=chat.user_id if chat else None,
        chat_id=chat.chat_id if chat else None,
    )
    with database.transaction() as connection:
        assert keep_case(connection, new)
    return new


def a_result(position: int, *, passed: bool = True, **known: object) -> KeptResult:
    told: dict[str, object] = {"name": f"case-{position}", **known}
    return KeptResult(
        position=position,
        question="Hi",
        passed=passed,
        score=1.0 if passed else 0.25,
        checks=[{"kind": "must", "passed": passed}],
        seconds=0.5,
        **told,  # type: ignore[arg-type]
    )


def test_results_are_counted_as_they_come(database: Database) -> None:
    number = start_evaluation(database, NEW)
    assert record_result(database, number, a_result(1), Decimal("0.5"))
    assert record_result(database, number, a_result(2, passed=False), Decimal("0.75"))
    with database.reading() as connection:
        found, results = find_evaluation(connection, number)
    assert (found.state, found.passed, found.failed) == ("running", 1, 1)
    assert found.spent == Decimal("0.75")
    assert [float(one.score) for one in results] == [1.0, 0.25]
    end_evaluation(database, number, "done")
    save_baseline(database, "good", number)
    with database.reading() as connection:
        assert load_baseline(connection, "good") == {
            "case-1": (True, 1.0), "case-2": (False, 0.25),
        }  # fmt: skip
        assert find_evaluation(connection, number)[0].baselines == "good"


def test_a_baseline_is_saved_anew_under_its_name(database: Database) -> None:
    first, second = (start_evaluation(database, NEW) for _ in range(2))
    record_result(database, second, a_result(1), None)
    for number in (first, second):
        save_baseline(database, "good", number)
    with database.reading() as connection:
        assert load_baseline(connection, "good") == {"case-1": (True, 1.0)}
        with pytest.raises(OperatorError, match="there is no baseline other"):
            load_baseline(connection, "other")


def test_a_killed_evaluation_counts_as_failed_once_another_begins(
    database: Database,
) -> None:
    killed, slow = (start_evaluation(database, NEW) for _ in range(2))
    change(database, "UPDATE evaluations SET started_at = now() - interval '2 hours'")
    record_result(database, slow, a_result(1), None)
    start_evaluation(database, NEW)
    assert values(database, STATES) == ["failed", "running", "running"]
    assert value(
        database, "SELECT ended_at IS NOT NULL FROM evaluations WHERE id = %(id)s",
        id=killed,
    )  # fmt: skip


def test_no_result_is_stored_of_a_case_that_is_gone(
    database: Database, pg: PostgresChatStore
) -> None:
    new = keep(database, pg)
    assert new.user_id
    case_id = value(database, "SELECT id FROM cases")
    number = start_evaluation(database, NEW)
    of_ana = a_result(1, name=None, case_id=case_id, user_id=new.user_id)
    assert record_result(database, number, of_ana, None)
    assert erase_person(database, new.user_id, b"k" * 32)
    assert rows(database, "SELECT 1 FROM evaluation_results") == []
    again = a_result(2, name=None, case_id=case_id, user_id=new.user_id)
    assert not record_result(database, number, again, None)
    nobodys = a_result(3, name=None, case_id=case_id)
    assert not record_result(database, number, nobodys, None)


def test_a_persons_case_goes_with_its_chat(
    database: Database, pg: PostgresChatStore
) -> None:
    keep(database, pg)
    keep(database)
    change(
        database,
        "INSERT INTO userchats_archive (chat_id, customer_id, messages) "
        "SELECT chat_id, customer_id, messages FROM userchats",
    )
    change(database, "DELETE FROM userchats")
    assert len(values(database, "SELECT 1 FROM cases")) == 2
    change(database, "DELETE FROM userchats_archive")
    assert values(database, "SELECT user_id FROM cases") == [None]


def test_old_cases_of_people_and_evaluations_go_and_baselines_stay(
    database: Database, pg: PostgresChatStore
) -> None:
    keep(database, pg)
    keep(database)
    old, baseline = (start_evaluation(database, NEW) for _ in range(2))
    save_baseline(database, "good", baseline)
    change(database, "UPDATE cases SET created_at = now() - interval '731 days'")
    change(database, "UPDATE evaluations SET started_at = now() - interval '731 days'")
    done = run(database)
    assert (done["cases dropped"], done["evaluations dropped"]) == (1, 1)
    assert values(database, "SELECT user_id FROM cases") == [None]
    assert values(database, "SELECT id FROM evaluations") == [baseline]
    assert old != baseline
