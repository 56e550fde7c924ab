"""Time passes, and retention goes through the house."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine

from db.postgres import PostgresChatStore
from tests.db.operations.aging import (
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


@pytest.fixture
def pg(engine: Engine) -> PostgresChatStore:
    return PostgresChatStore(engine, 10_000 * DAY)


def test_an_idle_chat_is_closed_and_a_younger_one_is_not(
    database_url: str, engine: Engine, pg: PostgresChatStore
) -> None:
    old, young = answered(pg, ANA), answered(pg, BEN)
    grow_old(engine, old, 31)
    grow_old(engine, young, 29)
    assert run(database_url) == {"idle chats closed": 1}
    assert active(engine) == [young]
    assert run(database_url) == {}


def test_a_chat_that_waits_for_an_answer_stays_open(
    database_url: str, engine: Engine, pg: PostgresChatStore
) -> None:
    chat_id = take_in(pg, said("Are you there?"))
    grow_old(engine, chat_id, 400)
    assert run(database_url) == {}
    assert active(engine) == [chat_id]
    close(engine, chat_id)
    assert run(database_url) == {}
    assert hot(engine) == [chat_id]


def test_a_closed_chat_moves_to_the_archive_as_it_is(
    database_url: str, engine: Engine, pg: PostgresChatStore
) -> None:
    chat_id = closed(pg, engine, 91)
    before = rows(engine, HOT_CHATS)
    assert run(database_url) == {"closed chats archived": 1}
    assert hot(engine) == []
    assert rows(engine, ARCHIVED_CHATS) == before
    found = "SELECT chat_id FROM search_messages('hi')"
    assert values(engine, found) == [chat_id]


def test_what_was_closed_long_ago_but_written_to_lately_stays(
    database_url: str, engine: Engine, pg: PostgresChatStore
) -> None:
    chat_id = closed(pg, engine, 200)
    change(engine, "UPDATE userchats SET updated_at = now() - interval '89 days'")
    assert run(database_url) == {}
    assert hot(engine) == [chat_id]


@pytest.mark.parametrize("status", ["pending", "sending", "uncertain", "queued"])
def test_a_reply_on_its_way_holds_its_chat_back(
    database_url: str, engine: Engine, pg: PostgresChatStore, status: str
) -> None:
    message = said("Hi")
    chat_id = take_in(pg, message)
    assert pg.record_reply(chat_id, answer_to(message))
    grow_old(engine, chat_id, 91)
    close(engine, chat_id)
    change(engine, "UPDATE reply_parts SET status = :status", status=status)
    assert run(database_url) == {}
    change(engine, "UPDATE reply_parts SET status = 'delivered'")
    assert run(database_url) == {"closed chats archived": 1}
    assert value(engine, "SELECT count(*) FROM reply_parts") == 0


def test_a_chat_that_an_active_one_continues_stays_within_reach(
    database_url: str, engine: Engine, pg: PostgresChatStore
) -> None:
    full = closed(pg, engine, 91)
    later = answered(pg, text="Further")
    change(
        engine,
        "UPDATE userchats "
        "SET metadata = jsonb_build_object('continues', CAST(:full AS text)) "
        "WHERE chat_id = :later",
        full=full,
        later=later,
    )
    assert run(database_url) == {}
    close(engine, later)
    assert run(database_url) == {"closed chats archived": 1}
    assert archived(engine) == [full]


def test_the_archive_forgets_in_the_end(
    database_url: str, engine: Engine, pg: PostgresChatStore
) -> None:
    first, second = closed(pg, engine, 900), closed(pg, engine, 800)
    assert run(database_url) == {"closed chats archived": 2}
    statement = "UPDATE userchats_archive SET archived_at = now() - interval '731 days'"
    change(engine, statement + " WHERE chat_id = :first", first=first)
    assert run(database_url) == {"archived chats deleted": 1}
    assert archived(engine) == [second]


def test_old_notes_are_dropped_and_the_chat_looks_no_younger(
    database_url: str, engine: Engine, pg: PostgresChatStore
) -> None:
    chat_id = answered(pg)
    change(engine, ADD_A_NOTE)
    grow_old(engine, chat_id, 29)
    change(engine, "UPDATE userchats SET created_at = now() - interval '60 days'")
    before = value(engine, "SELECT updated_at FROM userchats")
    assert run(database_url) == {"system messages dropped": 1}
    roles = values(engine, "SELECT role FROM chat_messages ORDER BY position")
    assert roles == ["user", "assistant"]
    assert value(engine, "SELECT updated_at FROM userchats") == before


def test_a_note_that_settles_a_message_stays_until_the_archive(
    database_url: str, engine: Engine, pg: PostgresChatStore
) -> None:
    message = said("Hi")
    chat_id = take_in(pg, message)
    silence = replace(
        answer_to(message, parts=()).turn, role="system", reference_id=None
    )
    assert pg.record_reply(chat_id, replace(answer_to(message, parts=()), turn=silence))
    change(
        engine,
        "UPDATE userchats SET messages = "
        "jsonb_set(messages, '{1,timestamp}', '\"2020-01-01T00:00:00Z\"')",
    )
    grow_old(engine, chat_id, 60)
    assert run(database_url) == {"idle chats closed": 1}
    grow_old(engine, chat_id, 91)
    done = {"closed chats archived": 1, "archived system messages dropped": 1}
    assert run(database_url) == done
    assert values(engine, "SELECT role FROM chat_messages") == ["user"]


def test_a_young_note_stays(
    database_url: str, engine: Engine, pg: PostgresChatStore
) -> None:
    chat_id = answered(pg)
    assert pg.record_reply(
        chat_id,
        replace(
            answer_to(said("x"), parts=()),
            turn=replace(reply_turn("new", in_reply_to=("SMx",)), role="system"),
        ),
    )
    change(engine, "UPDATE userchats SET created_at = now() - interval '60 days'")
    assert run(database_url) == {}


def test_finished_jobs_and_old_records_go_and_what_is_waited_for_stays(
    database_url: str, engine: Engine, pg: PostgresChatStore
) -> None:
    answered(pg, ANA)
    take_in(pg, said("Are you there?", BEN))
    change(engine, "UPDATE procrastinate_jobs SET status = 'failed' WHERE id = 1")
    change(engine, "UPDATE procrastinate_events SET at = now() - interval '31 days'")
    change(
        engine, "UPDATE inbound_messages SET received_at = now() - interval '31 days'"
    )
    change(
        engine,
        "INSERT INTO early_statuses (message_sid, status, received_at) VALUES "
        "('SM1', 'sent', now() - interval '25 hours'), ('SM1', 'read', now())",
    )
    assert run(database_url) == {
        "finished jobs dropped": 1,
        "webhook keys dropped": 1,
        "unclaimed statuses dropped": 1,
    }
    assert values(engine, "SELECT address FROM inbound_messages") == [BEN]
    assert values(engine, "SELECT status FROM early_statuses") == ["read"]
    assert values(engine, "SELECT DISTINCT job_id FROM procrastinate_events") == [2]


def test_a_dry_run_counts_and_changes_nothing(
    database_url: str, engine: Engine, pg: PostgresChatStore
) -> None:
    closed(pg, engine, 91)
    chat_id = answered(pg, BEN)
    grow_old(engine, chat_id, 31)
    due = {"idle chats closed": 1, "closed chats archived": 1}
    assert run(database_url, dry_run=True) == due
    assert run(database_url, dry_run=True) == due
    assert len(hot(engine)) == 2
    assert run(database_url) == due


def test_never_means_never(
    database_url: str, engine: Engine, pg: PostgresChatStore
) -> None:
    closed(pg, engine, 9000)
    grow_old(engine, answered(pg, BEN), 9000)
    ages = replace(
        AGES,
        close_idle=None,
        archive=None,
        delete_archived=None,
        drop_system_messages=None,
    )
    assert run(database_url, ages) == {}
    assert len(hot(engine)) == 2
