"""Conversations with the running bot, on both stores, over real HTTP."""

import threading
from secrets import token_hex

import pytest

from tests.house import PATIENCE, House, Phone, eventually
from tests.scripted_llm import Script

# Without a database a webhook ends with the answer: its message is in by then.
ON_THE_WAY = 2.0


def has_said(house: House, phone: Phone, text: str) -> threading.Thread:
    """Send a message, and return once the bot has it; the answer ends the thread."""
    thread = threading.Thread(target=phone.says, args=(text,))
    thread.start()
    thread.join(PATIENCE if house.database_url else ON_THE_WAY)
    return thread


def test_a_message_gets_an_answer(house: House) -> None:
    ana = house.phone()
    ana.says("When do you open?")
    assert ana.hears() == ["You said: When do you open?"]


def test_the_llm_sees_the_conversation_so_far(house: House) -> None:
    ana = house.phone()
    ana.says("My name is Ana.")
    ana.hears()
    ana.says("What is my name?")
    ana.hears()
    roles = [message["role"] for message in house.llm.prompts[-1]]
    assert roles == ["system", "user", "assistant", "user"]
    assert house.llm.prompts[-1][1]["content"] == "My name is Ana."


def test_a_burst_gets_one_answer(house: House) -> None:
    ana, came = house.phone(), threading.Event()
    # Nothing is answered before all is said, though a busy machine were slow at it.
    house.llm.always(Script(until=came))
    words = ("Hello", "I have a question", "Do you deliver?")
    burst = [has_said(house, ana, text) for text in words]
    came.set()
    for said in burst:
        said.join()
    assert ana.hears() == ["You said: Hello\n\nI have a question\n\nDo you deliver?"]
    assert ana.hears_nothing_more()


def test_messages_that_come_while_the_llm_works_are_answered_with_it(
    house: House,
) -> None:
    ana, came = house.phone(), threading.Event()
    house.llm.next(Script(text="never sent", until=came))
    first = has_said(house, ana, "A table for two, please.")
    eventually(
        lambda: house.llm.prompts and "two" in house.llm.prompts[-1][-1]["content"]
    )
    second = has_said(house, ana, "Sorry, for three!")
    came.set()
    first.join()
    second.join()
    assert "for three!" in ana.hears()[0]
    assert ana.hears_nothing_more()


def test_a_webhook_that_comes_three_times_is_answered_once(house: House) -> None:
    ana = house.phone()
    sid = "SM" + token_hex(16)
    repeats = [
        threading.Thread(target=ana.says, args=("Hi",), kwargs={"message_sid": sid})
        for _ in range(3)
    ]
    for repeat in repeats:
        repeat.start()
    for repeat in repeats:
        repeat.join()
    assert ana.hears() == ["You said: Hi"]
    assert ana.says("Hi", message_sid=sid)["webhook_status"] == 200
    assert ana.hears_nothing_more()


def test_new_forgets_what_was_said(house: House) -> None:
    ana = house.phone()
    ana.says("My secret is blue.")
    ana.hears()
    ana.says("/new")
    assert "afresh" in ana.hears()[0]
    ana.says("What is my secret?")
    ana.hears()
    assert "blue" not in str(house.llm.prompts[-1])


def test_help_says_what_one_can_do(house: House) -> None:
    ana = house.phone()
    ana.says("Help")
    assert "/new" in ana.hears()[0]


def test_after_stop_there_is_silence_until_start(house: House) -> None:
    ana = house.phone()
    ana.says("STOP")
    assert "START" in ana.hears()[0]
    ana.says("Are you there?")
    assert ana.hears_nothing_more()
    ana.says("start")
    assert "Welcome back" in ana.hears()[0]
    ana.says("Now?")
    assert ana.hears() == ["You said: Now?"]


@pytest.mark.parametrize(
    ("content_type", "word"),
    [("audio/ogg", "write it"), ("video/mp4", "video"), ("text/vcard", "write it")],
)
def test_what_cannot_be_read_is_answered_with_a_clear_sentence(
    house: House, content_type: str, word: str
) -> None:
    ana = house.phone()
    media = {"NumMedia": "1", "MediaContentType0": content_type, "Body": ""}
    ana.says("", extra={**media, "MediaUrl0": "https://api.twilio.com/x"})
    assert word in ana.hears()[0]


def test_a_location_is_answered_too(house: House) -> None:
    ana = house.phone()
    ana.says("", location={"latitude": 52.5, "longitude": 13.4, "label": "Home"})
    assert "location" in ana.hears()[0]


def test_a_long_answer_comes_in_parts_and_in_order(house: House) -> None:
    words = " ".join(f"word{i}." for i in range(600))
    house.llm.next(Script(text=words))
    ana = house.phone()
    ana.says("Tell me everything.")
    parts = ana.hears(parts=4)
    assert all(len(part) <= 1500 for part in parts)
    assert " ".join(parts) == words


def test_markdown_becomes_whatsapp_formatting(house: House) -> None:
    house.llm.next(
        Script(text="# Hours\n\nWe open at **nine**, see [us](https://x.de).")
    )
    ana = house.phone()
    ana.says("Hours?")
    assert ana.hears() == ["*Hours*\n\nWe open at *nine*, see us (https://x.de)."]


def test_hostile_text_is_text(house: House) -> None:
    nasty = (
        "'; DROP TABLE users; -- \\u0000 {{7*7}} \U0001f469\u200d\U0001f467 <Response/>"
    )
    ana = house.phone()
    ana.says(nasty, profile_name='Robert"); DROP TABLE\n\r\x00\u202e')
    ana.hears()
    assert house.llm.prompts[-1][-1]["content"] == nasty
