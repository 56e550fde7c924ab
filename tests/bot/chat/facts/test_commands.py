"""/memory and /forget: what is listed, what a number means, and being forgotten."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.chat.facts import sentences
from bot.chat.facts.words import asks_what_is_known
from db.chats import PostgresChatStore
from db.database import Database
from db.memory.facts import Facts
from db.memory.knowing import People
from db.records import Fact, FactKind
from tests.bot.chat.conversation import ADDRESS, Conversation
from tests.db.sql import change, rows, value, values

Ana = Callable[..., Conversation]
TOLD_AT = datetime.now(UTC) - timedelta(days=1)
DAY = TOLD_AT.date()
FACTS = "SELECT text FROM user_facts ORDER BY id"
JOBS = "SELECT args FROM procrastinate_jobs WHERE task_name = 'erase_person'"
LISTED = f"""You told me, and I remember:
1. Likes rye ({DAY})
2. Has a dog ({DAY})

{sentences.HOW_TO_FORGET}"""


@pytest.fixture
def ana(database: Database, pg: PostgresChatStore) -> Conversation:
    """Somebody of whom two facts are known."""
    ana = Conversation("Yes.", store=pg)
    ana.talk = replace(ana.talk, know=People(database).know)
    ana.says("Hello")
    ana.hears()
    keep(database, "Has a dog", minutes=2)
    keep(database, "Likes rye", minutes=1)
    return ana


def keep(
    database: Database, text: str, minutes: float = 0, sid: str = "SM1",
    kind: FactKind = "person",
) -> None:  # fmt: skip
    mine = "SELECT user_id FROM users WHERE phone_number = %(address)s"
    fact = Fact(text=text, kind=kind, message_sid=sid,
                told_at=TOLD_AT - timedelta(minutes=minutes))  # fmt: skip
    Facts(database).keep(value(database, mine, address=ADDRESS), [fact])


def tell(ana: Conversation, text: str, minutes: float = 0, **fields: str) -> str:
    ana.says(text, minutes=minutes, **fields)
    return "\n".join(ana.hears())


def test_what_is_remembered_is_listed_in_no_word_of_the_llm_s(
    ana: Conversation,
) -> None:
    assert tell(ana, "/memory") == LISTED
    assert tell(ana, "What do you know about me?") == LISTED
    assert tell(ana, "¿Qué sabes de mí?") == LISTED
    assert len(ana.thoughts.prompts) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Was wissen Sie über mich?", "O que você sabe sobre mim?",
        "Que savez-vous de moi ?", "Apa yang kamu tahu tentang saya?",
        "मेरे बारे में क्या जानते हो?", "ماذا تعرف عني؟",
    ],
    ids=["german", "portuguese", "french", "indonesian", "hindi", "arabic"],
)  # fmt: skip
def test_it_is_asked_for_in_other_languages(text: str) -> None:
    assert asks_what_is_known(text)
    assert not asks_what_is_known(f"{text} x")


def test_a_number_means_what_the_list_showed_whatever_came_since(
    database: Database, ana: Conversation
) -> None:
    tell(ana, "/memory")
    keep(database, "Bought a mixer")
    assert tell(ana, "/forget 2").startswith("Forgotten: Has a dog\n")
    assert values(database, FACTS) == ["Likes rye", "Bought a mixer"]
    assert tell(ana, "/forget 2") == sentences.GONE
    assert tell(ana, "/forget 9") == "There is no number 9 among what I remember."
    assert tell(ana, "/vergiss 1").startswith("Forgotten: Likes rye")


def test_that_is_the_only_one_listed_or_asked_for(
    database: Database, ana: Conversation
) -> None:
    assert tell(ana, "Forget that") == "Yes.", "in a talk it is for the LLM"
    assert tell(ana, "/forget that").endswith(sentences.WHICH)
    assert tell(ana, "forget that").endswith(sentences.WHICH), "there are two"
    tell(ana, "/forget 1")
    tell(ana, "/memory")
    assert tell(ana, "Vergiss das!").startswith("Forgotten: Has a dog")
    assert values(database, FACTS) == []
    assert tell(ana, "/memory").startswith(sentences.NOTHING)


def test_that_is_what_was_told_in_the_message_that_it_replies_to(
    database: Database, ana: Conversation
) -> None:
    tell(ana, "I love jazz")
    keep(database, "Loves jazz", sid=ana.sids[-1])
    said = tell(ana, "/forget that", OriginalRepliedMessageSid=ana.sids[-1])
    assert said.startswith("Forgotten: Loves jazz")
    assert values(database, FACTS) == ["Has a dog", "Likes rye"]


def test_a_fact_that_looks_like_a_list_stays_one_fact(
    database: Database, ana: Conversation
) -> None:
    change(database, "UPDATE user_facts SET text = E'x (2026-01-01)\\n2. y'")
    tell(ana, "/memory")
    assert tell(ana, "/forget 1").startswith("Forgotten: x (2026-01-01) 2. y")


def test_what_is_forgotten_is_not_in_the_next_prompt(ana: Conversation) -> None:
    tell(ana, "/memory")
    ana.says("/forget 2")
    ana.says("And now?")
    ana.hears()
    system = str(ana.thoughts.prompts[-1][0].content)
    assert "Likes rye" in system
    assert "Has a dog" not in system


def test_all_is_erased_only_by_the_word_and_only_as_the_next_message(
    database: Database, ana: Conversation
) -> None:
    asked = sentences.SURE.format(word="YES FORGET")
    assert tell(ana, "/forget") == asked
    assert tell(ana, "Not yet") == "Yes."
    assert tell(ana, "YES FORGET") == "Yes.", "not the next message"
    tell(ana, "/forget", minutes=11)
    change(
        database,
        """UPDATE userchats SET messages = jsonb_set(messages,
      ARRAY['-1', 'timestamp'], to_jsonb(now() - interval '11 minutes'))""",
    )
    assert tell(ana, "YES FORGET") == "Yes.", "too late"
    assert rows(database, JOBS) == []
    tell(ana, "/olvidar")
    assert tell(ana, "Sí, olvidar") == sentences.ERASED
    user = value(database, "SELECT user_id::text FROM users")
    assert values(database, JOBS) == [{"user_id": user, "after": ana.last.reference_id}]
    audit = "SELECT action, actor_id, details FROM audit_log"
    assert rows(database, audit) == [("erased", None, {"asked": "by the user"})]


OWN = "SELECT change_owner(user_id, %(owner)s, NULL, 'x', NULL) FROM users"


def test_it_works_for_who_waits_for_a_person(
    database: Database, ana: Conversation
) -> None:
    change(database, OWN, owner="queue")
    tell(ana, "/forget")
    assert tell(ana, "YES FORGET") == sentences.ERASED


def test_while_a_person_has_the_chat_it_is_for_the_person(
    database: Database, ana: Conversation
) -> None:
    change(database, OWN, owner="human")
    assert [tell(ana, "/forget"), tell(ana, "YES FORGET")] == ["", ""]
    assert rows(database, JOBS) == []


def test_it_works_for_who_wrote_stop(database: Database, ana: Conversation) -> None:
    tell(ana, "STOP")
    assert tell(ana, "Hello?") == ""
    tell(ana, "/forget")
    assert tell(ana, "YES FORGET") == sentences.ERASED
    assert len(rows(database, JOBS)) == 1


def test_an_operator_would_lose_their_role_and_is_told_so(
    database: Database, ana: Conversation
) -> None:
    tell(ana, "/forget")
    change(database, "UPDATE users SET role = 'admin'")
    assert tell(ana, "YES FORGET") == sentences.OPERATOR
    assert tell(ana, "/forget") == sentences.OPERATOR
    assert rows(database, JOBS) == []


def test_without_a_database_they_are_for_the_llm() -> None:
    ana = Conversation("Hm.")
    assert [tell(ana, "/memory"), tell(ana, "/forget")] == ["Hm.", "Hm."]
