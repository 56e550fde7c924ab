"""Products found by words, price and stock."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from db.database import Database, Statements
from db.records import to_storable
from db.records.products import Fitting, PriceRange

MOST_WORDS = 8
LISTED = """
SELECT p.sku, p.name, p.description, p.price, p.currency, p.url, p.image_url,
       p.in_stock, p.attributes, d.file_path, p.updated_at
"""
FITS = """
FROM products AS p
JOIN documents AS d ON d.id = p.document_id
JOIN document_chunks AS c ON c.id = p.chunk_id
WHERE (d.user_id IS NULL OR d.user_id = %(user_id)s)
  AND (%(currency)s::text IS NULL OR p.currency = %(currency)s)
  AND (NOT %(in_stock)s OR p.in_stock)
  AND (%(cheapest)s::numeric IS NULL OR p.price >= %(cheapest)s)
  AND (%(dearest)s::numeric IS NULL OR p.price <= %(dearest)s)
  AND (NOT %(is_strict)s OR p.price IS DISTINCT FROM %(cheapest)s::numeric
       AND p.price IS DISTINCT FROM %(dearest)s::numeric)
  AND (NOT %(is_priced)s OR p.price IS NOT NULL)
"""
# Upper and lower case are ours to know, not the server's: each word has its spellings.
HAS_ALL = """
  AND NOT EXISTS (
    SELECT FROM jsonb_array_elements(%(words)s) AS word (patterns)
    WHERE NOT (c.chunk_text LIKE ANY (
      ARRAY(SELECT jsonb_array_elements_text(word.patterns)))))
"""
ORDERS = {
    None: "p.name, p.sku",
    "cheapest": "p.price, p.name, p.sku",
    "dearest": "p.price DESC NULLS LAST, p.name, p.sku",
}
# A word counts by how rare it is among what the range leaves.
WEIGHED = f"""
WITH fitting AS MATERIALIZED (SELECT c.id, c.chunk_text, p.price, p.sku {FITS}),
words AS (
  SELECT position, ARRAY(SELECT jsonb_array_elements_text(patterns)) AS patterns
  FROM jsonb_array_elements(%(words)s) WITH ORDINALITY AS word (patterns, position)
),
hits AS (
  SELECT f.id, w.position, count(*) OVER (PARTITION BY w.position) AS among
  FROM fitting AS f JOIN words AS w ON f.chunk_text LIKE ANY (w.patterns)
),
weights AS (
  SELECT id, sum(ln(1 + (SELECT count(*) FROM fitting)::float8 / among)) AS weight
  FROM hits GROUP BY id
)
SELECT f.id AS chunk_id, f.chunk_text AS text, f.price,
       COALESCE(w.weight, 0)::float8 AS weight
FROM fitting AS f LEFT JOIN weights AS w ON w.id = f.id
"""  # noqa: S608 - constants of ours
BY_PRICE = {
    None: "f.price",
    "cheapest": "f.price",
    "dearest": "f.price DESC NULLS LAST",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedProduct:
    """A product as people look at it; `file_path` is that of its list."""

    sku: str
    name: str
    description: str | None
    price: Decimal | None
    currency: str | None
    url: str | None
    image_url: str | None
    in_stock: bool | None
    attributes: dict[str, str]
    file_path: str | None
    updated_at: Any


def search_products(
    statements: Statements,
    words: Sequence[str],
    within: PriceRange,
    limit: int,
    user_id: UUID | None = None,
) -> list[ListedProduct]:
    """Return products that have all of the words, within a range of prices.

    A word may be a part of one, however it is capitalized. Of somebody's own products
    only those of `user_id` are found, beside everybody's.
    """
    statement = LISTED + FITS + HAS_ALL + f"ORDER BY {ORDERS[within.order]} LIMIT "
    parameters = {**_parameters(words, within, user_id), "limit": limit}
    return statements.read(ListedProduct, f"{statement}%(limit)s", parameters)


def _parameters(
    words: Sequence[str], within: PriceRange, user_id: UUID | None
) -> dict[str, Any]:
    return {
        "user_id": user_id,
        "cheapest": within.cheapest,
        "dearest": within.dearest,
        "is_strict": within.is_strict,
        "is_priced": within.is_priced(),
        "currency": within.currency,
        "in_stock": within.in_stock,
        "words": Jsonb([_spellings(word) for word in words[:MOST_WORDS]]),
    }


def _spellings(word: str) -> list[str]:
    storable = to_storable(word)
    plain = "".join(f"\\{sign}" if sign in "\\%_" else sign for sign in storable)
    spelled = {plain, plain.lower(), plain.upper(), plain.lower().capitalize()}
    return [f"%{spelling}%" for spelling in sorted(spelled)]


class Products:
    """The products that questions are answered from."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def find_within(
        self,
        words: Sequence[str],
        within: PriceRange,
        user_id: UUID,
        most: int,
        seconds: float,
    ) -> list[Fitting]:
        """Return products within a range, `most` at most, the best fitting first.

        Among equals the order is the range's, else the cheapest first. Raises the
        driver's error where it takes more than `seconds`.
        """
        statement = (
            f"{WEIGHED} ORDER BY weight DESC, {BY_PRICE[within.order]}, f.sku "
            "LIMIT %(most)s"
        )
        parameters = {**_parameters(words, within, user_id), "most": most}
        with self.database.transaction(seconds, snapshot=True) as connection:
            return connection.read(Fitting, statement, parameters)
