"""The page of numbers, and its charts."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from psycopg.types.json import Jsonb

from bot.console.numbers.chart import (
    BOTTOM,
    HEIGHT,
    LEFT,
    RIGHT,
    TOP,
    WIDTH,
    Chart,
    Series,
    draw,
    tell,
)
from bot.console.numbers.measured import Measuring
from bot.console.numbers.routes import in_unit, piece
from db.chats import PostgresChatStore
from db.database import Database
from db.queries.handoffs import Handoffs, measure_handoffs
from db.records import Gap
from tests.bot.console.pages import HOSTILE, assert_harmless, console_for
from tests.db.sql import change, load, take_in
from tests.records import ANA, BEN, answer_to, said

LAST = date(2026, 3, 31)


def chart_of(*values: Sequence[float | None], whole: bool = True) -> Chart:
    days = [LAST - timedelta(days=n) for n in range(len(values[0]))][::-1]
    series = [Series(f"S{number}", one) for number, one in enumerate(values)]
    return draw("Trial", days, series, "bars" if whole else "lines", whole=whole)


@pytest.mark.parametrize("most", [1, 2, 3, 7, 10, 11, 99, 101, 4321, 10**6, 10**9])
def test_an_axis_has_few_round_numbers_and_holds_all(most: int) -> None:
    chart = chart_of([0, most])
    ticks = [label for _, label in chart.ticks]
    assert 2 <= len(ticks) <= 6
    assert len(set(ticks)) == len(ticks)
    (bar,) = chart.bars
    assert TOP <= bar.y < bar.y + bar.height <= HEIGHT - BOTTOM + 0.1
    first = ticks[1].rstrip(" Mk").replace(",", "").rstrip("0")
    assert first in {"1", "2", "5"}


def test_a_tenth_of_a_second_has_an_axis_too() -> None:
    chart = chart_of([0.12, None, 0.31], whole=False)
    assert [label for _, label in chart.ticks] == ["0", "0.1", "0.2", "0.3", "0.4"]
    assert [len(line.dots) for line in chart.lines] == [1, 1]  # a gap is no line


def test_nothing_is_said_to_be_nothing() -> None:
    for chart in (chart_of([0, 0]), chart_of([None], whole=False), chart_of([], [])):
        assert chart.is_empty
        assert chart.description == "Nothing in these days."
        assert not chart.bars
        assert not any(
            y < HEIGHT - BOTTOM for line in chart.lines for _, y in line.dots
        )


@pytest.mark.parametrize("count", [1, 2, 7, 30, 90])
def test_days_have_their_places(count: int) -> None:
    chart = chart_of([1] * count, [2] * count, [5] * count)
    assert len(chart.bars) == 3 * count
    assert all(b.x >= LEFT and b.x + b.width <= WIDTH - RIGHT + 0.2 for b in chart.bars)
    assert sorted((b.x, b.series) for b in chart.bars if b.series == 1) == [
        (b.x, 1) for b in chart.bars[:count]
    ]
    assert 1 <= len(chart.dates) <= 6
    assert chart.dates[0][1] == "31 Mar"


def test_a_chart_is_described_for_who_can_not_see_it() -> None:
    said_of = chart_of([1, 5, 0]).description
    assert said_of == "S0: 6 in all, the most 5 on 30 March."


def test_values_are_told_short() -> None:
    told = {
        0: "0",
        7: "7",
        1234: "1,234",
        12345: "12.3 k",
        999_499: "999 k",
        10**6: "1 M",
    }
    assert {value: tell(value) for value in told} == told
    assert tell(None) == "none"
    assert in_unit([("", [30.0])])[0] == "seconds"
    unit, (series,) = in_unit([("", [None, 3 * 3600.0])])
    assert (unit, series.values) == ("hours", [None, 3.0])


@pytest.mark.parametrize(
    ("role", "status"), [("supporter", 403), ("admin", 200), ("super_admin", 200)]
)
def test_numbers_are_the_admins(database: Database, role: str, status: int) -> None:
    client, _ = console_for(database, role, piece())
    for days in ("", "?days=30", "?days=90", "?days=x", "?days=99999"):
        assert client.get(f"/numbers{days}").status_code == status


def test_handoffs_are_measured_by_the_day_they_began(
    pg: PostgresChatStore, database: Database
) -> None:
    for address in (ANA, BEN, "whatsapp:+15551230003"):
        their_id = load(pg, take_in(pg, said("Help!", address))).user_id
        change(database, "SELECT open_ticket(%(a)s, 'asked', '')", a=their_id)
    change(
        database,
        "UPDATE support_tickets SET first_response_at = opened_at + interval '90 s'"
        " WHERE id = (SELECT min(id) FROM support_tickets)",
    )
    stepped_in_unasked = (
        "UPDATE support_tickets SET first_response_at = opened_at"
        " WHERE id = (SELECT max(id) FROM support_tickets)"
    )
    change(database, stepped_in_unasked)
    now = datetime.now(UTC)
    told = measure_handoffs(database, 2, now)
    expected = Handoffs(opened=3, responded=2, p50_seconds=90.0, p95_seconds=90.0)
    assert told.total == expected
    assert list(told.days.values()) == [Handoffs(), expected]
    nothing = measure_handoffs(database, 7, now - timedelta(days=30))
    assert nothing.total == Handoffs()


def test_a_page_tells_what_happened_with_its_tables(
    pg: PostgresChatStore, database: Database
) -> None:
    message = said("Hello")
    gap = Gap(HOSTILE, ("x",))
    assert pg.record_reply(take_in(pg, message), answer_to(message, gap=gap))
    client, _ = console_for(database, "admin", piece())
    page = client.get("/numbers").text
    assert_harmless(page)
    assert 'role="img"' in page
    assert "From people: 1 in all, the most 1 on" in page
    assert (
        f'<th scope="row">{datetime.now(UTC).date()}</th><td class="number">1</td>'
        in page
    )
    assert "style=" not in page
    assert "money" not in page.lower()


def test_what_chats_were_about_is_told_by_kind(
    pg: PostgresChatStore, database: Database
) -> None:
    take_in(pg, said("Hello"))
    client, _ = console_for(database, "admin", piece())
    assert "What chats were about" not in client.get("/numbers?days=30").text
    known = Jsonb({"tags": ["orders", HOSTILE], "department": "sales"})
    change(database, "UPDATE userchats SET metadata = %(known)s", known=known)
    page = client.get("/numbers").text
    assert_harmless(page)
    for told in ("What chats were about", "Topic", "orders", "Department", "(1 chat)"):
        assert told in page


def test_numbers_are_counted_once_for_all_who_look(database: Database) -> None:
    measuring = Measuring()
    first = measuring.measure(database, 7)
    assert measuring.measure(database, 7) is first
    assert measuring.measure(database, 30) is not first
