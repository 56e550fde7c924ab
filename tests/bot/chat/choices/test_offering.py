"""Choices that the LLM offers, and how they come back."""

from dataclasses import replace

import pytest

from bot.chat.choices.lines import without_lines
from bot.chat.choices.offering import Offering, with_choices
from bot.chat.choices.policy import ChoicePolicy, read_choices
from bot.chat.choices.sentences import OFFER, PLEASE_CHOOSE
from bot.chat.choices.typed import find_chosen, with_chosen
from bot.chat.commands.entries import Policies
from bot.chat.commands.finding import NO_POLICIES
from bot.chat.commands.own_words import read_vocabulary
from bot.chat.feedback.thumbs import is_judgement
from bot.chat.handoff.policy import HandoffPolicy
from bot.chat.prompt import describe_turn
from bot.environment import Reader
from db.records import Reply
from tests.bot.chat.conversation import Conversation
from tests.bot.chat.transcripts import chat_of, user_says
from tests.records import reply_turn

BREADS = "Which bread? [choices: Rye | Wheat | Oat]"


def ana_with(*thoughts: str) -> Conversation:
    ana = Conversation(*thoughts)
    ana.talk = replace(ana.talk, answering=Offering(ana.talk.answering))
    return ana


def offered(text: str, policies: Policies = NO_POLICIES) -> tuple[str, tuple[str, ...]]:
    reply = with_choices(Reply(turn=reply_turn(text)), chat_of(), policies)
    return without_lines(reply.turn), reply.turn.choices


def test_a_typed_number_comes_back_as_the_choice() -> None:
    ana = ana_with(BREADS, "Wheat it is.", "Ten.")
    ana.says("I want bread")
    assert ana.hears() == ["Which bread?\n\n1. Rye\n2. Wheat\n3. Oat"]
    ana.says("2.")
    assert ana.hears() == ["Wheat it is."]
    assert ana.llm_saw() == [
        "I want bread", "Which bread?\n[choices: Rye | Wheat | Oat]", "Wheat",
    ]  # fmt: skip
    ana.says("2")  # of what? nothing is offered any more
    ana.hears()
    assert ana.llm_saw()[-1] == "2"


def test_what_the_bot_says_by_itself_takes_no_offer_back() -> None:
    offer = replace(reply_turn("Which?", in_reply_to=("1",)), choices=("Rye", "Oat"))
    turns = (user_says("Bread", "1"), offer, reply_turn("Your reminder: milk"))
    two = user_says("2", "2")
    chat, batch = with_chosen(chat_of(*turns, two), (two,))
    assert [turn.content for turn in (*batch, chat.turns[-1])] == ["Oat", "Oat"]


def test_a_tap_is_the_choice_alone() -> None:
    ana = ana_with(BREADS, "Oat it is.")
    ana.says("I want bread")
    ana.hears()
    ana.says("Oat", ButtonText="Oat", ButtonPayload="Oat", MessageType="interactive")
    ana.hears()
    assert ana.llm_saw()[-1] == "Oat"


@pytest.mark.parametrize(
    ("written", "said", "titles"),
    [
        ("A?\n\n**[Choices: *Rye* | Wheat]**\n\nB", "A?\n\nB", ("Rye", "Wheat")),
        ("A? \u3010options\uff1a x \uff5c y\u3011", "A?", ("x", "y")),
        ("A? [choices: Rye, Wheat]", "A?", ("Rye", "Wheat")),
        ("A? [choices:\n- Rye\n- Wheat\n]", "A?", ("Rye", "Wheat")),
        ("A? [choices: x | y", "A?", ("x", "y")),
        ("[choices: x | y]", PLEASE_CHOOSE, ("x", "y")),
        ("A? [choices: x | X | y\u202e | \u200b]", "A?", ("x", "y")),
        ("A? [choices: x | Stop all | y]", "A?", ("x", "y")),
        ("A? [choices: x | unsubscribe]", "A?", ()),
        ("[choices: Rye]", "Rye", ()),
        ("A? [choices of bread]", "A? [choices of bread]", ()),
    ],
    ids=["markup", "wide", "commas", "lines", "cut", "alone", "twice", "stop",
         "only-stop", "one", "no-marker"],
)  # fmt: skip
def test_markers_are_read_as_models_write_them(
    written: str, said: str, titles: tuple[str, ...]
) -> None:
    assert offered(written) == (said, titles)


def test_the_operators_own_words_that_stop_are_not_offered() -> None:
    words = read_vocabulary(Reader({"STOP_WORDS": "cancel"}))
    told = "Sure? [choices: Yes | No | Cancel]"
    assert offered(told)[1] == ("Yes", "No", "Cancel")
    assert offered(told, Policies(vocabulary=words))[1] == ("Yes", "No")


def test_who_is_passed_on_chooses_nothing() -> None:
    ana = Conversation(f"{BREADS} [handover: bread]", handoff=HandoffPolicy())
    ana.talk = replace(ana.talk, answering=Offering(ana.talk.answering))
    ana.says("A person please, for my cake")
    (heard,) = ana.hears()
    assert "choices" not in heard
    assert "person of our team" in heard
    assert ana.last.choices == ()


@pytest.mark.parametrize(
    ("text", "chosen"),
    [("1", "x"), ("(2)", "y"), ("no. 2", "y"), ("\u0662", "y"), ("2\ufe0f\u20e3", "y"),
     ("0", None), ("3", None), ("2 please", None), ("x", None), ("12", None)],
    ids=["plain", "brackets", "word", "arabic", "keycap", "zero", "more", "words",
         "title", "two-digits"],
)  # fmt: skip
def test_only_a_number_alone_chooses(text: str, chosen: str | None) -> None:
    assert find_chosen(text, ("x", "y")) == chosen


@pytest.mark.parametrize(
    "titles",
    [("2", "4", "12"), ("2 people", "4 people"), ("Rye", "At \u0662"), ("Rye", "B2")],
    ids=["numbers", "how-many", "arabic", "inside"],
)
def test_what_has_digits_is_not_numbered(titles: tuple[str, ...]) -> None:
    marker = f"[choices: {' | '.join(titles)}]"
    reply = with_choices(Reply(turn=reply_turn(marker)), chat_of())
    lines = "\n".join(f"\u2022 {title}" for title in titles)
    assert reply.turn.content == f"{PLEASE_CHOOSE}\n\n{lines}"
    assert find_chosen("2", reply.turn.choices) is None
    assert without_lines(reply.turn) == PLEASE_CHOOSE
    assert describe_turn(reply.turn).endswith(marker)


def test_the_llm_is_told_of_choices_only_where_they_are_on() -> None:
    ana = Conversation("Yes.")
    ana.says("Hello")
    ana.hears()
    assert OFFER not in str(ana.thoughts.prompts[0][0].content)


def test_what_is_set_is_read_and_what_is_wrong_is_named() -> None:
    sids = f"2=HX{'0' * 32}, 10=HX{'a' * 32}"
    good = Reader({"OFFER_CHOICES": "on", "TWILIO_CHOICES_CONTENT_SIDS": sids})
    contents = {2: "HX" + "0" * 32, 10: "HX" + "a" * 32}
    assert read_choices(good) == ChoicePolicy(is_on=True, contents=contents)
    assert read_choices(Reader({})) == ChoicePolicy()
    for wrong in ("HX1", f"1=HX{'0' * 32}", f"11=HX{'0' * 32}", f"{sids},{sids}"):
        bad = Reader({"TWILIO_CHOICES_CONTENT_SIDS": wrong})
        assert read_choices(bad) == ChoicePolicy()
        assert bad.problems.keys() == {"TWILIO_CHOICES_CONTENT_SIDS"}


def test_a_thumb_behind_choices_judges_nothing() -> None:
    turn = replace(reply_turn(BREADS), in_reply_to=("1",))
    reply = with_choices(Reply(turn=turn), chat_of())
    thumb = user_says("\U0001f44d", "2")
    asked = chat_of(user_says("Bread", "1"), reply.turn, thumb)
    assert not is_judgement(asked, thumb)
    answered = chat_of(user_says("Bread", "1"), replace(turn, content="Rye."), thumb)
    assert is_judgement(answered, thumb)
