"""What a database has, from PostgreSQL's own catalog, to compare it with another.

Alembic compares neither conditions of checks and partial indexes nor storage options.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from sqlalchemy import Connection, MetaData, text


class Thing(NamedTuple):
    """A column, a constraint, an index …: how it is defined.

    `make` and `drop` are the statements for it; None where they are Alembic's to write.
    """

    definition: str
    make: str | None = None
    drop: str | None = None


Catalog = Mapping[str, Thing]

# Each query returns a name and a Thing's fields. {ours}: tables of the schema public,
# but for Alembic's own. Not compared: the order of columns (a new one always comes
# last), and how a column is compressed (a model can't say it).
TABLES = """
SELECT format('table %s', relname),
  format('COMMENT %L', obj_description(pg_class.oid, 'pg_class'))
FROM pg_class WHERE {ours}
"""
OPTIONS = """
SELECT format('option %s.%s', relname, option_name), option_value,
  format('ALTER TABLE %I SET (%s = %s)', relname, option_name, option_value),
  format('ALTER TABLE %I RESET (%s)', relname, option_name)
FROM pg_class, pg_options_to_table(reloptions) WHERE {ours}
"""
COLUMNS = """
SELECT format('column %s.%s', relname, attname), concat_ws(' ',
  format_type(atttypid, atttypmod),
  CASE WHEN attcollation <> typcollation THEN format('COLLATE %s', collname) END,
  CASE WHEN attnotnull THEN 'NOT NULL' END,
  'DEFAULT ' || pg_get_expr(adbin, adrelid),
  'IDENTITY ' || NULLIF(attidentity::text, ''),
  'GENERATED ' || NULLIF(attgenerated::text, ''),
  format('COMMENT %L', col_description(pg_class.oid, attnum)))
FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
JOIN pg_type ON pg_type.oid = atttypid
LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
LEFT JOIN pg_collation ON pg_collation.oid = attcollation
WHERE {ours} AND attnum > 0 AND NOT attisdropped
"""
CONSTRAINTS = """
SELECT format('constraint %s.%s', relname, conname), definition,
  format('ALTER TABLE %I ADD CONSTRAINT %I %s', relname, conname, definition),
  format('ALTER TABLE %I DROP CONSTRAINT %I', relname, conname)
FROM pg_class JOIN pg_constraint ON conrelid = pg_class.oid
CROSS JOIN pg_get_constraintdef(pg_constraint.oid) AS definition
WHERE {ours}
"""
INDEXES = """
SELECT format('index %s', indexrelid::regclass), pg_get_indexdef(indexrelid),
  pg_get_indexdef(indexrelid), format('DROP INDEX %s', indexrelid::regclass)
FROM pg_class JOIN pg_index ON indrelid = pg_class.oid
WHERE {ours} AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
"""
OURS = """relkind IN ('r', 'p') AND relname <> 'alembic_version'
  AND relnamespace = 'public'::regnamespace"""


def read_catalog(connection: Connection) -> Catalog:
    """Return what the schema public has: tables and all that belongs to them."""
    queries = (TABLES, OPTIONS, COLUMNS, CONSTRAINTS, INDEXES)
    return {
        name: Thing(*fields)
        for query in queries
        for name, *fields in connection.execute(text(query.format(ours=OURS)))
    }


def read_wanted(connection: Connection, metadata: MetaData) -> Catalog:
    """Return what these models make of an empty database, which stays empty."""
    with connection.begin_nested() as savepoint:
        metadata.create_all(connection)
        wanted = read_catalog(connection)
        savepoint.rollback()
    return wanted


def differences(found: Catalog, wanted: Catalog) -> list[str]:
    """Return a line for all that is found and not wanted (-), or the reverse (+)."""
    return [
        f"{sign} {name}: {catalog[name].definition}"
        for name in sorted(_changed(found, wanted))
        for sign, catalog in (("-", found), ("+", wanted))
        if name in catalog
    ]


def find_statements(found: Catalog, wanted: Catalog) -> Iterator[str]:
    """Yield what makes constraints, indexes and options those that are wanted."""
    changed = sorted(_changed(found, wanted))
    for name in changed:
        if name in found and (drop := found[name].drop):
            yield drop
    for name in changed:
        if name in wanted and (make := wanted[name].make):
            yield make


def _changed(found: Catalog, wanted: Catalog) -> set[str]:
    names = found.keys() | wanted.keys()
    return {name for name in names if found.get(name) != wanted.get(name)}
