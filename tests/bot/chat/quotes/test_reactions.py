"""A reaction is a nod: it gets no answer, but where it asks for one."""

import pytest

from bot.chat import sentences
from bot.chat.beside import find_reaction
from db.chats import PostgresChatStore
from db.database import Database
from tests.bot.chat.conversation import Conversation
from tests.bot.chat.test_beside import QUOTED, sent_sid

THUMB, DOWN = "\U0001f44d", "\U0001f44e\U0001f3fd"


def reacts(ana: Conversation, emoji: str, sid: str) -> None:
    ana.says(emoji, 0, **{QUOTED: sid}, MessageType="reaction")


def told(emoji: str, words: str) -> str:
    return f'[The user reacted with {emoji} to this message of yours: "{words}"]'


def test_a_nod_is_settled_in_silence_and_told_later(
    database: Database, pg: PostgresChatStore
) -> None:
    ana = Conversation("We have roses.", "Bye.", store=pg)
    ana.says("Hi")
    ana.hears()
    sid = sent_sid(pg, database)
    reacts(ana, THUMB, sid)
    assert find_reaction(ana.last) == (THUMB, sid)
    assert ana.hears() == []
    assert ana.last.content == sentences.NOT_ANSWERED_REACTION
    assert ana.last.in_reply_to == (ana.sids[-1],)
    ana.says("Thanks")
    assert ana.hears() == ["Bye."]
    assert ana.llm_saw()[-1] == f"{told(THUMB, 'We have roses.')}\n\nThanks"


@pytest.mark.parametrize(
    ("said", "emoji"),
    [
        ("We have roses.", DOWN),
        ("Shall I book it?", THUMB),
        ("\u0647\u0644 \u0623\u062d\u062c\u0632\u061f \u2026", THUMB),
    ],
)
def test_what_asks_for_a_word_gets_one(
    database: Database, pg: PostgresChatStore, said: str, emoji: str
) -> None:
    ana = Conversation(said, "Done.", store=pg)
    ana.says("Hi")
    ana.hears()
    reacts(ana, emoji, sent_sid(pg, database))
    assert ana.hears() == ["Done."]
    assert ana.llm_saw()[-1] == told(emoji, said)


def test_a_reaction_with_words_behind_it_is_answered_with_them(
    pg: PostgresChatStore,
) -> None:
    ana = Conversation(store=pg)
    ana.says("I ordered roses?")
    ana.hears()
    reacts(ana, THUMB, ana.sids[0])
    ana.says("When do they come?")
    assert ana.hears() == ["Yes."]
    own = 'this earlier message of their own: "I ordered roses?"'
    assert f"[The user reacted with {THUMB} to {own}]" in ana.llm_saw()[-1]


@pytest.mark.parametrize("emoji", ["", THUMB])
def test_one_that_was_taken_back_or_whose_message_is_gone_is_no_question(
    emoji: str,
) -> None:
    ana = Conversation()
    reacts(ana, emoji, "SM" + "9" * 32)
    assert ana.hears() == []
    assert ana.last.content == sentences.NOT_ANSWERED_REACTION
