"""Which messages are next, and what is said to them without an LLM."""

import pytest

from bot.chat import sentences
from bot.chat.rules import next_batch, reply_without_llm
from db.records import Reply, Turn, Userchat
from tests.bot.chat.help_texts import HELP
from tests.bot.chat.transcripts import bot_said, chat_of, user_says


def batch_of(*turns: Turn, opted_out: bool = False) -> list[str | None]:
    batch = next_batch(chat_of(*turns, opted_out=opted_out))
    return [turn.message_sid for turn in batch]


def reply_to(chat: Userchat) -> Reply | None:
    return reply_without_llm(chat, next_batch(chat))


def said_without_llm(*turns: Turn, opted_out: bool = False) -> str:
    reply = reply_to(chat_of(*turns, opted_out=opted_out))
    assert reply is not None
    assert reply.turn.role == "assistant"
    assert reply.turn.reference_id
    return reply.turn.content


def silence_after(chat: Userchat) -> Reply:
    """The reply, which must say nothing to the user and still settle the message."""
    reply = reply_to(chat)
    assert reply is not None
    assert reply.turn.role == "system"
    assert reply.turn.reference_id is None
    assert reply.turn.in_reply_to == tuple(
        turn.message_sid for turn in next_batch(chat)
    )
    return reply


# What is answered together


def test_a_burst_is_answered_together() -> None:
    assert batch_of(user_says("Hi", "1"), user_says("Open?", "2")) == ["1", "2"]


def test_what_was_answered_is_not_answered_again() -> None:
    turns = (user_says("Hi", "1"), user_says("Open?", "2"), bot_said("Hello", to="1"))
    assert batch_of(*turns) == ["2"]
    assert batch_of(*turns, bot_said("Yes", to="2")) == []


def test_a_notice_answers_nothing() -> None:
    assert batch_of(user_says("Hi", "1"), bot_said("later", notice_for=("1",))) == ["1"]


def test_a_command_is_answered_alone_and_in_its_place() -> None:
    one, two = user_says("Hi", "1"), user_says("/help", "2")
    three = user_says("Open?", "3")
    assert batch_of(one, two, three) == ["1"]
    assert batch_of(two, three) == ["2"]


def test_a_word_that_twilio_answered_stands_alone() -> None:
    twilios = user_says("arrancar", "1", opt_out_type="START")
    assert batch_of(twilios, user_says("Hi", "2")) == ["1"]
    assert batch_of(user_says("Hi", "2"), twilios) == ["2"]


def test_subscribe_is_a_command_only_to_who_stopped() -> None:
    turns = (user_says("Hi", "1"), user_says("subscribe", "2"), user_says("Open?", "3"))
    assert batch_of(*turns) == ["1", "2", "3"]
    assert batch_of(*turns, opted_out=True) == ["1"]


def test_what_has_no_sid_awaits_no_answer() -> None:
    assert batch_of(user_says("put in by hand", None)) == []


# What needs no LLM


@pytest.mark.parametrize(
    ("text", "answer", "command", "opts_out"),
    [
        ("/new", sentences.NEW_CHAT, "new", None),
        ("/start over", sentences.NEW_CHAT, "new", None),
        ("help", HELP, "help", None),
        ("STOP", sentences.STOPPED, "stop", True),
        ("START", sentences.STARTED, "start", False),
    ],
)
def test_a_command_has_its_sentence(
    text: str, answer: str, command: str, opts_out: bool | None
) -> None:
    reply = reply_to(chat_of(user_says(text, "1")))
    assert reply is not None
    assert (reply.turn.content, reply.turn.command) == (answer, command)
    assert reply.turn.in_reply_to == ("1",)
    assert reply.opts_out is opts_out


def test_a_question_is_for_the_llm() -> None:
    assert reply_to(chat_of(user_says("Are you open?", "1"))) is None


@pytest.mark.parametrize("text", ["Hi", "/help", "/new", "STOP", "no", "yes", ""])
def test_after_stop_nothing_is_answered(text: str) -> None:
    chat = chat_of(user_says(text, "1"), opted_out=True)
    reply = silence_after(chat)
    assert reply.turn.content == sentences.NOT_ANSWERED_STOPPED
    assert reply.opts_out is None


@pytest.mark.parametrize("text", ["Hi", "/help", "/new", "START", ""])
def test_what_stands_before_a_stop_is_not_answered_any_more(text: str) -> None:
    chat = chat_of(user_says(text, "1"), user_says("STOP", "2"))
    reply = silence_after(chat)
    assert reply.turn.content == sentences.NOT_ANSWERED_STOPPED_SINCE
    assert reply.opts_out is None


def test_of_two_stops_both_stop() -> None:
    reply = reply_to(chat_of(user_says("STOP", "1"), user_says("STOP", "2")))
    assert reply is not None
    assert reply.opts_out is True


@pytest.mark.parametrize(
    "text", ["START", "start", "Unstop", "opt in", "mulai", "start again please"]
)
def test_after_stop_the_user_can_start_again(text: str) -> None:
    reply = reply_to(chat_of(user_says(text, "1"), opted_out=True))
    assert reply is not None
    assert reply.turn.content == sentences.STARTED
    assert reply.opts_out is False


@pytest.mark.parametrize("text", ["Hi", "/help", "STOP", "START"])
def test_a_deactivated_user_gets_no_answer(text: str) -> None:
    chat = chat_of(user_says(text, "1"), user_is_active=False)
    assert silence_after(chat).turn.content == sentences.NOT_ANSWERED_INACTIVE


@pytest.mark.parametrize(
    ("opt_out_type", "opts_out"),
    [("STOP", True), ("stop", True), ("START", False), ("HELP", None), ("NEW", None)],
)
@pytest.mark.parametrize("opted_out", [True, False])
def test_what_twilio_answered_itself_is_recorded_in_silence(
    opt_out_type: str, opts_out: bool | None, opted_out: bool
) -> None:
    turn = user_says("arret", "1", opt_out_type=opt_out_type)
    reply = silence_after(chat_of(turn, opted_out=opted_out))
    assert reply.turn.content == sentences.NOT_ANSWERED_TWILIO
    assert reply.opts_out is opts_out


@pytest.mark.parametrize(
    ("content_type", "kind"),
    [
        ("audio/ogg", "audio"),
        ("video/mp4", "video"),
        ("image/jpeg", "image"),
        ("location", "location"),
        ("text/vcard", "contact"),
        ("application/pdf", "document"),
        ("unknown", "unknown"),
    ],
)
def test_what_cannot_be_read_gets_one_clear_sentence(
    content_type: str, kind: str
) -> None:
    said = said_without_llm(user_says("", "1", content_type))
    assert said == sentences.UNREADABLE[kind]


def test_an_empty_message_is_told_that_it_cannot_be_read() -> None:
    assert said_without_llm(user_says(" ", "1")) == sentences.UNREADABLE["unknown"]


def test_several_pictures_get_one_sentence_and_two_kinds_get_two() -> None:
    pictures = (user_says("", str(n), "image/png") for n in range(3))
    assert said_without_llm(*pictures, user_says("", "9", "audio/ogg")) == "\n".join(
        [sentences.UNREADABLE["image"], sentences.UNREADABLE["audio"]]
    )


def test_a_picture_with_words_is_for_the_llm() -> None:
    assert reply_to(chat_of(user_says("This one?", "1", "image/png"))) is None
