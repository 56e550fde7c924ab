"""Time passes, and retention goes through the house."""

from dataclasses import replace
from datetime import timedelta

import pytest

from db.chats import PostgresChatStore
from db.database import Database
from db.privacy.ages import Ages
from tests.db.privacy.aging import (
    AGES,
    DAY,
    active,
    answered,
    archived,
    close,
    closed,
    grow_old,
    hot,
    run,
)
from tests.db.sql import change, rows, take_in, value, values
from tests.records import ANA, BEN, answer_to, reply_turn, said

CHAT = "chat_id, customer_id, messages, metadata, created_at, updated_at"
HOT_CHATS = f"SELECT {CHAT} FROM userchats"  # noqa: S608
ARCHIVED_CHATS = f"SELECT {CHAT} FROM userchats_archive"  # noqa: S608
ADD_A_NOTE = """
UPDATE userchats SET messages = jsonb_build_array(jsonb_build_object(
  'role', 'system', 'content', 'a note', 'timestamp', '2020-01-01T00:00Z')) || messages
"""

OLD_TURNS = """
UPDATE userchats
SET messages = jsonb_set(messages, '{1,timestamp}', '"2020-01-01T00:00:00Z"')
"""


@pytest.fixture
def session_timeout() -> timedelta:
    return 10_000 * DAY


def test_an_idle_chat_is_closed_and_a_younger_one_is_not(
    database: Database, pg: PostgresChatStore
) -> None:
    old, young = answered(pg, ANA), answered(pg, BEN)
    grow_old(database, old, 31)
    grow_old(database, young, 29)
    assert run(database) == {"idle chats closed": 1}
    assert active(database) == [young]
    assert run(database) == {}


def test_a_chat_that_waits_for_an_answer_stays_open(
    database: Database, pg: PostgresChatStore
) -> None:
    chat_id = take_in(pg, said("Are you there?"))
    grow_old(database, chat_id, 400)
    assert run(database) == {}
    assert active(database) == [chat_id]
    close(database, chat_id)
    assert run(database) == {}
    assert hot(database) == [chat_id]


def test_a_closed_chat_moves_to_the_archive_as_it_is(
    database: Database, pg: PostgresChatStore
) -> None:
    chat_id = closed(pg, database, 91)
    before = rows(database, HOT_CHATS)
    assert run(database) == {"closed chats archived": 1}
    assert hot(database) == []
    assert rows(database, ARCHIVED_CHATS) == before
    found = "SELECT chat_id FROM search_messages('hi')"
    assert values(database, found) == [chat_id]


def test_what_was_closed_long_ago_but_written_to_lately_stays(
    database: Database, pg: PostgresChatStore
) -> None:
    chat_id = closed(pg, database, 200)
    change(database, "UPDATE userchats SET updated_at = now() - interval '89 days'")
    assert run(database) == {}
    assert hot(database) == [chat_id]


@pytest.mark.parametrize("status", ["pending", "sending", "uncertain", "queued"])
def test_a_reply_on_its_way_holds_its_chat_back(
    database: Database, pg: PostgresChatStore, status: str
) -> None:
    message = said("Hi")
    chat_id = take_in(pg, message)
    assert pg.record_reply(chat_id, answer_to(message))
    grow_old(database, chat_id, 91)
    close(database, chat_id)
    change(database, "UPDATE reply_parts SET status = %(status)s", status=status)
    assert run(database) == {}
    change(database, "UPDATE reply_parts SET status = 'delivered'")
    assert run(database) == {"closed chats archived": 1}
    assert value(database, "SELECT count(*) FROM reply_parts") == 0


def test_a_chat_that_an_active_one_continues_stays_within_reach(
    database: Database, pg: PostgresChatStore
) -> None:
    full = closed(pg, database, 91)
    later = answered(pg, text="Further")
    change(
        database,
        "UPDATE userchats "
        "SET metadata = jsonb_build_object('continues', %(full)s::text) "
        "WHERE chat_id = %(later)s",
        full=full,
        later=later,
    )
    assert run(database) == {}
    close(database, later)
    assert run(database) == {"closed chats archived": 1}
    assert archived(database) == [full]


def test_the_archive_forgets_in_the_end(
    database: Database, pg: PostgresChatStore
) -> None:
    first, second = closed(pg, database, 900), closed(pg, database, 800)
    assert run(database) == {"closed chats archived": 2}
    statement = "UPDATE userchats_archive SET archived_at = now() - interval '731 days'"
    change(database, statement + " WHERE chat_id = %(first)s", first=first)
    assert run(database) == {"archived chats deleted": 1}
    assert archived(database) == [second]


def test_old_notes_are_dropped_and_the_chat_looks_no_younger(
    database: Database, pg: PostgresChatStore
) -> None:
    chat_id = answered(pg)
    change(database, ADD_A_NOTE)
    grow_old(database, chat_id, 29)
    change(database, "UPDATE userchats SET created_at = now() - interval '60 days'")
    before = value(database, "SELECT updated_at FROM userchats")
    assert run(database) == {"system messages dropped": 1}
    roles = values(database, "SELECT role FROM chat_messages ORDER BY position")
    assert roles == ["user", "assistant"]
    assert value(database, "SELECT updated_at FROM userchats") == before


def test_a_note_that_settles_a_message_stays_until_the_archive(
    database: Database, pg: PostgresChatStore
) -> None:
    message = said("Hi")
    chat_id = take_in(pg, message)
    silence = replace(
        answer_to(message, parts=()).turn, role="system", reference_id=None
    )
    assert pg.record_reply(chat_id, replace(answer_to(message, parts=()), turn=silence))
    change(
        database,
        "UPDATE userchats SET messages = "
        "jsonb_set(messages, '{1,timestamp}', '\"2020-01-01T00:00:00Z\"')",
    )
    grow_old(database, chat_id, 60)
    assert run(database) == {"idle chats closed": 1}
    grow_old(database, chat_id, 91)
    done = {"closed chats archived": 1, "archived system messages dropped": 1}
    assert run(database) == done
    assert values(database, "SELECT role FROM chat_messages") == ["user"]


def test_a_young_note_stays(database: Database, pg: PostgresChatStore) -> None:
    chat_id = answered(pg)
    assert pg.record_reply(
        chat_id,
        replace(
            answer_to(said("x"), parts=()),
            turn=replace(reply_turn("new", in_reply_to=("SMx",)), role="system"),
        ),
    )
    change(database, "UPDATE userchats SET created_at = now() - interval '60 days'")
    assert run(database) == {}


def test_finished_jobs_and_old_records_go_and_what_is_waited_for_stays(
    database: Database, pg: PostgresChatStore
) -> None:
    answered(pg, ANA)
    take_in(pg, said("Are you there?", BEN))
    change(database, "UPDATE procrastinate_jobs SET status = 'failed' WHERE id = 1")
    change(database, "UPDATE procrastinate_events SET at = now() - interval '31 days'")
    change(
        database, "UPDATE inbound_messages SET received_at = now() - interval '31 days'"
    )
    change(
        database,
        "INSERT INTO early_statuses (message_sid, status, received_at) VALUES "
        "('SM1', 'sent', now() - interval '25 hours'), ('SM1', 'read', now())",
    )
    assert run(database) == {
        "finished jobs dropped": 1,
        "webhook keys dropped": 1,
        "unclaimed statuses dropped": 1,
    }
    assert values(database, "SELECT address FROM inbound_messages") == [BEN]
    assert values(database, "SELECT status FROM early_statuses") == ["read"]
    assert values(database, "SELECT id FROM procrastinate_jobs") == [2]


def test_a_dry_run_counts_and_changes_nothing(
    database: Database, pg: PostgresChatStore
) -> None:
    closed(pg, database, 91)
    chat_id = answered(pg, BEN)
    grow_old(database, chat_id, 31)
    due = {"idle chats closed": 1, "closed chats archived": 1}
    assert run(database, dry_run=True) == due
    assert run(database, dry_run=True) == due
    assert len(hot(database)) == 2
    assert run(database) == due


def noted(pg: PostgresChatStore, database: Database, days: int, to: str) -> None:
    """Have a message settled by a note and another note written, so many days ago."""
    message = said("Hi", to)
    chat_id = take_in(pg, message)
    reply = answer_to(message, parts=())
    silence = replace(reply.turn, role="system", reference_id=None)
    assert pg.record_reply(chat_id, replace(reply, turn=silence))
    change(database, OLD_TURNS + " WHERE chat_id = %(chat)s", chat=chat_id)
    change(database, ADD_A_NOTE + " WHERE chat_id = %(chat)s", chat=chat_id)
    grow_old(database, chat_id, days)


def a_crowded_house(pg: PostgresChatStore, database: Database) -> None:
    """Make chats that one step leaves to another, and chats that it must not."""
    for days in (31, 91, 92):
        grow_old(database, answered(pg, f"whatsapp:+155577700{days}"), days)
    full = closed(pg, database, 95)
    later = answered(pg, text="Further")
    continues = "UPDATE userchats SET metadata = jsonb_build_object('continues', "
    change(
        database,
        continues + "%(full)s::text) WHERE chat_id = %(later)s",
        full=full,
        later=later,
    )
    grow_old(database, later, 40)
    for days in (29, 40, 93):
        noted(pg, database, days, f"whatsapp:+155577711{days}")
    message = said("Hi", BEN)
    chat_id = take_in(pg, message)
    assert pg.record_reply(chat_id, answer_to(message))
    grow_old(database, chat_id, 94)
    grow_old(database, take_in(pg, said("Hello?", "whatsapp:+15557772222")), 400)


@pytest.mark.parametrize(
    "ages",
    [
        AGES,
        replace(AGES, close_idle=None),
        replace(AGES, archive=None),
        replace(AGES, drop_system_messages=None),
        replace(AGES, close_idle=92 * DAY, drop_system_messages=60 * DAY),
    ],
)
def test_a_dry_run_counts_what_the_run_then_does(
    database: Database, pg: PostgresChatStore, ages: Ages
) -> None:
    a_crowded_house(pg, database)
    foreseen = run(database, ages, dry_run=True)
    assert run(database, ages) == foreseen
    assert foreseen
    assert run(database, ages) == {}


def test_never_means_never(database: Database, pg: PostgresChatStore) -> None:
    closed(pg, database, 9000)
    grow_old(database, answered(pg, BEN), 9000)
    ages = replace(
        AGES,
        close_idle=None,
        archive=None,
        delete_archived=None,
        drop_system_messages=None,
    )
    assert run(database, ages) == {}
    assert len(hot(database)) == 2
