"""Situations of the past, answered anew."""

from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest

from bot.evaluation.again import NOT_KNOWN
from bot.evaluation.situations import Change
from bot.settings import WorkerParts
from tests.bot.chat.conversation import Waits
from tests.bot.evaluation.bakery import Bakery, words_of
from tests.db.knowledge.storing import replace, store
from tests.db.sql import change, rows, value
from tests.scripted_llm import Script

HOURS = "We are open from nine to five, and closed on Sundays."


def test_nothing_is_sent_or_stored(bakery: Bakery) -> None:
    bakery.says("When do you open?", "At nine.")
    sent = len(bakery.stage.twilio.delivered)
    counted = "SELECT jsonb_array_length(messages) FROM userchats"
    kept = value(bakery.stage.database, counted)
    assert bakery.replay("At eight.").text == "At eight."
    assert len(bakery.stage.twilio.delivered) == sent
    assert value(bakery.stage.database, counted) == kept
    assert len(bakery.situations) == 1


def test_the_model_is_told_the_day_of_then(bakery: Bakery) -> None:
    bakery.says("When do you open?", "At nine.")
    bakery.stage.pass_time("40 days")
    (situation,) = bakery.situations
    bakery.replay("At nine.")
    assert f"{situation.at.date()}" in words_of(bakery.shown)


def test_what_came_while_the_model_worked_is_not_seen(bakery: Bakery) -> None:
    """It stands before the answer in the transcript, and has one of its own."""
    for word in ("two", "three", "four"):
        form = bakery.phone.form(word)
        bakery.stage.llm.meanwhile.append(partial(bakery.stage.take_in, form))
    bakery.says("one", "Thrown away.", "This, too.", "To three.", "To the fourth.")
    first, second = bakery.situations
    assert [turn.content for turn in first.batch] == ["one", "two", "three"]
    assert [turn.content for turn in first.chat.turns] == ["one", "two", "three"]
    assert [turn.content for turn in second.batch] == ["four"]
    assert bakery.replay("To three.", at=0).text == first.said
    assert "four" not in words_of(bakery.shown)


def test_a_prompt_and_rules_take_the_place_of_the_set_one(bakery: Bakery) -> None:
    bakery.says("When do you open?", "At nine.")
    tried = Change(prompt="You are a pirate.", rules=("Never say nine.",))
    assert bakery.replay("Arr.", change=tried).text == "Arr."
    told = words_of(bakery.shown)
    assert "You are a pirate.\n\nAlso:\n- Never say nine." in told
    assert "Miga" not in told


def test_another_model_is_asked(bakery: Bakery) -> None:
    bakery.says("When do you open?", "At nine.")
    bakery.replay("At nine.", change=Change(model="another"))
    assert bakery.stage.llm.requests[-1].body["model"] == "another"


def test_knowledge_is_that_of_now_or_then(bakery: Bakery) -> None:
    store(bakery.stage.database, HOURS)
    bakery.says("When are you open on Sundays?", "We are closed on Sundays [1].")
    store(bakery.stage.database, "On Sundays we open at ten.")

    now = bakery.replay("On Sundays we open at ten [1].")
    assert now.text == "On Sundays we open at ten."
    assert "we open at ten" in words_of(bakery.shown)
    then = bakery.replay("We are closed [1].", change=Change(knowledge="then"))
    assert HOURS in words_of(bakery.shown)
    assert "we open at ten" not in words_of(bakery.shown)
    assert then.reply
    assert then.reply.stood_on[0].is_cited
    assert then.notes == ()


def test_what_was_kept_of_a_passage_is_its_text(bakery: Bakery) -> None:
    document = store(bakery.stage.database, HOURS)
    bakery.says("When are you open on Sundays?", "We are closed on Sundays [1].")
    replace(bakery.stage.database, document, ["On Sundays we open at ten."])
    then = bakery.replay("We are closed [1].", change=Change(knowledge="then"))
    assert HOURS in words_of(bakery.shown)
    assert then.notes == ("of passage 1 (Notes) the text alone is kept",)
    assert bakery.replay("We are closed [1].").notes == ()


def test_what_is_not_kept_of_then_is_told(bakery: Bakery) -> None:
    document = store(bakery.stage.database, HOURS)
    bakery.says("When are you open on Sundays?", "I am not sure.")
    replace(bakery.stage.database, document, ["On Sundays we open at ten."])
    change(bakery.stage.database, "UPDATE documents SET sha256 = 'second'")
    then = bakery.replay("I am not sure.", change=Change(knowledge="then"))
    assert then.notes == ("passage 1 (Notes) is not kept any more",)
    assert NOT_KNOWN not in then.notes


def test_entries_are_known_besides(bakery: Bakery) -> None:
    store(bakery.stage.database, HOURS)
    bakery.says("Is there parking?", "I don't know.")
    entry = {"Parking": "There is parking behind the bakery."}
    tried = bakery.replay("Behind the bakery [2].", change=Change(entries=entry))
    assert "There is parking behind the bakery." in words_of(bakery.shown)
    assert tried.reply
    assert [on.passage.title for on in tried.reply.stood_on] == [
        "Notes",
        "Parking",
    ]


def test_a_failure_is_an_outcome_after_pauses(bakery: Bakery) -> None:
    bakery.says("When do you open?", "At nine.")
    (situation,) = bakery.situations
    busy = Script(status=429, headers={"Retry-After": "7"})
    bakery.stage.llm.always(busy)
    waits = Waits()
    outcome = bakery.anew(stopping=waits).answer(situation)
    assert outcome.reply is None
    assert outcome.error
    assert waits.seconds
    assert max(waits.seconds) <= 60
    bakery.stage.llm.always(Script(text="At nine."))


@pytest.fixture
def priced(bakery: Bakery) -> Bakery:
    prices = {"PRICES": str(bakery.folder / "prices.toml"), "BUDGET_PERSON_DAY": "1"}
    bakery.stage.set({**bakery.settings, **prices, "BUDGET_DAY": "2"})
    return bakery


def test_costs_stand_in_the_ledger_and_in_no_budget(priced: Bakery) -> None:
    priced.says("When do you open?", "At nine.")
    budgets = "SELECT scope, spent_micros FROM budgets ORDER BY scope"
    before = rows(priced.stage.database, budgets)
    outcome = priced.replay("At nine.")
    spent = "SELECT micros, user_id FROM spendings WHERE purpose = 'replay'"
    ((micros, user_id),) = rows(priced.stage.database, spent)
    assert outcome.cost == Decimal(micros) / 1_000_000 > 0
    assert user_id is None
    assert rows(priced.stage.database, budgets) == before


def test_a_budget_that_is_opened_later_does_not_count_them(bakery: Bakery) -> None:
    prices = {"PRICES": str(bakery.folder / "prices.toml")}
    bakery.stage.set({**bakery.settings, **prices})
    bakery.says("When do you open?", "At nine.")
    answer = "SELECT sum(micros)::bigint FROM spendings WHERE purpose = 'answer'"
    bakery.replay("At nine.")
    bakery.stage.set({**bakery.settings, **prices, "BUDGET_DAY": "2"})
    bakery.says("And on Sundays?", "We are closed.")
    spent = "SELECT spent_micros FROM budgets WHERE scope = 'day'"
    database = bakery.stage.database
    assert value(database, spent) == value(database, answer)


def test_whether_another_model_sees_is_told_by_its_name(bakery: Bakery) -> None:
    server = bakery.stage.told.parts(WorkerParts).llm
    picture = {"text": "What is this?", "picture": "BREAD"}
    bakery.says(picture, "Bread.")
    assert server.model == "gpt-4o-mini"
    bakery.replay("Bread.", change=Change(model="blind-model"))
    assert isinstance(bakery.shown[-1]["content"], str)
    bakery.replay("Bread.", change=Change(model="gpt-4.1"))
    assert not isinstance(bakery.shown[-1]["content"], str)


def test_what_would_be_beyond_is_not_asked(priced: Bakery) -> None:
    priced.says("When do you open?", "At nine.")
    asked = len(priced.stage.llm.requests)
    outcome = priced.anew(most_micros=1).answer(priced.situations[0])
    assert outcome.is_beyond
    assert len(priced.stage.llm.requests) == asked


def test_an_estimate_is_no_less_than_what_it_costs(priced: Bakery) -> None:
    priced.says("When do you open?", "At nine.")
    (situation,) = priced.situations
    estimate = priced.anew().estimate(situation)
    cost = priced.replay("At nine.").cost
    assert estimate is not None
    assert cost is not None
    assert cost <= estimate


def test_without_prices_nothing_is_known_of_costs(bakery: Bakery) -> None:
    bakery.says("When do you open?", "At nine.")
    assert bakery.anew().estimate(bakery.situations[0]) is None
    assert bakery.replay("At nine.").cost is None


def test_answers_are_found_since_a_moment_in_their_order(bakery: Bakery) -> None:
    from bot.wiring.evaluation.answering import build_situations  # noqa: PLC0415

    bakery.says("When do you open?", "At nine.")
    bakery.stage.pass_time("2 days")
    bakery.says("And on Sundays?", "We are closed.")
    found = build_situations(bakery.stage.told, bakery.stage.database)
    first, second = bakery.situations
    late = list(found.find_since(second.at - timedelta(hours=1)))
    assert [str(each) for each in late] == [second.reference_id]
    every = list(found.find_since(first.at - timedelta(hours=1)))
    assert [str(e) for e in every] == [first.reference_id, second.reference_id]
