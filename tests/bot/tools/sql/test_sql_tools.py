"""SQL tools on a real PostgreSQL: what they show, to whom, and what is never run."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from bot.tools.protocol import ToolFailedError
from bot.tools.sql.toolbox import SqlTools
from tests.bot.tools.sql.shop_database import (
    BEN,
    DAN,
    EVA,
    Shop,
    ask,
    toolbox_of,
)
from tests.db.sql import holding, values

ORDER = """-- parameter: number integer: As on the receipt.
SELECT number, what FROM shop.orders WHERE number = :number"""
SEARCH = """-- parameter: words text
SELECT number FROM shop.orders WHERE what LIKE '%' || :words || '%' ORDER BY 1"""
TYPES = """-- parameter: day date optional
-- parameter: at time optional
-- parameter: price number optional
-- parameter: paid boolean optional
-- parameter: id uuid optional
SELECT number FROM shop.orders WHERE ready_on = :day OR at = :at OR price = :price
  OR is_paid = :paid OR user_id = :id -- a comment; and the end
;
"""
GOOD = {
    "order": ORDER,
    "search": SEARCH,
    "types": TYPES,
    "mine": "SELECT number, what FROM shop.orders ORDER BY number",
    "prices": "-- shared: yes\nSELECT sku, price FROM shop.products",
    "slow": "-- seconds: 1\nSELECT count(*) FROM shop.orders a, shop.orders b,"
    " generate_series(1, 1000000) c, generate_series(1, 1000) d WHERE a.number > 0",
    "ratio": "-- parameter: by integer\nSELECT number / :by AS n FROM shop.orders",
}


@pytest.fixture(scope="module")
def tools(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlTools]:
    with toolbox_of(tmp_path_factory.mktemp("sql"), shop.url, GOOD) as toolbox:
        assert toolbox.faults() == {}
        yield toolbox


def test_everybody_sees_their_own_alone(tools: SqlTools) -> None:
    assert ask(tools, "order", number=1) == '{"number":1,"what":"two rye breads"}'
    assert ask(tools, "order", number=2) == "Nothing was found for this user."
    assert "secret" in ask(tools, "order", BEN, number=2)
    assert "secret" not in ask(tools, "mine")
    assert ask(tools, "prices", BEN) == '{"sku":"rye","price":4.20}'


@pytest.mark.parametrize(
    "words",
    [
        *("secret", "' OR true --", "'; SELECT what FROM shop.orders; --"),
        *("%' OR address LIKE '%", "\\", "{secret,cake}", "$1", ":words", "a%' --"),
        "') UNION SELECT number FROM shop.orders; SET bot.address = 'x",
    ],
)
def test_no_wording_shows_another_customers_order(tools: SqlTools, words: str) -> None:
    assert ask(tools, "search", words=words) == "Nothing was found for this user."


def test_what_looks_like_sql_is_text_and_wildcards_find_ones_own(
    tools: SqlTools,
) -> None:
    assert ask(tools, "search", words="%") == '{"number":1}\n{"number":3}'
    assert ask(tools, "search", words="100% rye_b") == '{"number":3}'


def test_values_are_bound_by_their_types(tools: SqlTools) -> None:
    for given in (
        {"day": "2026-12-01"}, {"at": "08:00:00+02:00"}, {"price": 8.4},
        {"paid": True}, {"id": str(UUID(int=1))},
    ):  # fmt: skip
        assert ask(tools, "types", **given) == '{"number":1}', given
    assert ask(tools, "types") == "Nothing was found for this user."


@pytest.mark.parametrize(
    ("name", "given", "told"),
    [
        ("types", {"day": "tomorrow"}, "day must be a day such as 2026-11-29"),
        ("types", {"at": "8 o'clock"}, "at must be a time of day such as 18:30"),
        ("types", {"id": "Ben"}, "id must be an id such as"),
        ("order", {"number": 2**63}, "number must be a whole number"),
        ("ratio", {"by": 0}, "the database takes no such values: division by zero"),
    ],
)
def test_a_wrong_value_is_told_to_the_llm(
    tools: SqlTools, name: str, given: dict[str, Any], told: str
) -> None:
    with pytest.raises(ToolFailedError, match=told):
        ask(tools, name, **given)
    assert tools.faults() == {}


def test_what_is_long_is_cut_and_says_so(tools: SqlTools) -> None:
    many = ask(tools, "mine", EVA).splitlines()
    assert (len(many), many[-1]) == (51, "… (cut: there is more; ask for less)")
    wide = ask(tools, "mine", DAN)
    assert 5_900 < len(wide.partition("\n")[0].encode()) <= 6_000
    assert wide.endswith("ask for less)")


def test_what_never_ends_is_given_up_and_others_are_answered(tools: SqlTools) -> None:
    with pytest.raises(ToolFailedError, match="it took too long and was given up"):
        ask(tools, "slow", seconds=0.3)
    assert ask(tools, "order", number=1)


def test_a_table_that_is_held_holds_no_answer(tools: SqlTools, shop: Shop) -> None:
    with (
        holding(shop.owner, "LOCK TABLE shop.orders"),
        pytest.raises(ToolFailedError, match="this can't be looked up now"),
    ):
        ask(tools, "order", number=1)
    assert ask(tools, "order", number=1)


def test_a_busy_database_takes_no_tool_away(
    tools: SqlTools, shop: Shop, tmp_path: Path
) -> None:
    held, prices = "LOCK TABLE shop.products", {"prices": GOOD["prices"]}
    with holding(shop.owner, held):
        tools.look()
        assert tools.faults() == {}
        with toolbox_of(tmp_path, shop.url, prices) as new:
            assert new.faults() == {"prices": "somebody else holds what it reads"}
            assert new.offered() == []
    with toolbox_of(tmp_path, shop.url, prices) as new:
        assert new.faults() == {}


def test_a_lost_connection_is_told_and_comes_back(tools: SqlTools, shop: Shop) -> None:
    gone = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %(r)s"
    )
    shut = ("ALTER ROLE {role} NOLOGIN", "ALTER ROLE {role} LOGIN")
    with shop.changed(*shut):
        values(shop.owner, gone, r=shop.role)
        with pytest.raises(ToolFailedError, match="this can't be looked up now"):
            ask(tools, "order", number=1)
        tools.look()
        assert tools.faults() == {}
    assert ask(tools, "order", number=1)


def test_row_security_that_is_taken_away_ends_a_tool_at_its_next_call(
    tools: SqlTools, shop: Shop
) -> None:
    table = "ALTER TABLE shop.orders {} ROW LEVEL SECURITY"
    with shop.changed(table.format("DISABLE"), table.format("ENABLE")):
        with pytest.raises(ToolFailedError, match="this can't be looked up now"):
            ask(tools, "order", number=2)
        assert "shop.orders has no row security" in tools.faults()["order"]
        assert "order" not in [spec.name for spec in tools.offered()]
    tools.look()
    assert tools.faults() == {}


def test_without_its_database_a_tool_is_not_offered_and_says_why(
    shop: Shop, tmp_path: Path
) -> None:
    with toolbox_of(tmp_path, None, {"order": ORDER}) as toolbox:
        assert "TOOLS_DATABASE_URL is not set" in toolbox.faults()["order"]
    for url, why in (
        (shop.url + "_not", "no database of that name"),
        (shop.url.replace("a-password", "no"), "refuses the user or the password"),
        ("postgresql://x@127.0.0.1:1/x", "can't be reached|port"),
    ):
        with toolbox_of(tmp_path, url, {"order": ORDER}) as toolbox:
            assert re.search(why, toolbox.faults()["order"])
            assert toolbox.offered() == []
            with pytest.raises(ToolFailedError, match="can't be looked up now"):
                ask(toolbox, "order", number=1)
