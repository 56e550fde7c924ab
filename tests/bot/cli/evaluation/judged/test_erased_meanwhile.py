"""Who is erased while cases are judged is told no model from then on."""

import os
import subprocess
import sys
import threading

from db.chats import PostgresChatStore
from db.database import Database
from db.privacy.erasure import erase_person
from tests.bot.cli.evaluation.judged.conftest import Bakery
from tests.bot.cli.evaluation.judged.lived import judge_down, talk
from tests.db.sql import values
from tests.house import ROOT, eventually

LIVED = "My sister Zelda wants zwieback, is there any?"


def test_who_is_erased_meanwhile_is_told_no_model(
    bakery: Bakery, pg: PostgresChatStore, database: Database
) -> None:
    told = talk(pg, LIVED, "Yes, of course.")
    judge_down(database, told)
    assert bakery.bot("cases", "collect").exit_code == 0
    goes_on = threading.Event()
    bakery.llm.waits_for(goes_on, after=2)
    plain = {k: os.environ[k] for k in ("PATH", "HOME") if k in os.environ}
    command = [sys.executable, "-m", "bot", "evaluate", "--yes"]
    with subprocess.Popen(
        command, cwd=ROOT, env={**plain, **bakery.environment}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as run:  # fmt: skip
        eventually(lambda: len(bakery.llm.prompts) > 2)
        assert erase_person(database, told.user_id, b"k" * 32)
        goes_on.set()
        out, errors = run.communicate(timeout=60)
    assert "Zelda" not in str(bakery.llm.prompts)
    assert "9 of 9 cases passed" in out
    assert "stopped" not in errors
    assert run.returncode == 0
    assert values(database, "SELECT state FROM evaluations") == ["done"]
