"""Products found by words, price and stock, and by whom."""

from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from bot.knowledge.catalogues.price_range import find_products
from db.chats import PostgresChatStore
from db.database import Database
from db.knowledge.catalogues import import_products
from db.knowledge.products import Products, search_products
from db.records.products import PriceRange
from tests.bot.knowledge.catalogues.lists import of_csv
from tests.db.sql import change, value, values
from tests.records import ANA, BEN, said

SHELF = """sku,name,description,price,currency,in_stock
RYE,Rye bread,Dark sourdough,4.20,EUR,yes
WHT,White bread,Wheat,3.60,EUR,no
GFB,Gluten-free bread,Rice,5.00,EUR,yes
CAKE,Käsekuchen,100% Quark,18.00,EUR,yes
ЧЕР,Чёрный хлеб,,90,RUB,yes
面包,黑麦面包,,20,CNY,yes
ASK,Bread of the day,,,,
"""


@pytest.fixture
def shelf(database: Database) -> Database:
    import_products(database, of_csv(SHELF).catalogue)
    return database


def found(database: Database, *words: str, **within: object) -> list[str]:
    bounds = PriceRange(**within)  # type: ignore[arg-type]
    return [row.sku for row in search_products(database, words, bounds, 10)]


def asked(database: Database, question: str, user_id: UUID | None = None) -> list[str]:
    """The products that a question finds, best first, by their SKUs."""
    products = Products(database)
    hits = find_products(products, question, user_id or uuid4(), 10)
    query = "SELECT sku FROM products WHERE chunk_id = %(chunk_id)s"
    return [value(database, query, chunk_id=chunk_id) for chunk_id, _ in hits]


def test_all_words_must_fit_however_they_are_written(shelf: Database) -> None:
    assert found(shelf, "BREAD", "rye") == ["RYE"]
    assert found(shelf, "käsekuchen") == ["CAKE"]
    assert found(shelf, "чёрный") == ["ЧЕР"]
    assert found(shelf, "面包") == ["面包"]
    assert found(shelf, "100%") == ["CAKE"]
    assert found(shelf, "%") == ["CAKE"]
    assert found(shelf, "_") == []
    assert found(shelf, "\\", "'; DROP TABLE products; --") == []


def test_prices_and_stock_bound_it(shelf: Database) -> None:
    five = Decimal(5)
    breads = {"order": "cheapest", "currency": "EUR"}
    assert found(shelf, "bread", dearest=five, **breads) == ["WHT", "RYE", "GFB"]
    strict = found(shelf, "bread", dearest=five, is_strict=True, **breads)
    assert strict == ["WHT", "RYE"]
    assert found(shelf, "bread", in_stock=True, **breads) == ["RYE", "GFB"]
    assert found(shelf, cheapest=Decimal("18.00"), currency="EUR") == ["CAKE"]
    assert found(shelf, order="dearest", currency="EUR")[0] == "CAKE"


def test_questions_find_products_by_their_price(shelf: Database) -> None:
    assert asked(shelf, "Which breads do you have under 5 euros?") == ["WHT", "RYE"]
    assert asked(shelf, "What do you have for up to 5 euros?") == ["WHT", "RYE", "GFB"]
    assert asked(shelf, "What is the cheapest bread?")[0] == "WHT"
    assert asked(shelf, "the most expensive bread?")[0] == "GFB"
    assert asked(shelf, "Is rye bread in stock?")[0] == "RYE"
    assert asked(shelf, "Gibt es Kuchen unter 20 €?") == ["CAKE"]
    assert asked(shelf, "хлеб менее 100 ₽?") == ["ЧЕР"]
    assert asked(shelf, "30元以下的面包") == ["面包"]
    assert asked(shelf, "Which bread is under 1 euro?") == []
    assert asked(shelf, "When do you open?") == []


def test_nobody_finds_what_is_somebody_elses(
    shelf: Database, pg: PostgresChatStore
) -> None:
    for address in (ANA, BEN):
        pg.record_inbound(said("Hello", address))
    ana, ben = values(shelf, "SELECT user_id FROM users ORDER BY phone_number")
    change(shelf, "UPDATE documents SET user_id = %(ana)s", ana=ana)
    question = "Which breads do you have under 5 euros?"
    assert asked(shelf, question, ana) == ["WHT", "RYE"]
    assert asked(shelf, question, ben) == []
    assert found(shelf, "bread") == []
