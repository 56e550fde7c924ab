"""`bot tools`, from the outside."""

import json

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from db.database import Database
from tests.bot.tools import shop
from tests.db.sql import change

ANA = "whatsapp:+15551230001"


@pytest.fixture
def environment(database_url: str) -> dict[str, str]:
    return {"DATABASE_URL": database_url, "BOT_TOOLS": "tests.bot.tools.shop"}


def run(environment: dict[str, str], *arguments: str, said: str = "") -> Result:
    return CliRunner().invoke(main, ["tools", *arguments], env=environment, input=said)


def test_tools_are_listed_shown_and_checked() -> None:
    only = {"BOT_TOOLS": "tests.bot.tools.shop"}
    listed = run(only, "list").stdout
    assert "Tell when the shop is open." in listed
    names = [one["name"] for one in json.loads(run(only, "list", "--json").stdout)]
    assert names == ["opening_hours", "book_table", "break_down", "hang"]
    shown = run(only, "show", "book_table").stdout
    assert "the customer has to allow it" in shown
    assert '"people"' in shown
    assert run(only, "check").stdout.startswith("4 tools can be called.\n1 of them")


def test_what_can_t_be_told_says_why() -> None:
    assert "see BOT_TOOLS" in run({"BOT_TOOLS": ""}, "list").output
    wrong = run({"BOT_TOOLS": "no_such_module"}, "check")
    assert "BOT_TOOLS names no_such_module" in wrong.output
    only = {"BOT_TOOLS": "tests.bot.tools.shop"}
    assert "no tool 'fly'" in run(only, "show", "fly").output


def test_a_tool_is_called_by_hand_for_somebody_who_wrote(
    environment: dict[str, str], database: Database
) -> None:
    change(database, "INSERT INTO users (phone_number) VALUES (%(a)s)", a=ANA)
    read = run(environment, "call", "opening_hours", '{"day": "weekend"}', "--as", ANA)
    assert read.stdout == "closed\n"
    table = '{"table": "by hand", "on": "2026-12-24"}'
    asked = run(environment, "call", "book_table", table, "--as", ANA, said="n\n")
    assert asked.exit_code == 1
    assert not [told for told in shop.booked.values() if "by hand" in told]
    done = run(environment, "call", "book_table", table, "--as", ANA, "--yes")
    assert json.loads(done.stdout) == {"booked": "by hand", "on": "2026-12-24"}
    (told,) = [told for told in shop.booked.values() if "by hand" in told]
    assert told.startswith(ANA)
    wrong = run(environment, "call", "opening_hours", '{"day": "x"}', "--as", ANA)
    assert "day must be one of" in wrong.output
    broken = run(environment, "call", "break_down", "--as", ANA, "--yes")
    assert "whether it took effect is not known" in broken.output
