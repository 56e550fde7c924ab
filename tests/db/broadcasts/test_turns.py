"""Turns: each person once, and only who wants it, asked at that very moment."""

from datetime import timedelta
from typing import Any

import psycopg
import pytest

from db.broadcasts import nouns
from db.broadcasts.looking import find_overview, find_reasons
from db.broadcasts.people import find_known, keep_opt_ins, withdraw_opt_in
from db.broadcasts.sending import Turned, store_next
from db.broadcasts.states import cancel, find_going, finish, pause, resume
from db.broadcasts.under_way import count_people_of_a_day
from db.chats import PostgresChatStore
from db.database import Database
from db.errors import OperatorError
from db.outbox import PostgresOutbox
from tests.db.broadcasts.people import (
    BODY,
    TURNS,
    started,
    stop,
    take_over,
    turn,
    user_of,
    wanted,
    write,
)
from tests.db.sql import change, load, rows, value, values

OPT_INS = "SELECT how FROM opt_ins ORDER BY opted_in_at"
JOBS = """
SELECT task_name, priority FROM procrastinate_jobs WHERE status = 'todo'
  AND task_name = 'send_parts'
"""
DAY = timedelta(days=1)


def claim(outbox: PostgresOutbox, database: Database, at: int) -> Any:
    return outbox.claim_next(user_of(database, at), timedelta(), DAY)


def test_everybody_gets_one_turn_whose_message_has_a_job_that_lets_others_first(
    database: Database, outbox: PostgresOutbox
) -> None:
    broadcast_id = started(database, wanted(1, 2, 1))
    outcomes = [turn(database, broadcast_id) for _ in range(3)]
    assert [each and each.outcome for each in outcomes] == ["stored", "stored", None]
    assert finish(database, broadcast_id)
    assert turn(database, broadcast_id) is None
    assert rows(database, JOBS) == [("send_parts", -10)] * 2
    part = claim(outbox, database, 2).part
    assert (part.body, part.author) == ("Hello No. 2, we are open.", "broadcast")
    assert part.template.variables == {"1": "No. 2"}
    assert values(database, "SELECT variables FROM broadcast_recipients") == [None] * 2
    assert count_people_of_a_day(database) == 2


def test_it_stands_in_the_talk_as_the_bots_and_settles_nothing(
    database: Database, pg: PostgresChatStore
) -> None:
    chat_id = write(pg, 1)
    broadcast_id = started(database, wanted(1))
    turn(database, broadcast_id)
    said = load(pg, chat_id).turns
    assert [(t.role, t.content) for t in said] == [
        ("user", "Hi"),
        ("assistant", "Hello No. 1, we are open."),
    ]
    assert said[1].is_by_bot
    assert not said[1].in_reply_to


def test_whoever_wrote_stop_is_skipped_and_start_alone_brings_nothing_back(
    database: Database, pg: PostgresChatStore
) -> None:
    broadcast_id = started(database, wanted(1, 2))
    stop(database, 1)
    assert values(database, OPT_INS) == ["form"]
    change(database, "DELETE FROM opt_outs")  # START
    assert turn(database, broadcast_id) == Turned("skipped")
    stop(database, 2)
    assert turn(database, broadcast_id) == Turned("skipped")
    assert rows(database, TURNS) == [
        ("skipped", nouns.NO_OPT_IN),
        ("skipped", nouns.STOPPED),
    ]
    with database.transaction() as connection:
        known = [*find_known(connection, wanted(2), lambda _: False)]
        assert [each.left_out for each in known] == [nouns.STOPPED]
        assert keep_opt_ins(connection, known) == 0


def test_an_opt_in_does_not_outlive_a_stop_that_came_while_it_was_recorded(
    database: Database, pg: PostgresChatStore
) -> None:
    write(pg, 1)
    with database.transaction() as connection:
        known = [*find_known(connection, wanted(1), lambda _: False)]
        assert keep_opt_ins(connection, known) == 1
        stop(database, 1)
    change(database, "DELETE FROM opt_outs")  # START
    assert values(database, OPT_INS) == []


@pytest.mark.parametrize("how", ["stop", "withdraw", "take over"])
def test_what_is_stored_and_not_sent_is_canceled_for_who_wants_it_no_more(
    database: Database, outbox: PostgresOutbox, how: str
) -> None:
    broadcast_id = started(database, wanted(1))
    turn(database, broadcast_id)
    if how == "stop":
        # Its transaction began before the message was stored, and ended after it.
        stop(database, 1)
        change(database, "UPDATE opt_outs SET opted_out_at = now() - interval '1 min'")
    elif how == "withdraw":
        with database.transaction() as connection:
            assert withdraw_opt_in(connection, user_of(database, 1))
    else:
        take_over(database, 1)
    assert claim(outbox, database, 1) is None
    seen = find_overview(database, broadcast_id)
    assert seen
    assert (seen.failed, seen.sent) == (1, 0)
    (why,) = find_reasons(database, broadcast_id)
    assert why.why.startswith("a person had the chat by then, or")


@pytest.mark.parametrize("owner", ["human", "queue"])
def test_who_has_a_person_or_waits_for_one_is_left_alone(
    database: Database, owner: str
) -> None:
    broadcast_id = started(database, wanted(1))
    change(database, "UPDATE users SET owner = %(owner)s", owner=owner)
    assert turn(database, broadcast_id) == Turned("skipped")
    assert rows(database, TURNS) == [("skipped", nouns.HAS_PERSON)]


def test_a_crash_before_the_commit_leaves_the_turn_to_the_next(
    database: Database,
) -> None:
    broadcast_id = started(database, wanted(1))

    def dies(_: str) -> bool:
        raise RuntimeError("killed")

    with pytest.raises(RuntimeError):
        store_next(database, broadcast_id, lambda body, _: body, dies)
    assert rows(database, TURNS) == [("waiting", None)]
    assert turn(database, broadcast_id) is not None


def test_what_costs_too_much_changes_nothing(database: Database) -> None:
    broadcast_id = started(database, wanted(1))
    found = store_next(database, broadcast_id, lambda body, _: body, lambda _: False)
    assert found == Turned("unpaid")
    assert rows(database, TURNS) == [("waiting", None)]


def test_nobody_gets_a_turn_while_it_pauses_nor_once_it_is_canceled(
    database: Database,
) -> None:
    broadcast_id = started(database, wanted(1, 2))
    assert pause(database, broadcast_id, "by hand", by_hand=True)
    assert not find_going(database)
    assert turn(database, broadcast_id) is None
    with database.transaction() as connection:
        assert resume(connection, broadcast_id)
    assert turn(database, broadcast_id) is not None
    with database.transaction() as connection:
        assert cancel(connection, broadcast_id)
        assert not cancel(connection, broadcast_id)
    assert turn(database, broadcast_id) is None
    assert value(database, "SELECT count(variables) FROM broadcast_recipients") == 0


def test_one_of_a_template_is_going_at_a_time(database: Database) -> None:
    started(database, wanted(1))
    with pytest.raises(OperatorError, match="not over"):
        started(database, wanted(2))
    assert value(database, "SELECT count(*) FROM users") == 1


def test_lines_are_sorted_by_whom_they_mean(
    database: Database, pg: PostgresChatStore
) -> None:
    for at in (1, 2, 3):
        write(pg, at)
    stop(database, 2)
    change(database, "UPDATE users SET is_active = false WHERE user_id = %(u)s",
           u=user_of(database, 3))  # fmt: skip
    lines = [*wanted(1, 2, 3, 4), *wanted(1, 5, 6, opt_in="")]
    gone = lines[3].address
    with database.transaction() as connection:
        known = [*find_known(connection, lines, lambda address: address == gone)]
    assert [each.left_out for each in known] == [
        None, nouns.STOPPED, nouns.DEACTIVATED, nouns.ERASED,
        nouns.TWICE, nouns.UNKNOWN, nouns.UNKNOWN,
    ]  # fmt: skip


def test_a_reader_counts_and_sees_nobody(database: Database) -> None:
    broadcast_id = started(database, wanted(1))
    turn(database, broadcast_id)
    change(database, "UPDATE reply_parts SET status = 'read', message_sid = 'SM1'")
    query = "SELECT people, sent, delivered, read, failed FROM masked.{}"
    assert rows(database, query.format("broadcast_overview")) == [(1, 1, 1, 1, 0)]
    assert BODY not in str(rows(database, "SELECT * FROM masked.broadcast_overview"))


def test_the_database_refuses_a_second_row_of_one_person(database: Database) -> None:
    broadcast_id = started(database, wanted(1))
    with pytest.raises(psycopg.errors.UniqueViolation):
        change(database, "INSERT INTO broadcast_recipients (broadcast_id, user_id, "
               "place) VALUES (%(b)s, %(u)s, 9)", b=broadcast_id,
               u=user_of(database, 1))  # fmt: skip
