"""Calls that nobody finished are looked for, on a schedule."""

from functools import partial

from bot.settings import Settings
from bot.wiring.acting.tools import build_acting, register_tools
from bot.worker.acting.sweeping import register_sweep_of_calls
from db.chats import PostgresChatStore
from db.database import Database
from db.queue.app import build_queue
from db.queue.jobs import CARRY_OUT_CALL, SWEEP_CALLS, UPKEEP
from db.tools.calls import ToolCalls
from tests.db.sql import change, value
from tests.db.tools.ledger import asked, call_of

URL = "postgresql://bot@127.0.0.1:9/nowhere"


def test_what_is_left_is_looked_for_without_tools_too() -> None:
    for tools, carries in (("", False), ("bot.local.demo_tables", True)):
        queue, nowhere = build_queue(URL), Database(URL)
        settings = Settings.from_env({"BOT_TOOLS": tools})
        acting = build_acting(settings, nowhere)
        register_tools(queue, settings, nowhere, acting, lambda: False)
        assert len(queue.periodic_registry.periodic_tasks) == 1
        assert (CARRY_OUT_CALL in queue.tasks) is carries


def test_a_database_that_is_away_is_left_to_the_next_time() -> None:
    queue = build_queue(URL)
    register_sweep_of_calls(queue, ToolCalls(Database(URL)), None, lambda: False)
    (scheduled,) = queue.periodic_registry.periodic_tasks.values()
    assert (scheduled.task.name, scheduled.task.queue) == (SWEEP_CALLS, UPKEEP)
    queue.tasks[SWEEP_CALLS](timestamp=0)


def test_a_call_that_nobody_finished_calls_a_person(
    database: Database, pg: PostgresChatStore
) -> None:
    ana, ledger = asked(pg), ToolCalls(database)
    ledger.write(call_of(ana.called_for), ana.called_for)
    change(database, "UPDATE tool_calls SET started_at = now() - interval '16 min'")
    for is_stopping, state in ((True, "intent"), (False, "unknown")):
        queue = build_queue(URL)
        register_sweep_of_calls(queue, ledger, None, partial(bool, is_stopping))
        queue.tasks[SWEEP_CALLS](timestamp=0)
        assert value(database, "SELECT state FROM tool_calls") == state
    assert value(database, "SELECT owner FROM users") == "queue"
