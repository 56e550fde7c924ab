"""No more answers than allowed: said once, politely; and the LLM is not asked."""

from dataclasses import replace

from prometheus_client import REGISTRY

from bot.chat import sentences as others
from bot.chat.limits import sentences
from bot.chat.limits.allowance import Allowance, NoCounts
from db.chats import PostgresChatStore
from db.database import Database
from db.delivery.answered import AnswersOfLate
from db.in_memory import MemoryChatStore
from tests.bot.chat.conversation import Conversation
from tests.bot.log_lines import recorded_log
from tests.db.sql import values

BEN = {"From": "whatsapp:+15550002222"}
OVER_HOUR = sentences.NOT_ANSWERED.format(limit="ANSWERS_PER_PERSON_HOUR")
OVER = f"system: {OVER_HOUR}"


def conversation(per_person: int = 0, for_all: int = 0) -> Conversation:
    ana = Conversation("Yes.")
    assert isinstance(ana.store, MemoryChatStore)
    allowance = Allowance(per_person=per_person, for_all=for_all)
    ana.talk = replace(ana.talk, allowance=allowance, counts=ana.store)
    return ana


def answers_to(ana: Conversation, *texts: str, **fields: str) -> list[str]:
    heard = []
    for text in texts:
        ana.says(text, 0, **fields)
        heard += ana.hears()
    return heard


def counted(kind: str) -> float:
    return REGISTRY.get_sample_value("bot_answers_total", {"kind": kind}) or 0


def test_a_person_is_told_once_and_the_llm_is_not_asked() -> None:
    ana, before = conversation(per_person=3), counted("allowance")
    with recorded_log() as log:
        heard = answers_to(ana, *(f"question {n}" for n in range(8)))
    assert heard == [*["Yes."] * 3, sentences.TOO_MANY_OF_YOURS]
    assert len(ana.thoughts.prompts) == 3
    assert ana.transcript[8:] == [
        line for n in range(4, 8) for line in (f"user: question {n}", OVER)
    ]
    assert ana.chat.unanswered() == ()
    (line,) = [line for line in log.lines if line["level"] == "ERROR"]
    assert line["message"].endswith("for a while: ANSWERS_PER_PERSON_HOUR")
    assert counted("allowance") == before + 5
    assert answers_to(ana, "And me?", **BEN) == ["Yes."], "each has their own"


def test_a_new_chat_brings_no_new_allowance() -> None:
    ana = conversation(per_person=3)
    heard = answers_to(ana, "one", "/new", "two", "/new", "three", "/new", "four")
    assert sentences.TOO_MANY_OF_YOURS in heard
    assert len(ana.thoughts.prompts) == 2
    assert heard.count(sentences.TOO_MANY_OF_YOURS) == 1


def test_all_together_have_one_too() -> None:
    ana = conversation(for_all=3)
    assert answers_to(ana, "one", "two") == ["Yes."] * 2
    assert answers_to(ana, "one", **BEN) == ["Yes."]
    assert answers_to(ana, "two", "three", **BEN) == [sentences.TOO_MANY_OF_ALL]
    with recorded_log() as log:
        assert answers_to(ana, "three", "four") == [sentences.TOO_MANY_OF_ALL]
    assert ": ANSWERS_PER_HOUR" in log.text
    assert len(ana.thoughts.prompts) == 3


def test_what_needs_no_llm_is_said_all_the_same() -> None:
    ana = conversation(per_person=1)
    assert answers_to(ana, "one", "two") == ["Yes.", sentences.TOO_MANY_OF_YOURS]
    assert answers_to(ana, "STOP", "START") == [others.STOPPED, others.STARTED]


def test_all_workers_count_the_same(database: Database, pg: PostgresChatStore) -> None:
    def worker() -> Conversation:
        one = Conversation("Yes.", store=pg)
        counts = AnswersOfLate(database)
        one.talk = replace(one.talk, allowance=Allowance(per_person=2), counts=counts)
        return one

    heard = [answers_to(worker(), text) for text in ("one", "two", "three", "four")]
    assert heard == [["Yes."], ["Yes."], [sentences.TOO_MANY_OF_YOURS], []]
    query = "SELECT content FROM chat_messages WHERE role = 'system'"
    assert values(database, query) == [OVER_HOUR]
    assert values(database, "SELECT message_sid FROM unanswered_messages") == []


class Asked(NoCounts):
    """Counts what it is asked for, and says that somebody got very much."""

    def __init__(self) -> None:
        self.times = 0

    def to_person(self, *_asked: object, **_more: object) -> int:
        self.times += 1
        return 1000


def test_who_is_far_from_the_limit_is_not_counted_again() -> None:
    ana = conversation()
    answers_to(ana, "one")
    ana.says("two")
    chat, counts, allowance = ana.chat, Asked(), Allowance(per_person=2)

    def is_beyond(answers_of_hour: int | None) -> bool:
        known = replace(chat, answers_of_hour=answers_of_hour)
        return allowance.reply_beyond(known, chat.unanswered(), counts) is not None

    assert (is_beyond(1), counts.times) == (False, 0)
    assert (is_beyond(2), counts.times) == (True, 2), "without what is said of limits"
    assert (is_beyond(None), counts.times) == (True, 4)


def test_none_is_none() -> None:
    ana = conversation()
    assert answers_to(ana, *"abcdefgh") == ["Yes."] * 8


def test_a_burst_is_one_answer() -> None:
    ana = conversation(per_person=2)
    for text in ("I", "have", "a", "question"):
        ana.says(text)
    assert ana.hears() == ["Yes."]
    assert answers_to(ana, "thanks") == ["Yes."]
