"""`bot replay` and `bot replays`: the past answered anew, and looked at."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from db.evaluation.replays import Replays
from db.privacy.erasure import erase_person
from tests.bot.evaluation.bakery import Bakery, words_of
from tests.db.knowledge.storing import store
from tests.db.sql import rows, value

KEPT = "SELECT position, state, is_same, after FROM replay_answers ORDER BY position"


def bot(bakery: Bakery, *arguments: str, **environment: str) -> Result:
    known = {**bakery.stage.usual(), **bakery.settings, **environment}
    return CliRunner().invoke(main, [*arguments], env={**known, "COLUMNS": "200"})


def prices(bakery: Bakery) -> dict[str, str]:
    return {"PRICES": str(bakery.folder / "prices.toml")}


@pytest.fixture
def asked(bakery: Bakery) -> Bakery:
    """Three questions, and their answers."""
    bakery.says("When do you open?", "At nine.")
    bakery.says("And on Sundays?", "We are closed.")
    bakery.says("Do you have rye?", "Yes.")
    return bakery


def test_both_answers_are_kept_and_shown(asked: Bakery) -> None:
    asked.thinks("At nine.", "We open at ten on Sundays.", "Yes.")
    sent = len(asked.stage.twilio.delivered)
    ran = bot(asked, "replay", "--since", "1h", "--yes")
    assert len(asked.stage.twilio.delivered) == sent
    assert ran.exit_code == 0, ran.output
    assert "3 answers are to be given anew: what it costs is not known" in ran.stderr
    assert "then  We are closed." in ran.stdout
    assert "now   We open at ten on Sundays." in ran.stdout
    assert ran.stdout.rstrip().endswith("2 the same, 1 otherwise.")
    assert "At nine." not in ran.stdout
    assert rows(asked.stage.database, KEPT) == [
        (1, "done", True, "At nine."),
        (2, "done", False, "We open at ten on Sundays."),
        (3, "done", True, "Yes."),
    ]
    assert "answers since" in bot(asked, "replays").stdout
    shown = bot(asked, "replays", "show", "1").stdout
    assert "now   We open at ten on Sundays." in shown


def test_one_answer_or_one_chat_is_replayed(asked: Bakery) -> None:
    first = asked.situations[0]
    asked.thinks("At eight.")
    ran = bot(asked, "replay", str(first.reference_id), "--yes", "--json")
    told = json.loads(ran.stdout)
    assert [one["after"] for one in told["answers"]] == ["At eight."]
    assert told["replay"]["asked_for"] == "one answer"
    asked.thinks("At nine.", "We are closed.", "Yes.")
    chat = bot(asked, "replay", first.chat.chat_id[:6], "--yes", "--json")
    assert json.loads(chat.stdout)["replay"]["same"] == 3


def test_nothing_is_asked_of_the_model_before_a_yes(asked: Bakery) -> None:
    before = len(asked.stage.llm.requests)
    ran = bot(asked, "replay", "--since", "1h")
    assert ran.exit_code == 1
    assert len(asked.stage.llm.requests) == before
    assert value(asked.stage.database, "SELECT count(*) FROM replays") == 0


def bounded(bakery: Bakery) -> int:
    """Begin a replay that may spend enough for one answer; return what that is."""
    bakery.thinks("At nine.", "We are closed.", "Yes.")
    told = bot(bakery, "replay", "--since", "1h", "--yes", **prices(bakery))
    estimate = re.search(r"about ([0-9.]+) EUR", told.stderr)
    assert estimate
    most = float(estimate[1]) / 3 * 1.6
    bakery.thinks("At nine.")
    arguments = ("--since", "1h", "--yes", "--max-spend", f"{most:.6f}")
    ran = bot(bakery, "replay", *arguments, **prices(bakery))
    assert ran.exit_code == 1
    assert "The next answer could cost more than --max-spend." in ran.stderr
    assert "left: bot replay --resume 2" in ran.stderr
    return int(most * 1_000_000)


LEFT = "SELECT count(*) FROM replay_answers WHERE state = 'waiting'"
SPENT = "SELECT spent_micros FROM replays WHERE id = 2"
IN_LEDGER = """
SELECT sum(micros)::bigint FROM spendings WHERE purpose = 'replay'
  AND created_at > (SELECT created_at FROM replays WHERE id = 2)
"""


def test_it_stops_before_it_could_cost_more(asked: Bakery) -> None:
    most = bounded(asked)
    assert value(asked.stage.database, LEFT) > 0
    assert value(asked.stage.database, SPENT) <= most


def test_two_who_go_on_with_it_spend_no_more_than_one(asked: Bakery) -> None:
    bounded(asked)
    most = value(asked.stage.database, "SELECT most_micros FROM replays WHERE id = 2")
    spent = value(asked.stage.database, SPENT)
    one, other = (Replays(asked.stage.database).till(2) for _ in range(2))
    assert one.take(most - spent)
    assert not other.take(1)
    one.give_back(5)
    assert other.take(5)
    assert value(asked.stage.database, SPENT) == most


def test_it_goes_on_with_exactly_the_rest(asked: Bakery) -> None:
    bounded(asked)
    left, before = value(asked.stage.database, LEFT), len(asked.stage.llm.requests)
    arguments = ("--resume", "2", "--yes", "--max-spend", "1")
    more = bot(asked, "replay", *arguments, **prices(asked))
    assert more.exit_code == 0, more.output
    assert len(asked.stage.llm.requests) == before + left
    assert value(asked.stage.database, LEFT) == 0
    spent = value(asked.stage.database, SPENT)
    assert spent == value(asked.stage.database, IN_LEDGER) > 0


def test_without_prices_nothing_can_be_bounded(asked: Bakery) -> None:
    ran = bot(asked, "replay", "--since", "1h", "--yes", "--max-spend", "1")
    assert ran.exit_code == 1
    assert "--max-spend needs PRICES" in ran.stderr


@pytest.mark.parametrize("amount", ["0", "1e9", "-1", "nan", "1000001"])
def test_an_amount_is_above_nothing_and_below_a_million(
    asked: Bakery, amount: str
) -> None:
    ran = bot(asked, "replay", "--since", "1h", "--yes", "--max-spend", amount)
    assert ran.exit_code == 2
    assert f"{amount} is no amount such as 0.50" in ran.stderr


def test_another_prompt_is_kept_for_when_it_goes_on(
    asked: Bakery, tmp_path: Path
) -> None:
    file = tmp_path / "pirate.txt"
    file.write_text("You are a pirate.\n")
    ran = bot(asked, "replay", "--since", "1h", "--yes", "--prompt", str(file))
    assert ran.exit_code == 0, ran.output
    system = str(asked.stage.llm.prompts[-1][0]["content"])
    assert system.startswith("You are a pirate.\n\n")
    kept = value(asked.stage.database, "SELECT prompt FROM replays")
    assert kept == "You are a pirate."


def test_a_page_shows_both_and_runs_nothing(asked: Bakery, tmp_path: Path) -> None:
    evil = '<script>alert(1)</script> & "more" \u202e'
    asked.thinks(evil, "We are closed.", asked.calls("stock", bread="rye"), "Yes.")
    page = tmp_path / "replay.html"
    ran = bot(asked, "replay", "--since", "1h", "--yes", "--html", str(page))
    assert ran.exit_code == 0, ran.output
    text = page.read_text()
    assert "<script" not in text
    assert "&lt;script&gt;" in re.sub("</?ins>", "", text)
    assert re.search(r"<del>[^<]*nine", text)
    assert "Not as it was: " in text
    assert "it was not asked for then" in text
    assert "http" not in re.sub('http-equiv="[^"]*"', "", text)
    assert evil not in ran.stdout


def test_what_is_not_kept_any_more_fails_alone(asked: Bakery) -> None:
    asked.thinks("At nine.", "We are closed.", "Yes.")
    bot(asked, "replay", "--since", "1h", "--yes")
    change = "UPDATE replay_answers SET state = 'waiting', is_same = NULL"
    gone = """
        DELETE FROM answer_makings WHERE reference_id =
          (SELECT reference_id FROM replay_answers WHERE position = 1)
    """
    with asked.stage.database.transaction() as connection:
        connection.count(change)
        connection.count(gone)
    asked.thinks("We are closed.", "Yes.")
    ran = bot(asked, "replay", "--resume", "1", "--yes")
    assert "1 failed" in ran.stdout
    assert "is not kept any more" in ran.stdout
    assert ran.exit_code == 1


def test_who_is_erased_is_in_no_replay(asked: Bakery) -> None:
    asked.thinks("At nine.", "We are closed.", "Yes.")
    bot(asked, "replay", "--since", "1h", "--yes")
    user_id = value(asked.stage.database, "SELECT user_id FROM users")
    assert erase_person(asked.stage.database, user_id, b"key")
    assert rows(asked.stage.database, KEPT) == []
    told = json.loads(bot(asked, "replays", "show", "1", "--json").stdout)
    assert told["answers"] == []


@pytest.mark.parametrize(
    "arguments",
    [
        [], ["x", "--since", "1h"], ["--resume", "1", "--model", "m"],
        ["--resume", "1", "--knowledge", "then"], ["--resume", "1", "--limit", "5"],
    ],
)  # fmt: skip
def test_what_is_meant_is_said_once(asked: Bakery, arguments: list[Any]) -> None:
    assert bot(asked, "replay", *arguments).exit_code == 2


@pytest.mark.parametrize("age", ["7", "0d", "week", "-1d"])
def test_an_age_is_a_number_and_a_letter(asked: Bakery, age: str) -> None:
    ran = bot(asked, "replay", "--since", age)
    assert ran.exit_code == 2
    assert f"{age} is no time such as 30m, 24h or 7d" in ran.stderr


def test_an_export_is_replayed_and_kept_nowhere(asked: Bakery, tmp_path: Path) -> None:
    call = asked.calls("stock", bread="rye")
    asked.says("How many rye loaves?", call, "There are 12 loaves of rye.")
    store(asked.stage.database, "There is parking behind the bakery.")
    asked.says("Is there parking?", "Behind the bakery [1].")
    file = tmp_path / "ana.json"
    exported = bot(asked, "users", "export", asked.phone.address, "--output", str(file))
    assert exported.exit_code == 0, exported.output
    user_id = value(asked.stage.database, "SELECT user_id FROM users")
    assert erase_person(asked.stage.database, user_id, b"key")

    asked.thinks("At nine.", "We are closed.", "No.", call)
    asked.thinks("There are 12 loaves of rye.", "Behind the bakery [1].")
    ran = bot(asked, "replay", str(file), "--yes", "--knowledge", "then")
    assert ran.exit_code == 0, ran.output
    assert ran.stdout.endswith("Not kept: 4 the same, 1 otherwise.\n")
    assert "| There is parking behind the bakery." in words_of(asked.shown)
    assert "now   No." in ran.stdout
    assert asked.called == ["stock of rye"]
    assert value(asked.stage.database, "SELECT count(*) FROM replays") == 0


def test_what_is_no_export_is_told(asked: Bakery, tmp_path: Path) -> None:
    file = tmp_path / "chats.jsonl"
    bot(asked, "chats", "export", "--output", str(file))
    for text in (file.read_text(), "", '{"user": null}', "[" * 50_000):
        file.write_text(text)
        ran = bot(asked, "replay", str(file), "--yes")
        assert ran.exit_code == 1
        assert "`bot users export` writes one" in ran.stderr
