"""Chats of the past, put there with plain SQL, and the search as psql shows it."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from db.database import Database
from tests.db.sql import value, values

DAY = timedelta(days=1)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
CLOSE = "UPDATE userchats SET is_active = false"
ADD = """
WITH writer AS (
  INSERT INTO users (phone_number, created_at)
  VALUES ('whatsapp:' || gen_random_uuid(), %(began)s) RETURNING user_id
)
INSERT INTO {table} (chat_id, customer_id, messages, is_active, created_at, updated_at)
SELECT left(md5(user_id::text), 16), user_id, %(messages)s::jsonb, %(active)s,
       %(began)s, %(ended)s
FROM writer RETURNING chat_id
"""


def find(database: Database, words: str, *limits: int) -> list[str]:
    """Return the texts that the function finds, as a person at psql would."""
    bound = "".join(f", {number}" for number in limits)
    query = f"SELECT content FROM search_messages(%(words)s{bound})"  # noqa: S608
    return values(database, query, words=words)


def add_chat(
    database: Database, *contents: Any, hour: int = 0, state: str = "closed"
) -> str:
    """Add a chat of a new user with these messages, a second apart; return its id."""
    began = NOON + timedelta(hours=hour)
    messages = [
        message(content, began + timedelta(seconds=n))
        for n, content in enumerate(contents)
    ]
    return add_transcript(database, messages, began, state)


def add_transcript(
    database: Database,
    messages: Sequence[dict[str, Any]],
    began: datetime,
    state: str = "closed",
) -> str:
    """Add a chat of a new user with these elements; return its id."""
    archived = state == "archived"
    statement = ADD.format(table="userchats_archive" if archived else "userchats")
    parameters = {
        "messages": json.dumps(messages),
        "active": state == "active",
        "began": began,
        "ended": began + timedelta(seconds=len(messages)),
    }
    return str(value(database, statement, **parameters))


def message(content: Any, at: datetime, **known: Any) -> dict[str, Any]:
    """Return an element of a user's, or whatever else is known of it."""
    stamp = at.isoformat(timespec="milliseconds")
    return {"role": "user", "content": content, "timestamp": stamp, **known}


def answer(at: datetime, seconds: float, tokens: int) -> dict[str, Any]:
    """Return an element of an LLM's."""
    told = {"model": "a-model", "response_time": seconds, "tokens_used": tokens}
    return message("Yes.", at, role="assistant", **told)
