"""What takes long: when a notice is due, and when it is too late for an answer."""

from datetime import timedelta

import pytest

from bot.chat import sentences
from bot.chat.patience import Pace
from bot.chat.replies import apology, notice
from bot.chat.rules import next_batch
from tests.bot.chat.transcripts import bot_said, chat_of, user_says


def test_a_given_up_message_says_why() -> None:
    reply = apology((user_says("Hi", "1"), user_says("Open?", "2")), "away\x00")
    assert reply.turn.content == sentences.GIVEN_UP
    assert reply.turn.in_reply_to == ("1", "2")
    assert reply.error == reply.turn.error == "away\ufffd"


@pytest.mark.parametrize(("minutes", "too_old"), [(59, False), (61, True)])
def test_the_oldest_message_decides_whether_it_is_too_late(
    minutes: float, too_old: bool
) -> None:
    batch = (user_says("Hi", "1", minutes=minutes), user_says("Open?", "2"))
    assert Pace().is_too_old(batch) is too_old


@pytest.mark.parametrize(("minutes", "due"), [(1, False), (3, True)])
def test_a_notice_is_due_after_two_minutes(minutes: float, due: bool) -> None:
    chat = chat_of(user_says("Hi", "1", minutes=minutes))
    assert Pace().needs_notice(chat, next_batch(chat)) is due


def test_a_notice_is_given_once_whatever_comes_after_it() -> None:
    chat = chat_of(
        user_says("Hi", "1", minutes=9),
        bot_said("later", notice_for=("1",)),
        user_says("Hello?", "2", minutes=5),
    )
    assert not Pace().needs_notice(chat, next_batch(chat))


def test_a_notice_is_due_again_for_what_waits_after_an_answer() -> None:
    chat = chat_of(
        user_says("Hi", "1", minutes=9),
        bot_said("later", notice_for=("1",)),
        bot_said("Hello", to="1"),
        user_says("Open?", "2", minutes=5),
    )
    assert Pace().needs_notice(chat, next_batch(chat))


def test_a_notice_settles_nothing() -> None:
    turn = notice((user_says("Hi", "1"),)).turn
    assert turn.content == sentences.ANSWER_COMES_LATER
    assert (turn.in_reply_to, turn.notice_for) == ((), ("1",))


def test_an_operator_decides_what_too_long_is() -> None:
    batch = (user_says("Hi", "1", minutes=2),)
    hasty = Pace(max_age=timedelta(minutes=1), notice_seconds=0)
    assert hasty.is_too_old(batch)
    assert hasty.needs_notice(chat_of(*batch), batch)
