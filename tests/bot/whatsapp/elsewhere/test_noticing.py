"""What the business writes in Twilio's own console, past the bot."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.settings import Settings, TwilioParts
from bot.whatsapp.elsewhere.noticing import Looking, Noticing
from db.chats import PostgresChatStore
from db.database import Database
from db.outbox import PostgresOutbox
from db.support.owners import Owners
from tests.bot.whatsapp.scripted_twilio import Exchange
from tests.bot.whatsapp.test_reconciliation import OURS, answers, server, settings
from tests.db.parts import replied
from tests.db.sql import change, load, rows, take_in, value, values
from tests.db.support.takeovers import find_user
from tests.records import ANA, BEN, said

__all__ = ["server", "settings"]  # fixtures

HOUR, MINUTES = timedelta(hours=1), timedelta(minutes=5)
OWNERS = "SELECT phone_number, owner, owner_reason FROM users ORDER BY phone_number"
SAID = "SELECT content FROM chat_messages WHERE role = 'assistant'"
TICKETS = "SELECT status FROM support_tickets"
# As if the last question had come two minutes ago.
EARLIER = """
UPDATE userchats SET messages = jsonb_set(messages, '{1,timestamp}',
  to_jsonb(now() - interval '2 minutes'))
"""
Notice = Callable[[], int]


@pytest.fixture
def erased() -> dict[str, datetime]:
    """The addresses of whom was erased, and when."""
    return {}


@pytest.fixture
def notice(
    settings: Settings,
    database: Database,
    pg: PostgresChatStore,
    erased: dict[str, datetime],
) -> Notice:
    """Looks for what was written within the last hour."""
    change(database, "UPDATE first_start SET started_at = now() - interval '1 day'")
    noticing = Noticing(
        settings.parts(TwilioParts).twilio,
        database,
        lasts=HOUR,
        was_erased=lambda address, since: erased.get(address, since) > since,
        first_start=pg.read_first_start,
    )
    return Looking(noticing.run).look


def writes(
    server: Exchange, address: str, ago: timedelta = MINUTES, **more: str
) -> str:
    """Have somebody write from our number, past the bot."""
    return answers(server, address, ago, **{"from": OURS, **more})


def test_who_is_written_to_is_a_persons_once(
    server: Exchange, database: Database, pg: PostgresChatStore, notice: Notice
) -> None:
    take_in(pg, said("Is it ready?"))
    sid = writes(server, ANA, body="I am Olga: it is.")
    assert notice() == 1
    assert rows(database, OWNERS) == [(ANA, "human", "replied")]
    assert values(database, SAID) == ["I am Olga: it is."]
    found = "SELECT message_sid, status FROM reply_parts"
    assert rows(database, found) == [(sid, "delivered")]
    assert notice() == 0
    assert value(database, "SELECT count(*) FROM procrastinate_jobs"
                           " WHERE task_name = 'send_parts'") == 0  # fmt: skip


def test_a_word_answers_what_was_asked_before_it_and_nothing_else(
    server: Exchange, database: Database, pg: PostgresChatStore, notice: Notice
) -> None:
    asked = said("Is it ready?")
    asked = replace(
        asked, turn=replace(asked.turn, timestamp=datetime.now(UTC) - 2 * MINUTES)
    )
    take_in(pg, asked)
    Owners(database).take(find_user(database), None)
    change(database, "SELECT open_ticket(user_id, 'asked', 'Bread') FROM users")
    writes(server, ANA, body="I am Olga: it is.")
    since = said("And the cake?")
    chat_id = take_in(pg, since)
    assert notice() == 1
    chat = load(pg, chat_id)
    assert chat.turns[-1].in_reply_to == (asked.message_sid,)
    assert [turn.message_sid for turn in chat.unanswered()] == [since.message_sid]
    assert values(database, TICKETS) == ["open"]
    writes(server, ANA, MINUTES / 4, body="The cake, too.")
    change(database, EARLIER)
    assert notice() == 1
    assert not load(pg, chat_id).unanswered()
    assert values(database, TICKETS) == ["waiting"]


def test_a_chat_that_the_business_began_does_not_wake_the_bot(
    server: Exchange, database: Database, pg: PostgresChatStore, notice: Notice
) -> None:
    writes(server, BEN, body="Your order is here.")
    assert notice() == 1
    chat = load(pg, take_in(pg, said("I come at six.", BEN)))
    assert [turn.content for turn in chat.turns] == [
        "Your order is here.",
        "I come at six.",
    ]
    assert rows(database, OWNERS) == [(BEN, "human", "replied")]


@pytest.mark.parametrize(
    ("ago", "more"),
    [
        (timedelta(seconds=20), {}),
        (timedelta(days=2), {}),
        (MINUTES, {"status": "failed"}),
        (MINUTES, {"direction": "outbound-reply"}),
    ],
    ids=["just-now", "before-us", "failed", "twilios-own"],
)
def test_what_is_nobodys_word_is_left(
    server: Exchange,
    database: Database,
    notice: Notice,
    ago: timedelta,
    more: dict[str, str],
) -> None:
    writes(server, ANA, ago, **more)
    assert notice() == 0
    assert rows(database, OWNERS) == []


def test_what_may_be_the_bots_own_is_left(
    server: Exchange,
    database: Database,
    pg: PostgresChatStore,
    outbox: PostgresOutbox,
    notice: Notice,
) -> None:
    (part,) = replied(pg, outbox, "We open at ten.")
    sid = writes(server, ANA, body="We open at ten.")
    change(database, "UPDATE reply_parts SET status = 'uncertain'")
    assert notice() == 0
    sent = "UPDATE reply_parts SET status = 'sent', message_sid = %(sid)s"
    change(database, sent, sid=sid)
    assert notice() == 0
    copied = writes(server, ANA, body="We open at ten.")  # listed late by Twilio
    change(database, "UPDATE reply_parts SET attempts = 2")
    assert notice() == 0
    assert values(database, "SELECT owner FROM users") == ["bot"]
    assert part.body == "We open at ten."
    assert copied not in values(database, "SELECT message_sid FROM reply_parts")


def test_who_was_erased_is_not_made_known_again(
    server: Exchange, database: Database, notice: Notice, erased: dict[str, datetime]
) -> None:
    writes(server, ANA)
    erased[ANA] = datetime.now(UTC) - MINUTES  # as it went out, by another clock
    assert notice() == 0
    assert rows(database, OWNERS) == []


def test_operators_are_no_customers(
    server: Exchange, database: Database, pg: PostgresChatStore, notice: Notice
) -> None:
    take_in(pg, said("Hello"))
    change(database, "UPDATE users SET role = 'admin', email = 'o@shop.example'")
    writes(server, ANA, body="A word to you, Olga")
    assert notice() == 0
    assert datetime.now(UTC) - pg.read_first_start() > HOUR
