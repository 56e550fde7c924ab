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
settings = Settings.from_env({
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32, "TWILIO_AUTH_TOKEN": "token",
    "TWILIO_WHATSAPP_NUMBER": "whatsapp:+14155238886", "OPENAI_API_KEY": "key",
    "DATABASE_URL": "postgresql://bot@127.0.0.1:9/nowhere",
    "PUBLIC_BASE_URL": "https://bot.example.com", "CONSOLE_SECRET_KEY": "0" * 64,
})
cautions = read_cautions()
require_start(settings, "web")
require_start(settings, "worker")
"""
HELD = """
import os, stat
from dataclasses import replace
from threading import active_count
from bot.wiring.console import build_console
from bot.wiring.web import build_web
def is_socket(fd):
    try:
        return stat.S_ISSOCK(os.fstat(fd).st_mode)
    except OSError:
        return False
"""
PROCESSES = {
    "bot --help": "from bot.cli import main; from click import Context\n"
    "main.get_help(Context(main))",
    "the web process": SETTINGS
    + "from bot.wiring.web import build_web\nbuild_web(settings)",
    "the worker": SETTINGS
    + "from bot.wiring.worker import build_worker\nbuild_worker(settings, Event())",
    "the simulator": "import bot.local.account, bot.simulator.server",
}
NEVER_USED = {
    "bot --help": "sqlalchemy psycopg alembic flask urllib3 prometheus_client babel",
    "the web process": "alembic procrastinate urllib3 pyrage markdown_it bot.local "
    "babel lingua bot.wiring.worker bot.wiring.talk bot.wiring.console",
    "the worker": "alembic flask gunicorn pyrage bot.local lingua bot.wiring.web "
    "bot.wiring.console",
    "the simulator": "sqlalchemy psycopg alembic procrastinate",
}


@pytest.mark.parametrize("process", PROCESSES)
def test_nothing_is_loaded_that_is_never_used(process: str) -> None:
    loaded = told_by(f"{PROCESSES[process]}\nimport sys; print(*sys.modules)")
    assert "bot" in loaded
    assert loaded & set(NEVER_USED[process].split()) == set()


@pytest.mark.parametrize(
    "build",
    [
        "build_web(settings)",
        "build_web(replace(settings, storage_backend='memory'))",
        "build_console(settings)",
    ],
)
def test_what_is_built_before_the_forks_holds_no_thread_and_no_connection(
    build: str,
) -> None:
    sockets = "{fd for fd in range(3, 100) if is_socket(fd)}"
    assert told_by(f"{SETTINGS}{HELD}{build}; print(active_count(), {sockets})") == {
        "1",
        "set()",
    }


@pytest.mark.parametrize(
    "patterns",
    [
        "bot.knowledge.catalogues.price_words",
        "bot.chat.sources.markers",
        "bot.chat.sources.numbers",
    ],
)
def test_a_worker_has_no_patterns_of_documents_before_there_are_any(
    patterns: str,
) -> None:
    loaded = told_by(f"{PROCESSES['the worker']}\nimport sys; print(*sys.modules)")
    assert patterns not in loaded


def told_by(program: str) -> set[str]:
    run = subprocess.run(
        [sys.executable, "-c", program],
        check=True, cwd=ROOT, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    return set(run.stdout.split())
