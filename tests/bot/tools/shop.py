"""The tools of a shop, as an operator writes them."""

import threading
from datetime import date
from typing import Annotated, Literal

from bot.tools import Caller, CallKey, ToolFailedError, tool

NEVER = threading.Event()
booked: dict[str, str] = {}


@tool(effects="none")
def opening_hours(day: Literal["weekday", "weekend"] = "weekday") -> str:
    """Tell when the shop is open."""
    return {"weekday": "9 to 5", "weekend": "closed"}[day]


@tool(effects="keyed", approval="customer", resource="table", asks="Book {table}?")
def book_table(  # noqa: PLR0917  (the LLM names them)
    table: Annotated[str, "By the window, or at the door"],
    on: date,
    key: CallKey,
    caller: Caller,
    people: int = 2,
    wishes: list[str] | None = None,
) -> dict[str, object]:
    """Book a table.

    Only after they said for how many.
    """
    if on.year < 2026:
        raise ToolFailedError("that day is over")
    told = f"{table} on {on:%d %B} for {people}: {', '.join(wishes or [])}"
    booked.setdefault(str(key), f"{caller.address} {told}")
    return {"booked": table, "on": on}


@tool()
def break_down() -> None:
    """Fail in the middle."""
    raise KeyError("a secret of Ana's")


@tool(effects="none", seconds=0.05)
def hang() -> None:
    """Never answer, nor for long."""
    NEVER.wait(20)


def not_a_tool(anything: str) -> str:
    """Stay a plain function."""
    return anything
