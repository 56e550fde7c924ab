"""After a restore nobody gets a broadcast twice, and no opt-in comes back."""

from pathlib import Path

import pytest

from db.backups.since.broadcasts import pause_broadcasts
from db.broadcasts.looking import find_reasons
from db.broadcasts.people import withdraw_opt_in
from db.broadcasts.states import (
    cancel,
    find_going,
    find_untold,
    finish,
    pause,
    resume,
)
from db.database import Database
from tests.db.backups.times import Times
from tests.db.broadcasts.people import TURNS, started, turn, user_of, wanted
from tests.db.sql import change, rows, values

SENT = "UPDATE reply_parts SET status = 'sent', message_sid = 'SM1', attempts = 1"
REFUSED = "UPDATE reply_parts SET status = 'failed', error_code = 63018"
BODIES = "SELECT body FROM reply_parts ORDER BY sequence"


@pytest.fixture
def times(database: Database, tmp_path: Path) -> Times:
    return Times(database, tmp_path)


def test_whose_turn_came_since_has_had_it_but_for_what_was_never_sent(
    times: Times,
) -> None:
    broadcast_id = started(times.database, wanted(1, 2, 3))
    times.back_up()
    turn(times.database, broadcast_id)
    change(times.database, SENT)
    turn(times.database, broadcast_id)  # stored, and the job did not come to it
    times.restore()
    assert [state for state, _ in rows(times.database, TURNS)] == [
        "stored", "waiting", "waiting",
    ]  # fmt: skip
    again = [turn(times.database, broadcast_id) for _ in range(3)]
    assert [each and each.outcome for each in again] == ["stored", "stored", None]
    assert values(times.database, BODIES) == [
        "Hello No. 2, we are open.",
        "Hello No. 3, we are open.",
    ]


def test_one_that_is_newer_than_the_backup_goes_on_where_it_was(times: Times) -> None:
    times.back_up()
    started(times.database, wanted(1, 2))
    times.restore()
    # Who is as new is not known there.
    assert len(find_going(times.database)) == 1
    assert rows(times.database, TURNS) == []


def test_one_that_had_all_its_turns_goes_on_for_whose_message_was_never_sent(
    times: Times,
) -> None:
    broadcast_id = started(times.database, wanted(1, 2))
    times.back_up()
    has_all_its_turns(times.database, broadcast_id)
    times.restore()
    assert [each.broadcast_id for each in find_going(times.database)] == [broadcast_id]
    assert turn(times.database, broadcast_id)
    assert values(times.database, BODIES) == ["Hello No. 2, we are open."]
    assert finish(times.database, broadcast_id)


def test_one_goes_on_at_a_time_and_whom_the_other_lost_is_told_of(
    times: Times,
) -> None:
    older = started(times.database, wanted(1, 2))
    times.back_up()
    has_all_its_turns(times.database, older)
    newer = started(times.database, wanted(1))
    times.restore()
    assert [each.broadcast_id for each in find_going(times.database)] == [newer]
    (lost,) = find_reasons(times.database, older)
    assert "restore" in lost.why


def test_whom_the_number_could_not_be_sent_to_waits_for_another_turn_as_before(
    times: Times,
) -> None:
    broadcast_id = started(times.database, wanted(1))
    turn(times.database, broadcast_id)
    change(times.database, SENT)
    times.back_up()
    change(times.database, REFUSED)
    with times.database.transaction() as connection:
        assert pause(connection, broadcast_id, "refused", by_hand=True)
        assert resume(connection, broadcast_id)
    times.restore()
    assert rows(times.database, TURNS) == [("waiting", None)]
    assert turn(times.database, broadcast_id)
    statuses = "SELECT status FROM reply_parts ORDER BY sequence"
    assert values(times.database, statuses) == ["failed", "pending"]


def test_of_one_that_was_canceled_nobody_keeps_what_filled_its_gaps(
    times: Times,
) -> None:
    broadcast_id = started(times.database, wanted(1, 2))
    times.back_up()
    turn(times.database, broadcast_id)  # stored, and the job did not come to it
    with times.database.transaction() as connection:
        assert cancel(connection, broadcast_id)
    times.restore()
    known = "SELECT count(variables) FROM broadcast_recipients"
    assert values(times.database, known) == [0]


def has_all_its_turns(database: Database, broadcast_id: str) -> None:
    """Have the first be sent, and the second stored alone."""
    turn(database, broadcast_id)
    change(database, SENT)
    turn(database, broadcast_id)
    assert finish(database, broadcast_id)


def test_an_opt_in_that_was_withdrawn_since_does_not_come_back(times: Times) -> None:
    started(times.database, wanted(1, 2))
    times.back_up()
    with times.database.transaction() as connection:
        assert withdraw_opt_in(connection, user_of(times.database, 1))
    times.restore()
    opted_in = "SELECT user_id FROM opt_ins"
    assert values(times.database, opted_in) == [user_of(times.database, 2)]


def test_where_nobody_can_tell_it_is_paused_and_operators_are_to_be_told(
    database: Database,
) -> None:
    broadcast_id = started(database, wanted(1))
    with database.transaction() as connection:
        pause_broadcasts(connection)
    assert turn(database, broadcast_id) is None
    (paused,) = find_untold(database)
    assert "restored" in (paused.reason or "")
