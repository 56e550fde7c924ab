"""What a process loads that it never uses costs its memory and its start."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("module", ["bot.worker", "bot.jobs", "bot.run"])
def test_what_serves_no_webhook_loads_no_flask(module: str) -> None:
    code = f"import sys, {module}; sys.exit('flask' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], check=False, cwd=ROOT)
    assert run.returncode == 0
