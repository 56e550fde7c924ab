"""What is checked of an answer without a model."""

from dataclasses import replace
from typing import Any

import pytest

from bot.evaluation.judged.checks import PLAYBACK, check
from bot.evaluation.situations import Divergence, Outcome
from bot.whatsapp.text.parts import with_parts
from db.records import Gap, HandOver
from tests.bot.evaluation.judged.outcomes import a_case, an_outcome, failed
from tests.records import stood_on


def test_an_answer_that_has_all_of_it_passes() -> None:
    outcome = an_outcome(
        "Rye bread costs 4,20 EUR.",
        stood_on("Price list"),
        calls=[("stock", {"sku": "RYE", "count": 2})],
    )
    expects: dict[str, Any] = {
        "must": ["rye bread", "/cost/"],
        "must_not": "wheat",
        "numbers": "4.20 €",
        "source": "price LIST",
        "tool": {"name": "stock", "arguments": {"sku": "rye"}},
        "language": "en",
        "longest": "100",
        "messages": "1",
        "known": "yes",
        "hands_over": "no",
        "again": "no",
        "said": "I do not know.",
    }
    assert failed(outcome, **expects) == {}
    kinds = [one.kind for one in check(a_case(**expects), outcome, with_parts)]
    assert kinds == [
        "must", "must", "must_not", "again", "numbers", "source", "tool", "known",
        "hands_over", "language", "longest", "messages", "whatsapp",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("expects", "kind", "why"),
    [
        ({"must": "wheat"}, "must", "'wheat' is missing"),
        ({"must": "/whea.?t/"}, "must", "/whea.?t/ is missing"),
        ({"must_not": "rye"}, "must_not", "'rye' is there"),
        ({"numbers": "4.30 €"}, "numbers", "4.30 € is missing"),
        ({"source": "Allergens"}, "source", "'Allergens' is not cited: Prices is"),
        ({"tool": "book"}, "tool", 'book {} was not called: called was stock {"n": 2}'),
        ({"tool": 'stock:{"n": 3}'}, "tool",
         'stock {"n": 3} was not called: called was stock {"n": 2}'),
        ({"no_tool": "yes"}, "no_tool", 'a tool was called: called was stock {"n": 2}'),
        ({"language": "de"}, "language", "it is in en"),
        ({"longest": 5}, "longest", "it has 35 characters"),
        ({"known": "no"}, "known", "it is known"),
        ({"hands_over": "yes"}, "hands_over", "no person is called"),
        ({"again": "no", "said": "Yes, our rye bread costs 4.20 euros"}, "again",
         "the same is said as before"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(expects: Any, kind: str, why: str) -> None:
    outcome = an_outcome(
        "Yes, our rye bread costs 4.20 euros",
        stood_on("Prices"),
        calls=[("stock", {"n": 2})],
    )
    assert failed(outcome, **expects) == {kind: why}


def test_a_passage_that_is_not_cited_is_no_source() -> None:
    outcome = an_outcome("Four.", stood_on("Price list", is_cited=False))
    told = "'Price list' is not cited: nothing is"
    assert failed(outcome, source="Price list") == {"source": told}


def test_whatsapps_limits_hold_for_every_answer() -> None:
    assert failed(an_outcome("Hello. " * 2000), messages=3) == {
        "messages": "it would be 10 messages"
    }
    assert failed(an_outcome("\u2063", parts=[]), must_not="x") == {
        "whatsapp": "there is nothing that WhatsApp would show"
    }
    long = an_outcome("Hi", parts=["x" * 1700])
    assert long.reply
    found = check(a_case(must="Hi"), long, lambda reply: reply)
    told = [one.reason for one in found if not one.passed]
    assert told == ["a message would have 1700 characters of 1600"]


def test_what_it_does_besides_is_checked() -> None:
    unknown = an_outcome("I can't tell.", gap=Gap("How much?", ("much",)))
    assert failed(unknown, known="yes") == {"known": "nothing that is known tells it"}
    passed_on = an_outcome("A person answers.", hands_over=HandOver(reason="asked"))
    assert failed(passed_on, hands_over="no") == {"hands_over": "a person is called"}
    assert failed(an_outcome("4,20"), language="de") == {
        "language": "it does not show which one it is in"
    }


def test_no_answer_is_a_failure_and_says_why() -> None:
    assert failed(Outcome(error="busy"), must="x") == {"answer": "busy"}
    assert failed(Outcome(), must="x") == {"answer": "there was no answer"}


def test_what_could_not_be_played_back_is_told_and_is_no_fault() -> None:
    outcome = replace(
        an_outcome("Hi"), divergences=(Divergence("stock", {"n": 1}, "new"),)
    )
    (told,) = [
        one for one in check(a_case(must="Hi"), outcome, with_parts)
        if one.kind == PLAYBACK
    ]  # fmt: skip
    assert (told.passed, told.found) == (True, 'stock {"n": 1}: new')
