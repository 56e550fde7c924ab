"""The demo bakery's tools: made once, and every customer sees their own orders."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.local.demo import shop
from bot.local.demo.tools import opening_hours
from bot.settings import Settings
from bot.tools.protocol import Caller
from bot.wiring.acting.sql import build_sql_tools
from db.embedded.server import EmbeddedPostgres
from tests.conftest import run_on_server


@pytest.fixture
def offered(postgres: EmbeddedPostgres, tmp_path: Path) -> Iterator[Mapping[str, str]]:
    shop.open_shop(postgres.url, tmp_path)
    yield shop.open_shop(postgres.url, tmp_path)
    run_on_server(postgres, f"DROP DATABASE {shop.NAME} WITH (FORCE)")
    run_on_server(postgres, f"DROP ROLE {shop.ROLE}")


def test_a_newcomer_s_own_orders_are_found_and_no_others(
    offered: Mapping[str, str],
) -> None:
    toolbox = build_sql_tools(Settings.from_env(offered))
    assert toolbox is not None
    toolbox.look()
    assert toolbox.faults() == {}

    def ask(number: int, phone: str) -> str:
        whose = Caller(user_id=UUID(int=1), address=f"whatsapp:{phone}", chat_id="c")
        return toolbox.call("order_status", {"number": number}, whose, UUID(int=2), 5)

    assert '"what":"2 rye breads, 6 pretzels"' in ask(1041, "+15551230001")
    assert "birthday cake" in ask(1043, "+15551230002")
    for number in (1043, 1044, 1045):
        assert ask(number, "+15551230001") == "Nothing was found for this user."
    toolbox.close()


def test_commands_beside_a_run_find_its_tools(
    offered: Mapping[str, str], tmp_path: Path
) -> None:
    def run(*words: str, **more: str) -> tuple[int, str]:
        env = {"DATA_FOLDER": str(tmp_path), **more}
        done = CliRunner().invoke(main, ["tools", *words], env=env)
        return done.exit_code, done.output

    code, listed = run("list")
    names = ["book_table", "my_tables", "opening_hours", "order_status"]
    assert [line.split()[0] for line in listed.splitlines()[1:]] == names
    assert run("check") == (0, "4 tools can be called.\n")
    assert run("list", BOT_TOOLS="tests.bot.tools.shop")[1].count("order_status") == 0
    url = offered["TOOLS_DATABASE_URL"] + "_not"
    alone = {"BOT_SQL_TOOLS": offered["BOT_SQL_TOOLS"], "TOOLS_DATABASE_URL": url}
    code, told = run("check", **alone)
    assert code == 1
    assert "order_status: the server has no database of that name" in told
    assert "Not offered: order_status; `bot tools check`" in run("list", **alone)[1]
    shown = run("show", "order_status", **alone)[1]
    assert "order_status is not offered: the server has no database" in shown
    (tmp_path / shop.ANNOUNCED).unlink()
    assert "no tools are set" in run("list")[1]


@pytest.mark.parametrize(
    ("day", "told"),
    [
        (date(2026, 11, 28), "Saturday, 28 November 2026: 6:30 to 14:00"),
        (date(2026, 12, 24), "Thursday, 24 December 2026: 6:30 to 12:00"),
        (date(2027, 1, 1), "Friday, 01 January 2027: closed"),
        (date(2026, 8, 1), "Saturday, 01 August 2026: 6:30 to 14:00"),
        (date(2026, 8, 16), "Sunday, 16 August 2026: closed"),
        (date(2026, 8, 17), "Monday, 17 August 2026: 6:30 to 18:30"),
        (None, "Monday to Friday 6:30 to 18:30, Saturday"),
    ],
)
def test_opening_hours_are_those_of_the_papers(day: date | None, told: str) -> None:
    assert opening_hours(day).startswith(told)


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({}, True),
        ({"BOT_TOOLS": "shop.tools"}, False),
        ({"BOT_SQL_TOOLS": "/etc/sql"}, False),
        (
            {
                "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
                "TWILIO_AUTH_TOKEN": "token",
                "TWILIO_WHATSAPP_NUMBER": "whatsapp:+14155238886",
            },
            False,
        ),
    ],
    ids=["nothing", "python", "sql", "twilio"],
)
def test_the_demo_s_tools_stand_beside_no_others(
    given: dict[str, str], wanted: bool
) -> None:
    assert shop.is_wanted(Settings.from_env(given)) is wanted
