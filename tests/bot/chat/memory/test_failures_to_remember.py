"""What fails, breaks off or comes twice where a talk is summed up."""

import pytest

from bot.chat.memory.remembering import MOST_CALLS_A_DAY, NotRememberedError
from db.database import Database
from db.memory.summaries import Summaries
from db.privacy.erasure import erase_person
from db.records import Turn, find_summary
from tests.bot.chat.memory.talker import Talker, remembers
from tests.db.sql import values
from tests.scripted_llm import GARBAGE, Script, ScriptedLLM

FACT = "Ana is allergic to hazelnuts."
KEY = b"a key of the test's"


@pytest.mark.parametrize(
    "script",
    [
        Script(status=500),
        GARBAGE,
        Script(text="I sum up: bread."),
        Script(text='{"section": ""}'),
        Script(text='{"section": ["a"], "labels": {}}'),
        Script(text='{"section": "She asked for br', finish_reason="length"),
    ],
    ids=["500", "no JSON at all", "prose", "empty", "no text", "cut"],
)
def test_answers_go_on_where_nothing_is_summed_up(
    server: ScriptedLLM, ana: Talker, script: Script
) -> None:
    ana.talks(15)
    server.next(script)
    with pytest.raises(NotRememberedError):
        ana.remembers()
    assert find_summary(ana.chat.turns) is None
    prompt = ana.asks("And now?")
    assert "bread 14?" in str(prompt), "cut as without memory, and never empty"
    server.always(remembers("She asked for bread."))
    ana.remembers()
    assert find_summary(ana.chat.turns) is not None, "tried again"


def test_what_one_chat_may_cost_a_day_is_bounded(
    server: ScriptedLLM, ana: Talker
) -> None:
    server.always(Script(text="no JSON"))
    ana.talks(10)
    for _ in range(MOST_CALLS_A_DAY):
        with pytest.raises(NotRememberedError):
            ana.remembers()
    ana.remembers()
    assert len(server.prompts) == MOST_CALLS_A_DAY
    assert ana.metadata["memory"]["calls"] == MOST_CALLS_A_DAY


def test_killed_between_call_and_store_or_done_twice_it_is_stored_once(
    server: ScriptedLLM, ana: Talker, database: Database
) -> None:
    server.always(remembers("She asked for bread."))
    ana.talks(10)
    late: list[tuple[str, Turn, str | None]] = []

    class Dying(Summaries):
        def store_summary(self, chat_id: str, turn: Turn, replaces: str | None) -> bool:
            late.append((chat_id, turn, replaces))
            raise KeyboardInterrupt

    dying = ana.remembering
    with pytest.raises(KeyboardInterrupt):
        type(dying)(
            store=Dying(database), llm=ana.llm, policy=dying.policy, room=dying.room
        ).remember(ana.chat_id)
    assert find_summary(ana.chat.turns) is None
    ana.remembers()
    stored = [turn for turn in ana.chat.turns if turn.is_summary]
    assert len(stored) == 1
    assert not Summaries(database).store_summary(*late[0]), "it comes too late"
    assert [t for t in ana.chat.turns if t.is_summary] == stored


def test_who_is_erased_meanwhile_is_not_brought_back(
    server: ScriptedLLM, ana: Talker, database: Database
) -> None:
    ana.talks(10)
    user_id = ana.chat.user_id

    class Erasing(Summaries):
        def store_summary(self, chat_id: str, turn: Turn, replaces: str | None) -> bool:
            assert erase_person(database, user_id, KEY)
            return super().store_summary(chat_id, turn, replaces)

    server.always(remembers(FACT))
    late = ana.remembering
    type(late)(
        store=Erasing(database), llm=ana.llm, policy=late.policy, room=late.room
    ).remember(ana.chat_id)
    assert values(database, "SELECT chat_id FROM all_chats") == []
    late.remember(ana.chat_id)  # the job that was left over
    assert len(server.prompts) == 1


def test_a_summary_that_the_server_refuses_does_not_poison_the_chat(
    server: ScriptedLLM, ana: Talker
) -> None:
    server.next(remembers("She spoke of a bomb."))
    ana.talks(10)
    ana.remembers()
    server.next(Script(status=400, code="content_filter"))
    ana.asks("When do you open?")
    assert "bomb" in str(server.prompts[-2])
    assert "bomb" not in str(server.prompts[-1])
    assert ana.chat.turns[-1].content == "You said: When do you open?"
