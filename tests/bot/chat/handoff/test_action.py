"""The LLM passes a customer on: by a marker, or by a promise that is kept for it."""

from dataclasses import replace

import pytest

from bot.chat import sentences
from bot.chat.handoff.action import Wish, read_wish
from bot.chat.handoff.policy import HandoffPolicy
from db.chats import PostgresChatStore
from db.database import Database
from db.records import HandOver
from tests.bot.chat.conversation import Conversation
from tests.bot.chat.sources.shelf import Customer
from tests.bot.chat.transcripts import POLICY
from tests.db.sql import change, rows, value

HANDOFF = HandoffPolicy()
TOLD = sentences.PASSED_ON
CALLED = "SELECT reason, subject FROM support_tickets"


@pytest.mark.parametrize(
    ("answer", "text", "why"),
    [
        ("I pass you on. [handover]", "I pass you on.", ""),
        ("Sure. [handover: wants a refund]", "Sure.", "wants a refund"),
        ("[Handover - angry]\nSorry.", "Sorry.", "angry"),
        ("Sorry. **[handover: angry]**", "Sorry.", "angry"),
        ("Sorry. \u3010hand-over\uff1a angry\u3011", "Sorry.", "angry"),
        ("Sorry. \\[handoff\\]", "Sorry.", ""),
        ("Sorry. [handover: cut off by the tok", "Sorry.", "cut off by the tok"),
        ("[handover]", "", ""),
        ("See the handover [1] of keys.", "See the handover [1] of keys.", None),
        ("[Handoverkit] costs 4.", "[Handoverkit] costs 4.", None),
        ('[A person of the team wrote: "Yes, 10 %."]', "Yes, 10 %.", None),
        (f"{sentences.WAS_PASSED_ON} Hi", "Hi", None),
    ],
)
def test_the_marker_is_read_and_taken_out(
    answer: str, text: str, why: str | None
) -> None:
    assert read_wish(answer) == Wish(text, why)


@pytest.mark.parametrize("piece", ["[", "[handover: ", "\\[", " \t", "*[handover"])
def test_a_long_answer_of_scraps_is_read_in_time(piece: str) -> None:
    # Quadratic time would take minutes here.
    assert read_wish(piece * 8_000)


def test_the_model_passes_a_customer_on_in_its_own_words_and_the_customer_hears_when(
    database: Database, pg: PostgresChatStore
) -> None:
    said = "Only a colleague can change that. [handover: change of address]"
    ana = Conversation(said, store=pg, handoff=HANDOFF)
    ana.says("Please change my address to 5 High Street")
    assert ana.hears() == [f"Only a colleague can change that.\n\n{TOLD}"]
    assert sentences.HANDOVER in str(ana.thoughts.prompts[-1][0].content)
    assert rows(database, CALLED) == [("model", "change of address")]
    assert value(database, "SELECT owner FROM users") == "queue"


def test_a_promise_without_the_action_becomes_one(
    database: Database, pg: PostgresChatStore
) -> None:
    said = "I don't know, but a colleague will call you back."
    ana = Conversation(said, store=pg, handoff=HANDOFF)
    ana.says("Where is my order?")
    assert ana.hears() == [f"{said}\n\n{TOLD}"]
    assert rows(database, CALLED) == [("promise", "Where is my order?")]


def test_an_offer_is_none_and_yes_accepts_it(pg: PostgresChatStore) -> None:
    offer = "I don't know. Shall I pass you on to a person of our team?"
    ana = Conversation(offer, "Gladly. [handover]", store=pg, handoff=HANDOFF)
    ana.says("Where is my order?")
    assert ana.hears() == [offer]
    ana.says("Yes please")
    assert ana.hears() == [f"Gladly.\n\n{TOLD}"]
    assert ana.last.hands_over == "model"


@pytest.mark.parametrize("thanks", ["Thanks!", "ok", "\U0001f44d", "Vielen Dank"])
@pytest.mark.parametrize("said", ["[handover]", "Gladly. A colleague will call you."])
def test_a_closed_case_is_not_opened_again_by_thanks(
    database: Database, pg: PostgresChatStore, thanks: str, said: str
) -> None:
    ana = Conversation("Done.", said, store=pg, handoff=HANDOFF)
    ana.says("Please cancel my order")
    ana.hears()
    ana.says(thanks)
    ana.hears()
    assert value(database, "SELECT owner FROM users") == "bot"
    assert value(database, "SELECT count(*) FROM support_tickets") == 0


def customer(*thoughts: str) -> Customer:
    return Customer(*thoughts, policy=replace(POLICY, handoff=HANDOFF))


def test_what_a_document_tells_is_no_promise_of_the_models() -> None:
    cited = "4.20 \u20ac. We will call you when it is baked [1]."
    assert customer(cited).asks().hands_over is None
    uncited = "4.20 \u20ac [1]. We will call you."
    assert customer(uncited).asks().hands_over


def test_a_promise_that_gives_way_to_a_passage_is_not_kept() -> None:
    reply = customer("It costs 9.99 \u20ac, and we will call you back [1].").asks()
    assert reply.turn.content.startswith("> ")
    assert reply.hands_over is None


def test_a_person_is_called_and_the_gap_kept() -> None:
    reply = customer("I don't know that. [unknown] [handover: parking]").asks(
        "Parking?"
    )
    assert reply.turn.content == f"I don't know that.\n\n{TOLD}"
    assert reply.gap
    assert reply.hands_over == HandOver(
        reason="model", subject="parking", lasts=HANDOFF.lasts
    )
    assert customer("[handover]").hears() == TOLD
    assert customer("[unknown]").hears("Parking?") == sentences.UNKNOWN_HERE


def test_who_writes_on_while_the_model_passes_on_is_read_before(
    database: Database, pg: PostgresChatStore
) -> None:
    def thought() -> str:
        ana.says("Found it, thanks, all good now")
        return "Wait. [handover]"

    ana = Conversation(thought, "Great!", store=pg, handoff=HANDOFF)
    ana.says("Where is my order?")
    assert ana.hears() == ["Great!"]
    assert value(database, "SELECT owner FROM users") == "bot"
    change(database, "SELECT take_chat(chat_id) FROM userchats")
    ana.says("Hello?")
    assert ana.hears() == []
