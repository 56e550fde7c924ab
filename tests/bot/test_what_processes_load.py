"""What a process loads that it never uses costs its memory and its start."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SETTINGS = """
from threading import Event
from bot.checks.starts import require_start
from bot.cli.database import read_cautions
from bot.settings import Settings
from bot.wiring import build_web, build_worker
settings = Settings.from_env({
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32, "TWILIO_AUTH_TOKEN": "token",
    "TWILIO_WHATSAPP_NUMBER": "whatsapp:+14155238886", "OPENAI_API_KEY": "key",
    "DATABASE_URL": "postgresql://bot@127.0.0.1:9/nowhere",
    "PUBLIC_BASE_URL": "https://bot.example.com",
})
cautions = read_cautions()
require_start(settings, "web")
require_start(settings, "worker")
"""
PROCESSES = {
    "bot --help": "import bot.cli",
    "the web process": SETTINGS + "build_web(settings)",
    "the worker": SETTINGS + "build_worker(settings, Event())",
    "the simulator": "import bot.local.account, bot.simulator.server",
}
NEVER_USED = {
    "bot --help": "sqlalchemy psycopg alembic flask urllib3 prometheus_client babel",
    "the web process": "alembic procrastinate urllib3 pyrage markdown_it bot.local "
    "babel lingua",
    "the worker": "alembic flask gunicorn pyrage bot.local lingua",
    "the simulator": "sqlalchemy psycopg alembic procrastinate",
}


@pytest.mark.parametrize("process", PROCESSES)
def test_nothing_is_loaded_that_is_never_used(process: str) -> None:
    told = "import sys; print(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", f"{PROCESSES[process]}\n{told}"],
        check=True, cwd=ROOT, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    loaded = set(run.stdout.split())
    assert "bot" in loaded
    assert loaded & set(NEVER_USED[process].split()) == set()
