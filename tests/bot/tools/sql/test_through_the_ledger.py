"""An LLM that is bent on it asks for others' orders: through registry and ledger."""

import json
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bot.llm.protocol import Completion, Prompt, Tool, ToolCall
from bot.settings import Settings
from bot.tools.acting import Acting, Wanted
from bot.wiring.acting.sql import start_sql_tools
from bot.wiring.acting.tools import build_registry
from db.chats import PostgresChatStore
from db.database import Database
from db.tools.calls import ToolCalls
from tests.bot.tools.sql.shop_database import ANA, Shop
from tests.db.sql import rows
from tests.db.tools.ledger import asked

ORDER = """-- name: order
-- description: Tell of an order.
-- parameter: words text
SELECT what FROM shop.orders WHERE what LIKE :words ORDER BY number LIMIT 2
"""
TRIED = ("%", "%' OR true --", "a secret cake")
CALLS = "SELECT state, result FROM tool_calls ORDER BY position"


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


def test_it_is_offered_called_and_kept_like_any_tool(
    shop: Shop, database: Database, pg: PostgresChatStore, tmp_path: Path
) -> None:
    (tmp_path / "order.sql").write_text(ORDER)
    env = {"BOT_SQL_TOOLS": str(tmp_path), "TOOLS_DATABASE_URL": shop.url}
    settings = Settings.from_env(env)
    [toolbox] = start_sql_tools(settings)
    acting = Acting(build_registry(settings, [toolbox]), ToolCalls(database))
    ana = asked(pg)
    wanted = Wanted(
        called_for=ana.called_for,
        caller=replace(ANA, user_id=ana.called_for.user_id),
        newest_at=ana.message.turn.timestamp,
        deadline=time.monotonic() + 60,
    )
    acting.complete(BentOnIt().ask, (), wanted)
    toolbox.close()
    nothing = ("done", "Nothing was found for this user.")
    own = '{"what":"two rye breads"}\n{"what":"100% rye_bread"}'
    assert rows(database, CALLS) == [("done", own), nothing, nothing]
