"""How a chat gets into the queue, and what a customer hears meanwhile."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.chat import sentences
from bot.chat.handoff.hours import OpeningHours
from bot.chat.handoff.policy import HandoffPolicy
from db.chats import PostgresChatStore
from db.database import Database
from tests.bot.chat.conversation import REFUSED, Conversation
from tests.bot.chat.help_texts import HELP, HELP_WITH_PEOPLE
from tests.db.sql import change, rows, value

POLICY = HandoffPolicy(words=("refund", "speak to maria"))
TOLD = sentences.PASSED_ON
TICKETS = "SELECT subject, reason, status FROM support_tickets ORDER BY id"
NOBODY = OpeningHours(weekdays={0: ()})
THUMB, DARK_THUMB = "\U0001f44e", "\U0001f44e\U0001f3ff"


def ana_of(pg: PostgresChatStore, *thoughts: str | Exception) -> Conversation:
    return Conversation(*thoughts, store=pg, handoff=POLICY)  # type: ignore[arg-type]


def owner(database: Database) -> str:
    return str(value(database, "SELECT owner FROM users"))


def alerts(database: Database) -> int:
    jobs = "SELECT count(*) FROM procrastinate.procrastinate_jobs"
    return int(str(value(database, f"{jobs} WHERE task_name = 'alert_operators'")))


def test_who_asks_for_a_person_is_passed_on_once_and_told_so(
    database: Database, pg: PostgresChatStore
) -> None:
    ana = ana_of(pg, "Nine.")
    ana.says("When do you open?")
    assert ana.hears() == ["Nine."]
    ana.says("Quiero hablar con una persona, por favor")
    assert ana.hears() == [TOLD]
    assert (ana.chat.owner, ana.last.command, ana.last.hands_over) == (
        "queue", "human", "asked",
    )  # fmt: skip
    assert rows(database, TICKETS) == [("When do you open?", "asked", "open")]
    lasts = value(database, "SELECT owner_until - owner_since FROM users")
    assert lasts == timedelta(hours=8)
    assert alerts(database) == 1
    ana.says("Hello?")
    assert ana.hears() == []
    ana.says("/human")
    assert ana.hears() == [sentences.IN_QUEUE]
    assert rows(database, TICKETS) == [("When do you open?", "asked", "open")]
    assert len(ana.thoughts.prompts) == 1


@pytest.mark.parametrize(
    "text", ["I want a refund!", "REFUND", "Could I  speak to Mar\u00eda please"]
)
def test_the_operators_own_words_pass_on(
    database: Database, pg: PostgresChatStore, text: str
) -> None:
    ana = ana_of(pg)
    ana.says("refunds are nice")
    assert ana.hears() == ["Yes."]
    ana.says("Hi")
    ana.says(text)
    assert ana.hears() == [TOLD]
    assert owner(database) == "queue"
    assert value(database, "SELECT reason FROM support_tickets") == "keyword"


def test_the_second_thumb_down_passes_on_and_a_person_s_word_begins_anew(
    database: Database, pg: PostgresChatStore
) -> None:
    ana = ana_of(pg, "Nine.")
    for thumb, heard in ((THUMB, ["Nine."]), (DARK_THUMB, [TOLD])):
        ana.says(thumb)
        assert ana.hears() == heard
    assert ana.last.hands_over == "thumbs"
    change(database, "SELECT give_chat(chat_id) FROM userchats")
    ana.says(f"{THUMB} {DARK_THUMB}")
    assert ana.hears() == ["Nine."]
    ana.says(f"{THUMB} no, that was wrong")
    assert ana.hears() == ["Nine."]


def test_an_answer_that_would_be_an_apology_calls_a_person_once(
    database: Database, pg: PostgresChatStore
) -> None:
    ana = Conversation(REFUSED, store=pg, handoff=POLICY)
    ana.says("Where is my order?", minutes=90)
    assert ana.hears() == [TOLD]
    assert (ana.last.error, ana.last.hands_over) == (
        "no answer within ANSWER_MAX_AGE_MINUTES",
        "error",
    )
    assert ana.chat.turns[0].error
    assert rows(database, TICKETS) == [("Where is my order?", "error", "open")]
    change(database, "SELECT give_chat(chat_id) FROM userchats")
    ana.says("And now?", minutes=90)
    assert ana.hears() == [sentences.GIVEN_UP]
    assert owner(database) == "bot"


def test_what_breaks_the_bot_calls_a_person_too_if_errors_do(
    pg: PostgresChatStore,
) -> None:
    ana = ana_of(pg)
    ana.says("poison")
    [reply] = ana.talk.give_up(ana.chat_id, KeyError("what Ana wrote"))
    assert reply.turn.content == TOLD
    # Broken again while she waits: settled, and nothing is said.
    ana.says("/help")
    assert not ana.talk.give_up(ana.chat_id, KeyError("again"))[0].parts
    quiet = replace(POLICY, after_errors=False)
    ben = Conversation(REFUSED, handoff=quiet)
    ben.says("Hi", minutes=90)
    assert ben.hears() == [sentences.GIVEN_UP]


def test_who_waits_may_go_back_to_the_bot(
    database: Database, pg: PostgresChatStore
) -> None:
    ana = ana_of(pg, "Nine.")
    ana.says("/bot")
    assert ana.hears() == [sentences.WITH_BOT]
    ana.says("agent")
    ana.hears()
    ana.says("/bot")
    ana.says("When do you open?")
    assert ana.hears() == [sentences.WITH_BOT, "Nine."]
    assert owner(database) == "bot"


def test_nobody_leaves_a_human_by_a_command(
    database: Database, pg: PostgresChatStore
) -> None:
    ana = ana_of(pg)
    ana.says("agent")
    ana.hears()
    change(database, "SELECT take_chat(chat_id) FROM userchats")
    for text in ("/bot", "/human", "/help", "STOP"):
        ana.says(text)
        assert ana.hears() == []
    assert owner(database) == "human"
    assert ana.chat.opted_out


def test_in_the_queue_commands_are_answered_and_stop_holds(
    database: Database, pg: PostgresChatStore
) -> None:
    ana = ana_of(pg)
    ana.says("agent")
    ana.hears()
    ana.says("/help")
    assert ana.hears() == [f"{HELP}\n{sentences.IN_QUEUE}"]
    ana.says("STOP")
    assert ana.hears() == [sentences.STOPPED]
    assert ana.chat.opted_out
    for text in ("/human", "/help", "Hello?"):
        ana.says(text)
        assert ana.hears() == []
    ana.says("START")
    [heard] = ana.hears()
    assert heard == f"{sentences.WELCOME_TO_QUEUE} {sentences.IN_QUEUE}"
    assert not ana.chat.opted_out
    ana.says("/new")
    assert ana.hears() == [sentences.IN_QUEUE]
    assert owner(database) == "queue"


def test_out_of_hours_the_customer_hears_when_they_are_back(
    pg: PostgresChatStore,
) -> None:
    tomorrow = datetime.now(UTC).weekday() + 1
    hours = OpeningHours(weekdays={tomorrow % 7: ((9 * 60, 10 * 60),)})
    ana = Conversation(store=pg, handoff=replace(POLICY, hours=hours))
    ana.says("agent")
    when = "tomorrow at 9:00"
    assert ana.hears() == [sentences.PASSED_ON_CLOSED.format(when=when)]
    ana.says("/human")
    assert ana.hears() == [sentences.IN_QUEUE_CLOSED.format(when=when)]
    ben = Conversation(handoff=replace(POLICY, hours=NOBODY))
    ben.says("agent")
    assert "back later" in ben.hears()[0]


def test_without_people_the_bot_says_so() -> None:
    ana = Conversation("I pass you on. [handover]", "A colleague will call you.")
    ana.says("/human")
    assert ana.hears() == [sentences.NOBODY_THERE]
    ana.says("Where is my order?")
    assert ana.hears() == ["I pass you on."]
    ana.says("Really?")
    assert ana.hears() == ["A colleague will call you."]
    system = str(ana.thoughts.prompts[-1][0].content)
    assert sentences.HANDOVER not in system
    ana.says("/help")
    assert ana.hears() == [HELP]


def test_help_names_the_person_where_there_is_one() -> None:
    ana = Conversation(handoff=POLICY)
    ana.says("/help")
    assert ana.hears() == [HELP_WITH_PEOPLE]
