"""Chats as they look after weeks and years, and retention going through them."""

from datetime import timedelta
from typing import Any

from db.chats import PostgresChatStore
from db.database import Database
from db.privacy.ages import Ages
from db.privacy.retention import run_retention
from tests.db.sql import change, take_in, values
from tests.records import ANA, answer_to, said

DAY = timedelta(days=1)
AGES = Ages(
    close_idle=30 * DAY,
    archive=90 * DAY,
    delete_archived=730 * DAY,
    drop_system_messages=30 * DAY,
    drop_records=30 * DAY,
)


def run(database: Database, ages: Ages = AGES, **how: Any) -> dict[str, int]:
    """Return what was done, where that was anything."""
    done = run_retention(database, ages, **how)
    return {purged.name: purged.amount for purged in done if purged.amount}


def answered(pg: PostgresChatStore, address: str = ANA, text: str = "Hi") -> str:
    """Say something, have it answered and delivered; return the chat."""
    message = said(text, address)
    chat_id = take_in(pg, message)
    assert pg.record_reply(chat_id, answer_to(message, parts=()))
    return chat_id


def grow_old(database: Database, chat_id: str, days: int) -> None:
    change(
        database,
        "UPDATE userchats SET created_at = now() - make_interval(days => %(days)s), "
        "updated_at = now() - make_interval(days => %(days)s) "
        "WHERE chat_id = %(chat_id)s",
        days=days,
        chat_id=chat_id,
    )


def close(database: Database, chat_id: str) -> None:
    statement = "UPDATE userchats SET is_active = false WHERE chat_id = %(chat_id)s"
    change(database, statement, chat_id=chat_id)


def closed(pg: PostgresChatStore, database: Database, days: int, to: str = ANA) -> str:
    """Return an answered chat that was closed, so many days old."""
    chat_id = answered(pg, to)
    grow_old(database, chat_id, days)
    close(database, chat_id)
    return chat_id


def active(database: Database) -> list[str]:
    return values(database, "SELECT chat_id FROM userchats WHERE is_active")


def hot(database: Database) -> list[str]:
    return values(database, "SELECT chat_id FROM userchats ORDER BY created_at")


def archived(database: Database) -> list[str]:
    return values(database, "SELECT chat_id FROM userchats_archive ORDER BY created_at")


def make_closed(database: Database, most: int) -> None:
    """Give everybody so many closed chats, 91 days old and empty."""
    change(
        database,
        "INSERT INTO userchats "
        "(chat_id, customer_id, is_active, created_at, updated_at) "
        "SELECT lpad(to_hex(n), 16, '0'), user_id, false, now() - interval '91 days', "
        "now() - interval '91 days' FROM users, generate_series(1, %(most)s) AS n",
        most=most,
    )
