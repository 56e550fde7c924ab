"""What people wrote is shown on a terminal as text, whatever it tries."""

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.cli.show import one_line, printable
from db.database import Database
from tests.db.queries.past_chats import add_chat
from tests.db.sql import change

TRICKS = {
    "turns the direction of all that follows": "\u202e",
    "isolates a direction": "\u2066",
    "marks a direction": "\u200f",
    "moves the cursor": "\x1b[2A",
    "is an escape in one sign": "\x9b",
    "rings": "\x07",
    "goes back to the line's beginning": "\r",
    "begins a new line": "\u2028",
    "shows nothing": "\ufeff",
    "is half a sign": "\ud83d",
}


@pytest.mark.parametrize("trick", TRICKS)
def test_no_trick_reaches_a_terminal(trick: str) -> None:
    sign = TRICKS[trick]
    assert printable(f"a{sign}b") == f"a\ufffd{sign[1:]}b"
    assert sign[0] not in one_line(f"a{sign}b")


READABLE = [
    "Zoë",
    "مرحبا",
    "\u0645\u06cc\u200c\u062a\u0648\u0627\u0646\u0645",
    "👨\u200d👩\u200d👧 ❤️ 🇨🇱",
    "two\nlines\tand a tab",
    "a\u00a0b",
]


@pytest.mark.parametrize("text", READABLE)
def test_text_stays_as_it_is(text: str) -> None:
    assert printable(text) == text


def test_lines_of_windows_are_lines() -> None:
    assert printable("one\r\ntwo") == "one\ntwo"


def test_one_line_is_one_line_and_not_too_long() -> None:
    assert one_line("one\n\n  two\tthree") == "one two three"
    assert one_line("x" * 50, 10) == "x" * 9 + "…"


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
