"""After a restore nothing is said a second time, and what waits is said."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from db.backups.since_backup import doubt_all, find_open, tell_what_happened
from db.chats import PostgresChatStore
from db.database import Database
from db.embedded.server import EmbeddedPostgres
from db.records import Scheduled
from db.support.saying import Saying, say_due
from db.tools.scheduled import Reminders
from tests.conftest import new_database
from tests.db.sql import change, opened, rows, take_in, value, values
from tests.db.support.takeovers import find_user
from tests.records import ANA, BEN, answer_to, said

STATES = "SELECT text, state FROM scheduled_messages ORDER BY text"
SAYING = Saying(told=lambda _kind, text, _language, _address: text)
DUE = "UPDATE scheduled_messages SET say_at = now() WHERE text = %(text)s"

FOLLOW_UP = """
INSERT INTO scheduled_messages (user_id, chat_id, kind, say_at, offer_id, heard_at)
VALUES (%(id)s, 'a', 'follow_up', now() + interval '1 hour', gen_random_uuid(), now())
"""
BECOMES = {
    "unsent": "UPDATE scheduled_messages SET say_at = now()",
    "gone": "DELETE FROM scheduled_messages",
    "canceled": "UPDATE scheduled_messages SET state = 'canceled', ended_at = now()",
}
WAITING = "SELECT offer_id FROM scheduled_messages WHERE state = 'waiting'"


def plan(database: Database, *texts: str, address: str = ANA) -> None:
    for text in texts:
        new = Scheduled(
            scheduled_id=uuid4(),
            user_id=find_user(database, address),
            kind="reminder",
            text=text,
            say_at=datetime.now(UTC) + timedelta(hours=1),
        )
        Reminders(database).plan(new, "a")


@pytest.fixture
def live(database: Database, pg: PostgresChatStore) -> Database:
    """The database in use: Ana and Ben wrote, and were answered."""
    for address in (ANA, BEN):
        message = said("Hi", address)
        assert pg.record_reply(take_in(pg, message), answer_to(message, parts=()))
    return database


@contextmanager
def copied(live: Database, server: EmbeddedPostgres) -> Iterator[Database]:
    live.close()
    template = f"TEMPLATE {live.name} STRATEGY file_copy"
    with new_database(server, template) as url, opened(url) as copy:
        yield copy


def tell(live: Database, copy: Database) -> None:
    made_at = value(copy, "SELECT now()") - timedelta(minutes=5)
    tell_what_happened(live, copy, made_at, find_open(copy))


def test_what_was_said_canceled_or_planned_since_is_so_here(
    live: Database, postgres: EmbeddedPostgres
) -> None:
    plan(live, "canceled", "gone", "said", "unsent", "waits")
    plan(live, "stopped", address=BEN)
    with copied(live, postgres) as copy:
        plan(live, "new")
        for text in ("said", "unsent"):
            change(live, DUE, text=text)
        assert say_due(live, SAYING) == {"said": 2}
        change(live, "UPDATE reply_parts SET status = 'sent', message_sid = 'SM1' "
                     "WHERE body = 'said'")  # fmt: skip
        assert Reminders(live).cancel(find_user(live), 1)
        change(live, "DELETE FROM scheduled_messages WHERE text = 'gone'")
        stop = "INSERT INTO opt_outs (user_id) VALUES (%(id)s)"
        change(live, stop, id=find_user(live, BEN))
        tell(live, copy)
        assert rows(copy, STATES) == [
            ("canceled", "canceled"), ("gone", "dropped"), ("new", "waiting"),
            ("said", "said"), ("stopped", "canceled"), ("unsent", "waiting"),
            ("waits", "waiting"),
        ]  # fmt: skip
        assert say_due(copy, SAYING) == {"said": 1}
        assert rows(copy, "SELECT body FROM reply_parts") == [("unsent",)]


@pytest.mark.parametrize("older", ["unsent", "gone", "canceled"])
def test_of_two_follow_ups_that_would_wait_the_newest_is_kept(
    live: Database, postgres: EmbeddedPostgres, older: str
) -> None:
    follow_up(live)
    with copied(live, postgres) as copy:
        change(live, BECOMES[older])
        assert older != "unsent" or say_due(live, SAYING) == {"said": 1}
        follow_up(live)
        newest = values(live, WAITING)
        tell(live, copy)
        assert values(copy, WAITING) == newest


def follow_up(database: Database) -> None:
    change(database, FOLLOW_UP, id=find_user(database))


def test_where_nobody_can_tell_what_came_due_is_dropped(
    live: Database, postgres: EmbeddedPostgres
) -> None:
    plan(live, "came due", "to come")
    with copied(live, postgres) as copy:
        change(copy, DUE, text="came due")
        doubt_all(copy, find_open(copy))
        assert rows(copy, STATES) == [("came due", "dropped"), ("to come", "waiting")]
        assert say_due(copy, SAYING) == {}
