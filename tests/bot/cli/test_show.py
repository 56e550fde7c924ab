"""What people wrote is shown on a terminal as text, whatever it tries."""

import os
import pty
import subprocess
import sys

import pytest
from click.testing import CliRunner

from bot.cli import main
from db.database import Database
from tests.db.queries.past_chats import add_chat
from tests.db.sql import change
from tests.house import PATIENCE, ROOT


@pytest.mark.parametrize("command", [["list"], ["show", ""], ["search", "bread"]])
def test_nobody_makes_a_command_lie(
    database: Database, database_url: str, command: list[str]
) -> None:
    add_chat(database, "bread \u202egnirts\u2066 bread")
    change(database, "UPDATE users SET full_name = E'Ana\u202e\u2066'")
    done = CliRunner().invoke(
        main, ["chats", *command], env={"DATABASE_URL": database_url}
    )
    assert done.exit_code == 0, done.output
    assert "bread" in done.stdout
    assert not set(done.stdout) & set("\u202e\u2066")


def on_a_terminal(url: str, *arguments: str, **environment: str) -> str:
    """Return what a command shows on a terminal of 60 columns."""
    ours, terminal = pty.openpty()
    variables = {**os.environ, "DATABASE_URL": url, "COLUMNS": "60", **environment}
    command = [sys.executable, "-m", "bot", *arguments]
    with subprocess.Popen(
        command, cwd=ROOT, env=variables, stdout=terminal, stderr=terminal
    ) as running:
        os.close(terminal)
        shown = b""
        try:
            while piece := os.read(ours, 10_000):
                shown += piece
        except OSError:
            pass  # the terminal was closed at the other end
        assert running.wait(PATIENCE) == 0
    os.close(ours)
    return shown.decode().replace("\r\n", "\n")


@pytest.fixture
def tricky(database: Database) -> None:
    for _ in range(2):
        add_chat(database, "bread \x1b[2J\x9b1m\u202e " + "x" * 99)
    change(
        database,
        "UPDATE users SET full_name = E'Ana\u202e ' || repeat('a', 30), "
        "phone_number = 'whatsapp:' || user_id",
    )


@pytest.mark.usefixtures("tricky")
def test_a_list_fits_its_terminal_and_has_headings(database_url: str) -> None:
    heading, *lines = on_a_terminal(database_url, "chats", "list").splitlines()
    assert max(map(len, lines)) <= 60
    assert heading.split() == ["chat", "address", "said", "last"]
    assert all("  bread \ufffd[2J" in line and line.endswith("…") for line in lines)


@pytest.mark.usefixtures("tricky")
def test_no_color_is_obeyed(database_url: str) -> None:
    search = ("chats", "search", "bread", "--limit", "1")
    done = CliRunner().invoke(
        main, search, color=True, env={"DATABASE_URL": database_url, "NO_COLOR": ""}
    )
    assert "\x1b[33m\x1b[1mbread" in done.stdout
    assert "\x1b" not in on_a_terminal(database_url, *search, NO_COLOR="1")


@pytest.mark.usefixtures("tricky")
def test_an_export_is_harmless_on_a_terminal(database_url: str) -> None:
    shown = on_a_terminal(database_url, "chats", "export", "--format", "csv")
    assert "bread \ufffd[2J" in shown
    assert not set(shown) & set("\x1b\x9b\u202e")
