"""What people send beside text, as it goes through all processes and real parts."""

from hashlib import sha256

import pytest

from bot.media.senses.extras import can_listen_here
from tests.bot.media.senses.sounds import BREAD
from tests.bot.simulator.browser import dot
from tests.db import sql
from tests.house import House, Phone, eventually

FETCHED = """
SELECT count(*) FROM media JOIN users USING (user_id)
WHERE phone_number = %(address)s
"""
BECOME = "UPDATE users SET role = %(role)s WHERE phone_number = %(address)s"
QUEUE = """
SELECT change_owner(user_id, 'queue', NULL, 'asked', NULL) FROM users
WHERE phone_number = %(address)s
"""
# What they are known by, what they said, and what they sent.
LEFT = """
SELECT (SELECT count(*) FROM users WHERE phone_number = %(address)s)
  + (SELECT count(*) FROM media_contents
     WHERE encode(sha256, 'hex') = %(sha256)s)
  + (SELECT count(*) FROM userchats WHERE messages::text LIKE %(word)s)
  + (SELECT count(*) FROM inbound_messages WHERE address = %(address)s)
"""


def run(house: House, statement: str, phone: Phone, **known: str) -> None:
    with sql.opened(house.database_url or "") as database:
        sql.change(database, statement, address=phone.address, **known)


def ask(house: House, statement: str, phone: Phone, **known: str) -> int:
    with sql.opened(house.database_url or "") as database:
        found: int = sql.value(database, statement, address=phone.address, **known)
        return found


@pytest.mark.skipif(not can_listen_here(), reason="the extra `speech` is missing")
def test_a_voice_note_is_heard_and_answered_once_though_the_worker_dies(
    database_house: House,
) -> None:
    house = database_house
    house.llm.reset()
    ana = house.phone()
    ana.sends("note.ogg", "audio/ogg", BREAD.read_bytes())
    eventually(lambda: ask(house, FETCHED, ana))
    house.kill("worker")
    house.start_worker()
    [answer] = ana.hears()
    heard = answer.splitlines()[0].lower()
    assert heard.startswith("\U0001f3a4")
    assert "bread" in heard
    assert "sunday" in heard
    assert "How much does the bread cost" in str(house.llm.prompts[-1])
    assert ana.hears_nothing_more()
    assert "How much does the bread" not in house.log("worker")


def test_who_has_a_chat_sees_its_picture_and_answers_with_one(
    database_house: House,
) -> None:
    house = database_house
    house.llm.reset()
    ana, olga = house.phone(), house.phone()
    olga.says("Hello", profile_name="Olga")
    ana.says("May I show you something?")
    olga.hears()
    ana.hears()
    run(house, BECOME, olga, role="supporter")
    run(house, QUEUE, ana)
    olga.hears()
    asked = len(house.llm.prompts)
    ana.sends("cake.png", "image/png", dot(), "This cake")
    olga.hears()
    relayed = eventually(lambda: [m for m in olga.messages() if m["media"]])
    assert house.download(relayed[-1]) == dot()
    olga.sends("ours.png", "image/png", dot(), "Ours", reply_to=relayed[-1]["sid"])
    [sent] = eventually(lambda: [m for m in ana.messages() if m["media"]])
    assert (sent["body"], house.download(sent)) == ("Ours", dot())
    assert len(house.llm.prompts) == asked, "the bot says nothing"
    run(house, BECOME, olga, role="user")


def test_nothing_is_left_of_who_is_forgotten(database_house: House) -> None:
    house = database_house
    house.llm.reset()
    ana, content = house.phone(), dot() + b"\0"
    kept = {"word": "%secret cake%", "sha256": sha256(content).hexdigest()}
    ana.sends("cake.png", "image/png", content, "My secret cake")
    ana.hears()
    ana.says("/me name Ana Ruiz")
    ana.hears()
    assert ask(house, LEFT, ana, **kept) > 3
    ana.says("/forget")
    assert "YES FORGET" in ana.hears()[0]
    ana.says("YES FORGET")
    assert ana.hears()[0].startswith("Done")
    eventually(lambda: not ask(house, LEFT, ana, **kept))
