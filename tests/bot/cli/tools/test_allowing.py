"""`bot tools waiting`, `allow` and `refuse` from the outside."""

import pytest
from click.testing import CliRunner

from bot.cli import main
from db.chats import PostgresChatStore
from db.database import Database
from db.records import Call
from db.tools.calls import ToolCalls
from tests.db.sql import rows
from tests.db.tools.ledger import asked, call_of

STATES = "SELECT state, approved_by FROM tool_calls ORDER BY position"


@pytest.fixture
def calls(database: Database, pg: PostgresChatStore) -> list[Call]:
    called_for = asked(pg).called_for
    orders = [{"order": "7\x1b[31m"}, {"order": "8"}]
    made = [
        call_of(called_for, at, "waiting", "refund", order)
        for at, order in enumerate(orders)
    ]
    for call in made:
        assert ToolCalls(database).write(call, called_for) == "begun"
    return made


def test_calls_are_listed_allowed_and_refused_once(
    database: Database, database_url: str, calls: list[Call]
) -> None:
    def run(*words: str, tools: str = "shop.tools") -> str:
        env = {"DATABASE_URL": database_url, "BOT_TOOLS": tools}
        return CliRunner().invoke(main, ["tools", *words], env=env).output

    first, second = (str(call.call_id) for call in calls)
    listed = run("waiting")
    assert [line[:36] for line in listed.splitlines()] == [first, second]
    assert "\x1b" not in listed
    assert "no tools are set" in run("allow", first, tools="")
    assert "no call waits" in run("allow", "")
    assert "no call waits" in run("allow", "zzz")
    assert run("allow", first[:13]).startswith('Allowed: refund {"order": "7')
    assert "no call waits" in run("refuse", first)
    assert "never carried out" in run("refuse", second)
    assert rows(database, STATES) == [("waiting", "operator"), ("refused", None)]
    assert run("waiting") == "No call waits.\n"
