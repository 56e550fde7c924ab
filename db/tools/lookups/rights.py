"""What the role of the lookups may do: it may read, and no more.

Row security does not hold for superusers, for owners, and for who has BYPASSRLS; so a
role that is one of these, or may become one, is not used at all.
"""

from db.database import Connection
from db.models import metadata
from db.models.views import views

# Each says, for the role that is connected, what it may do that it must not.
MIGHT = """
SELECT CASE
  WHEN rolsuper THEN 'is a superuser'
  WHEN rolbypassrls THEN 'has BYPASSRLS'
  WHEN rolcreaterole OR rolcreatedb THEN 'may make roles or databases'
  WHEN rolreplication THEN 'has REPLICATION'
  ELSE 'may reach the server''s files or programs' END
FROM pg_roles
WHERE pg_has_role(current_user, oid, 'MEMBER')
  AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication
    OR rolname IN ('pg_read_server_files', 'pg_write_server_files',
                   'pg_execute_server_program', 'pg_write_all_data'))
ORDER BY rolsuper DESC, rolbypassrls DESC, rolname LIMIT 1
"""
OWNED = """
SELECT 'owns ' || object.told FROM (
  SELECT oid::regclass::text AS told, relowner AS owner FROM pg_class
  WHERE relkind IN ('r', 'p', 'v', 'm', 'f')
  UNION ALL SELECT oid::regprocedure::text, proowner FROM pg_proc
  UNION ALL SELECT 'the schema ' || nspname, nspowner FROM pg_namespace
  UNION ALL SELECT 'the database', datdba FROM pg_database
  WHERE datname = current_database()
) AS object
WHERE pg_has_role(current_user, object.owner, 'MEMBER') ORDER BY 1 LIMIT 1
"""
WRITTEN = """
SELECT 'may write ' || object.told FROM (
  SELECT pg_class.oid::regclass::text AS told FROM pg_class
  WHERE relkind IN ('r', 'p', 'v', 'f')
    AND (has_any_column_privilege(pg_class.oid, 'INSERT')
      OR has_any_column_privilege(pg_class.oid, 'UPDATE')
      OR has_table_privilege(pg_class.oid, 'DELETE')
      OR has_table_privilege(pg_class.oid, 'TRUNCATE'))
    AND relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema')
  UNION ALL SELECT 'the sequence ' || pg_class.oid::regclass::text FROM pg_class
  WHERE CASE WHEN relkind = 'S'
    THEN has_sequence_privilege(pg_class.oid, 'USAGE, UPDATE') END
  UNION ALL SELECT 'the schema ' || nspname FROM pg_namespace
  WHERE has_schema_privilege(oid, 'CREATE') AND nspname !~ '^pg_'
  UNION ALL SELECT 'the database' WHERE
    has_database_privilege(current_database(), 'CREATE')
) AS object
ORDER BY 1 LIMIT 1
"""
# In another database there may be a table `users`, too: ours have one of chats.
BOTS_OWN = """
SELECT 'may read the bot''s own ' || pg_class.oid::regclass::text FROM pg_class
JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind IN ('r', 'p', 'v', 'm')
  AND (nspname IN ('procrastinate', 'masked')
    OR nspname = 'public' AND relname = ANY (%(names)s))
  AND has_any_column_privilege(pg_class.oid, 'SELECT')
  AND to_regclass('public.userchats') IS NOT NULL
ORDER BY 1 LIMIT 1
"""
OUR_TABLES = tuple(
    table.name for known in (metadata, views) for table in known.tables.values()
)


def find_might(connection: Connection) -> str | None:
    """Return what the role may do and must not; None: it is as it should be."""
    known = {"names": list(OUR_TABLES)}
    for query in (MIGHT, OWNED, WRITTEN, BOTS_OWN):
        if told := connection.scalar(query, known):
            return f"its role {connection.driver.info.user} {told}"
    return None
