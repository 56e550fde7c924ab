"""What people ask of prices and stock, in eleven languages."""

# ruff: noqa: RUF001 - what people write

from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from bot.knowledge.catalogues.price_range import find_products, read_range
from db.records.products import Fitting, PriceRange

D = Decimal


@pytest.mark.parametrize(
    ("question", "cheapest", "dearest", "currency"),
    [
        ("What can I get under 5 euros?", None, "5", "EUR"),
        ("Anything for less than $10?", None, "10", "USD"),
        ("Something between 3 and 6 €", "3", "6", "EUR"),
        ("Cakes over 10 and under 20 euros", "10", "20", "EUR"),
        ("up to 4.50 EUR", None, "4.50", "EUR"),
        ("at most 1,000 euros", None, "1000", "EUR"),
        ("Was gibt es bis 5 Euro?", None, "5", "EUR"),
        ("Kuchen unter 4,50€", None, "4.50", "EUR"),
        ("zwischen 3 und 6 Euro", "3", "6", "EUR"),
        ("¿Qué tienen por menos de 5?", None, "5", None),
        ("más de 20 euros", "20", None, "EUR"),
        ("Un gâteau à moins de 5 € ?", None, "5", "EUR"),
        ("entre 3 et 6 euros", "3", "6", "EUR"),
        ("pão até 5 euros", None, "5", "EUR"),
        ("qualcosa sotto i 5 euro", None, "5", "EUR"),
        ("brood voor minder dan 5 euro", None, "5", "EUR"),
        ("Есть торт менее 500 ₽?", None, "500", "RUB"),
        ("от 100 до 500 рублей", "100", "500", "RUB"),
        ("5 欧元以下的面包", None, "5", "EUR"),
        ("20元到30元的蛋糕", "20", "30", "CNY"),
        ("خبز أقل من ٥ يورو", None, "5", "EUR"),
        ("من 3 إلى 6 يورو", "3", "6", "EUR"),
        ("5 यूरो से कम की रोटी", None, "5", "EUR"),
    ],
)
def test_a_range_is_read(
    question: str, cheapest: str | None, dearest: str | None, currency: str | None
) -> None:
    asked = read_range(question)
    assert asked is not None
    found = asked.within
    assert found.cheapest == (None if cheapest is None else D(cheapest))
    assert found.dearest == (None if dearest is None else D(dearest))
    assert found.currency == currency


def test_under_leaves_the_bound_out_and_up_to_does_not() -> None:
    strict = {
        question: asked.within.is_strict
        for question in (
            "under 5 €",
            "up to 5 €",
            "unter 5 €",
            "bis 5 €",
            "أقل من 5 يورو",
        )
        if (asked := read_range(question))
    }
    assert list(strict.values()) == [True, False, True, False, True]


@pytest.mark.parametrize(
    "question",
    [
        "What is the cheapest cake?", "Welches ist das billigste Brot?",
        "¿Cuál es el pan más barato?", "Le pain le moins cher ?",
        "Qual é o bolo mais barato?", "Qual è la torta meno cara?",
        "Wat is het goedkoopste brood?", "Какой самый дешевый торт?", "最便宜的蛋糕",
        "ما هو الخبز الأرخص؟", "सबसे सस्ती रोटी?",
    ],
)  # fmt: skip
def test_the_cheapest(question: str) -> None:
    asked = read_range(question)
    assert asked is not None
    assert asked.within == PriceRange(order="cheapest")


@pytest.mark.parametrize(
    "question",
    [
        "Is rye bread in stock?", "Ist Brot auf Lager?", "¿Hay pan en stock?",
        "Есть ли хлеб в наличии?", "面包有货吗?", "هل الخبز متوفر؟",
        "Is het brood op voorraad?",
    ],
)  # fmt: skip
def test_in_stock(question: str) -> None:
    asked = read_range(question)
    assert asked is not None
    assert asked.within == PriceRange(in_stock=True)


@pytest.mark.parametrize(
    "question",
    [
        "When do you open?", "Open until 5?", "from 9 to 5?",
        "Habt ihr bis 5 Uhr offen?",
        "less than 5 minutes away", "call me between 3 and 6", "A table for 5", "до 18",
        "What is out of stock?", "under 5%?", "I live at 5 to 7 Street", "",
        "bis 5", "5", "Под 5 звезд",
    ],
)  # fmt: skip
def test_what_speaks_of_no_price(question: str) -> None:
    assert read_range(question) is None


def test_the_rest_of_the_question_names_the_product() -> None:
    asked = read_range("Which breads do you have under 5 euros?")
    assert asked is not None
    assert asked.words == ("brea",)
    chinese = read_range("5 欧元以下的面包")
    assert chinese is not None
    assert "面包" in chinese.words


def test_a_long_question_takes_no_long_time() -> None:
    assert read_range("under " * 100_000 + "5 €") is None
    assert read_range("1" * 100_000) is None


class Shelf:
    """Products that answer as they were told."""

    def __init__(self, *fitting: Fitting) -> None:
        self.fitting = fitting

    def find_within(
        self, _words: object, _in: PriceRange, _of: UUID, most: int, _seconds: float
    ) -> list[Fitting]:
        return list(self.fitting[:most])


RYE = Fitting(1, "Rye bread", D("4.20"), 2.0)
WHITE = Fitting(2, "White loaf", D("3.60"), 1.5)
COFFEE = Fitting(3, "Coffee", D("1.00"), 0.2)


def test_what_fits_the_words_comes_and_the_cheapest_first_if_asked() -> None:
    shelf = Shelf(RYE, WHITE, COFFEE)
    me = uuid4()
    assert find_products(shelf, "bread under 5 €", me, 1) == [(1, 1.0), (2, 0.75)]
    assert find_products(shelf, "the cheapest bread", me, 1) == [(2, 0.75), (1, 1.0)]
    assert find_products(shelf, "When do you open?", me, 1) == []


def test_stock_of_what_is_not_known_finds_nothing() -> None:
    shelf = Shelf(Fitting(1, "Rye bread", D("4.20"), 0.0))
    assert find_products(shelf, "Are pianos in stock?", uuid4(), 1) == []
    assert find_products(shelf, "What is in stock?", uuid4(), 1) == [(1, 1.0)]
