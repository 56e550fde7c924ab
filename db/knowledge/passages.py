"""Loading passages: those that a search found, or all that a person may see."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from db.database import Database
from db.records import Passage, Product

# More chunks than this are never given whole, however short they are.
MOST_WHOLE = 200

SEEN = "(documents.user_id IS NULL OR documents.user_id = %(user_id)s)"
LOAD = f"""
SELECT document_chunks.id AS chunk_id, documents.id AS document_id, title,
       chunk_text AS text, heading, page, documents.url, sha256, language,
       sku, name, price, currency, products.url AS product_url, image_url, in_stock
FROM document_chunks JOIN documents ON documents.id = document_id
LEFT JOIN LATERAL (
  SELECT sku, name, price, currency, products.url, image_url, in_stock
  FROM products WHERE chunk_id = document_chunks.id ORDER BY id LIMIT 1
) AS products ON true
WHERE document_chunks.id = ANY (%(chunk_ids)s) AND {SEEN}
"""  # noqa: S608  (our own words)
MEASURE = f"""
SELECT array_agg(id ORDER BY document_id, chunk_index) AS chunk_ids,
       COALESCE(sum(octet_length(chunk_text)), 0) AS bytes
FROM (SELECT document_chunks.id, document_id, chunk_index, chunk_text
      FROM document_chunks JOIN documents ON documents.id = document_id
      WHERE {SEEN} LIMIT %(most)s + 1) AS seen
"""  # noqa: S608  (our own words)


def load_passages(
    database: Database, chunk_ids: Sequence[int], user_id: UUID
) -> list[Passage]:
    """Return the passages of chunks, in the order of their ids.

    What this person may not see, or what is gone by now, is left out.
    """
    values = {"chunk_ids": list(chunk_ids), "user_id": user_id}
    found = {row.chunk_id: _read(row) for row in database.rows(LOAD, values)}
    return [found[chunk_id] for chunk_id in chunk_ids if chunk_id in found]


def load_whole(
    database: Database, user_id: UUID, most_bytes: int
) -> list[Passage] | None:
    """Return all that a person may see, by document, as it stands there.

    None if its text is over so many bytes, or over 200 chunks.
    """
    values = {"user_id": user_id, "most": MOST_WHOLE}
    measured = database.first(MEASURE, values)
    ids: list[int] = measured.chunk_ids or []
    if len(ids) > MOST_WHOLE or measured.bytes > most_bytes:
        return None
    return load_passages(database, ids, user_id) if ids else []


def _read(row: Any) -> Passage:
    return Passage(
        chunk_id=row.chunk_id,
        document_id=row.document_id,
        title=row.title,
        text=row.text,
        heading=row.heading,
        page=row.page,
        url=row.url,
        sha256=row.sha256,
        language=row.language,
        product=None if row.sku is None else _read_product(row),
    )


def _read_product(row: Any) -> Product:
    return Product(
        sku=row.sku,
        name=row.name,
        price=row.price,
        currency=row.currency,
        url=row.product_url,
        image_url=row.image_url,
        in_stock=row.in_stock,
    )
