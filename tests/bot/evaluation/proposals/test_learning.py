"""From questions that nothing told to answers that do, and back, on real parts."""

from dataclasses import replace

import pytest

from bot.evaluation.proposals.trying import Tried, change_of, estimate, judge, try_on
from bot.evaluation.situations import Outcome
from db.chats import PostgresChatStore
from db.records import Reply
from tests.bot.evaluation.bakery import Bakery, words_of
from tests.db.evaluation.proposals.happening import Business
from tests.db.knowledge.storing import store
from tests.db.sql import rows, value, values
from tests.records import reply_turn

PARK = "Can I park at your shop?"
THERE = "Yes, behind the house."
HASHES = "SELECT prompt_hash FROM answer_makings ORDER BY made_at"
LAST = "SELECT reference_id FROM answer_makings ORDER BY made_at DESC LIMIT 1"


@pytest.fixture
def business(bakery: Bakery) -> Business:
    store(bakery.stage.database, "Rye bread is baked at night.")
    stage = bakery.stage
    return Business(
        stage.database, PostgresChatStore(stage.database, stage.told.session_timeout)
    )


def last_answer(business: Business) -> Reply:
    """Return the bot's last reply, as far as a judgement needs it."""
    reference = value(business.database, LAST)
    return Reply(turn=replace(reply_turn(""), reference_id=str(reference)))


def test_what_a_person_answered_is_what_the_bot_answers_until_it_is_undone(
    bakery: Bakery, business: Business
) -> None:
    bakery.says(PARK, "[unknown]")
    business.tell(THERE)
    business.find()
    proposal = business.proposed()
    assert (proposal.title, proposal.text) == (PARK, THERE)
    business.apply(proposal)
    bakery.says("Is there parking at the shop?", f"{THERE} [1]")
    assert f"| {THERE}" in words_of(bakery.shown)
    business.undo(proposal)
    bakery.says("May I park at your shop?", "[unknown]")
    assert f"| {THERE}" not in words_of(bakery.shown)


def test_a_rule_stands_below_the_prompt_and_in_its_version(
    bakery: Bakery, business: Business
) -> None:
    for _ in range(2):
        bakery.says("When do you bake?", "Well … at night.")
        business.judge(last_answer(business), "too long")
    business.find()
    (rule,) = [one for one in business.proposals() if one.kind == "rule"]
    business.apply(rule, text="Answer in two sentences.")
    bakery.stage.set(bakery.settings)  # a worker knows its rules for some seconds
    bakery.says("When do you bake?", "At night.")
    told = words_of(bakery.shown)
    assert "\n\nAlso:\n- Answer in two sentences." in told
    first, _, with_rule = values(business.database, HASHES)
    assert first != with_rule
    stored = "SELECT text FROM prompts WHERE prompt_hash = %(h)s"
    assert "two sentences" in value(business.database, stored, h=with_rule)
    business.undo(rule)
    bakery.stage.set(bakery.settings)  # a worker knows its rules for some seconds
    bakery.says("When do you bake?", "At night.")
    assert values(business.database, HASHES)[-1] == first


def test_a_proposal_is_tried_on_what_was_asked_and_nothing_is_changed(
    bakery: Bakery, business: Business
) -> None:
    bakery.says(PARK, "[unknown]")
    bakery.says("When do you bake?", "At night [1].")
    before = rows(business.database, "SELECT * FROM userchats")
    change = change_of("entry", PARK, THERE)
    assert change
    bakery.thinks(f"{THERE} [1]")
    tried = [*try_on(bakery.anew(change), bakery.situations[:1])]
    assert f"| {THERE}" in words_of(bakery.shown)
    assert [one.outcome.text for one in tried] == [THERE]
    verdict = judge(tried)
    assert (verdict.judged, verdict.changed, verdict.failed) == (1, 1, 0)
    assert rows(business.database, "SELECT * FROM userchats") == before
    assert values(business.database, "SELECT title FROM documents") == ["Notes"]


def test_what_failed_is_no_change(bakery: Bakery, business: Business) -> None:
    bakery.says(PARK, "[unknown]")
    (situation,) = bakery.situations
    tried = [Tried(situation, Outcome(error="it is away"))]
    assert (judge(tried).changed, judge(tried).failed) == (0, 1)
    assert judge(tried).spent is None


def test_it_ends_where_the_money_does(bakery: Bakery, business: Business) -> None:
    bakery.stage.set({**bakery.settings, "PRICES": str(bakery.folder / "prices.toml")})
    bakery.says(PARK, "[unknown]")
    change = change_of("rule", "", "Be kind.")
    assert change
    cost = estimate(bakery.anew(change), bakery.situations)
    assert cost
    assert [*try_on(bakery.anew(change, most_micros=1), bakery.situations)] == []


def test_a_canned_reply_changes_no_answer() -> None:
    assert change_of("canned", "Number", "Please send us your number.") is None
