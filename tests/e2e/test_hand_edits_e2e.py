"""Somebody types into psql while the bot works: it goes on, and answers once."""

import threading
from collections.abc import Iterator

import psycopg
import pytest

from tests.house import House, Phone, eventually
from tests.scripted_llm import Script

MAKE_IT_OLD = """
    UPDATE userchats SET created_at = created_at - INTERVAL '31 days'
    WHERE customer_id = (SELECT user_id FROM users WHERE phone_number = %s)
"""
CLOSE_OLD_CHATS = """
    UPDATE userchats SET is_active = false
    WHERE created_at < NOW() - INTERVAL '30 days' AND is_active = true;
"""
CHATS = """
    SELECT is_active, messages FROM chat_overview WHERE phone_number = %s
    ORDER BY is_active
"""


@pytest.fixture
def psql(database_house: House) -> Iterator[psycopg.Connection]:
    assert database_house.database_url is not None
    url = database_house.database_url
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def ana(database_house: House) -> Phone:
    database_house.llm.reset()
    return database_house.phone()


def test_old_chats_are_closed_in_the_middle_of_an_answer(
    database_house: House, psql: psycopg.Connection, ana: Phone
) -> None:
    closed = threading.Event()
    database_house.llm.next(Script(text="At nine.", until=closed))
    asks = threading.Thread(target=ana.says, args=("When do you open?",))
    asks.start()
    eventually(lambda: database_house.llm.prompts)
    psql.execute(MAKE_IT_OLD, [ana.address])
    assert psql.execute(CLOSE_OLD_CHATS).rowcount == 1
    closed.set()
    asks.join()
    assert ana.hears() == ["At nine."]
    ana.says("And on Sundays?")
    assert ana.hears() == ["You said: And on Sundays?"]
    assert psql.execute(CHATS, [ana.address]).fetchall() == [(False, 2), (True, 2)]
    assert ana.hears_nothing_more()


def test_a_new_message_after_the_closing_does_not_repeat_the_answer_under_way(
    database_house: House, psql: psycopg.Connection, ana: Phone
) -> None:
    closed = threading.Event()
    database_house.llm.next(Script(text="At nine.", until=closed))
    asks = threading.Thread(target=ana.says, args=("When do you open?",))
    asks.start()
    eventually(lambda: database_house.llm.prompts)
    psql.execute(MAKE_IT_OLD, [ana.address])
    psql.execute(CLOSE_OLD_CHATS)
    ana.says("And on Sundays?")
    closed.set()
    asks.join()
    assert ana.hears(parts=2) == ["At nine.", "You said: And on Sundays?"]
    assert psql.execute(CHATS, [ana.address]).fetchall() == [(False, 2), (True, 2)]
    assert ana.hears_nothing_more()


def test_what_the_database_refuses_changes_nothing_for_the_user(
    database_house: House, psql: psycopg.Connection, ana: Phone
) -> None:
    ana.says("Hello")
    assert ana.hears() == ["You said: Hello"]
    with pytest.raises(psycopg.errors.CheckViolation, match="roles_check"):
        psql.execute("UPDATE userchats SET messages = messages || '[\"a note\"]'")
    ana.says("Still there?")
    assert ana.hears() == ["You said: Still there?"]
