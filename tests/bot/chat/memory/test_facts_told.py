"""What a user told of themselves becomes facts, from the talk itself to the prompt."""

import json
from dataclasses import replace
from uuid import UUID

from db.database import Database
from db.media.contents import MediaContents
from db.media.looked import MediaRows
from db.records import Deed, SeenMedia
from tests.bot.chat.memory.talker import Talker, remembers, shown
from tests.db.sql import change, rows, take_in
from tests.records import answer_to, said
from tests.scripted_llm import Script, ScriptedLLM

FACTS = "SELECT kind, text FROM user_facts ORDER BY text"
AS_NEW = "UPDATE userchats SET metadata = metadata - 'recap'"


def tells(line: int, text: str, kind: str = "person") -> Script:
    """Return an answer that sums up, and has a fact of that line."""
    told = json.loads(remembers("She spoke of herself.").text or "")
    fact = {"line": line, "kind": kind, "text": text}
    return Script(text=json.dumps({**told, "facts": [fact]}))


def goes_quiet(server: ScriptedLLM, ana: Talker, told: Script) -> None:
    ana.goes_quiet()
    server.next(told)
    ana.remembers()


def forgets(ana: Talker, *ids: int) -> None:
    message = said("/forget 1", ana.address)
    reply = answer_to(message, deeds=(Deed("forget_facts", {"ids": [*ids]}),))
    assert ana.store.record_reply(take_in(ana.store, message), reply)


def test_what_was_told_is_in_the_next_talk(
    server: ScriptedLLM, ana: Talker, database: Database
) -> None:
    ana.says("I am vegan, and I want rolls")
    goes_quiet(server, ana, tells(1, "is vegan"))
    assert '"facts" are what the customer said' in str(server.prompts[-1][0]["content"])
    assert rows(database, FACTS) == [("person", "is vegan")]
    ana.goes_quiet(hours=48)
    assert "| (today) is vegan" in ana.asks("What may I eat?")[0]


def test_the_bots_own_words_are_no_fact(
    server: ScriptedLLM, ana: Talker, database: Database
) -> None:
    ana.says("Hello", "You are vegan, I think.")
    for line in (1, 2):
        goes_quiet(server, ana, tells(line, "is vegan"))
        change(database, AS_NEW)
    assert rows(database, FACTS) == []


def test_what_was_forgotten_does_not_come_back(
    server: ScriptedLLM, ana: Talker, database: Database
) -> None:
    ana.says("I am vegan")
    goes_quiet(server, ana, tells(1, "is vegan"))
    ((known,),) = rows(database, "SELECT id FROM user_facts")
    forgets(ana, known)
    assert rows(database, FACTS) == []
    goes_quiet(server, ana, tells(1, "is vegan"))
    assert "I am vegan" in shown(server), "it was read again"
    assert rows(database, FACTS) == []
    assert "is vegan" not in ana.asks("What may I eat?")[0]


def test_nothing_of_before_is_carried_over_once_something_is_forgotten(
    server: ScriptedLLM, ana: Talker
) -> None:
    ana = ana.with_memory(across_chats=True)
    ana.says("I am vegan")
    goes_quiet(server, ana, remembers("She is vegan."))
    ana.goes_quiet(hours=48)
    assert "She is vegan." in ana.asks("Hello")[0]
    forgets(ana)
    assert "She is vegan." not in ana.asks("Hello again")[0]
    goes_quiet(server, ana, remembers("She greets."))
    ana.goes_quiet(hours=48)
    change(
        ana.database, "UPDATE users SET facts_since = facts_since - interval '3 days'"
    )
    assert "She greets." in ana.asks("Hello once more")[0]


def test_what_was_heard_is_summed_up_and_may_be_a_fact(
    server: ScriptedLLM, ana: Talker, database: Database
) -> None:
    message = said("", ana.address)
    media = ({"type": "audio/ogg", "url": "https://x.example/1"},)
    message = replace(message, turn=replace(message.turn, media=media))
    ana.chat_id = take_in(ana.store, message)
    heard = SeenMedia(
        message_sid=message.message_sid, position=0, state="read",
        media_type="audio/ogg", text="I moved to Vienna", text_by="whisper",
    )  # fmt: skip
    user_id: UUID = ana.chat.user_id
    MediaRows(database, MediaContents(database)).settle(user_id, heard)
    assert ana.store.record_reply(ana.chat_id, answer_to(message))
    goes_quiet(server, ana, tells(1, "moved to Vienna"))
    assert "I moved to Vienna" in shown(server)
    assert rows(database, FACTS) == [("person", "moved to Vienna")]
