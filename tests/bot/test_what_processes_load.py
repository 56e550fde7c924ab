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
    loaded = told_by(f"{PROCESSES[process]}\nimport sys; print(*sys.modules)")
    assert "bot" in loaded
    assert loaded & set(NEVER_USED[process].split()) == set()


def test_what_a_web_process_runs_is_loaded_before_they_are_forked() -> None:
    begun = "import bot.serving.server; from bot.wiring import load_web; load_web()"
    loaded = told_by(
        f"{SETTINGS}\nimport sys; {begun}; shared = {{*sys.modules}}\n"
        "build_web(settings); print(*(sys.modules.keys() - shared), 'end')"
    )
    assert loaded == {"end"}


def told_by(program: str) -> set[str]:
    run = subprocess.run(
        [sys.executable, "-c", program],
        check=True, cwd=ROOT, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    return set(run.stdout.split())
