"""`bot products` from the outside."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from bot.knowledge.catalogues.products import read_products
from db.database import Database
from tests.bot.knowledge.catalogues.lists import BREADS
from tests.db.sql import values
from tests.house import ROOT

DEMO = ROOT / "bot" / "local" / "demo" / "products.csv"


@pytest.fixture
def breads(tmp_path: Path) -> Path:
    file = tmp_path / "breads.csv"
    file.write_text(BREADS)
    return file


def bot(url: str, *arguments: object, typed: str = "") -> Result:
    """Run `bot products ARGUMENTS`."""
    command = ["products", *map(str, arguments)]
    return CliRunner().invoke(main, command, input=typed, env={"DATABASE_URL": url})


def loaded(done: Result) -> Any:
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_an_import_shows_what_it_would_do_and_asks(
    database: Database, database_url: str, breads: Path
) -> None:
    skus = "SELECT sku FROM products ORDER BY sku"
    dry = bot(database_url, "import", breads, "--dry-run")
    assert "in_stock -> in_stock" in dry.stdout
    assert "Rye bread" in dry.stdout
    assert "new            3" in dry.stdout
    assert "nothing was changed" in dry.stdout
    refused = bot(database_url, "import", breads, typed="n\n")
    assert refused.exit_code == 1
    assert values(database, skus) == []
    done = bot(database_url, "import", breads, typed="y\n")
    assert done.stdout.endswith("Imported: 3 products.\n")
    assert values(database, skus) == ["CAKE", "RYE", "WHT"]
    again = bot(database_url, "import", breads)  # there is nothing to ask
    assert again.stdout.endswith("Nothing had changed.\n")


def test_bad_rows_stop_it_unless_they_are_left_out(
    database: Database, database_url: str, breads: Path
) -> None:
    breads.write_text(BREADS + "X,\x1b]0;evil\x07,1,EUR,\nY,,2,EUR,\n")
    stopped = bot(database_url, "import", breads, "--yes")
    assert stopped.exit_code == 1
    assert "line 5: name has control characters" in stopped.stderr
    assert "2 rows are no products, and nothing was imported" in stopped.stderr
    assert "\x1b" not in stopped.output
    assert values(database, "SELECT sku FROM products") == []
    done = bot(database_url, "import", breads, "--yes", "--skip-bad", "--json")
    told = loaded(done)
    assert (told["new"], told["imported"]) == (["RYE", "WHT", "CAKE"], True)
    assert [row["place"] for row in told["bad"]] == ["line 5", "line 6"]


def test_products_are_listed_searched_and_removed(
    database_url: str, breads: Path
) -> None:
    bot(database_url, "import", breads, "--yes")
    first = bot(database_url, "list", "--limit", "2")
    assert (
        first.stderr == "These are the first 2; --limit shows more, if there are any.\n"
    )
    listed = loaded(bot(database_url, "list", "--json"))
    assert [(one["sku"], one["price"]) for one in listed] == [
        ("CAKE", "18.00"), ("RYE", "4.20"), ("WHT", "3.60"),
    ]  # fmt: skip
    shown = bot(database_url, "search", "--under", "4.20").stdout.splitlines()
    assert [line.split()[0] for line in shown] == ["sku", "WHT", "RYE"]
    assert "4.20 EUR" in shown[2]
    in_stock = bot(database_url, "search", "bread", "--in-stock", "--over", "4")
    assert "RYE" in in_stock.stdout
    assert "no such products" in bot(database_url, "search", "piano").stderr
    assert "no such products" in bot(database_url, "search", "\udcff").stderr
    assert bot(database_url, "search", "--under", "cheap").exit_code == 2
    assert bot(database_url, "remove", "--yes").exit_code == 1
    some = bot(database_url, "remove", "RYE", "NONE\udcff", "--yes")
    assert (some.stdout, some.exit_code) == ("Removed: 1.\n", 1)
    assert "there was no product NONE\ufffd" in some.stderr
    assert bot(database_url, "remove", "--all", typed="n\n").exit_code == 1
    assert loaded(bot(database_url, "remove", "--all", "--yes", "--json")) == {
        "removed": ["CAKE", "WHT"], "missing": [],
    }  # fmt: skip


def test_a_file_that_can_not_be_read_is_told(database_url: str, tmp_path: Path) -> None:
    for name, why in (("none.csv", "can't be read"), ("list.pdf", "must end in")):
        if name.endswith("pdf"):
            (tmp_path / name).write_bytes(b"%PDF")
        done = bot(database_url, "import", tmp_path / name)
        assert (done.exit_code, why in done.stderr) == (1, True)


def test_the_demo_bakery_has_twenty_products() -> None:
    listed = read_products(DEMO.read_bytes(), str(DEMO), is_demo=True)
    assert listed.bad == ()
    products = listed.catalogue.products
    assert len(products) == 20
    assert all(new.product.currency == "EUR" for new in products)
    assert str(products[0].product.price) == "4.20"
    assert products[0].attributes["weight"] == "1 kg"
