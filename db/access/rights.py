"""The statements that give the four roles exactly their rights in one database."""

from collections.abc import Container, Iterator
from dataclasses import dataclass

from psycopg import sql

from db.access.console import rights_on
from db.beside.rights import OBJECTS, hand_over
from db.database import Connection, Database
from db.outages import FAILURES
from db.pool import SEARCH_PATH

READERS = "masked"  # the schema that people who only look may read (migration 0007)
SCHEMAS = ("public", "procrastinate", READERS)
# What `app` may do with a table; views are only read.
ROWS = "SELECT, INSERT, UPDATE, DELETE"
FACTS = "SELECT, INSERT, DELETE"
# Locking rows (FOR UPDATE) wants the right to update a column of theirs.
LOCKED_FACTS = f"{FACTS}, UPDATE (received_at)"
NARROWER = {
    "alembic_version": "SELECT",
    "answer_makings": FACTS,
    "answer_passages": FACTS,
    "audit_log": "SELECT, INSERT",
    "early_statuses": LOCKED_FACTS,
    "erased_sids": f"{FACTS}, UPDATE (erased_at)",
    "erasures": "SELECT, INSERT, UPDATE",
    "first_start": "SELECT, UPDATE (paused_at)",
    "gap_questions": FACTS,
    "inbound_messages": LOCKED_FACTS,
    "opt_ins": FACTS,
    "opt_outs": FACTS,
    "prompts": f"{FACTS}, UPDATE (first_used_at)",
    "support_alerts": f"{FACTS}, UPDATE (created_at)",
    "support_messages": FACTS,
}
READER_SETTINGS = {
    "default_transaction_read_only": "on",
    "statement_timeout": "30s",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "1min",
    "search_path": READERS,
}
READER_CONNECTIONS = 10

TABLES = """
SELECT nspname, relname, relkind IN ('v', 'm') AS is_view, ARRAY(
  SELECT attname::text FROM pg_attribute WHERE attrelid = pg_class.oid) AS columns
FROM pg_class
JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind IN ('r', 'p', 'v', 'm') AND nspname = ANY (%(schemas)s)
  AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass
                  AND objid = pg_class.oid AND deptype = 'e')
ORDER BY nspname, relname
"""
# They write past the tables, and everybody may; nothing of ours uses them.
LARGE_OBJECTS = """
SELECT 'pg_catalog.' || oid::regprocedure FROM pg_proc
WHERE pronamespace = 'pg_catalog'::regnamespace AND proname IN (
  'lo_creat', 'lo_create', 'lo_from_bytea', 'lo_import', 'lo_open', 'lo_put',
  'lo_truncate', 'lo_truncate64', 'lo_unlink', 'lowrite')
  AND has_function_privilege('public', oid, 'EXECUTE')
ORDER BY 1
"""
Statement = sql.Composed


@dataclass(frozen=True, slots=True)
class RoleNames:
    """The four roles, `prefix`_owner and so on."""

    prefix: str

    @property
    def owner(self) -> str:
        """Owns everything in the database: migrations run as this one."""
        return f"{self.prefix}_owner"

    @property
    def app(self) -> str:
        """The bot itself: reads and writes rows, and nothing else."""
        return f"{self.prefix}_app"

    @property
    def console(self) -> str:
        """The console: looks at much, and writes what operators do."""
        return f"{self.prefix}_console"

    @property
    def readonly(self) -> str:
        """People who look: the masked views."""
        return f"{self.prefix}_readonly"

    def __iter__(self) -> Iterator[str]:
        return iter((self.owner, self.app, self.console, self.readonly))


def is_migrated(connection: Connection) -> bool:
    """Tell whether all the schemas that the rights are about exist."""
    return _find_schemas(connection) == set(SCHEMAS)


def _find_schemas(connection: Connection) -> set[str]:
    query = "SELECT nspname FROM pg_namespace WHERE nspname = ANY (%(schemas)s)"
    return set(connection.column(query, {"schemas": list(SCHEMAS)}))


def statements(connection: Connection, roles: RoleNames) -> Iterator[Statement]:
    """Yield what gives the roles their rights, to be run in one transaction.

    The roles need not exist yet, nor all of the schemas. Running it again changes
    nothing, or mends what was changed by hand. It takes away what the database's other
    roles have through PUBLIC.
    """
    there = _find_schemas(connection)
    for name in (roles.owner, roles.app, roles.console):
        # The bot's connections say so themselves; psql and some poolers don't.
        yield _fill(f"ALTER ROLE {{}} SET search_path = {SEARCH_PATH}", name)
    yield from _about_the_database(connection, roles)
    yield from _moves(connection, roles)
    yield from _rights_of_app(connection, roles, there)
    yield from _rights_of_console(connection, roles, there)
    yield from _rights_of_readonly(roles, there)


def _about_the_database(
    connection: Connection, roles: RoleNames
) -> Iterator[Statement]:
    database = connection.driver.info.dbname
    yield _fill("REVOKE ALL ON DATABASE {} FROM PUBLIC", database)
    yield _fill("GRANT ALL ON DATABASE {} TO {}", database, roles.owner)
    for name in (roles.app, roles.console, roles.readonly):
        yield _fill("GRANT CONNECT ON DATABASE {} TO {}", database, name)
    yield _fill("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    for signature in connection.column(LARGE_OBJECTS):
        # Who is no superuser is only warned that nothing came of it: see gaps.py.
        yield _fill(f"REVOKE EXECUTE ON FUNCTION {signature} FROM PUBLIC")


def close_large_objects(restored: Database, live: Database) -> None:
    """Close large objects in a restored database where they are in the live one.

    A dump holds no rights on PostgreSQL's own functions. A live one that is gone can't
    be asked: `bot db roles` closes them again.
    """
    try:
        if live.column(LARGE_OBJECTS):
            return
    except FAILURES:
        return
    for signature in restored.column(LARGE_OBJECTS):
        restored.count(_fill(f"REVOKE EXECUTE ON FUNCTION {signature} FROM PUBLIC"))


def _moves(connection: Connection, roles: RoleNames) -> Iterator[Statement]:
    # The schemas first: who is to own what is in them must be let make things there.
    found = sorted(connection.rows(OBJECTS), key=lambda row: row.kind != "SCHEMA")
    for kind, identity, owner, schema in found:
        if schema in SCHEMAS and owner != roles.owner:
            yield hand_over(kind, identity, roles.owner)


def _rights_of_app(
    connection: Connection, roles: RoleNames, there: Container[str]
) -> Iterator[Statement]:
    app, about = roles.app, {"schemas": list(SCHEMAS[:2])}
    for schema in _those(there, *SCHEMAS[:2]):
        yield from _begin_anew(schema, app)
        for later in (f"{ROWS} ON TABLES", "USAGE ON SEQUENCES"):
            yield _default(roles.owner, schema, later, app)
    for schema, name, is_view, _ in connection.rows(TABLES, about):
        rights = "SELECT" if is_view else NARROWER.get(name, ROWS)
        yield _grant(rights, schema, name, app)


def _rights_of_console(
    connection: Connection, roles: RoleNames, there: Container[str]
) -> Iterator[Statement]:
    """Yield its rights; on what a later migration makes it has none until it is asked.

    A right on a column is no right on its table: REVOKE takes both away.
    """
    console, about = roles.console, {"schemas": list(SCHEMAS[:2])}
    for schema in _those(there, *SCHEMAS[:2]):
        yield from _begin_anew(schema, console)
    for schema, name, is_view, columns in connection.rows(TABLES, about):
        rights = "SELECT" if is_view else rights_on(name, columns)
        if rights:
            yield _grant(rights, schema, name, console)


def _begin_anew(schema: str, role: str) -> Iterator[Statement]:
    yield _fill("GRANT USAGE ON SCHEMA {} TO {}", schema, role)
    yield _fill("REVOKE ALL ON ALL TABLES IN SCHEMA {} FROM {}", schema, role)
    yield _fill("GRANT USAGE ON ALL SEQUENCES IN SCHEMA {} TO {}", schema, role)
    yield _fill("GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA {} TO {}", schema, role)


def _grant(rights: str, schema: str, name: str, role: str) -> Statement:
    return sql.SQL("GRANT {} ON {} TO {}").format(
        sql.SQL(rights), sql.Identifier(schema, name), sql.Identifier(role)
    )


def _rights_of_readonly(roles: RoleNames, there: Container[str]) -> Iterator[Statement]:
    readonly = roles.readonly
    for schema in _those(there, *SCHEMAS[:2]):
        yield _fill("REVOKE ALL ON ALL TABLES IN SCHEMA {} FROM {}", schema, readonly)
    for schema in _those(there, READERS):
        yield _fill("GRANT USAGE ON SCHEMA {} TO {}", schema, readonly)
        yield _fill("GRANT SELECT ON ALL TABLES IN SCHEMA {} TO {}", schema, readonly)
        yield _default(roles.owner, schema, "SELECT ON TABLES", readonly)
    for name, value in READER_SETTINGS.items():
        yield sql.SQL("ALTER ROLE {} SET {} = {}").format(
            sql.Identifier(readonly), sql.Identifier(name), sql.Literal(value)
        )
    limit = f"ALTER ROLE {{}} CONNECTION LIMIT {READER_CONNECTIONS}"
    yield _fill(limit, readonly)


def _those(there: Container[str], *schemas: str) -> list[str]:
    return [schema for schema in schemas if schema in there]


def _default(owner: str, schema: str, rights: str, role: str) -> Statement:
    """Cover what later migrations make: they run as the owner."""
    words = (
        f"ALTER DEFAULT PRIVILEGES FOR ROLE {{}} IN SCHEMA {{}} GRANT {rights} TO {{}}"
    )
    return _fill(words, owner, schema, role)


def _fill(words: str, *names: str) -> Statement:
    return sql.SQL(words).format(*map(sql.Identifier, names))
