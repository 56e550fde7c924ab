"""`bot chats` from the outside."""

import csv
import io
import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from db import schema
from db.chats import PostgresChatStore
from db.database import Database
from tests.db.queries.past_chats import NOON, add_chat, add_transcript, message
from tests.db.sql import change, take_in, value
from tests.house import PATIENCE, ROOT
from tests.records import ANA, ANAS_ID, BEN, said

FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\n=1",
    "\uff1d1",
    "\r=1",
    "\u200e=1",
]
FORMATS = ["json", "jsonl", "csv", "markdown"]


def bot(url: str, *arguments: str, colour: bool = False) -> Result:
    """Run `bot chats ARGUMENTS`."""
    environment = {"DATABASE_URL": url}
    command = ["chats", *arguments]
    return CliRunner().invoke(main, command, env=environment, color=colour)


def exported(url: str, format_: str, *arguments: str) -> str:
    done = bot(url, "export", "--format", format_, *arguments)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_words_are_found_and_shown_with_whose_they_are(
    database: Database, database_url: str
) -> None:
    chat_id = add_chat(database, "no cake", "fresh rye\nbread", hour=3)
    add_chat(database, "bread for Ben", hour=2, state="archived")
    change(database, "UPDATE users SET full_name = 'Ana', phone_number = chat_id FROM "
           "userchats WHERE customer_id = user_id")  # fmt: skip
    shown = bot(database_url, "search", "bread").stdout.splitlines()
    assert shown[0] == f"{chat_id}  2026-03-01 15:00  {chat_id}  Ana  user"
    assert shown[1] == "  fresh rye bread"
    assert shown[3] == "  bread for Ben"
    assert len(shown) == 4
    assert len(bot(database_url, "search", "bread", "--limit", "1").stdout) > 0


def test_several_words_must_all_be_there_and_quotes_make_a_phrase(
    database: Database, database_url: str
) -> None:
    add_chat(database, "rye bread", "bread, no rye")
    assert bot(database_url, "search", "rye", "bread").stdout.count("user") == 2
    assert bot(database_url, "search", '"rye bread"').stdout.count("user") == 1
    nothing = bot(database_url, "search", "cake")
    assert (nothing.stdout, nothing.stderr) == ("", "Nothing was found.\n")
    assert nothing.exit_code == 0


def test_what_was_found_is_bright_on_a_terminal_and_obeys_nobody(
    database: Database, database_url: str
) -> None:
    add_chat(database, "\x1b[31mred\x1b]0;title\x07 bread \x9b2J")
    shown = bot(database_url, "search", "bread", colour=True).stdout
    assert "\x1b[33m\x1b[1mbread\x1b[0m" in shown
    assert "\x1b[31m" not in shown
    assert "\x1b]" not in shown
    assert "\x9b" not in shown
    assert "\x1b" not in bot(database_url, "search", "bread").stdout


def test_the_list_has_the_last_changed_chat_first(
    database: Database, database_url: str
) -> None:
    older = add_chat(database, "one", hour=1, state="archived")
    newer = add_chat(database, "two\nlines " + "x" * 99, hour=2, state="active")
    headings, *lines = bot(database_url, "list").stdout.splitlines()
    assert headings.split()[:3] == ["chat", "last", "message"]
    assert [line[:16] for line in lines] == [newer, older]
    assert "  active           1  whatsapp:" in lines[0]
    assert lines[0].endswith("  two lines " + "x" * 99)
    assert "  archived         1  whatsapp:" in lines[1]
    active = bot(database_url, "list", "--active").stdout.splitlines()[1:]
    assert [line[:16] for line in active] == [newer]
    assert bot(database_url, "list", "--limit", "1").stdout.count("\n") == 2


def test_a_stranger_is_not_taken_for_somebody(database_url: str) -> None:
    for command in ("list", "export"):
        done = bot(database_url, command, "--user", "+1555")
        assert done.exit_code == 1
        assert done.stderr == (
            "Error: nobody has the address +1555: see `bot users list`\n"
        )


def both_find(url: str, given: str) -> list[Result]:
    """Ask for the same person by every command that takes one."""
    environment = {"DATABASE_URL": url}
    shown = CliRunner().invoke(main, ["users", "show", given], env=environment)
    return [shown, bot(url, "list", "--user", given)]


def test_a_person_is_found_as_bot_users_finds_them(
    pg: PostgresChatStore, database_url: str
) -> None:
    chat_id = take_in(pg, said("Hello", ANA, other_address=ANAS_ID))
    take_in(pg, said("Hello", BEN))
    for given in ("+1 555 123 0001", ANA, ANAS_ID, "US.1A2B3C4D5E"):
        shown, listed = both_find(database_url, given)
        assert ANA in shown.stdout
        assert [line[:16] for line in listed.stdout.splitlines()[1:]] == [chat_id]
        told = json.loads(exported(database_url, "json", "--user", given))
        assert [chat["chat_id"] for chat in told] == [chat_id]


def test_a_number_that_two_people_had_is_refused_as_bot_users_refuses_it(
    pg: PostgresChatStore, database: Database, database_url: str
) -> None:
    take_in(pg, said("from the first holder", ANA))
    second = take_in(pg, said("from the second", "whatsapp:US.SECOND"))
    take_in(pg, said("with the number", ANA, other_address="whatsapp:US.SECOND"))
    shown, listed = both_find(database_url, "+1 555 123 0001")
    assert (shown.exit_code, listed.exit_code) == (1, 1)
    assert "2 users had the address +1 555 123 0001" in listed.stderr
    assert listed.stderr == shown.stderr
    query = "SELECT customer_id FROM userchats WHERE chat_id = %(chat_id)s"
    by_id = str(value(database, query, chat_id=second))
    _, listed = both_find(database_url, by_id)
    assert [line[:16] for line in listed.stdout.splitlines()[1:]] == [second]


def test_a_database_behind_is_told_before_it_is_read(
    database: Database, database_url: str
) -> None:
    schema.downgrade(database, "0003")
    done = bot(database_url, "list")
    assert done.exit_code == 1
    assert "run `bot db upgrade`" in done.stderr


def test_a_transcript_is_shown_by_the_beginning_of_its_id(
    database: Database, database_url: str
) -> None:
    told = [
        message("Do you sell\r\nbread? \x1b[2J", NOON),
        message("Rye.", NOON, role="assistant", model="a-model"),
        {"role": "user"},
    ]
    chat_id = add_transcript(database, told, NOON)
    change(database, "UPDATE users SET phone_number = 'whatsapp:+1', full_name = 'Ana'")
    assert bot(database_url, "show", chat_id[:5]).stdout == (
        f"{chat_id}  closed  whatsapp:+1  Ana\n"
        "\n2026-03-01 12:00:00  user\n  Do you sell\n  bread? \ufffd[2J\n"
        "\n2026-03-01 12:00:00  assistant  a-model\n  Rye.\n"
        "\n  user\n  \n"
    )
    missing = bot(database_url, "show", "0123")
    assert (
        missing.stderr == "Error: no chat_id begins with 0123: see `bot chats list`\n"
    )


def test_json_and_jsonl_hold_all_that_is_stored(
    database: Database, database_url: str
) -> None:
    odd = message("é \x1b 🍞 \u2028", NOON, media=[{"type": "image/png"}])
    first = add_transcript(database, [odd], NOON, "archived")
    second = add_chat(database, "two", hour=1, state="active")
    lines = exported(database_url, "jsonl").split("\n")
    chats = [json.loads(line) for line in lines if line]
    assert [chat["chat_id"] for chat in chats] == [first, second]
    assert chats[0]["messages"] == [odd]
    assert chats[0]["created_at"] == NOON.isoformat()
    assert [chat["archived"] for chat in chats] == [True, False]
    assert json.loads(exported(database_url, "json")) == chats
    only = exported(database_url, "json", "--user", chats[1]["phone_number"])
    assert json.loads(only) == chats[1:]


def test_an_export_of_nothing_is_still_of_its_format(database_url: str) -> None:
    assert json.loads(exported(database_url, "json")) == []
    assert exported(database_url, "jsonl") == ""
    assert exported(database_url, "csv").startswith("chat_id,phone_number,")
    assert exported(database_url, "markdown") == ""


def test_no_cell_of_a_csv_is_a_formula(database: Database, database_url: str) -> None:
    plain = ['plain, "quoted"\nand long', "\u200fZoë\u202c \x1b[1m"]
    add_chat(database, *FORMULAS, *plain)
    change(database, "UPDATE users SET full_name = '=2+2'")
    told = io.StringIO(exported(database_url, "csv"), newline="")
    rows = list(csv.DictReader(told))
    assert [row["full_name"] for row in rows] == ["'=2+2"] * 11
    assert [row["position"] for row in rows] == [str(n) for n in range(11)]
    contents = [row["content"] for row in rows]
    assert contents[9:] == plain
    assert contents[:9] == [f"'{formula}" for formula in FORMULAS]


def test_markdown_shows_what_was_written_and_nothing_more(
    database: Database, database_url: str
) -> None:
    chat_id = add_chat(database, "# no *heading*\r\r\n<b>bold</b> [x](y)")
    change(
        database, "UPDATE users SET phone_number = 'whatsapp:+1', full_name = 'A_na'"
    )
    assert exported(database_url, "markdown") == (
        f"## {chat_id}: whatsapp:+1 (A\\_na)\n\n"
        "**user**, 2026-03-01T12:00:00.000+00:00\n\n"
        "> \\# no \\*heading\\*\n>\n> \\<b\\>bold\\</b\\> \\[x\\](y)\n\n"
    )


@pytest.mark.parametrize("format_", FORMATS)
def test_a_file_holds_the_same_as_standard_output(
    database: Database, database_url: str, tmp_path: Path, format_: str
) -> None:
    for hour in range(3):
        add_chat(database, "Größe\nzwei", "three", hour=hour)
    file = tmp_path / "chats"
    file.write_text("what was there before")
    assert exported(database_url, format_, "--output", str(file)) == ""
    shown = bot(database_url, "export", "--format", format_).stdout_bytes
    assert file.read_bytes() == shown
    assert list(tmp_path.iterdir()) == [file]
    assert file.stat().st_mode & 0o777 == 0o600


def test_an_export_that_breaks_leaves_the_file_as_it_was(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    add_chat(database, "bread")
    change(database, "ALTER TABLE userchats RENAME COLUMN metadata TO other")
    file = tmp_path / "chats"
    file.write_text("what was there before")
    change(database, "ALTER VIEW all_chats RENAME COLUMN metadata TO other")
    assert bot(database_url, "export", "--output", str(file)).exit_code == 1
    assert file.read_text() == "what was there before"
    assert list(tmp_path.iterdir()) == [file]
    nowhere = bot(database_url, "export", "--output", str(tmp_path / "no" / "file"))
    assert nowhere.stderr.endswith(
        "/no/file can't be written (No such file or directory): choose another file\n"
    )


def test_progress_is_shown_on_a_terminal_and_there_alone(
    database: Database, database_url: str
) -> None:
    for hour in range(3):
        add_chat(database, "bread", hour=hour)
    command = [sys.executable, "-m", "bot", "chats", "export"]
    environment = {**os.environ, "DATABASE_URL": database_url, "TERM": "xterm"}
    ours, terminal = pty.openpty()
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=terminal
    ) as export:
        os.close(terminal)
        out, _ = export.communicate(timeout=PATIENCE)
    told = os.read(ours, 10_000).decode()
    os.close(ours)
    assert "3/3" in told
    assert len(out.splitlines()) == 3
    assert bot(database_url, "export").stderr == ""
