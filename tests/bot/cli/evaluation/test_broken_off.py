"""A replay that is broken off goes on with exactly the rest."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.bot.evaluation.bakery import Bakery
from tests.db.sql import rows, value, values
from tests.house import PATIENCE
from tests.scripted_llm import Script

ROOT = Path(__file__).parents[4]
SPENT = "SELECT spent_micros FROM replays"
IN_LEDGER = "SELECT sum(micros)::bigint FROM spendings WHERE purpose = 'replay'"
ENDED = "SELECT ended_at IS NOT NULL FROM replays"
STATES = "SELECT state FROM replay_answers ORDER BY position"


def start(bakery: Bakery, *arguments: str) -> subprocess.Popen[str]:
    known = {**bakery.stage.usual(), **bakery.settings, "PATH": os.environ["PATH"]}
    return subprocess.Popen(
        [sys.executable, "-m", "bot", "replay", *arguments, "--yes"],
        cwd=ROOT, env=known, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGKILL])
def test_it_goes_on_with_exactly_the_rest(bakery: Bakery, by: signal.Signals) -> None:
    bakery.settings["PRICES"] = str(bakery.folder / "prices.toml")
    for question in ("one", "two", "three"):
        bakery.says(question, f"To {question}.")
    is_asked, goes_on = threading.Event(), threading.Event()
    bakery.thinks("To one.", Script(text="To two.", until=goes_on))
    bakery.stage.llm.meanwhile.extend((None, is_asked.set))
    with start(bakery, "--since", "1h") as running:
        assert is_asked.wait(PATIENCE)
        running.send_signal(by)
        _, errors = running.communicate(timeout=PATIENCE)
    goes_on.set()
    assert values(bakery.stage.database, STATES) == ["done", "waiting", "waiting"]
    is_told = "2 answers are left: bot replay --resume 1" in errors
    assert is_told is (by == signal.SIGINT)

    # What was under way may be paid for: who goes on may not spend it again.
    assert rows(bakery.stage.database, SPENT) == rows(bakery.stage.database, IN_LEDGER)

    before = len(bakery.stage.llm.requests)
    bakery.thinks("To two.", "To three.")
    with start(bakery, "--resume", "1") as running:
        told, _ = running.communicate(timeout=PATIENCE)
    assert "3 the same, 0 otherwise;" in told
    assert len(bakery.stage.llm.requests) == before + 2
    assert value(bakery.stage.database, ENDED)
