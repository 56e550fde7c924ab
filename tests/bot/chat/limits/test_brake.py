"""Two bots that answer each other are stopped; a hasty customer never is."""

from dataclasses import replace

import pytest

from bot.chat import sentences
from bot.chat.rules import next_batch, reply_without_llm
from db.chats import PostgresChatStore
from db.database import Database
from db.records import Turn, Userchat
from tests.bot.chat.conversation import Conversation
from tests.bot.chat.transcripts import bot_said, chat_of, minutes_ago, user_says
from tests.bot.log_lines import recorded_log
from tests.db.sql import change

ON_HOLD = [f"system: {sentences.NOT_ANSWERED_BRAKE}", "system: "]


# Two machines that say other things each time.
REMARKS = (
    "Good morning, how may I help you today?", "I am not sure what you mean by that.",
    "Could you tell me your order number?", "Our opening hours are on the website.",
    "Please hold the line for a colleague.", "Is there anything else that you need?",
)  # fmt: skip
WANTED = (
    "red shoes for my tall sister", "bread without any nuts", "big blue paint buckets",
    "tickets to Lisbon in May", "an appointment with the dentist", "white roses",
    "screws of six millimetres", "a quiet room with a view", "new brake pads",
    "a cake for ten people", "the invoice of last week",
)  # fmt: skip


def talked(*texts: str, seconds: float) -> tuple[Turn, ...]:
    """A talk in which each text was answered; one each so many seconds, until now."""
    turns: list[Turn] = []
    for n, text in enumerate(texts):
        age = (len(texts) - n) * seconds / 60
        turns.append(user_says(text, f"m{n}", minutes=age))
        answer = bot_said(f"answer {n}", to=f"m{n}", reference_id=f"r{n}")
        turns.append(replace(answer, timestamp=minutes_ago(age - seconds / 120)))
    return tuple(turns)


def is_braked(*turns: Turn, text: str = "And this?", **more: object) -> bool:
    chat = chat_of(*turns, user_says(text, "last"), **more)
    reply = reply_without_llm(chat, next_batch(chat))
    return reply is not None and reply.turn.content == sentences.NOT_ANSWERED_BRAKE


def test_two_bots_that_answer_each_other_are_stopped_and_the_operator_told() -> None:
    ours = Conversation(*(f"How can I help you, {n}?" for n in range(99)))
    said = 0
    with recorded_log("ERROR") as told:
        for n in range(43):
            ours.says(f"I am an automatic assistant, case {n}")
            said += len(ours.hears())
    assert said == 5
    assert len(ours.thoughts.prompts) == 5
    assert ours.chat.unanswered() == ()
    notes = [line for line in ours.transcript if line.startswith("system")]
    assert notes == [ON_HOLD[0], *ON_HOLD[1:] * 37]
    [line] = told.lines
    assert "a machine seems to write" in line["message"]
    assert "case" not in told.text


def test_a_bot_that_says_the_same_again_and_again_is_stopped() -> None:
    ours = Conversation(*(f"Hello {n}!" for n in range(99)))
    heard = []
    for _ in range(9):
        ours.says("Thank you for contacting us. We will reply soon.")
        heard += ours.hears()
    assert len(heard) == 4
    assert ours.transcript[8:][1::2][:2] == ON_HOLD


def test_a_slow_machine_is_stopped_too() -> None:
    texts = [f"message {n}" for n in range(60)]
    assert is_braked(*talked(*texts, seconds=14))
    assert not is_braked(*talked(*texts, seconds=16))


def test_a_full_chat_s_earlier_turns_count() -> None:
    texts = [f"message {n}" for n in range(12)]
    assert is_braked(earlier_turns=talked(*texts, seconds=2))


def test_machines_that_vary_their_words_are_stopped() -> None:
    ours = Conversation(*(f"How can I help you, {n}?" for n in range(99)))
    said = 0
    for n in range(43):
        named = WANTED[n % 11].split()[-1]
        ours.says(f"Thank you very much for your {n}th message to us, dear {named}!")
        said += len(ours.hears())
    assert said == 5
    others = Conversation(*(f"How can I help you, {n}?" for n in range(99)))
    others_said = 0
    for n in range(43):
        others.says(f"{REMARKS[n % 6]} {WANTED[n % 11]}")
        others_said += len(others.hears())
    assert others_said <= 12


# People


def test_a_hasty_customer_is_answered_burst_by_burst() -> None:
    ana = Conversation("Yes.")
    for n in range(11):
        needs = f"I need {n} {WANTED[n]}"
        for text in ("hello?", "are you there", needs, "quick", "please!!"):
            ana.says(text)
        assert ana.hears() == ["Yes."]


@pytest.mark.parametrize(
    ("text", "times"), [("Where is my order 1234, please?", 3), ("yes", 9), ("", 9)]
)
def test_who_repeats_themselves_as_people_do_is_answered(text: str, times: int) -> None:
    assert not is_braked(*talked(*[text] * times, seconds=6), text=text)
    much = talked(*[text] * (times + 1), seconds=6)
    assert is_braked(*much, text=text) is bool(text)


def test_the_same_message_many_times_in_one_batch_is_one() -> None:
    burst = [user_says("Where is my order 1234, please?", str(n)) for n in range(9)]
    answer = bot_said("On its way.", to=" ".join(map(str, range(9))), reference_id="r")
    assert not is_braked(*burst, answer, text="Where is my order 1234, please?")


def test_who_talks_for_long_is_answered() -> None:
    texts = [f"message {n}" for n in range(200)]
    assert not is_braked(*talked(*texts, seconds=16))


def test_a_person_s_words_in_the_chat_are_no_answers_of_ours() -> None:
    by_hand = [bot_said(f"by hand {n}") for n in range(20)]
    assert not is_braked(user_says("Hi", "1"), bot_said("Hello", to="1"), *by_hand)


def braked_chat(minutes: float, *turns: Turn) -> Userchat:
    silence = Turn(
        role="system",
        content=sentences.NOT_ANSWERED_BRAKE,
        timestamp=minutes_ago(minutes),
        in_reply_to=("0",),
    )
    return chat_of(user_says("Hi", "0", minutes=minutes), silence, *turns)


def test_the_brake_lets_go_after_ten_minutes() -> None:
    for minutes, is_silent in ((9.9, True), (10.1, False)):
        chat = braked_chat(minutes, user_says("Hello?", "1"))
        assert (reply_without_llm(chat, next_batch(chat)) is not None) is is_silent


@pytest.mark.parametrize(("text", "opts_out"), [("STOP", True), ("START", False)])
def test_no_brake_holds_up_stop_and_start(text: str, opts_out: bool) -> None:
    chat = braked_chat(1, user_says(text, "1"))
    reply = reply_without_llm(chat, next_batch(chat))
    assert reply is not None
    assert (reply.turn.role, reply.opts_out) == ("assistant", opts_out)


def test_a_handoff_comes_first(database: Database, pg: PostgresChatStore) -> None:
    ours = Conversation("Yes.", store=pg)
    for n in range(13):
        ours.says(f"message {n}")
        ours.hears()
    assert ours.transcript[-1] == ON_HOLD[0]
    change(database, "SELECT take_chat(chat_id) FROM userchats")
    ours.says("one more")
    ours.hears()
    assert ours.transcript[-1] == f"system: {sentences.NOT_ANSWERED_HANDOFF}"
