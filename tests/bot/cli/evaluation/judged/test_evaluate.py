"""A worse prompt on the demo bakery is found, and no person is in what CI keeps."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import yaml

from bot.local.demo_business import FOLDER
from db.chats import PostgresChatStore
from db.database import Database
from db.privacy.erasure import erase_person
from db.records import Gap
from tests.bot.cli.evaluation.judged.conftest import Bakery
from tests.bot.cli.evaluation.judged.lived import correct, judge_down, talk
from tests.bot.cli.evaluation.judged.obedient import SHY
from tests.db.sql import change, rows, value, values
from tests.house import ROOT, eventually

PRICES = {
    case["name"]
    for case in yaml.safe_load((FOLDER / "cases" / "prices.yaml").read_text())
}
WORSE = f"You are the assistant of a bakery. {SHY}"
LIVED = "My sister Zelda wants zwieback, is there any?"
STATES = "SELECT state FROM evaluations ORDER BY id"


@pytest.fixture
def worse(tmp_path: Path) -> str:
    file = tmp_path / "worse.txt"
    file.write_text(WORSE)
    return str(file)


def test_a_prompt_that_forgets_the_prices_is_found(
    bakery: Bakery, database: Database, worse: str
) -> None:
    good = bakery.bot("evaluate", "--yes", "--save-baseline", "good")
    assert good.exit_code == 0, good.output
    assert "9 of 9 cases passed" in good.stdout
    bad = bakery.bot("evaluate", "--yes", "--baseline", "good", "--prompt", worse)
    assert bad.exit_code == 1
    _, _, told = bad.stdout.partition("Got worse:\n")
    named = dict(line.strip().split(": ", 1) for line in told.splitlines()[:-1])
    assert named.keys() == PRICES
    assert named["rye-bread-price"] == "numbers: 4.20 € is missing"
    assert values(database, STATES) == ["done", "done"]
    # What is as good as the baseline is right, and so is what was that bad before.
    again = bakery.bot("evaluate", "--yes", "--baseline", "good")
    assert (again.exit_code, "0 got worse" in again.stdout) == (0, True)
    bakery.bot("evaluate", "--yes", "--save-baseline", "bad", "--prompt", worse)
    as_bad = bakery.bot("evaluate", "--yes", "--baseline", "bad", "--prompt", worse)
    assert as_bad.exit_code == 0


def test_what_is_new_or_missing_is_told_and_what_is_worse_is_not_saved(
    bakery: Bakery, worse: str
) -> None:
    bakery.bot("evaluate", "--yes", "--save-baseline", "good")
    asked = ("cases", "add", "--ask", "Do you sell bicycles?")
    assert bakery.bot(*asked, "--must", "never").exit_code == 0
    some = bakery.bot("evaluate", "--yes", "--baseline", "good", "--only", "1")
    assert some.exit_code == 0
    assert "case 1  new, failed" in some.stdout
    assert "1 are new, 0 are missing" in some.stdout
    own = bakery.folder / "own"
    own.mkdir()
    (own / "one.yaml").write_text("{name: one, ask: Hi, must: can't}\n")
    with_own = ("--cases", str(own), "--baseline", "good", "--save-baseline", "good")
    other = bakery.bot("evaluate", "--yes", *with_own)
    assert other.exit_code == 0
    assert "2 are new, 9 are missing" in other.stdout
    assert "  missing: rye-bread-price\n" in other.stdout
    assert "Saved as the baseline good." in other.stderr
    forgets = ("--baseline", "good", "--save-baseline", "good", "--prompt", worse)
    (own / "one.yaml").write_text("{name: one, ask: Hi, must: salt}\n")
    worse_now = bakery.bot("evaluate", "--yes", "--cases", str(own), *forgets)
    assert worse_now.exit_code == 1
    assert "It is not saved as good." in worse_now.stderr


def test_files_for_ci_are_whole_and_hold_no_word_of_a_person(
    bakery: Bakery, pg: PostgresChatStore, database: Database, tmp_path: Path
) -> None:
    judge_down(database, talk(pg, LIVED, "I can't tell."))
    assert bakery.bot("cases", "collect").exit_code == 0
    junit, summary = tmp_path / "junit.xml", tmp_path / "summary.md"
    files = ("--junit", str(junit), "--summary", str(summary))
    run = bakery.bot("evaluate", "--yes", *files)
    as_json = bakery.bot("evaluate", "--yes", "--json")
    assert (run.exit_code, as_json.exit_code) == (1, 1)
    assert json.loads(as_json.stdout)["worse"] == ["case 1"]
    suite = ET.fromstring(junit.read_text()).find("testsuite")  # noqa: S314  (ours)
    assert suite is not None
    assert (suite.get("tests"), suite.get("failures")) == ("10", "1")
    (failure,) = suite.findall("testcase[@name='case 1']/failure")
    assert failure.get("message") == "again"
    assert "| case 1 | failed | 0.50 | again |" in summary.read_text()
    for told in (run.output, as_json.output, junit.read_text(), summary.read_text()):
        assert "zwieback" not in told
        assert "Zelda" not in told
        assert "can't tell" not in told
    shown = bakery.bot("evaluate", "show", "1").stdout
    assert LIVED in shown
    assert "failed: again: the same is said as before" in shown


def test_who_is_erased_is_in_no_case_no_baseline_and_no_report(
    bakery: Bakery, pg: PostgresChatStore, database: Database, tmp_path: Path
) -> None:
    told = talk(pg, LIVED, "Yes, of course.")
    judge_down(database, told)
    bakery.bot("cases", "collect")
    saved = bakery.bot("evaluate", "--yes", "--save-baseline", "good")
    assert "10 of 10 cases passed" in saved.stdout
    assert erase_person(database, told.user_id, b"k" * 32)
    assert rows(database, "SELECT 1 FROM cases") == []
    baseline = "SELECT case_id FROM evaluation_results WHERE user_id IS NOT NULL"
    assert rows(database, baseline) == []
    everything = " ".join(
        str(rows(database, f"TABLE {table}"))
        for table in ("cases", "evaluations", "evaluation_results", "baselines")
    )
    assert "Zelda" not in everything
    report = tmp_path / "summary.md"
    after = ("--baseline", "good", "--summary", str(report))
    assert bakery.bot("evaluate", "--yes", *after).exit_code == 0
    assert "case 1" not in report.read_text()


def test_what_quotes_a_persons_own_words_goes_with_them(
    bakery: Bakery, pg: PostgresChatStore, database: Database, tmp_path: Path
) -> None:
    """An answered gap stands under the words of who asked; others are told it, too."""
    told = talk(pg, LIVED, "I don't know.", gap=Gap(LIVED, ("zwieback",)))
    correct(database, told, LIVED, "Zwieback is 2.10 euros.")
    own = tmp_path / "own"
    own.mkdir()
    (own / "one.yaml").write_text("{name: one, ask: Any zwieback, source: Rye}\n")
    (own / "two.yaml").write_text("{name: two, ask: Hi, must: x}\n")
    junit = tmp_path / "junit.xml"
    asked = ("--cases", str(own), "--junit", str(junit))
    run = bakery.bot("evaluate", "--yes", *asked)
    assert "0 of 2 cases passed" in run.stdout, run.output
    kept = "SELECT name, said LIKE '%2.10 euros%' FROM evaluation_results ORDER BY 1"
    assert rows(database, kept) == [("one", True), ("two", False)]
    shown = bakery.bot("evaluate", "show", "1").stdout
    assert f"'Rye' is not cited: {LIVED} is" in shown
    assert "Zelda" not in junit.read_text()
    assert erase_person(database, told.user_id, b"k" * 32)
    assert values(database, kept) == ["two"]


def test_it_ends_before_it_costs_more_than_was_said(
    bakery: Bakery, database: Database
) -> None:
    prices = bakery.folder / "prices.toml"
    prices.write_text(
        'currency = "EUR"\ndate = 2026-01-01\n[unknown]\ninput = 1\noutput = 1\n'
        "minute = 1\ncharacters = 1\nmessage = 1\n"
        "[models.obedient]\ninput = 1000\noutput = 1000\n"
    )
    short = {"PRICES": str(prices), "LLM_MAX_TOKENS": "20"}
    run = bakery.bot("evaluate", "--yes", "--max-spend", "12", **short)
    assert run.exit_code == 1, run.output
    assert "It was stopped before all cases were judged" in run.stderr
    assert values(database, STATES) == ["stopped"]
    spent = value(database, "SELECT spent FROM evaluations")
    judged = value(database, "SELECT count(*) FROM evaluation_results")
    assert 0 < spent <= 12
    assert 0 < judged < 9
    ledger = "SELECT sum(micros) / 1000000.0 FROM spendings WHERE purpose = 'evaluate'"
    assert value(database, ledger) == spent


def test_what_the_judge_may_cost_is_told_before(bakery: Bakery) -> None:
    prices = bakery.folder / "prices.toml"
    prices.write_text(
        'currency = "EUR"\ndate = 2026-01-01\n[unknown]\ninput = 1\noutput = 1\n'
        "minute = 1\ncharacters = 1\nmessage = 1\n"
        "[models.obedient]\ninput = 1\noutput = 1\n"
        "[models.judge]\ninput = 1\noutput = 1000000\n"
    )
    priced = {"PRICES": str(prices), "LLM_MAX_TOKENS": "20", "JUDGE_MODEL": "judge"}
    asked = ("cases", "add", "--ask", "What does rye bread cost?")
    bakery.bot(*asked, "--judge", "It is friendly.")
    told = bakery.bot("evaluate", "--only", "1", answers="n\n", **priced).stderr
    most = re.search(r"about ([0-9.]+) EUR at most", told)
    assert most, told
    assert float(most[1]) > 3 * 20  # three votes, a euro a token


def test_no_model_judges_itself_and_what_is_not_judged_fails(bakery: Bakery) -> None:
    asked = ("cases", "add", "--ask", "What does rye bread cost?")
    bakery.bot(*asked, "--judge", "It is friendly.")
    only = ("evaluate", "--yes", "--only", "1")
    itself = bakery.bot(*only, JUDGE_MODEL="Obedient")
    assert itself.exit_code == 1
    assert "none judges itself" in itself.stderr
    nobody = bakery.bot(*only)
    assert nobody.exit_code == 1
    assert "not judged: no JUDGE_MODEL is set" in nobody.stdout
    assert bakery.bot(*only, "--without-judge").exit_code == 0


def test_it_asks_before_it_begins(bakery: Bakery, database: Database) -> None:
    assert bakery.bot("evaluate", answers="n\n").exit_code == 1
    assert bakery.llm.prompts == []
    assert values(database, STATES) == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--model", "x", "show", "1"], "--model has no meaning before show."),
        (["--only", "x", "--save-baseline", "b"], "leave out --only"),
        (["--tolerance", "0.2"], "no meaning without --baseline"),
        (["--yes", "--max-spend", "1"], "--max-spend needs PRICES"),
        (["--yes", "--baseline", "none"], "there is no baseline none"),
        (["--yes", "--only", "nowhere"], "no case is called nowhere"),
        (["show", "7"], "there is no evaluation 7"),
    ],
)
def test_what_can_not_be_done_is_told(
    bakery: Bakery, arguments: list[str], told: str
) -> None:
    run = bakery.bot("evaluate", *arguments)
    assert run.exit_code in {1, 2}
    assert told in run.stderr


def test_ctrl_c_leaves_what_was_judged_and_says_that_it_was_stopped(
    bakery: Bakery, database: Database
) -> None:
    judged = "SELECT count(*) FROM evaluation_results"
    goes_on = threading.Event()
    bakery.llm.waits_for(goes_on, after=2)
    plain = {k: os.environ[k] for k in ("PATH", "HOME") if k in os.environ}
    command = [sys.executable, "-m", "bot", "evaluate", "--yes"]
    with subprocess.Popen(
        command, cwd=ROOT, env={**plain, **bakery.environment}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as run:  # fmt: skip
        eventually(lambda: value(database, judged) == 2 and len(bakery.llm.prompts) > 2)
        run.send_signal(signal.SIGINT)
        goes_on.set()
        out, _ = run.communicate(timeout=60)
    assert run.returncode == 1
    assert "2 of 2 cases passed" in out
    assert values(database, STATES) == ["stopped"]
    change(database, "DELETE FROM evaluations")
    assert value(database, judged) == 0
