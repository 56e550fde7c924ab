"""Calls beside what happens while the LLM works, and after a worker died."""

from uuid import UUID

import pytest

from bot.llm.protocol import LLMError
from bot.tools import words
from bot.tools.running import NobodyWaitsError, Runner
from db.database import Database
from db.records import Call, CalledFor, CallState, Writing
from tests.bot.chat.acting.diner import Guest, asks
from tests.db.sql import change, value
from tests.db.tools.ledger import call_of
from tests.scripted_llm import Script

TWO, FOUR = {"people": 2}, {"people": 4}


def left_by_a_worker_that_died(ana: Guest, tool: str, arguments: object) -> Call:
    """Put an intent into the ledger, of which nobody knows what came."""
    called_for = CalledFor(
        chat_id=ana.chat_id, user_id=ana.chat.user_id, message_sids=tuple(ana.sids)
    )
    assert isinstance(arguments, dict)
    call = call_of(called_for, tool=tool, arguments=arguments)
    assert ana.ledger.write(call, called_for) == "begun"
    return call


def test_a_newer_word_comes_before_the_effect(ana: Guest) -> None:
    ana.llm.meanwhile.append(lambda: ana.says("No, for 2!"))
    ana.server.next(
        asks(("reserve", FOUR)), asks(("reserve", TWO)), Script(text="For 2.")
    )
    ana.says("A table for 4")
    assert ana.hears() == ["For 2."]
    assert ana.kitchen.done == ["table for 2"]
    assert ana.server.prompts[1][-1]["content"] == "A table for 4\n\nNo, for 2!"
    assert ana.last.in_reply_to == tuple(ana.sids)


def test_an_effect_is_shown_to_the_llm_that_is_asked_again_and_not_repeated(
    ana: Guest,
) -> None:
    ana.llm.meanwhile += [lambda: None, lambda: ana.says("Is that done?")]
    ana.server.next(
        asks(("order", {"dish": "soup"})),
        Script(text="Thrown away."),
        asks(("order", {"dish": "soup"})),
        Script(text="Yes, ordered."),
    )
    ana.says("Soup!")
    assert ana.hears() == ["Yes, ordered."]
    assert ana.kitchen.done == ["order of soup"]
    assert ana.results(2) == [f"{words.BEFORE}Ordered."]
    assert ana.results(3)[1:] == [f"{words.AGAIN}Ordered."]
    assert [str(call.reference_id) for call in ana.calls] == [ana.last.reference_id]


def test_the_llm_that_fails_after_an_effect_is_asked_again_about_it(ana: Guest) -> None:
    ana.server.next(asks(("order", {"dish": "soup"})), Script(status=500))
    ana.says("Soup!")
    assert ana.is_kept_waiting()
    ana.server.next(Script(text="Ordered."))
    assert ana.hears() == ["Ordered."]
    assert ana.kitchen.done == ["order of soup"]
    assert ana.results() == ["Ordered."]


def test_an_old_answer_does_not_hide_what_was_done_for_the_newer_one(
    ana: Guest,
) -> None:
    ana.llm.meanwhile.append(lambda: ana.says("And soup!"))
    ana.server.next(
        Script(text="Hello."),
        asks(("order", {"dish": "soup"})),
        Script(status=500),
        Script(text="Hello, it is ordered."),
    )
    ana.says("Hello")
    assert ana.is_kept_waiting()
    assert ana.bot_said == []
    assert ana.hears() == ["Hello, it is ordered."]
    assert ana.kitchen.done == ["order of soup"]


def test_who_writes_on_and_on_is_answered_by_the_next_job(ana: Guest) -> None:
    ana.llm.meanwhile += [lambda: ana.says("And more")] * 3
    ana.server.always(asks(("reserve", FOUR)))
    ana.says("A table for 4")
    assert ana.is_kept_waiting()
    assert ana.kitchen.done == []
    ana.server.next(asks(("reserve", FOUR)), Script(text="Reserved."))
    assert ana.hears() == ["Reserved."]


def test_nothing_is_changed_while_a_command_waits(ana: Guest) -> None:
    ana.says("A table for 4")
    ana.says("/help")
    ana.server.next(asks(("reserve", FOUR)), Script(text="No."))
    ana.hears()
    offered = ana.server.requests[0].body["tools"]
    assert [one["function"]["name"] for one in offered] == ["price"]
    assert ana.kitchen.done == []


def test_a_person_who_takes_the_chat_is_alone_with_it(
    ana: Guest, database: Database
) -> None:
    takes = "SELECT take_chat(chat_id) FROM userchats"
    ana.llm.meanwhile.append(lambda: change(database, takes))
    ana.server.next(asks(("reserve", FOUR)))
    ana.says("A table for 4")
    assert ana.hears() == []
    assert (ana.kitchen.done, ana.calls, ana.bot_said) == ([], [], [])


def test_what_only_reads_is_done_again_after_a_death(ana: Guest) -> None:
    ana.says("What is the soup?")
    left_by_a_worker_that_died(ana, "price", {"dish": "soup"})
    ana.server.next(Script(text="7.40 EUR"))
    assert ana.hears() == ["7.40 EUR"]
    assert ana.kitchen.done == ["price of soup"]
    assert ana.results() == ["7.40 EUR"]


def test_what_honours_its_key_is_done_again_with_it_after_a_death(ana: Guest) -> None:
    ana.says("A table for 4")
    left = left_by_a_worker_that_died(ana, "reserve", FOUR)
    ana.server.next(Script(text="Reserved."))
    assert ana.hears() == ["Reserved."]
    assert ana.kitchen.keys == [left.call_id]
    assert ana.states == ["reserve done"]


@pytest.mark.parametrize("tool", ["order", "no_longer_there"])
def test_what_may_have_happened_stays_unknown_after_a_death(
    ana: Guest, database: Database, tool: str
) -> None:
    ana.says("Soup!")
    left_by_a_worker_that_died(ana, tool, {"dish": "soup"})
    ana.server.next(asks(("order", {"dish": "soup"})), Script(text="We will see."))
    (heard,) = ana.hears()
    assert heard.startswith("We will see.")
    again = ["order of soup"] if tool != "order" else []
    assert ana.kitchen.done == again
    assert ana.results(0) == [words.UNKNOWN]
    assert ana.chat.owner == "queue"
    subject = value(database, "SELECT subject FROM support_tickets")
    assert subject == f"unclear: {tool}"


def test_what_one_worker_began_another_leaves_alone(ana: Guest) -> None:
    """Both ask for the first call of a batch; the second one finds it taken."""
    ana.llm.meanwhile.append(
        lambda: left_by_a_worker_that_died(ana, "order", {"dish": "soup"})
    )
    ana.server.next(asks(("order", {"dish": "soup"})))
    ana.says("Soup!")
    assert ana.is_kept_waiting()
    assert ana.kitchen.done == []


class Standstill:
    """A ledger whose process stands still after the intent was committed."""

    def __init__(self, ana: Guest) -> None:
        self.ledger = ana.ledger

    def find(self, message_sid: str) -> list[Call]:
        return self.ledger.find(message_sid)

    def find_done(self, user_id: UUID) -> list[Call]:
        return self.ledger.find_done(user_id)

    def write(self, call: Call, asked_for: CalledFor) -> Writing:
        found = self.ledger.write(call, asked_for)
        self.ledger.settle(call.call_id, "unknown", "another worker gave it up")
        return found

    def begin_again(self, call_id: UUID, asked_for: CalledFor) -> Writing:
        return self.ledger.begin_again(call_id, asked_for)

    def settle(
        self, call_id: UUID, state: CallState, result: str, error: str | None = None
    ) -> bool:
        return self.ledger.settle(call_id, state, result, error)


def test_a_worker_that_stood_still_does_not_do_what_was_given_up(ana: Guest) -> None:
    ana.says("Soup!")
    called_for = CalledFor(
        chat_id=ana.chat_id, user_id=ana.chat.user_id, message_sids=tuple(ana.sids)
    )
    runner = Runner(ana.kitchen.tools(), Standstill(ana), standstill=0)
    with pytest.raises(NobodyWaitsError):
        runner.write(call_of(called_for), called_for)
    assert ana.states == ["book_table unknown"]


def test_a_ledger_that_is_slow_for_ever_calls_nothing(ana: Guest) -> None:
    ana.says("Soup!")
    called_for = CalledFor(
        chat_id=ana.chat_id, user_id=ana.chat.user_id, message_sids=tuple(ana.sids)
    )
    runner = Runner(ana.kitchen.tools(), ana.ledger, standstill=0)
    with pytest.raises(LLMError, match="too slowly"):
        runner.write(call_of(called_for), called_for)
