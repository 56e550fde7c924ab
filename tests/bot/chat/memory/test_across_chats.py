"""After the idle time-out the next chat may know what the last ones were about."""

from db.database import Database
from db.privacy.erasure import erase_person
from tests.bot.chat.memory.talker import Talker, remembers
from tests.db.sql import change, values
from tests.scripted_llm import ScriptedLLM

FACT = "Ana is allergic to hazelnuts."


def after_two_days(server: ScriptedLLM, ana: Talker, section: str = FACT) -> None:
    """Talk, be summed up when it is quiet, and stay away for longer than a chat."""
    ana.says("I am allergic to hazelnuts")
    ana.goes_quiet()
    server.next(remembers(section))
    ana.remembers()
    ana.goes_quiet(hours=48)


def test_nothing_is_carried_over_unless_it_is_set(
    server: ScriptedLLM, ana: Talker
) -> None:
    after_two_days(server, ana)
    assert FACT not in str(ana.asks("What may I eat?"))


def test_what_the_last_chat_was_about_is_told_with_its_age(
    server: ScriptedLLM, ana: Talker
) -> None:
    ana = ana.with_memory(across_chats=True)
    after_two_days(server, ana)
    system, *talk = ana.asks("What may I eat?")
    assert f"| 2 days ago: {FACT}" in system
    assert "hazelnuts" not in str(talk)


def test_a_summary_and_what_came_after_it_are_both_carried(
    server: ScriptedLLM, ana: Talker
) -> None:
    ana = ana.with_memory(across_chats=True)
    server.next(remembers(FACT))
    ana.talks(10)
    ana.remembers()
    after_two_days(server, ana, "She asked for rolls.")
    told = ana.asks("Hello again")[0]
    assert f"| 2 days ago: {FACT}\n|   She asked for rolls." in told


def test_new_carries_nothing_over_and_nothing_from_before_it_later(
    server: ScriptedLLM, ana: Talker
) -> None:
    ana = ana.with_memory(across_chats=True)
    after_two_days(server, ana)
    ana.says("/new", "Done.", opens_chat=True)
    assert FACT not in str(ana.asks("What may I eat?"))
    after_two_days(server, ana, "She likes rye.")
    told = str(ana.asks("Hello again"))
    assert "She likes rye." in told
    assert FACT not in told


def test_memory_that_is_off_tells_nothing(server: ScriptedLLM, ana: Talker) -> None:
    after_two_days(server, ana)
    assert FACT not in str(
        ana.with_memory(is_on=False, across_chats=True).asks("What may I eat?")
    )


def test_no_one_else_s_talk_is_carried_and_erasing_takes_all(
    server: ScriptedLLM, ana: Talker, database: Database
) -> None:
    ana = ana.with_memory(across_chats=True)
    after_two_days(server, ana)
    ben = Talker(database, ana.llm, ana.policy, "whatsapp:+15551230002")
    ben.says("Hello")
    change(
        database,
        "UPDATE userchats SET metadata = jsonb_build_object('continues', %(id)s::text)"
        " WHERE is_active AND chat_id <> %(id)s",
        id=ana.chat_id,
    )
    assert FACT not in str(ben.asks("Who am I?"))
    assert erase_person(database, ana.chat.user_id, b"a key of the test's")
    ana.says("Hello")
    assert FACT not in str(ana.asks("Who am I?"))
    assert len(values(database, "SELECT chat_id FROM all_chats")) == 2
