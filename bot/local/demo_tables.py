"""Tables of the demo's coffee corner: an example of tools for BOT_TOOLS.

A table is booked once its guest said yes, and once, however often it is asked for: the
key of each call stands beside what it did.
"""

import os
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, time
from pathlib import Path

from bot.environment import PROJECT
from bot.tools import Caller, CallKey, ToolFailedError, tool

FILE = "demo-tables.sqlite3"
OPENS, LAST_SEATING = time(8), time(17)
SEATS, MOST_LISTED = 8, 10
WAIT_SECONDS = 5.0
SCHEMA = """
CREATE TABLE IF NOT EXISTS tables (
  key TEXT PRIMARY KEY, guest TEXT NOT NULL, at TEXT NOT NULL, people INTEGER NOT NULL)
"""
# One statement: two guests can't take the same seats.
BOOK = """
INSERT INTO tables (key, guest, at, people)
SELECT :key, :guest, :at, :people
WHERE :people + (SELECT COALESCE(sum(people), 0) FROM tables WHERE at = :at) <= :seats
ON CONFLICT (key) DO NOTHING
"""
FIND = "SELECT count(*) FROM tables WHERE key = ?"
LIST = "SELECT at, people FROM tables WHERE guest = ? AND at >= ? ORDER BY at LIMIT ?"


@tool(
    effects="keyed",
    approval="customer",
    asks="Shall I book a table for {people} on {day} at {at}?",
)
def book_table(people: int, day: date, at: time, caller: Caller, key: CallKey) -> str:
    """Book a table in the coffee corner, on the full hour."""
    when = datetime.combine(day, at.replace(tzinfo=None))
    if not 1 <= people <= SEATS:
        raise ToolFailedError(f"there are {SEATS} seats inside")
    if not OPENS <= when.time() <= LAST_SEATING or when.minute:
        raise ToolFailedError("tables are from 8:00 to 17:00, on the full hour")
    if day < datetime.now(UTC).date():
        raise ToolFailedError("that day is over")
    told = {"key": str(key), "guest": str(caller.user_id), "at": f"{when:%F %H:%M}"}
    with closing(_open()) as tables, tables:
        tables.execute(BOOK, {**told, "people": people, "seats": SEATS})
        [(is_booked,)] = tables.execute(FIND, (str(key),)).fetchall()
    if not is_booked:
        raise ToolFailedError("not so many seats are free then")
    return f"Booked: {people} people, {told['at']}."


@tool(effects="none")
def my_tables(caller: Caller) -> str:
    """Tell which tables the user has booked."""
    asked = (str(caller.user_id), f"{datetime.now(UTC):%F}", MOST_LISTED)
    with closing(_open()) as tables:
        found = tables.execute(LIST, asked).fetchall()
    return "\n".join(f"{at}: {people} people" for at, people in found) or "None."


def _open() -> sqlite3.Connection:
    folder = Path(os.environ.get("DATA_FOLDER") or PROJECT / ".data")
    folder.mkdir(parents=True, exist_ok=True)
    tables = sqlite3.connect(folder / FILE, timeout=WAIT_SECONDS)
    tables.execute(SCHEMA)
    return tables
