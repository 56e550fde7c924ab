"""The demo's tables: booked once, by whom it is for, and never too many."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from bot.local import demo_tables
from bot.tools import Caller, CallKey, ToolFailedError
from bot.tools.declaring import find_tools
from bot.tools.python_tools import PythonTools

SOON = f"{datetime.now(UTC) + timedelta(days=3):%F}"
ANA, BEN = (
    Caller(user_id=uuid4(), address=f"whatsapp:+1555123000{at}", chat_id="c")
    for at in (1, 2)
)


@pytest.fixture
def corner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PythonTools:
    monkeypatch.setenv("DATA_FOLDER", str(tmp_path / "new"))
    return PythonTools(find_tools(demo_tables))


def book(
    corner: PythonTools, people: int, at: str = "10:00", day: str = SOON,
    *, caller: Caller = ANA, key: CallKey | None = None,
) -> str:  # fmt: skip
    asked = {"people": people, "day": day, "at": at}
    return corner.call("book_table", asked, caller, key or CallKey(uuid4()), 5)


def test_a_table_is_booked_once_for_its_guest_alone(corner: PythonTools) -> None:
    key = CallKey(uuid4())
    booked = f"Booked: 4 people, {SOON} 10:00."
    assert [book(corner, 4, key=key) for _ in range(2)] == [booked] * 2
    mine = corner.call("my_tables", {}, ANA, CallKey(uuid4()), 5)
    assert mine == f"{SOON} 10:00: 4 people"
    assert corner.call("my_tables", {}, BEN, CallKey(uuid4()), 5) == "None."


def test_what_is_full_shut_or_over_is_told(corner: PythonTools) -> None:
    book(corner, 5)
    for people, at, day, why in (
        (4, "10:00", SOON, "not so many seats"),
        (9, "11:00", SOON, "there are 8 seats"),
        (2, "18:00", SOON, "from 8:00 to 17:00"),
        (2, "10:30", SOON, "from 8:00 to 17:00"),
        (2, "10:00", "2020-01-01", "that day is over"),
    ):
        with pytest.raises(ToolFailedError, match=why):
            book(corner, people, at, day, caller=BEN)
    assert book(corner, 3, caller=BEN).startswith("Booked")


def test_it_is_asked_about_before(corner: PythonTools) -> None:
    table, mine = corner.offered()
    assert (table.approval, table.effects) == ("customer", "keyed")
    assert (mine.approval, mine.effects) == ("always", "none")
