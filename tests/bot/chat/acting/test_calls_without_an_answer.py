"""What is told, and to whom, where something was done and no answer came of it."""

from datetime import timedelta
from typing import NoReturn

import pytest

from bot.chat.acting.sentences import MAY_BE_DONE
from bot.money.meter import BudgetSpentError
from db.database import Database
from tests.bot.chat.acting.diner import Guest, asks
from tests.db.sql import rows, value
from tests.scripted_llm import Script

SOUP = {"dish": "soup"}
AT_ONCE = timedelta(0)
TICKETS = "SELECT subject FROM support_tickets WHERE status <> 'resolved'"


def spent() -> NoReturn:
    raise BudgetSpentError("day")


def nothing() -> None:
    """The LLM is asked for the first time."""


@pytest.mark.parametrize("hangs", [True, False], ids=["unknown", "done"])
def test_who_has_no_budget_for_the_rest_is_told_and_gets_a_person(
    ana: Guest, database: Database, hangs: bool
) -> None:
    ana.kitchen.hangs += ["order of soup"] * hangs
    ana.llm.meanwhile += [nothing, spent]
    ana.server.next(asks(("order", SOUP)), Script(text="Thrown away."))
    ana.says("Soup!")
    (heard,) = ana.hears()
    assert heard.startswith(f"{MAY_BE_DONE}\n\n")
    assert rows(database, TICKETS) == [("not told: order",)]
    assert (ana.chat.owner, ana.last.hands_over) == ("queue", "effect")
    assert str(ana.calls[0].reference_id) == ana.last.reference_id
    assert ana.ledger.sweep(AT_ONCE, None, "left") == 0


def test_an_effect_of_a_try_before_is_told_too(ana: Guest) -> None:
    ana.server.next(asks(("order", SOUP)), Script(status=500))
    ana.says("Soup!")
    assert ana.is_kept_waiting()
    ana.talk.give_up(ana.chat_id, "the worker died of it")
    assert ana.last.content.startswith(MAY_BE_DONE)
    assert ana.last.error == "the worker died of it"


def test_what_only_read_changes_no_word(ana: Guest) -> None:
    ana.llm.meanwhile += [nothing, spent]
    ana.server.next(asks(("price", SOUP)), Script(text="Thrown away."))
    ana.says("What is the soup?")
    ana.hears()
    assert MAY_BE_DONE not in ana.last.content
    assert ana.chat.owner == "bot"


def test_without_people_the_word_alone_is_said(ana: Guest) -> None:
    ana.without_people()
    ana.llm.meanwhile += [nothing, spent]
    ana.server.next(asks(("order", SOUP)), Script(text="Thrown away."))
    ana.says("Soup!")
    assert ana.hears() == [MAY_BE_DONE]
    assert ana.chat.owner == "bot"


def test_what_nobody_knows_when_its_user_stops_calls_a_person_once(
    ana: Guest, database: Database
) -> None:
    ana.kitchen.hangs.append("order of soup")
    ana.llm.meanwhile += [nothing, lambda: ana.says("STOP")]
    ana.server.next(asks(("order", SOUP)), Script(text="Thrown away."))
    ana.says("Soup!")
    ana.hears()
    assert rows(database, TICKETS) == []
    assert ana.ledger.sweep(timedelta(hours=1), None, "left") == 0
    assert ana.ledger.sweep(AT_ONCE, None, "left") == 1
    assert ana.ledger.sweep(AT_ONCE, None, "left") == 0
    assert rows(database, TICKETS) == [("unclear: order",)]
    why = value(database, "SELECT error FROM tool_calls")
    assert str(why).startswith("it raised TimeoutError")
