"""Catalogues taken in by PostgreSQL: all of one or nothing, and prices exactly."""

from decimal import Decimal
from typing import Any

import pytest

from db.database import Database
from db.errors import OperatorError
from db.knowledge.catalogues import import_products, plan_import, remove_products
from db.knowledge.products import search_products
from db.records.products import PriceRange
from tests.bot.knowledge.catalogues.lists import BREADS, of_csv
from tests.db.sql import change, rows, value, values

DEMO = "sku,name\nRYE,Demo bread\nOLD,Demo roll\n"


def take(database: Database, text: str, path: str = "/lists/breads.csv") -> Any:
    return import_products(database, of_csv(text, path).catalogue)


def everything(database: Database) -> list[tuple[Any, ...]]:
    return rows(
        database,
        "SELECT p.sku, p.xmin::text AS p, c.xmin::text AS c, d.xmin::text AS d, c.id "
        "FROM products AS p JOIN document_chunks AS c ON c.id = p.chunk_id "
        "JOIN documents AS d ON d.id = c.document_id ORDER BY sku",
    )


def test_each_product_is_a_chunk_of_one_document(database: Database) -> None:
    imported = take(database, BREADS)
    assert imported.new == ("RYE", "WHT", "CAKE")
    assert rows(database, "SELECT title, file_type, is_processed FROM documents") == [
        ("breads", "products", True)
    ]
    stored = rows(
        database,
        "SELECT sku, price, currency, in_stock, chunk_text, metadata FROM products "
        "JOIN document_chunks AS c ON c.id = chunk_id ORDER BY chunk_index",
    )
    assert stored[0] == (
        "RYE", Decimal("4.20"), "EUR", True,
        "Rye bread (RYE)\nPrice: 4.20 EUR\nIn stock: yes", {"sku": "RYE"},
    )  # fmt: skip
    assert len(stored) == 3


@pytest.mark.parametrize("price", ["4.20", "0.1", "4.205", "123456789012.123456"])
def test_a_price_comes_back_with_every_digit(database: Database, price: str) -> None:
    take(database, f"sku,name,price\nA,Bread,{price} EUR\n,,\nB,C,9.99 EUR\n")
    (found,) = search_products(database, ("bread",), PriceRange(), 10)
    assert str(found.price) == price
    assert (found.name, found.currency) == ("Bread", "EUR")


def test_the_same_list_again_writes_nothing(database: Database) -> None:
    take(database, BREADS)
    before = everything(database)
    assert take(database, BREADS).same == ("RYE", "WHT", "CAKE")
    assert everything(database) == before


def test_a_new_version_replaces_what_it_says_and_drops_what_is_gone(
    database: Database,
) -> None:
    take(database, BREADS)
    text = BREADS.replace("4.20", "4.50").replace("CAKE,Cheesecake", "ROLL,Roll")
    plan = plan_import(database, of_csv(text).catalogue)
    imported = take(database, text)
    assert imported == plan
    assert imported.changed == ("RYE",)
    assert (imported.new, imported.removed) == (("ROLL",), ("CAKE",))
    texts = values(database, "SELECT chunk_text FROM document_chunks")
    assert len(texts) == 3
    assert not any("4.20" in text or "Cheesecake" in text for text in texts)
    assert value(database, "SELECT count(*) FROM documents") == 1


def test_a_product_moves_to_the_list_that_has_it_now(database: Database) -> None:
    take(database, BREADS)
    take(database, "sku,name\nOTHER,Other\nCAKE,Cake\n", "/lists/cakes.csv")
    moved = take(database, "sku,name\nRYE,Rye\nWHT,White\n", "/lists/new.csv").moved
    assert moved == dict.fromkeys(["RYE", "WHT"], "/lists/breads.csv")
    # The list that lost all of its products is gone, with its chunks.
    paths = values(database, "SELECT file_path FROM documents ORDER BY id")
    assert paths == ["/lists/cakes.csv", "/lists/new.csv"]
    assert value(database, "SELECT count(*) FROM document_chunks") == 4


def test_the_demo_goes_with_the_first_list_and_comes_not_beside_it(
    database: Database,
) -> None:
    demo = of_csv(DEMO, "/demo.csv", is_demo=True).catalogue
    assert import_products(database, demo).new == ("RYE", "OLD")
    plan = plan_import(database, of_csv(BREADS).catalogue)
    assert take(database, BREADS) == plan
    assert (plan.new, plan.moved) == (("RYE", "WHT", "CAKE"), {})
    assert import_products(database, demo).new == ()
    skus = values(database, "SELECT sku FROM products ORDER BY sku")
    assert skus == ["CAKE", "RYE", "WHT"]
    assert values(database, "SELECT is_demo FROM documents") == [False]


def test_what_breaks_off_changes_nothing(database: Database) -> None:
    take(database, BREADS)
    before = everything(database)
    change(
        database,
        "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION USING ERRCODE = '57P01'; END $$; "
        "CREATE TRIGGER fail BEFORE INSERT ON products FOR EACH ROW "
        "WHEN (NEW.sku = 'LAST') EXECUTE FUNCTION fail()",
    )
    with pytest.raises(OperatorError):
        take(database, "sku,name\nRYE,Changed\nLAST,Last\n")
    assert everything(database) == before
    assert value(database, "SELECT count(*) FROM document_chunks") == 3


def test_a_file_that_is_another_kind_of_document_is_refused(database: Database) -> None:
    change(
        database,
        "INSERT INTO documents (title, file_path, file_type) "
        "VALUES ('breads', '/lists/breads.csv', 'csv')",
    )
    with pytest.raises(OperatorError, match="a document already"):
        take(database, BREADS)


def test_removed_products_take_their_chunks_and_empty_lists_along(
    database: Database,
) -> None:
    take(database, BREADS)
    assert remove_products(database, ["RYE", "NONE"]) == ["RYE"]
    assert value(database, "SELECT count(*) FROM document_chunks") == 2
    assert take(database, BREADS).new == ("RYE",)
    assert remove_products(database, None) == ["CAKE", "RYE", "WHT"]
    assert value(database, "SELECT count(*) FROM documents") == 0
