"""After a restore nobody gets a broadcast twice, and no opt-in comes back."""

from pathlib import Path

import pytest

from db.backups.since.broadcasts import pause_broadcasts
from db.broadcasts.people import withdraw_opt_in
from db.broadcasts.states import find_going, find_untold
from db.database import Database
from tests.db.backups.times import Times
from tests.db.broadcasts.people import TURNS, started, turn, user_of, wanted
from tests.db.sql import change, rows, values

SENT = "UPDATE reply_parts SET status = 'sent', message_sid = 'SM1', attempts = 1"


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
    bodies = "SELECT body FROM reply_parts ORDER BY sequence"
    assert values(times.database, bodies) == [
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
