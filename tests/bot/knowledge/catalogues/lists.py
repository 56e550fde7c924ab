"""Lists of products as businesses keep them: real files, made by the tests."""

import io
import json
from collections.abc import Sequence
from typing import Any

import openpyxl

from bot.knowledge.catalogues.products import ProductList, read_products
from db.records.products import NewProduct

BREADS = """sku,name,price,currency,in_stock
RYE,Rye bread,4.20,EUR,yes
WHT,White loaf,3.60,EUR,no
CAKE,Cheesecake,18.00,EUR,yes
"""


def of_csv(text: str, path: str = "/lists/breads.csv", **options: Any) -> ProductList:
    encoding = options.pop("encoding", "utf-8")
    return read_products(text.encode(encoding), path, **options)


def of_json(loaded: object) -> ProductList:
    return read_products(json.dumps(loaded).encode(), "/lists/breads.json")


def workbook(*rows: Sequence[object]) -> bytes:
    """A workbook with these rows; what begins with = is a formula, not calculated."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def one(listed: ProductList) -> NewProduct:
    """The one product of a list without bad rows."""
    assert listed.bad == ()
    (product,) = listed.catalogue.products
    return product


def reasons(listed: ProductList) -> list[str]:
    return [f"{row.place}: {row.reason}" for row in listed.bad]
