"""Reminders and follow-ups for the tests of how they are said."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from db.chats import PostgresChatStore
from db.database import Database
from db.records import Deed, Scheduled
from db.support.saying import (
    Saying,
)
from db.tools.scheduled import (
    Reminders,
)
from tests.db.sql import (
    change,
    take_in,
)
from tests.db.support.takeovers import find_user
from tests.records import ANA, answer_to, said

SAYING = Saying(told=lambda kind, text, language, _: f"{kind} {language}: {text}")
HELD = replace(SAYING, holds=True)
STATE = "SELECT state, why FROM scheduled_messages"
PARTS = "SELECT body, status FROM reply_parts ORDER BY sequence"
DUE = "UPDATE scheduled_messages SET say_at = now() - %(ago)s"
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
SAID = [("reminder None: Bread", "pending")]
SILENT = """UPDATE userchats SET messages = jsonb_set(messages, '{0,timestamp}',
  to_jsonb(now() - interval '25 hours'))"""
STOP = "INSERT INTO opt_outs (user_id) SELECT user_id FROM users"


def plan(database: Database, text: str = "Bread", address: str = ANA) -> Scheduled:
    new = Scheduled(
        scheduled_id=uuid4(),
        user_id=find_user(database, address),
        kind="reminder",
        text=text,
        say_at=datetime.now(UTC) + DAY,
    )
    planned = Reminders(database).plan(new, "a")
    assert isinstance(planned, Scheduled)
    return planned


def due(database: Database, ago: timedelta = MINUTE) -> None:
    change(database, DUE, ago=ago)


def follow(pg: PostgresChatStore, text: str = "Rye or wheat?") -> str:
    """Have an offer made that is followed up; return its chat."""
    message = said(text)
    chat_id = take_in(pg, message)
    deeds = (Deed("follow_up", {"seconds": 3600}),)
    reply = replace(answer_to(message, parts=()), deeds=deeds)
    reply = replace(reply, heard_at=message.turn.timestamp)
    assert pg.record_reply(chat_id, reply)
    return chat_id
