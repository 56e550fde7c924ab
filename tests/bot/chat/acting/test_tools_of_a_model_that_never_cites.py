"""A model that never cites: passages take the place of its words, but for tools'."""

from dataclasses import replace

import pytest

from bot.chat.answering import Answering
from bot.chat.asked import Policy
from bot.chat.sources.policy import SourcePolicy
from db.database import Database
from tests.bot.chat.acting.diner import Guest, asks
from tests.bot.chat.sources.shelf import HOURS, Shelf
from tests.db.sql import value
from tests.scripted_llm import Script

KNOWN = (Shelf(), Shelf(HOURS))


def never_citing(guest: Guest, shelf: Shelf) -> None:
    answering = guest.talk.answering
    assert isinstance(answering, Answering)
    policy: Policy = answering.policy
    toy = replace(policy, sources=SourcePolicy(quotes_uncited=True))
    answering = replace(answering, policy=toy, knowledge=shelf)
    guest.talk = replace(guest.talk, answering=answering)


@pytest.mark.parametrize("shelf", KNOWN, ids=["unknown", "known"])
def test_what_a_tool_told_is_said(ana: Guest, database: Database, shelf: Shelf) -> None:
    never_citing(ana, shelf)
    ana.server.next(asks(("price", {"dish": "soup"})), Script(text="7.40 EUR."))
    ana.says("What does the soup cost?")
    assert ana.hears() == ["7.40 EUR."]
    assert value(database, "SELECT count(*) FROM gap_questions") == 0


@pytest.mark.parametrize("shelf", KNOWN, ids=["unknown", "known"])
def test_what_a_tool_needs_is_asked_for(
    ana: Guest, database: Database, shelf: Shelf
) -> None:
    never_citing(ana, shelf)
    for said in ("For how many people?", "Which dish would you like?"):
        ana.server.next(Script(text=said))
        ana.says("Can I reserve?")
        assert ana.hears() == [said]
    assert value(database, "SELECT count(*) FROM gap_questions") == 0


@pytest.mark.parametrize(
    "said", ["What does it cost?", "The dish is 5 hours old. Which dish?", "A dish."]
)
def test_all_else_gives_way_to_what_is_known(ana: Guest, said: str) -> None:
    never_citing(ana, Shelf(HOURS))
    ana.server.next(Script(text=said))
    ana.says("When do you open?")
    assert said not in ana.hears()[0]
    assert "Monday to Friday" in ana.last.content
