"""What the project's psqlrc makes of psql: readable tables, saved queries, a prompt."""

import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from db.access.shell import PSQLRC, find_psql, open_shell
from db.address import parse_url
from db.chats import PostgresChatStore
from db.database import Database
from db.embedded.programs import bin_folder
from tests.db.access.logins import three_roles
from tests.db.sql import take_in
from tests.house import PATIENCE
from tests.records import ANA, answer_to, said

ROOT = Path(__file__).parents[3]
SETTINGS = {"PROMPT1", "PROMPT2", "HISTCONTROL", "COMP_KEYWORD_CASE", "QUIET"}
PIECES = {"help", "help_views", "help_rest", "tables_only"}
PIECES |= {"tricks", "signs"}
NEED_TABLES = {"newest", "documents", "stopped", "topics", "summaries", "jobs"}
NEED_TABLES |= {"labels"}
SAVED = [
    name
    for name in re.findall(r"^\\set (\w+) '", PSQLRC.read_text(), re.MULTILINE)
    if name not in SETTINGS | PIECES
]
A_TABLE = """\
┌──────┬─────────┐
│ word │ nothing │
├──────┼─────────┤
│ läßt │ ∅       │
└──────┴─────────┘
(1 row)

"""


@pytest.fixture(params=["installed", "of the wheel"], autouse=True)
def psql(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both psqls in turn, whatever the user has in their own psqlrc."""
    if request.param == "of the wheel":
        monkeypatch.setenv("PATH", str(bin_folder()), prepend=os.pathsep)
    elif find_psql() == str(bin_folder() / "psql"):
        pytest.skip("psql is not installed, or older than the wheel's")
    monkeypatch.delenv("LESS", raising=False)
    monkeypatch.setenv("PSQLRC", "/dev/null")


@pytest.fixture
def inhabited_url(database: Database, database_url: str) -> str:
    """A database in which Ana has an answer, and waits for another."""
    pg = PostgresChatStore(database, timedelta(days=1))
    message = said("When do you open?", profile_name="Ana")
    assert pg.record_reply(take_in(pg, message), answer_to(message))
    take_in(pg, said("And on Sundays?"))
    return database_url


def typed(url: str, *lines: str, pager: str = "cat") -> str:
    """Type lines at `bot db shell` on a terminal; return all that it showed."""
    keyboard, terminal = pty.openpty()
    environment = {**os.environ, "DATABASE_URL": url, "TERM": "dumb"}
    environment["PAGER"] = pager
    command = [sys.executable, "-m", "bot", "db", "shell"]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=terminal, stdout=terminal
    ) as shell:
        os.close(terminal)
        os.write(keyboard, "".join(f"{line}\n" for line in (*lines, r"\q")).encode())
        shown = b""
        with suppress(OSError):  # how Linux tells that the terminal is closed
            while read := os.read(keyboard, 65536):
                shown += read
        assert shell.wait(PATIENCE) == 0
    os.close(keyboard)
    return shown.decode().replace("\r\n", "\n")


def test_tables_are_framed_and_null_can_be_seen(
    database_url: str, capfd: pytest.CaptureFixture[str]
) -> None:
    query = "SELECT 'läßt' AS word, NULL AS nothing"
    assert open_shell(database_url, ("-c", query)) == 0
    shown = capfd.readouterr()
    assert shown.out == A_TABLE  # and no "Time:", nothing of the settings either
    assert shown.err == ""


def test_without_the_psqlrc_psql_is_as_ever(
    database_url: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert open_shell(database_url, ("-X", "-c", "SELECT NULL AS nothing")) == 0
    assert "∅" not in capfd.readouterr().out


def test_a_terminal_shows_database_role_and_where_help_is_and_keeps_no_history(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("PSQL_HISTORY", raising=False)
    shown = typed(database_url, "SELECT 'läßt' AS word, NULL AS nothing;")
    assert "Type :help for saved queries" in shown
    assert f"{parse_url(database_url).database} as bot=# " in shown
    assert A_TABLE in shown
    assert list(tmp_path.iterdir()) == []


def test_wide_tables_may_be_scrolled_sideways(database_url: str) -> None:
    pager = "sh -c 'echo paged with $LESS; cat'"
    shown = typed(database_url, "SELECT repeat('wide ', 999);", pager=pager)
    assert "paged with -SRFX" in shown


def test_help_lists_every_saved_query(
    database_url: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert open_shell(database_url, ("-c", ":help")) == 0
    listed = re.findall(r"^  :(\w+) ", capfd.readouterr().out, re.MULTILINE)
    assert set(listed) == set(SAVED)
    assert len(listed) == len(SAVED)
    assert {"inbox", "unanswered", "failed", "busiest"} <= set(listed)


@pytest.mark.parametrize("name", ["inbox", "unanswered"])
def test_a_saved_query_shows_who_waits(
    inhabited_url: str, capfd: pytest.CaptureFixture[str], name: str
) -> None:
    assert open_shell(inhabited_url, ("-c", f":{name}")) == 0
    shown = capfd.readouterr().out
    assert re.search(rf"│ {re.escape(ANA)} │ Ana .* And on Sundays\? ", shown)
    assert shown.endswith("(1 row)\n\n")


@pytest.mark.parametrize("name", SAVED)
def test_every_saved_query_runs(
    inhabited_url: str, capfd: pytest.CaptureFixture[str], name: str
) -> None:
    assert open_shell(inhabited_url, ("-c", f":{name}")) == 0
    assert re.search(r"^\(\d+ rows?\)$", capfd.readouterr().out, re.MULTILINE)


def run_file(url: str, file: Path, names: Iterable[str]) -> int:
    """Run saved queries one after the other, in one psql."""
    file.write_text("".join(f":{name}\n" for name in names))
    return open_shell(url, ("-v", "ON_ERROR_STOP=1", "-f", str(file)))


def test_a_role_that_only_looks_is_offered_what_it_may_ask(
    inhabited_url: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "queries"
    with three_roles(inhabited_url) as urls:
        assert run_file(urls["readonly"], file, ["help", *SAVED]) == 0
        shown = capfd.readouterr()
        listed = re.findall(r"^  :(\w+) ", shown.out, re.MULTILINE)
        assert set(listed) == set(SAVED) - NEED_TABLES
        assert shown.out.count("may not read the tables") == len(NEED_TABLES)
        assert shown.err == ""
        assert run_file(urls["app"], file, ["newest", "jobs"]) == 0
        assert ANA in capfd.readouterr().out


def test_nothing_that_people_wrote_turns_the_direction_of_a_line(
    database: Database,
    database_url: str,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    pg = PostgresChatStore(database, timedelta(days=1))
    tricks = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    take_in(pg, said(f"a{tricks}\nb", profile_name=f"A{tricks}na"))
    asked = ("inbox", "unanswered", "newest", "busiest")
    assert run_file(database_url, tmp_path / "queries", asked) == 0
    shown = capfd.readouterr().out
    signs = "\ufffd" * len(tricks)
    assert shown.count(f"A{signs}na") == 4
    assert shown.count(f"a{signs} b") == 2
    assert not set(tricks) & set(shown)


@pytest.mark.parametrize(
    ("option", "shown"), [("-Atc", "1\n"), ("--command", "1\n"), ("-tAqc", "1\n")]
)
def test_a_saved_query_goes_with_psqls_options(
    database_url: str, capfd: pytest.CaptureFixture[str], option: str, shown: str
) -> None:
    arguments = ("-At", "-v", "one=SELECT 1;", option, ":one")
    assert open_shell(database_url, arguments) == 0
    assert capfd.readouterr().out == shown


def test_a_saved_query_that_does_not_exist_is_an_error(
    database_url: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert open_shell(database_url, ("-c", ":nonsense")) != 0
    assert "syntax error" in capfd.readouterr().err


def test_an_open_transaction_does_not_hold_the_bot_up_for_long(
    database_url: str, capfd: pytest.CaptureFixture[str]
) -> None:
    query = "SHOW idle_in_transaction_session_timeout"
    assert open_shell(database_url, ("-Atc", query)) == 0
    assert capfd.readouterr().out == "10min\n"
