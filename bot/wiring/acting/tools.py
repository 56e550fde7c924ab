"""The tools that are set, under one roof, and the ledger of their calls."""

# ruff: noqa: PLC0415

from functools import partial
from typing import TYPE_CHECKING

from bot.settings import Settings
from bot.wiring.acting.mcp import build_servers
from bot.wiring.acting.sql import start_sql_tools
from db.database import Database

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from procrastinate import App

    from bot.tools.acting import Acting
    from bot.tools.protocol import Toolbox, ToolSpec
    from bot.tools.registry import Registry
    from bot.tools.reminders.scheduling import Keeper


def build_acting(settings: Settings, database: Database) -> "Acting | None":
    """Return what calls tools for answers; None where none are set.

    Raises OperatorError where one can't be loaded.
    """
    from bot.tools.acting import Acting
    from bot.tools.approval.waiting import ByApproval
    from db.tools.calls import ToolCalls
    from db.tools.pins import ToolPins
    from db.tools.scheduled import Reminders

    if not settings.has_tools:
        return None
    gate = ByApproval(has_people=settings.policy.handoff is not None)
    more = start_sql_tools(settings)
    servers = build_servers(settings, ToolPins(database))
    registry = build_registry(settings, Reminders(database), [*more, *servers])
    return Acting(registry, ToolCalls(database), gate)


def build_registry(
    settings: Settings, keeper: "Keeper", more: "Sequence[Toolbox]" = ()
) -> "Registry":
    """Return the tools that are here, and more: those of SQL files and servers.

    `keeper` keeps reminders, where users are reminded.

    Raises OperatorError where one can't be loaded.
    """
    from bot.tools.registry import Registry

    return Registry([*build_boxes(settings, keeper), *more])


def build_boxes(settings: Settings, keeper: "Keeper") -> "list[Toolbox]":
    """Return the tools of the operator's module, and those of reminders.

    Raises OperatorError where the module can't be loaded.
    """
    from bot.tools.python_tools import load_python_tools
    from bot.tools.reminders.scheduling import Scheduling, build_tools

    module, reminders = settings.tools.module, settings.policy.reminders
    boxes: list[Toolbox] = [load_python_tools(module)] if module else []
    if reminders.is_on:
        holds = settings.holding is not None
        boxes.append(build_tools(Scheduling(keeper, reminders.timezone, holds)))
    return boxes


def register_tools(
    queue: "App",
    settings: Settings,
    database: Database,
    acting: "Acting | None",
    stopping: "Callable[[], bool]",
) -> None:
    """Register what looks after calls that were left open, or that operators decided.

    The latter only with tools; what was left open by those of before is seen to.
    """
    from bot.worker.acting.carrying_out import CarryingOut, register_carrying_out
    from bot.worker.acting.sweeping import register_sweep_of_calls
    from db.support.allowing import Allowing
    from db.tools.calls import ToolCalls

    ledger, lasts = ToolCalls(database), settings.handoff.lasts
    drop_late = partial(_drop_late, acting, database)
    register_sweep_of_calls(queue, ledger, lasts, stopping, drop_late)
    if acting is None:
        return
    allowing = Allowing(database, holds=settings.holding is not None)
    carrying_out = CarryingOut(acting.box, ledger, allowing, lasts)
    register_carrying_out(queue, carrying_out)


def _drop_late(acting: "Acting | None", database: Database) -> int:
    """Refuse what customers, or anybody, did not allow in time."""
    from bot.tools.approval.waiting import CUSTOMER_LASTS, TOO_OLD
    from bot.tools.words import DROPPED
    from db.tools.approvals import PostgresApprovals

    offered = acting.box.offered() if acting else []
    tools = [one.name for one in offered if _is_for_customers(one)]
    approvals = PostgresApprovals(database)
    return approvals.drop_late(tools, CUSTOMER_LASTS, TOO_OLD, DROPPED)


def _is_for_customers(spec: "ToolSpec") -> bool:
    """Tell whether its calls wait for customers, never for operators."""
    from bot.tools.gate import allowed_by

    who = allowed_by(spec)
    return "customer" in who and "operator" not in who
