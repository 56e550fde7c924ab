"""A rule is in every prompt from when it is applied until it is undone."""

from concurrent.futures import ThreadPoolExecutor, wait

import pytest

from db.errors import OperatorError
from db.evaluation.proposals.rules import (
    MOST_RULES,
    RulesInForce,
    list_rules,
)
from tests.db.evaluation.proposals.happening import Business
from tests.db.sql import change, values
from tests.records import ANA, BEN


def complain(business: Business) -> None:
    for who in (ANA, BEN):
        business.judge(
            business.ask("When do you open?", "Well …", who), "too long", who
        )
    business.find()


def test_a_rule_is_in_force_until_it_is_undone(business: Business) -> None:
    rules = RulesInForce(business.database, kept_seconds=0)
    assert rules.find() == ()
    complain(business)
    proposal = next(one for one in business.proposals() if one.kind == "rule")
    business.apply(proposal, text="Answer in\n two sentences.")
    assert rules.find() == ("Answer in two sentences.",)
    assert business.undo(proposal).kind == "rule"
    assert rules.find() == ()
    with business.database.reading() as connection:
        assert list_rules(connection) == []
        (ended,) = list_rules(connection, also_ended=True)
    assert (ended.text, ended.until is None) == ("Answer in two sentences.", False)


def test_what_nobody_was_shown_is_not_applied(business: Business) -> None:
    complain(business)
    shown = next(one for one in business.proposals() if one.kind == "rule")
    late = "too long. Long, too long!"
    business.judge(business.ask("When do you open?", "Well …"), late)
    business.find()
    with pytest.raises(OperatorError, match="something else by now"):
        business.apply(shown)
    assert values(business.database, "SELECT text FROM prompt_rules") == []
    now = next(one for one in business.proposals() if one.kind == "rule")
    assert late in business.apply(now).text


def test_rules_are_known_for_a_while_and_while_the_database_is_away(
    business: Business,
) -> None:
    rules = RulesInForce(business.database, kept_seconds=60)
    change(business.database, "INSERT INTO prompt_rules (text) VALUES ('Be kind.')")
    assert rules.find() == ("Be kind.",)
    change(business.database, "UPDATE prompt_rules SET until = now()")
    assert rules.find() == ("Be kind.",)
    rules.kept_seconds = 0
    change(business.database, "ALTER TABLE prompt_rules RENAME TO away")
    assert rules.find() == ("Be kind.",)
    change(business.database, "ALTER TABLE away RENAME TO prompt_rules")
    assert rules.find() == ()


def test_nobody_answers_without_rules_while_another_asks_first(
    business: Business,
) -> None:
    change(business.database, "INSERT INTO prompt_rules (text) VALUES ('Be kind.')")
    rules = RulesInForce(business.database, kept_seconds=60)
    with ThreadPoolExecutor() as answering:
        with business.database.transaction() as connection:
            connection.count("LOCK TABLE prompt_rules")
            first, second = (answering.submit(rules.find) for _ in range(2))
            wait([first, second], 0.5)
        assert [first.result(5), second.result(5)] == [("Be kind.",)] * 2


def test_rules_are_asked_for_again_at_once_until_they_are_known(
    business: Business,
) -> None:
    change(business.database, "INSERT INTO prompt_rules (text) VALUES ('Be kind.')")
    rules = RulesInForce(business.database, kept_seconds=60)
    change(business.database, "ALTER TABLE prompt_rules RENAME TO away")
    assert rules.find() == ()
    change(business.database, "ALTER TABLE away RENAME TO prompt_rules")
    assert rules.find() == ("Be kind.",)


def test_rules_have_an_end_in_number_and_length(business: Business) -> None:
    complain(business)
    proposal = next(one for one in business.proposals() if one.kind == "rule")
    with pytest.raises(OperatorError, match="may have 1000"):
        business.apply(proposal, text="x" * 1001)
    change(
        business.database,
        "INSERT INTO prompt_rules (text) SELECT 'x' FROM generate_series(1, %(n)s)",
        n=MOST_RULES,
    )
    with pytest.raises(OperatorError, match="the most"):
        business.apply(proposal)
    assert proposal.state == "open"
