"""Catalogues taken in: all products of a file at once, and what that changes."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from psycopg.types.json import Jsonb

from db.database import Connection, Database, Statements
from db.errors import OperatorError
from db.knowledge.chunks import replace_chunks
from db.knowledge.documents import HAS_OWN, PRODUCTS, drop_demo
from db.outages import outages
from db.records import to_storable
from db.records.products import Catalogue, NewProduct

# Long enough for 100,000 products: for a statement, and for comparing between two.
IMPORT_SECONDS = 300.0
# Of two imports at once the second waits, and sees what the first one did.
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('products', 0))"
FIND_DOCUMENT = """
SELECT id, file_type, sha256, is_demo FROM documents
WHERE file_path = %(file_path)s AND user_id IS NULL
"""
# What is of the demo business does not count beside a catalogue of one's own.
FIND_OLD = """
SELECT p.sku, p.name, p.description, p.price, p.currency, p.url, p.image_url,
       p.in_stock, p.attributes, p.chunk_id, c.chunk_text, d.file_path,
       d.id IS NOT DISTINCT FROM %(document_id)s AS is_here
FROM products AS p
JOIN documents AS d ON d.id = p.document_id
LEFT JOIN document_chunks AS c ON c.id = p.chunk_id
WHERE d.id = %(document_id)s
   OR p.sku = ANY(%(skus)s) AND (%(is_demo)s OR NOT d.is_demo)
"""
TELL_VERSION = """
UPDATE documents SET sha256 = %(sha256)s, file_size = %(file_size)s
WHERE id = %(document_id)s
"""
ADD_DOCUMENT = """
INSERT INTO documents (title, file_path, file_type, file_size, sha256, language,
                       is_processed, is_demo)
VALUES (%(title)s, %(file_path)s, 'products', %(file_size)s, %(sha256)s, %(language)s,
        true, %(is_demo)s)
RETURNING id
"""
DROP_CHUNKS = "DELETE FROM document_chunks WHERE id = ANY(%(chunk_ids)s)"
DROP_PRODUCTS = "DELETE FROM products WHERE sku = ANY(%(skus)s)"
DROP_EMPTY = """
DELETE FROM documents AS d
WHERE d.file_type = 'products' AND d.id IS DISTINCT FROM %(document_id)s
  AND NOT EXISTS (SELECT FROM products AS p WHERE p.document_id = d.id)
"""
STORE_PRODUCTS = """
INSERT INTO products (sku, name, description, price, currency, url, image_url, in_stock,
                      attributes, document_id, chunk_id)
SELECT sku, name, description, price, currency, url, image_url, in_stock, attributes,
       %(document_id)s, chunk_id
FROM jsonb_to_recordset(%(products)s) AS product (
  sku text, name text, description text, price numeric, currency text, url text,
  image_url text, in_stock boolean, attributes jsonb, chunk_id bigint)
ON CONFLICT (sku) DO UPDATE
SET name = EXCLUDED.name, description = EXCLUDED.description, price = EXCLUDED.price,
    currency = EXCLUDED.currency, url = EXCLUDED.url, image_url = EXCLUDED.image_url,
    in_stock = EXCLUDED.in_stock, attributes = EXCLUDED.attributes,
    document_id = EXCLUDED.document_id, chunk_id = EXCLUDED.chunk_id
"""
FIND_GOING = """
SELECT sku, chunk_id FROM products WHERE %(all)s OR sku = ANY(%(skus)s) FOR UPDATE
"""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import changes, by sku. `moved`: came from the list of another file."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    same: tuple[str, ...]
    removed: tuple[str, ...]
    moved: Mapping[str, str]


def plan_import(database: Statements, catalogue: Catalogue) -> Imported:
    """Return what importing it would change now.

    Raises OperatorError where the file is a document already that is no catalogue.
    """
    document = database.first(FIND_DOCUMENT, {"file_path": catalogue.file_path})
    return _compare(database, catalogue, document)


def import_products(database: Database, catalogue: Catalogue) -> Imported:
    """Make a file's products exactly those of its catalogue: all of it, or nothing.

    A product that stands in the catalogue of another file moves into this one. The
    first catalogue of one's own takes the place of the demo business. What is the same
    already is not written again, and no demo beside documents of one's own. Raises
    OperatorError as `plan_import` does.
    """
    with outages(), _importing(database) as connection:
        return import_catalogue(connection, catalogue)


def import_catalogue(connection: Connection, catalogue: Catalogue) -> Imported:
    """Do what `import_products` does, in a transaction that is open.

    It and the pauses in it may take IMPORT_SECONDS.
    """
    connection.count(LOCK)
    if catalogue.is_demo and connection.scalar(HAS_OWN):
        return Imported((), (), (), (), {})
    document = connection.first(FIND_DOCUMENT, {"file_path": catalogue.file_path})
    imported = _compare(connection, catalogue, document)
    if not catalogue.is_demo:
        drop_demo(connection)
    if document is not None and not catalogue.is_demo and document.is_demo:
        document = None  # it went with the demo
    is_same = not (imported.new or imported.changed or imported.removed)
    if document is None or not is_same:
        _write(connection, catalogue, document, imported)
    elif document.sha256 != catalogue.sha256:
        version = _version(catalogue)
        connection.count(TELL_VERSION, {**version, "document_id": document.id})
    return imported


def remove_products(database: Database, skus: Sequence[str] | None) -> list[str]:
    """Remove products, all of them for None; return whose sku was there.

    Raises OperatorError where the database is away.
    """
    wanted = {"all": skus is None, "skus": list(map(to_storable, skus or ()))}
    with outages(), _importing(database) as connection:
        connection.count(LOCK)
        going = connection.rows(FIND_GOING, wanted)
        _drop(connection, [(row.sku, row.chunk_id) for row in going])
        connection.count(DROP_EMPTY, {"document_id": None})
    return sorted(row.sku for row in going)


def _importing(database: Database) -> AbstractContextManager[Connection]:
    return database.transaction(IMPORT_SECONDS, idle_seconds=IMPORT_SECONDS)


def _compare(statements: Statements, catalogue: Catalogue, document: Any) -> Imported:
    if document is not None and document.file_type != PRODUCTS:
        raise OperatorError(
            f"{catalogue.file_path} is a document already ({document.file_type}): "
            f"remove that one first, `bot knowledge remove {document.id}`"
        )
    of_demo = document is not None and document.is_demo and not catalogue.is_demo
    wanted = {
        "document_id": document.id if document and not of_demo else None,
        "skus": [new.product.sku for new in catalogue.products],
        "is_demo": catalogue.is_demo,
    }
    old = {row.sku: row for row in statements.rows(FIND_OLD, wanted)}
    listed = {new.product.sku: new for new in catalogue.products}
    kept = {sku: _is_same(old[sku], new) for sku, new in listed.items() if sku in old}
    return Imported(
        new=tuple(sku for sku in listed if sku not in old),
        changed=tuple(sku for sku, is_same in kept.items() if not is_same),
        same=tuple(sku for sku, is_same in kept.items() if is_same),
        removed=tuple(sku for sku in old if sku not in listed),
        moved={sku: old[sku].file_path for sku in kept if not old[sku].is_here},
    )


def _is_same(old: Any, new: NewProduct) -> bool:
    columns = {name: value for name, value in _columns(new).items() if name != "price"}
    stands = {name: getattr(old, name) for name in columns}
    text = to_storable(new.chunk.text)
    return (
        bool(old.is_here)
        and stands == columns
        and _written(old.price) == _written(new.product.price)
        and old.chunk_text == text
    )


def _written(price: Decimal | None) -> str | None:
    """Return every decimal: 4.2 and 4.20 are written differently."""
    return None if price is None else f"{price:f}"


def _columns(new: NewProduct) -> dict[str, Any]:
    product = new.product
    return {
        "sku": product.sku,
        "name": product.name,
        "description": new.description,
        "price": _written(product.price),  # as text: JSON's numbers are not exact
        "currency": product.currency,
        "url": product.url,
        "image_url": product.image_url,
        "in_stock": product.in_stock,
        "attributes": dict(new.attributes),
    }


def _version(catalogue: Catalogue) -> dict[str, Any]:
    return {"sha256": catalogue.sha256, "file_size": catalogue.file_size}


def _write(
    connection: Connection, catalogue: Catalogue, document: Any, imported: Imported
) -> None:
    document_id = _store_document(connection, catalogue, document)
    leaving = [*imported.removed, *imported.moved]
    going = connection.rows(FIND_GOING, {"all": False, "skus": leaving})
    gone = set(imported.removed)
    _drop(connection, [(row.sku, row.chunk_id) for row in going if row.sku in gone])
    chunks_elsewhere = [row.chunk_id for row in going if row.sku not in gone]
    connection.count(DROP_CHUNKS, {"chunk_ids": chunks_elsewhere})
    chunks = [new.chunk for new in catalogue.products]
    ids = replace_chunks(connection, document_id, catalogue.language, chunks)
    products = list(_rows(catalogue.products, ids))
    of = {"document_id": document_id}
    connection.count(STORE_PRODUCTS, {**of, "products": Jsonb(products)})
    connection.count(DROP_EMPTY, of)


def _store_document(connection: Connection, catalogue: Catalogue, document: Any) -> int:
    if document is None:
        columns = {
            "title": to_storable(catalogue.title),
            "file_path": catalogue.file_path,
            "language": catalogue.language,
            "is_demo": catalogue.is_demo,
        }
        added = connection.scalar(ADD_DOCUMENT, {**columns, **_version(catalogue)})
        return int(added)
    of = {"document_id": document.id}
    connection.count(TELL_VERSION, {**_version(catalogue), **of})
    return int(document.id)


def _rows(products: Sequence[NewProduct], ids: Sequence[int]) -> Iterator[Any]:
    for new, chunk_id in zip(products, ids, strict=True):
        yield {**_columns(new), "chunk_id": chunk_id}


def _drop(connection: Connection, going: Sequence[tuple[str, int | None]]) -> None:
    skus = [sku for sku, _ in going]
    chunk_ids = [chunk_id for _, chunk_id in going if chunk_id is not None]
    connection.count(DROP_PRODUCTS, {"skus": skus})
    connection.count(DROP_CHUNKS, {"chunk_ids": chunk_ids})
