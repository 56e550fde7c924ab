"""`bot broadcast` and `bot users opt-in` from the outside; the simulator is Twilio."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from db.chats import PostgresChatStore
from db.database import Database
from tests.bot.simulator.desk import (
    ACCOUNT,
    KEY_SECRET,
    KEY_SID,
    NUMBER,
    TOKEN,
    Desk,
    desk_at,
)
from tests.db.broadcasts.people import number, stop, write
from tests.db.sql import rows, value, values

SID, TWIN, PAUSED = (f"HX{at:032x}" for at in (107, 108, 109))
BODY = "Hello {{1}}, {{2}} is ready."
TEMPLATES = [
    {"sid": SID, "body": BODY, "friendly_name": "ready"},
    {"sid": TWIN, "body": BODY, "friendly_name": "twin"},
    {"sid": f"HX{110:032x}", "body": BODY, "friendly_name": "twin", "language": "de"},
    {"sid": PAUSED, "body": BODY, "friendly_name": "paused", "status": "paused"},
]
PEOPLE = """address,1,2,opt_in,shop
+1555300 0001,Ana,rye,form,a
+15553000001,Ana,rye,form,a
+15553000002,Ben,rye,,a
+15553000003,Cem,rye,form,a
+15553000009,Dee,rye,,a
"""
PRICES = """currency = "EUR"
date = 2026-11-01
[unknown]
input = 1
output = 1
minute = 1
characters = 1
message = 0.5
[whatsapp]
"+1" = 0.02
"""


@pytest.fixture(scope="module")
def account() -> Iterator[Desk]:
    with desk_at("http://127.0.0.1:9/none") as desk:
        assert desk.phone("PUT", "templates", json=TEMPLATES).ok
        yield desk


class Terminal:
    """An operator's terminal."""

    def __init__(self, url: str, account: Desk, folder: Path) -> None:
        self.folder = folder
        prices = folder / "prices.toml"
        prices.write_text(PRICES)
        self._environment = {
            "DATABASE_URL": url,
            "DATA_FOLDER": str(folder),
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": "0" * 32,
            "TWILIO_API_KEY_SID": KEY_SID,
            "TWILIO_API_KEY_SECRET": KEY_SECRET,
            "TWILIO_WHATSAPP_NUMBER": NUMBER,
            "TWILIO_API_BASE_URL": account.url,
            "PRICES": str(prices),
        }

    def run(self, *arguments: str, typed: str = "") -> Result:
        return CliRunner().invoke(main, arguments, env=self._environment, input=typed)

    def starts(self, told: str, *arguments: str, typed: str = "") -> Result:
        """Start a broadcast to a file with that content, or by a query."""
        given = told
        if "\n" in told:
            given = str(self.folder / "people.csv")
            Path(given).write_text(told)
        return self.run(
            "broadcast", "start", "ready", "--to", given, *arguments, typed=typed
        )


@pytest.fixture
def terminal(database_url: str, account: Desk, tmp_path: Path) -> Terminal:
    return Terminal(database_url, account, tmp_path)


def test_beside_make_run_the_account_is_the_simulator_s(
    account: Desk, tmp_path: Path
) -> None:
    port = str(urlsplit(account.url).port)
    environment = {"DATA_FOLDER": str(tmp_path), "SIMULATOR_PORT": port}
    for command in ("list", "check"):
        asked = ["templates", command]
        alone = CliRunner().invoke(main, asked, env=environment)
        assert "TWILIO_ACCOUNT_SID: is missing" in alone.output
    (tmp_path / "simulator.json").write_text(
        f'{{"sid": "{ACCOUNT}", "token": "{TOKEN}"}}'
    )
    listed = CliRunner().invoke(main, ["templates", "list"], env=environment)
    assert listed.exit_code == 0, listed.output
    assert TWIN in listed.output


def test_a_dry_run_tells_all_and_changes_nothing(
    terminal: Terminal, database: Database, pg: PostgresChatStore
) -> None:
    for at in (2, 3):
        write(pg, at)
    stop(database, 3)
    done = terminal.starts(PEOPLE, "--dry-run")
    assert done.exit_code == 0, done.output
    for line in (
        "Columns that the template has no use for: shop",
        "  Hello Ana, rye is ready.",
        "To be sent: 1",
        "Left out, named twice: 1",
        "Left out, no opt-in: 1",
        "Left out, wrote STOP: 1",
        "Left out, unknown, and no opt-in beside it: 1",
        "  line 6: unknown, and no opt-in beside it",
        "Price: 0.02 EUR at most, by PRICES",
        "  +1: 1 at 0.0200",
    ):
        assert line in done.output.splitlines()
    assert value(database, "SELECT count(*) FROM users") == 2
    assert value(database, "SELECT count(*) FROM broadcasts") == 0


def test_it_asks_and_starts_and_is_listed_and_ended(
    terminal: Terminal, database: Database
) -> None:
    refused = terminal.starts(PEOPLE, typed="n\n")
    assert refused.exit_code == 1
    assert value(database, "SELECT count(*) FROM broadcasts") == 0
    assert terminal.starts(PEOPLE, typed="y\n").exit_code == 0
    assert values(database, "SELECT phone_number FROM users ORDER BY 1") == [
        number(1), number(3),
    ]  # fmt: skip
    again = terminal.starts(PEOPLE, "--yes")
    assert "is not over" in again.output
    (broadcast_id,) = values(database, "SELECT broadcast_id FROM broadcasts")
    assert broadcast_id in terminal.run("broadcast", "list").output
    assert "people        2" in terminal.run("broadcast", "report", broadcast_id).output
    for word, told in (
        ("pause", "It pauses"),
        ("resume", "It goes on"),
        ("cancel", "It is canceled"),
        ("cancel", "nothing changed"),
    ):
        assert told in terminal.run("broadcast", word, broadcast_id).output
    assert "no broadcast" in terminal.run("broadcast", "report", "00000000").output


def test_a_query_names_people_and_can_not_write(
    terminal: Terminal, database: Database
) -> None:
    made = terminal.run("users", "opt-in", "+15553000001", "--how", "form of 2026")
    assert "Recorded: 1 opt-ins." in made.output
    query = "SELECT user_id, 'Ana' AS \"1\", 'rye' AS \"2\" FROM users"
    long = query + " WHERE full_name IS NULL" + " OR full_name <> 'Ana'" * 15
    for each in (query, long):  # the latter is longer than a file's name may be
        assert "To be sent: 1" in terminal.starts(each, "--dry-run").output
    told = terminal.run("users", "opt-in", long, "--how", "form").output
    assert "Recorded before: 1" in told
    wrong = "WITH gone AS (DELETE FROM users RETURNING user_id) SELECT * FROM gone"
    assert terminal.starts(wrong, "--dry-run").exit_code == 1
    assert rows(database, "SELECT how FROM opt_ins") == [("form of 2026",)]


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ("address,1\n+15553000001,Ana\n", "no column for what fills the template: 2"),
        ("1,2\nAna,rye\n", "has to name a column address"),
        ("address,1,2,opt_in\nAna,Ana,rye,x\n", "line 2: address is no number"),
        ("address,1,2,opt_in\n+15553000001,,rye,x\n", "line 2: {{1}} of the template"),
        ('address,1,2,opt_in\n+15553000001,"a\nb",rye,x\n', "has a new line"),
        (
            f"address,1,2,opt_in\n+15553000001,{'a' * 1100},rye,x\n",
            "longer than 1024 characters",
        ),
        ("nowhere.csv", "can't be read"),
    ],
    ids=["gap", "who", "address", "empty", "line", "long", "file"],
)
def test_what_can_not_be_sent_is_told_before_anything_is(
    terminal: Terminal, database: Database, told: str, why: str
) -> None:
    done = terminal.starts(told, "--yes")
    assert done.exit_code == 1
    assert why in done.output
    assert value(database, "SELECT count(*) FROM users") == 0


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("nothing", "no such template"),
        ("twin", "2 templates have that name"),
        (PAUSED, "WhatsApp has the template as paused"),
    ],
    ids=["unknown", "twin", "paused"],
)
def test_a_template_that_can_not_be_sent_starts_nothing(
    terminal: Terminal, template: str, why: str
) -> None:
    done = terminal.run("broadcast", "start", template, "--to", "SELECT 1", "--yes")
    assert done.exit_code == 1
    assert why in done.output


def test_an_opt_in_is_withdrawn_and_counts_against_no_stop(
    terminal: Terminal, database: Database
) -> None:
    terminal.run("users", "opt-in", "+15553000001", "--how", "form")
    again = terminal.run("users", "opt-in", "+15553000001", "--how", "form")
    assert "Recorded before: 1" in again.output
    gone = terminal.run("users", "opt-in", "+15553000001", "--withdraw")
    assert "Withdrawn." in gone.output
    stop(database, 1)
    kept = terminal.run("users", "opt-in", "+15553000001", "--how", "form")
    assert "Left out, wrote STOP: 1" in kept.output
    assert "--how" in terminal.run("users", "opt-in", "+15553000002").output
    assert values(database, "SELECT how FROM opt_ins") == []
