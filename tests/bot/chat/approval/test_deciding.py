"""What allows a call, what refuses it, and what is neither."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from bot.chat.approval.deciding import Decision, find_decision
from bot.chat.approval.sentences import NO, YES
from bot.chat.choices.lines import payloads_of
from bot.languages.names import LANGUAGES
from bot.languages.speaking import speak
from db.records import Turn
from tests.bot.chat.transcripts import bot_said, chat_of, user_says

CALL = UUID(int=7)
OTHER = UUID(int=8)
ASKS = f"call:{CALL}"
HOUR = timedelta(hours=1)
QUESTION = bot_said("Shall I?", to="1", asks=ASKS, choices=("Yes", "No"))


def decided(*turns: Turn, question: Turn = QUESTION) -> tuple[UUID, bool, bool] | None:
    chat = chat_of(user_says("A table", "1"), question, *turns)
    found = find_decision(chat, turns, HOUR)
    return (found.call_id, found.allows, found.is_alone) if found else None


def tap(payload: str, text: str = "Yes") -> Turn:
    beside = {"ButtonText": text, "ButtonPayload": payload}
    return user_says(text, "2", beside=beside)


@pytest.mark.parametrize(
    ("said", "allows"),
    [
        ("Yes", True), ("s\u00ed, por favor", True), ("JA!", True), ("1", True),
        ("\U0001f44d", True), ("\u0939\u093e\u0901", True),
        ("\u0646\u0639\u0645", True),
        ("no", False), ("N\u00e3o", False), ("2", False), ("\U0001f44e", False),
        ("cancel", False), ("No, at eight please", False), ("wait, who pays?", False),
        ("lol", None), ("yes or no?", None), ("what does it cost?", None),
        ("I said yes yesterday", None), ("3", None), ("", None),
    ],
    ids=["yes", "es", "de", "one", "up", "hi", "ar", "no", "pt", "two", "down",
         "cancel", "no-but", "wait", "lol", "both", "question", "tale", "three",
         "empty"],
)  # fmt: skip
def test_words_decide_only_where_they_are_plain(said: str, allows: bool | None) -> None:
    found = decided(user_says(said, "2"))
    assert found == (None if allows is None else (CALL, allows, True))


def test_the_buttons_words_decide_in_every_language() -> None:
    for code in LANGUAGES:
        yes, no = (speak(code, sentence) for sentence in (YES, NO))
        asked = bot_said("?", to="1", asks=ASKS, choices=(yes, no))
        assert decided(user_says(yes, "2"), question=asked) == (CALL, True, True)
        assert decided(user_says(no, "2"), question=asked) == (CALL, False, True)
        payloads = payloads_of(asked)
        assert decided(tap(payloads[0], yes), question=asked) == (CALL, True, True)
        assert decided(tap(payloads[1], no), question=asked) == (CALL, False, True)


def test_a_tap_names_its_own_call_whatever_is_asked_by_now() -> None:
    assert decided(tap(f"call:{OTHER}:yes")) == (OTHER, True, True)
    assert decided(tap("call:7:yes", "\U0001f937")) is None
    assert decided(tap(f"call:{'-' * 36}:yes", "\U0001f937")) is None


def test_whatever_takes_it_back_in_the_same_breath_refuses() -> None:
    yes = tap(f"{ASKS}:yes")
    assert decided(yes, user_says("no, wait", "3")) == (CALL, False, True)
    assert decided(yes, user_says("wait a moment", "3")) == (CALL, False, True)
    assert decided(yes, tap(f"{ASKS}:no", "No")) == (CALL, False, True)
    assert decided(yes, yes) == (CALL, True, True)
    assert decided(yes, user_says("and a cake", "3")) == (CALL, True, False)


def test_words_behind_what_was_said_since_decide_nothing() -> None:
    """The team's decision on another call settles no message."""
    told = replace(bot_said("It is done: refund."), reference_id=str(OTHER))
    chat = chat_of(user_says("A table", "1"), QUESTION, told, user_says("ok", "2"))
    assert find_decision(chat, chat.turns[-1:], HOUR) is None
    before = chat_of(user_says("A table", "1"), QUESTION, user_says("ok", "2"), told)
    found = find_decision(before, before.turns[2:3], HOUR)
    assert found == Decision(CALL, allows=True, is_alone=True)


@pytest.mark.parametrize("word", ["ok", "1", "\U0001f44d"], ids=["ok", "1", "thumb"])
def test_words_that_quote_something_else_decide_nothing(word: str) -> None:
    asked = replace(QUESTION, reference_id=str(OTHER))
    turn = user_says(word, "2", beside={"OriginalRepliedMessageSid": "SM9"})
    for reference_id, decides in ((str(OTHER), True), (str(CALL), False)):
        quoted = replace(bot_said("?"), reference_id=reference_id)
        chat = chat_of(asked, turn, quoted={"SM9": quoted})
        assert (find_decision(chat, (turn,), HOUR) is not None) is decides
    assert find_decision(chat_of(asked, turn), (turn,), HOUR) is None


def test_words_answer_the_last_question_only_and_in_time() -> None:
    yes = user_says("yes", "2")
    assert decided(yes, question=bot_said("Hm?", to="1")) is None
    old = user_says("yes", "2", minutes=-61)
    assert decided(old) is None
