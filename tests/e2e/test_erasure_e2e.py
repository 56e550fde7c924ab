"""People are deactivated and forgotten, and chats grow old, while the bot runs."""

import threading

import psycopg
import pytest

from db.pool import conninfo
from tests.house import House, NewHouse, Phone, eventually
from tests.scripted_llm import Script

INACTIVE = "Not answered: the user is deactivated."


@pytest.fixture
def ana(database_house: House) -> Phone:
    database_house.llm.reset()
    return database_house.phone()


def bot(house: House, *arguments: str) -> str:
    done = house.bot(*arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def asked(house: House, query: str, *values: str) -> list[tuple[object, ...]]:
    assert house.database_url is not None
    with psycopg.connect(conninfo(house.database_url), autocommit=True) as connection:
        return connection.execute(query.encode(), values).fetchall()


def texts(house: House, phone: Phone) -> list[object]:
    """Return what the transcripts say, system messages too."""
    query = """SELECT content FROM chat_messages
        WHERE phone_number = %s ORDER BY sent_at, position"""
    return [text for (text,) in asked(house, query, phone.address)]


def test_a_deactivated_user_gets_no_answer_and_asks_no_llm(
    database_house: House, ana: Phone
) -> None:
    ana.says("Hello")
    assert ana.hears() == ["You said: Hello"]
    bot(database_house, "users", "deactivate", ana.address)
    ana.says("Are you there?")
    eventually(lambda: INACTIVE in texts(database_house, ana))
    assert len(database_house.llm.prompts) == 1
    bot(database_house, "users", "activate", ana.address.removeprefix("whatsapp:"))
    assert ana.hears_nothing_more()
    ana.says("And now?")
    assert ana.hears() == ["You said: And now?"]
    assert len(database_house.llm.prompts) == 2
    assert texts(database_house, ana) == [
        "Hello",
        "You said: Hello",
        "Are you there?",
        INACTIVE,
        "And now?",
        "You said: And now?",
    ]


def test_an_answer_under_way_brings_nobody_back(
    database_house: House, ana: Phone
) -> None:
    erased = threading.Event()
    database_house.llm.next(Script(text="At nine.", until=erased))
    asks = threading.Thread(target=ana.says, args=("When do you open?",))
    asks.start()
    eventually(lambda: database_house.llm.prompts)
    told = bot(database_house, "users", "erase", ana.address, "--yes")
    erased.set()
    asks.join()
    assert "1 users" in told
    assert "1 jobs" in told
    ana.says("Who am I?")
    assert ana.hears()[-1] == "You said: Who am I?"
    assert texts(database_house, ana) == ["Who am I?", "You said: Who am I?"]
    assert ana.hears_nothing_more()
    ben = database_house.phone()
    ben.says("Hello")
    assert ben.hears() == ["You said: Hello"]
    jobs = "SELECT id FROM procrastinate_jobs WHERE queue_name <> 'upkeep'"
    eventually(lambda: not asked(database_house, jobs))


def test_the_worker_goes_through_what_is_old(database_house: House, ana: Phone) -> None:
    ana.says("Hello")
    assert ana.hears() == ["You said: Hello"]
    asked(
        database_house,
        """UPDATE userchats SET created_at = now() - interval '31 days',
             updated_at = now() - interval '31 days'
           WHERE customer_id = (SELECT user_id FROM users WHERE phone_number = %s)
           RETURNING 1""",
        ana.address,
    )
    asked(
        database_house,
        """INSERT INTO procrastinate_jobs (queue_name, task_name, args)
           VALUES ('upkeep', 'retention', '{"timestamp": 0}') RETURNING 1""",
    )
    overview = "SELECT is_active FROM chat_overview WHERE phone_number = %s"
    eventually(lambda: asked(database_house, overview, ana.address) == [(False,)])
    ana.says("Hello again")
    assert ana.hears() == ["You said: Hello again"]


def test_what_twilio_still_lists_is_not_taken_in_again(new_house: NewHouse) -> None:
    with new_house(ERASURE_KEY="the-key-of-this-test") as house:
        ana = house.phone()
        ana.says("Forget me")
        assert ana.hears() == ["You said: Forget me"]
        bot(house, "users", "erase", ana.address, "--yes")
        assert "Taken in: 0" in bot(house, "reconcile")
        assert texts(house, ana) == []
        ana.says("I am back")
        assert ana.hears() == ["You said: I am back"]
