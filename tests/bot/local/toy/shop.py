"""The tools of a small shop, as a bot offers them to its model."""

import types
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal, cast

from bot.llm.protocol import Tool
from bot.local import demo_tables
from bot.tools import tool
from bot.tools.acting import as_tool
from bot.tools.declaring import find_tools
from bot.tools.reminders.scheduling import Keeper, Scheduling, build_tools


@tool(effects="none")
def order_status(
    number: Annotated[int, "The order's number, such as 1041"],
) -> str:
    """Tell where an order is, by its number."""
    return f"{number} is on its way."


@tool(effects="none")
def opening_hours(day: date | None = None) -> str:
    """Tell when the bakery is open on a day; without one, in a usual week."""
    return f"{day}: 8:00 to 18:00."


@tool(effects="once", approval="operator")
def refund_order(number: str, reason: Annotated[str, "what was wrong"]) -> str:
    """Pay the money for an order back."""
    return f"{number} is refunded: {reason}."


@tool(effects="keyed")
def order_cake(size: Literal["small", "large"], on: date, candles: int = 0) -> str:
    """Order a birthday cake."""
    return f"{size} {on} {candles}"


@tool(effects="none")
def list_invoices(paid: bool | None = None) -> str:
    """List the user's invoices."""
    return f"{paid}"


def offered() -> Sequence[Tool]:
    """Return the shop's tools, those of the demo's tables, and of reminders."""
    shop = types.ModuleType("shop")
    for each in (order_status, opening_hours, refund_order, order_cake, list_invoices):
        setattr(shop, each.__name__, each)
    declared = [*find_tools(demo_tables), *find_tools(shop)]
    reminders = build_tools(Scheduling(cast(Keeper, None)))  # nothing is called
    specs = [*(each.spec for each in declared), *reminders.offered()]
    return [as_tool(spec) for spec in specs]
