"""Calls that are paid for: reserved before, settled after, on the real ledger."""

import json
from contextlib import closing
from dataclasses import replace

import pytest

from bot.chat.handoff.policy import HandoffPolicy
from bot.chat.limits import sentences
from bot.chat.limits.allowance import Allowance
from bot.llm.account import LLMServer
from bot.llm.endpoint import Asking
from bot.llm.protocol import Completion, LLMError, PromptMessage, Tokens
from bot.llm.speech.transcriptions import Transcriptions
from bot.media.senses.voice import VoiceByServer
from bot.money.meter import BudgetSpentError, Limits, Meter
from bot.money.metered import MeteredLLM, Paid
from bot.money.whom import find_whom
from db.chats import PostgresChatStore
from db.database import Database
from db.delivery.answered import AnswersOfLate
from db.money.ledger import PostgresLedger
from db.records import Userchat
from db.records.money import Scope
from tests.bot.chat.conversation import Conversation, ScriptedThoughts
from tests.bot.llm.clients import client_of
from tests.bot.media.senses.sounds import BREAD
from tests.bot.money.pricing import PRICES
from tests.db.sql import change, rows, value
from tests.scripted_llm import Script, ScriptedLLM
from tests.speech_server import speech_server

PROMPT = [PromptMessage("user", "How much is it?")]
DEAR = LLMServer(api_key="none", model="dear", max_tokens=10)
CHEAP = replace(DEAR, model="cheap")
ALL = "SELECT model, state, micros, is_estimated FROM spendings ORDER BY id"


class Counting(ScriptedThoughts):
    """An LLM whose server tells what it used."""

    def complete(self, *asked: object, **more: object) -> Completion:
        done = super().complete(*asked, **more)  # type: ignore[arg-type]
        return replace(done, tokens=Tokens(100, 20, 120, cached=60, reasoning=10))


def meter(database: Database, limits: Limits | None = None) -> Meter:
    return Meter(PostgresLedger(database), PRICES, limits or {})


def test_what_a_server_tells_is_written_down_to_the_millionth(
    database: Database,
) -> None:
    llm = MeteredLLM(meter(database), "answer", Paid(Counting(), DEAR))
    llm.complete(PROMPT)
    # 40 at 2.5, 60 at 1.25; 10 at 10, 10 at 5.
    assert rows(database, ALL) == [("dear", "settled", 325, False)]
    query = """
        SELECT input_tokens, cached_tokens, output_tokens, reasoning_tokens
        FROM spendings
    """
    assert rows(database, query) == [(100, 60, 20, 10)]


def test_a_server_that_tells_nothing_is_estimated(database: Database) -> None:
    silent = Paid(ScriptedThoughts("Yes, it is."), replace(DEAR, model="unheard-of"))
    MeteredLLM(meter(database), "answer", silent).complete(PROMPT)
    ((_, state, micros, is_estimated),) = rows(database, ALL)
    assert (state, is_estimated) == ("settled", True)
    assert micros > 0
    assert value(database, "SELECT is_unknown FROM spendings")


@pytest.mark.parametrize("may_cost", [False, True])
def test_a_failure_costs_nothing_unless_it_may_have_to_be_paid(
    database: Database, may_cost: bool
) -> None:
    failure = LLMError("no answer")
    failure.may_cost = may_cost
    llm = MeteredLLM(meter(database), "answer", Paid(ScriptedThoughts(failure), DEAR))
    with pytest.raises(LLMError, match="no answer"):
        llm.complete(PROMPT)
    ((_, state, micros, is_estimated),) = rows(database, ALL)
    assert (state, is_estimated) == (("released", "settled")[may_cost], may_cost)
    assert (micros > 0) == may_cost


def test_the_cheap_model_has_the_last_fifth_and_then_nobody_answers(
    database: Database,
) -> None:
    dear, cheap = Counting("Dear."), Counting("Cheap.")
    budget: dict[Scope, int] = {"day": 2000}
    both = MeteredLLM(
        meter(database, budget), "answer", Paid(dear, DEAR), Paid(cheap, CHEAP)
    )
    said: list[str] = []

    def ask_on() -> None:
        for _ in range(200):
            said.append(both.complete(PROMPT).text)

    with pytest.raises(BudgetSpentError) as caught:
        ask_on()
    assert caught.value.scope == "day"
    assert said == sorted(said, reverse=True)
    assert set(said) == {"Dear.", "Cheap."}
    assert value(database, "SELECT sum(micros) FROM spendings") <= 2000
    assert value(database, "SELECT limit_micros FROM budgets") == 2000


def test_hearing_and_embedding_are_counted_by_what_was_told(database: Database) -> None:
    measure = meter(database).measure
    with measure(Asking("hearing", "ear", seconds=60.0)) as told:
        told.seconds = 30.0
    assert told.micros == 3000
    with measure(Asking("question", "cheap", input_bytes=1000)) as told:
        told.tokens = 10
    with measure(Asking("question", "cheap", input_bytes=1000)):
        pass
    assert rows(database, ALL) == [
        ("ear", "settled", 3000, False),
        ("cheap", "settled", 1, False),
        ("cheap", "settled", 100, True),
    ]


def test_what_a_voice_note_cost_stands_with_what_was_heard(database: Database) -> None:
    with (
        speech_server() as told,
        closing(
            Transcriptions(told.server("ear"), measure=meter(database).measure)
        ) as server,
    ):
        told.hears("How much is rye?", no_speech_prob=0.1)
        sensed = VoiceByServer(server).sense(BREAD.read_bytes(), "audio/ogg", None, 5)
    spent = value(database, "SELECT micros FROM spendings WHERE purpose = 'hearing'")
    assert sensed.cost_micros == spent > 0


@pytest.mark.parametrize("told", [3_000_000_000, 10**40, -1])
def test_tokens_that_nobody_can_have_used_are_not_told(
    database: Database, told: int
) -> None:
    usage = {"prompt_tokens": told, "completion_tokens": 1, "total_tokens": told}
    answer = {"choices": [{"message": {"content": "Nine."}}], "usage": usage}
    with ScriptedLLM() as server, client_of(server.base_url) as client:
        server.next(Script(body=json.dumps(answer)))
        llm = MeteredLLM(meter(database), "answer", Paid(client, DEAR))
        assert llm.complete(PROMPT).text == "Nine."
    ((_, state, _, is_estimated),) = rows(database, ALL)
    assert (state, is_estimated) == ("settled", True)


@pytest.mark.parametrize("duration", [1e9, 1e300, -5.0])
def test_a_length_that_no_recording_has_is_not_told(
    database: Database, duration: float
) -> None:
    measure = meter(database).measure
    with (
        speech_server() as told,
        closing(Transcriptions(told.server("ear"), measure=measure)) as server,
    ):
        told.hears("How much is rye?")
        told.said["duration"] = duration
        sensed = VoiceByServer(server).sense(BREAD.read_bytes(), "audio/ogg", None, 5)
    assert sensed.text == "How much is rye?"
    assert 0 < (sensed.seconds or 0) < 600
    ((_, state, micros, _),) = rows(database, ALL)
    assert state == "settled"
    assert micros > 0


def test_beyond_a_budget_a_person_is_told_once_and_the_llm_is_not_asked(
    database: Database, pg: PostgresChatStore
) -> None:
    ana = Conversation(store=pg)
    llm = MeteredLLM(meter(database, {"person": 1}), "answer", Paid(ana.thoughts, DEAR))
    answering = replace(ana.talk.answering, llm=llm)  # type: ignore[type-var]
    counts = AnswersOfLate(database)
    ana.talk = replace(ana.talk, answering=answering, counts=counts)
    ana.says("What does it cost?", 0)
    assert ana.hears() == [sentences.TOO_MANY_OF_YOUR_DAY]
    ana.says("And that?", 0)
    assert ana.hears() == []
    assert ana.thoughts.prompts == []
    assert ana.chat.unanswered() == ()


def test_beyond_a_budget_a_person_may_be_called(
    database: Database, pg: PostgresChatStore
) -> None:
    ana = Conversation(store=pg)
    llm = MeteredLLM(meter(database, {"day": 1}), "answer", Paid(ana.thoughts, DEAR))
    answering = replace(ana.talk.answering, llm=llm)  # type: ignore[type-var]
    calling = Allowance(calls_person=HandoffPolicy())
    ana.talk = replace(ana.talk, answering=answering, allowance=calling)
    ana.says("What does it cost?", 0)
    assert len(ana.hears()) == 1
    assert value(database, "SELECT owner FROM users") == "queue"
    assert value(database, "SELECT reason FROM support_tickets") == "budget"


def test_what_an_answer_cost_is_written_down_for_whom_it_was(
    database: Database, pg: PostgresChatStore
) -> None:
    ana = Conversation(store=pg)
    llm = MeteredLLM(meter(database), "answer", Paid(Counting("Nine."), DEAR))
    answering = replace(ana.talk.answering, llm=llm)  # type: ignore[type-var]
    ana.talk = replace(ana.talk, answering=answering)
    ana.says("When do you open?", 0)
    assert ana.hears() == ["Nine."]
    ((phone, chat_id, sid),) = rows(
        database, "SELECT phone_number, chat_id, message_sid FROM spending_overview"
    )
    assert phone == ana.chat.address
    assert chat_id == ana.chat.chat_id
    assert sid == ana.chat.turns[0].message_sid


def test_what_is_looked_at_for_a_person_of_ours_is_spent_for_who_sent_it(
    database: Database, pg: PostgresChatStore
) -> None:
    ana = Conversation(store=pg)
    whoms = []

    def look(chat: Userchat, *_asked: object) -> Userchat:
        whoms.append(find_whom())
        return chat

    ana.talk = replace(ana.talk, looks=look)
    ana.says("This is my receipt.", 0)
    change(database, "UPDATE users SET owner = 'queue'")
    assert ana.hears() == []
    assert {(whom.user_id, whom.chat_id) for whom in whoms} == {
        (ana.chat.user_id, ana.chat_id)
    }
