"""Calls of tools are played back: none is made, and what was not recorded is told."""

from bot.evaluation.playback import (
    IS_NOT_ASKED,
    NOT_AS_OFTEN,
    NOT_RECORDED,
    WAS_NOT_ASKED,
)
from tests.bot.evaluation.bakery import Bakery, words_of


def test_the_same_call_gets_what_it_got_then(bakery: Bakery) -> None:
    asked = bakery.calls("stock", bread="rye")
    bakery.says("How many rye loaves?", asked, "There are 12 loaves of rye.")
    assert bakery.called == ["stock of rye"]
    outcome = bakery.replay(asked, "There are 12 loaves of rye.")
    assert outcome.text == "There are 12 loaves of rye."
    assert words_of(bakery.shown).endswith("12 loaves of rye")
    assert [call.state for call in outcome.calls] == ["done"]
    assert outcome.divergences == ()
    assert bakery.called == ["stock of rye"]


def test_a_failed_call_fails_again(bakery: Bakery) -> None:
    asked = bakery.calls("stock", bread="none")
    bakery.says("How many?", asked, "I can't tell.")
    outcome = bakery.replay(asked, "I can't tell.")
    assert [(c.state, c.error) for c in outcome.calls] == [
        ("failed", "there is no such bread")
    ]
    assert "Failed, and nothing was done: there is no such bread" in words_of(
        bakery.shown
    )
    assert outcome.divergences == ()


def test_what_was_not_asked_then_is_told_and_not_called(bakery: Bakery) -> None:
    bakery.says("How many rye loaves?", "Many.")
    outcome = bakery.replay(bakery.calls("stock", bread="rye"), "I don't know.")
    assert NOT_RECORDED in words_of(bakery.shown)
    assert [(d.tool, d.arguments, d.why) for d in outcome.divergences] == [
        ("stock", {"bread": "rye"}, WAS_NOT_ASKED)
    ]
    assert bakery.called == []


def test_what_is_not_asked_for_any_more_is_told(bakery: Bakery) -> None:
    asked = bakery.calls("stock", bread="rye")
    bakery.says("How many rye loaves?", asked, "There are 12 loaves of rye.")
    outcome = bakery.replay("Many.")
    assert [(d.tool, d.why) for d in outcome.divergences] == [("stock", IS_NOT_ASKED)]


def test_a_call_is_not_played_back_more_often_than_it_was_made(
    bakery: Bakery,
) -> None:
    asked = bakery.calls("stock", bread="none")
    bakery.says("How many?", asked, "I can't tell.")
    outcome = bakery.replay(asked, asked, "I can't tell.")
    assert [d.why for d in outcome.divergences] == [NOT_AS_OFTEN]
    assert bakery.called == ["stock of none"]


def test_what_a_customer_allowed_since_still_waits(bakery: Bakery) -> None:
    order = bakery.calls("order", bread="rye")
    bakery.says("Order a rye loaf", order, "I order a rye loaf.")
    bakery.says("yes", "Your rye loaf is ordered.")
    asked, allowed = bakery.situations
    assert "Yes" in str(asked.said)
    assert [call.state for call in asked.calls] == ["waiting"]
    assert [call.state for call in allowed.known] == ["done"]

    outcome = bakery.replay(order, "I order a rye loaf.", at=0)
    assert outcome.text == asked.said
    assert outcome.divergences == ()
    outcome = bakery.replay("Your rye loaf is ordered.", at=1)
    assert outcome.text == allowed.said
    assert "Ordered: rye." in words_of(bakery.shown)
    assert bakery.called == ["order of rye"]


def test_a_question_that_waited_is_asked_again(bakery: Bakery) -> None:
    order = bakery.calls("order", bread="rye")
    bakery.says("Order a rye loaf", order, "I order a rye loaf.")
    bakery.says("When do you open?", "At nine.")
    bakery.says("yes", "Your rye loaf is ordered.")
    between = bakery.situations[1]
    assert [call.state for call in between.waiting] == ["waiting"]
    assert bakery.replay("At nine.", at=1).text == between.said
