"""`bot chats take|give` and `bot tickets` from the outside."""

import json

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from db.chats import PostgresChatStore
from db.database import Database
from tests.db.sql import change, rows, take_in, value
from tests.records import ANA, BEN, said

OWNER = "SELECT owner, owner_until IS NOT NULL FROM users WHERE phone_number = %(a)s"
OLGA = """
INSERT INTO users (email, full_name, role) VALUES ('olga@shop.example', 'Olga', 'admin')
"""
HERS = """
SELECT change_owner(ana.user_id, 'human', olga.user_id, 'asked', NULL)
FROM users AS ana, users AS olga WHERE olga.role = 'admin' AND ana.role = 'user'
"""


@pytest.fixture
def chat_id(pg: PostgresChatStore) -> str:
    return take_in(pg, said("I need a person\x1b[2J", ANA, profile_name="Ana\u202e"))


def bot(url: str, *arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, env={"DATABASE_URL": url})


def told(url: str, *arguments: str) -> str:
    done = bot(url, *arguments)
    assert done.exit_code == 0, done.output
    return done.output


def refused(url: str, *arguments: str) -> str:
    done = bot(url, *arguments)
    assert done.exit_code != 0
    return done.output


def test_a_chat_is_taken_by_its_id_or_its_number_and_given(
    database: Database, database_url: str, chat_id: str
) -> None:
    assert "The bot is silent there" in told(database_url, "chats", "take", chat_id[:8])
    assert rows(database, OWNER, a=ANA) == [("human", True)]
    told(database_url, "chats", "take", ANA.removeprefix("whatsapp:"), "--hours", "2")
    assert rows(database, OWNER, a=ANA) == [("human", True)]
    assert "queue" in told(database_url, "chats", "give", ANA, "--queue")
    assert rows(database, OWNER, a=ANA) == [("queue", True)]
    assert "answers" in told(database_url, "chats", "give", chat_id)
    assert rows(database, OWNER, a=ANA) == [("bot", False)]
    assert "nobody has the address" in refused(database_url, "chats", "take", BEN)
    other = "1" if chat_id.startswith("0") else "0"
    assert "no chat_id" in refused(database_url, "chats", "take", other)


def test_whose_chat_is_taken_is_told(
    database: Database, database_url: str, chat_id: str
) -> None:
    change(database, OLGA)
    change(database, HERS)
    assert "Olga had them" in told(database_url, "chats", "take", chat_id)


def test_a_ticket_is_worked_on(
    database: Database, database_url: str, chat_id: str
) -> None:
    change(database, OLGA)
    told(database_url, "chats", "give", chat_id, "--queue")
    number = str(value(database, "SELECT id FROM support_tickets"))
    told(database_url, "tickets", "note", number, "Wants rye\x1b[2J")
    assert "Olga" in told(
        database_url, "tickets", "assign", number, "OLGA@shop.example"
    )
    shown = told(database_url, "tickets", "show", number)
    assert "Olga" in shown
    assert "  Wants rye" in shown
    assert not {"\x1b", "\u202e"} & set(shown)
    (listed,) = json.loads(
        told(database_url, "tickets", "list", "--words", "rye", "--json")
    )
    assert (listed["id"], listed["assignee"]) == (int(number), "Olga")
    assert (
        json.loads(
            told(database_url, "tickets", "list", "--assignee", "nobody", "--json")
        )
        == []
    )
    assert ANA in told(
        database_url, "tickets", "list", "--assignee", "olga@shop.example"
    )


def test_a_ticket_is_taken_from_its_operator_and_resolved_once(
    database: Database, database_url: str, chat_id: str
) -> None:
    told(database_url, "chats", "give", chat_id, "--queue")
    change(database, OLGA)
    number = str(value(database, "SELECT id FROM support_tickets"))
    told(database_url, "tickets", "assign", number, "olga@shop.example")
    told(database_url, "tickets", "assign", number, "--nobody")
    log = json.loads(told(database_url, "tickets", "show", number, "--json"))["log"]
    assert [entry["body"] for entry in log][-2:] == ["assigned", "assigned"]
    assert "is resolved" in told(database_url, "tickets", "resolve", number)
    assert "before" in told(database_url, "tickets", "resolve", number)
    assert "reopen" in refused(database_url, "tickets", "assign", number, ANA)
    assert "no ticket 99" in refused(database_url, "tickets", "show", "99")
