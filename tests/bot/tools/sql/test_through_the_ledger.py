"""An LLM that is bent on it asks for others' orders: through registry and ledger."""

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bot.chat.acting.unanswered import Unanswered
from bot.chat.handoff.policy import HandoffPolicy
from bot.chat.replies import say
from bot.llm.protocol import Completion, Prompt, Tool, ToolCall
from bot.settings import Settings
from bot.tools.acting import Acting, Ask, Wanted
from bot.tools.sql.toolbox import SqlTools
from bot.wiring.acting.sql import start_sql_tools
from bot.wiring.acting.tools import build_registry
from db.chats import PostgresChatStore
from db.database import Database
from db.records import Reply
from db.tools.calls import ToolCalls
from db.tools.scheduled import Reminders
from tests.bot.tools.sql.shop_database import ANA, Shop
from tests.db.sql import load, rows
from tests.db.tools.ledger import Asked, asked, call_of

ORDER = """-- name: order
-- description: Tell of an order.
-- parameter: words text
SELECT what FROM shop.orders WHERE what LIKE :words ORDER BY number LIMIT 2
"""
TRIED = ("%", "%' OR true --", "a secret cake")
CALLS = "SELECT state, result FROM tool_calls ORDER BY position"
AWAY = (
    "REVOKE SELECT ON shop.orders FROM {role}",
    "GRANT SELECT ON shop.orders TO {role}",
)


class BentOnIt:
    """An LLM that calls the tool with all wordings at once, and then is done."""

    prompts = 0

    def ask(self, prompt: Prompt, left: float, tools: Sequence[Tool]) -> Completion:
        assert [tool.name for tool in tools] == ["order"]
        self.prompts += 1
        calls = tuple(
            ToolCall(str(at), "order", json.dumps({"words": words}))
            for at, words in enumerate(TRIED)
        )
        more = calls if self.prompts == 1 else ()
        return Completion("That is all.", "scripted", 0.1, tool_calls=more)


@dataclass(frozen=True)
class Served:
    """Acting with the tool, and what it is to answer."""

    toolbox: SqlTools
    acting: Acting
    asked: Asked

    def complete(self, ask: Ask | None = None) -> None:
        called_for = self.asked.called_for
        wanted = Wanted(
            called_for=called_for,
            caller=replace(ANA, user_id=called_for.user_id),
            newest_at=self.asked.message.turn.timestamp,
            deadline=time.monotonic() + 60,
        )
        self.acting.complete(ask or BentOnIt().ask, (), wanted)


@pytest.fixture
def served(
    shop: Shop, database: Database, pg: PostgresChatStore, tmp_path: Path
) -> Iterator[Served]:
    (tmp_path / "order.sql").write_text(ORDER)
    env = {"BOT_SQL_TOOLS": str(tmp_path), "TOOLS_DATABASE_URL": shop.url}
    settings = Settings.from_env(env)
    [toolbox] = start_sql_tools(settings)
    registry = build_registry(settings, Reminders(database), [toolbox])
    with closing(toolbox):
        yield Served(toolbox, Acting(registry, ToolCalls(database)), asked(pg))


def test_it_is_offered_called_and_kept_like_any_tool(
    served: Served, database: Database
) -> None:
    served.complete()
    nothing = ("done", "Nothing was found for this user.")
    own = '{"what":"two rye breads"}\n{"what":"100% rye_bread"}'
    assert rows(database, CALLS) == [("done", own), nothing, nothing]


def test_what_was_only_looked_up_is_nothing_done_also_once_its_table_is_away(
    served: Served, shop: Shop, pg: PostgresChatStore
) -> None:
    served.complete()
    chat = load(pg, served.asked.called_for.chat_id)
    word = Reply(turn=say("The answer will not come.", chat.unanswered()))
    acting = served.acting
    unanswered = Unanswered(acting.box, acting.ledger, HandoffPolicy())
    with shop.changed(*AWAY):
        served.toolbox.look()
        assert served.toolbox.offered() == []
        assert unanswered.instead(chat, chat.unanswered(), word) == word


def test_a_lookup_that_broke_off_is_failed_and_not_unclear_once_its_table_is_away(
    served: Served, shop: Shop, database: Database
) -> None:
    called_for = served.asked.called_for
    broken_off = call_of(called_for, tool="order", arguments={"words": "%"})
    assert served.acting.ledger.write(broken_off, called_for) == "begun"
    with shop.changed(*AWAY):
        served.toolbox.look()
        served.complete(lambda *_: Completion("I can't look.", "scripted", 0.1))
    [(state, result)] = rows(database, CALLS)
    assert state == "failed"
    assert "no tool 'order' now" in result
