"""`bot proposals`: found, read, judged, applied, undone."""

import json

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from bot.terminal import printable
from db.chats import PostgresChatStore
from db.database import Database
from tests.bot.evaluation.bakery import Bakery, words_of
from tests.db.evaluation.proposals.happening import Business
from tests.db.knowledge.storing import store
from tests.db.sql import change, rows, values
from tests.scripted_llm import Script

PARK = "Can I park \x1b[2J\u202eat your shop?"
THERE = "Yes, behind the house."
AUDIT = "SELECT action, actor_id, details FROM audit_log ORDER BY id"


@pytest.fixture
def business(bakery: Bakery) -> Business:
    """A question that nothing told, which a person answered then."""
    stage = bakery.stage
    store(stage.database, "Rye bread is baked at night.")
    pg = PostgresChatStore(stage.database, stage.told.session_timeout)
    made = Business(stage.database, pg)
    bakery.says(PARK, "[unknown]")
    made.tell(THERE)
    return made


def bot(bakery: Bakery, *arguments: str, said: str = "", **more: str) -> Result:
    known = {**bakery.stage.usual(), **bakery.settings, **more, "COLUMNS": "200"}
    return CliRunner().invoke(main, ["proposals", *arguments], env=known, input=said)


def chunks(database: Database) -> list[str]:
    return values(database, "SELECT chunk_text FROM document_chunks ORDER BY id")


def test_what_is_found_is_listed_and_shown_without_tricks(
    bakery: Bakery, business: Business
) -> None:
    assert "Nothing is proposed" in bot(bakery, "list").stderr
    assert "New proposals: 1." in bot(bakery, "find").stdout
    assert "New proposals: 0." in bot(bakery, "find", "--since", "1h").stdout
    listed = bot(bakery, "list").stdout
    assert "1 gap, 1 takeover" in listed
    shown = bot(bakery, "show", "1").stdout
    assert shown.startswith("Proposal 1: an entry of knowledge, open\n")
    assert f"Says:       {THERE}\nStands on:  1 gap, 1 takeover, of 1 person\n" in shown
    assert "Replay:     none was made" in shown
    assert "\x1b" not in listed + shown
    assert "\u202e" not in listed + shown
    (told,) = json.loads(bot(bakery, "list", "--json").stdout)
    assert (told["kind"], told["title"]) == ("entry", PARK)
    told = json.loads(bot(bakery, "show", "1", "--json").stdout)
    assert [one["kind"] for one in told["sources"]] == ["takeover", "gap"]


def test_that_the_demo_ends_with_ones_first_document_is_told_before(
    bakery: Bakery, business: Business
) -> None:
    bot(bakery, "find")
    apply = ("apply", "1", "--without-replay")
    assert "the demo's end with it" not in bot(bakery, *apply, said="n\n").stdout
    change(bakery.stage.database, "UPDATE documents SET is_demo = true")
    refused = bot(bakery, *apply, said="n\n")
    assert "the demo's end with it" in refused.stdout.partition("Apply it?")[0]
    assert chunks(bakery.stage.database)


def test_it_is_judged_by_a_replay_before_it_is_asked_for(
    bakery: Bakery, business: Business
) -> None:
    bot(bakery, "find")
    bakery.thinks(f"{THERE} [1]")
    refused = bot(bakery, "apply", "1", said="n\n")
    assert refused.exit_code == 1
    assert "Replaying 1 of what was asked ..." in refused.stderr
    assert f"With it:    {THERE}" in refused.stdout
    verdict = "Replay:     1 situation answered anew: 1 otherwise, 0 failed"
    assert verdict in refused.stdout
    assert f"| {THERE}" in words_of(bakery.shown)
    assert chunks(business.database) == ["Rye bread is baked at night."]
    shown = bot(bakery, "show", "1").stdout  # the verdict is kept all the same
    assert verdict in shown
    assert f"  With it:  {THERE}" in shown


def test_all_that_would_be_applied_is_shown_before_it_is_asked_for(
    bakery: Bakery, business: Business
) -> None:
    bot(bakery, "find")
    told = f"{'Behind the house. ' * 50}\nSay nothing of prices."
    worded = ("--answer", told, "--without-replay")
    shown = bot(bakery, "apply", "1", *worded, said="n\n").stdout
    assert "            Say nothing of prices." in shown.splitlines()


def test_applied_and_undone_by_one_command_each(
    bakery: Bakery, business: Business
) -> None:
    bot(bakery, "find")
    bakery.thinks(THERE)
    done = bot(bakery, "apply", "1", said="y\n")
    assert done.exit_code == 0, done.output
    assert "Applied: document 2 is there. `bot proposals undo 1`" in done.stdout
    assert "It has words of users" in done.stderr
    assert chunks(business.database)[1] == f"{printable(PARK)}\n{THERE}"
    assert "Undone: document 2 is removed." in bot(bakery, "undo", "1").stdout
    assert len(chunks(business.database)) == 1
    assert "Dismissed: 1" in bot(bakery, "dismiss", "1").stdout
    assert rows(business.database, AUDIT) == [
        ("proposals looked for", None, {"new": 1, "added": 0}),
        (
            "proposal applied", None,
            {"proposal": 1, "document": 2, "reworded": False},
        ),
        (
            "proposal undone", None,
            {"proposal": 1, "document": 2, "restored": False},
        ),
        ("proposal dismissed", None, {"proposal": 1}),
    ]  # fmt: skip


def test_it_is_worded_anew_and_not_judged_if_so_said(
    bakery: Bakery, business: Business
) -> None:
    bot(bakery, "find")
    asked = len(bakery.stage.llm.requests)
    worded = ("--question", "Parking?", "--answer", "Behind the house.")
    done = bot(bakery, "apply", "1", *worded, "--without-replay", "--yes")
    assert done.exit_code == 0, done.output
    assert done.stderr == ""
    assert len(bakery.stage.llm.requests) == asked
    assert chunks(business.database)[1] == "Parking?\nBehind the house."


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["show", "9"], "there is no proposal 9"),
        (["apply", "9"], "there is no proposal 9"),
        (["undo", "1"], "is not applied"),
        (["apply", "1", "--rule", "Be kind."], "is worded anew with --answer"),
        (["apply", "1", "--rule", "Be kind.", "--answer", "x"], "--rule goes with"),
        (["apply", "1", "--max-spend", "1"], "--max-spend needs PRICES"),
        (["apply", "1", "--without-replay", "--max-spend", "1"], "--max-spend is of"),
    ],
)
def test_what_is_wrong_is_told(
    bakery: Bakery, business: Business, arguments: list[str], told: str
) -> None:
    bot(bakery, "find")
    done = bot(bakery, *arguments)
    assert done.exit_code != 0
    assert told in done.output


def test_what_it_costs_is_told_before_and_held(
    bakery: Bakery, business: Business
) -> None:
    bot(bakery, "find")
    prices = {"PRICES": str(bakery.folder / "prices.toml")}
    asked = len(bakery.stage.llm.requests)
    refused = bot(bakery, "apply", "1", said="n\n", **prices)
    assert "EUR at most" in refused.stderr
    assert "Ask the LLM?" in refused.stderr
    assert len(bakery.stage.llm.requests) == asked
    little = bot(bakery, "apply", "1", "--max-spend", "0.000001", said="n\n", **prices)
    assert "could cost more than --max-spend" in little.stderr
    unasked = bot(bakery, "apply", "1", "--max-spend", "0.000001", "--yes", **prices)
    assert (unasked.exit_code, len(chunks(business.database))) == (1, 1)
    assert len(bakery.stage.llm.requests) == asked
    bakery.thinks(THERE)
    done = bot(bakery, "apply", "1", "--yes", **prices)
    assert "; spent 0.00" in done.stdout


def test_rules_are_listed_while_they_are_in_force(
    bakery: Bakery, business: Business
) -> None:
    for _ in range(2):
        business.judge(business.ask("When do you bake?", "Well …"), "too long")
    bot(bakery, "find")
    (rule,) = [one for one in business.proposals() if one.kind == "rule"]
    number = str(rule.proposal_id)
    assert "No rule is in force" in bot(bakery, "rules").stderr
    for worded, told in (
        (("--rule", "x" * 1001), "may have 1000"),
        (("--question", "How long?"), "has no question"),
    ):
        refused = bot(bakery, "apply", number, *worded, "--yes")
        assert told in refused.stderr
        assert "Nothing to replay" not in refused.stderr  # known before it costs
    done = bot(bakery, "apply", number, "--rule", "Be short.", "--yes")
    assert "Nothing to replay" in done.stderr  # no LLM made these answers
    assert "Applied: rule 1 is there." in done.stdout
    assert "Be short." in bot(bakery, "rules").stdout
    assert "Undone: rule 1 has ended." in bot(bakery, "undo", number).stdout
    assert "Be short." not in bot(bakery, "rules").stdout
    (ended,) = json.loads(bot(bakery, "rules", "--all", "--json").stdout)
    assert ended["until"] is not None


def test_a_failure_of_the_llm_is_shown_and_applies_nothing(
    bakery: Bakery, business: Business
) -> None:
    bot(bakery, "find")
    bakery.stage.llm.always(Script(status=401))
    done = bot(bakery, "apply", "1", said="n\n")
    assert "With it:    no answer:" in done.stdout
    assert "0 otherwise, 1 failed" in done.stdout
    unasked = bot(bakery, "apply", "1", "--yes")
    assert unasked.exit_code == 1
    assert "has not judged proposal 1" in unasked.stderr
    assert len(chunks(business.database)) == 1
    bakery.stage.llm.always(Script(text="Hello."))
