"""What a lookup reads, as PostgreSQL itself says: every table must ask who asks.

A statement that is explained holds locks on all that it names, and on what stands under
views, partitions and policies: so they are known, whatever its text looks like. What
functions do can't be seen, so only PostgreSQL's own that change nothing are let in.
"""

import re
from collections.abc import Sequence
from typing import Any

from psycopg import RawCursor

from db.database import Connection
from db.records import Lookup
from db.tools.lookups.rights import OUR_TABLES

# Its locks are known before any other query of ours adds to them.
LOCKED = """
SELECT relation, bool_or(mode <> 'AccessShareLock') AS writes FROM pg_locks
WHERE pid = pg_backend_pid() AND locktype = 'relation'
  AND relation <> 'pg_locks'::regclass
GROUP BY relation
"""
RELATIONS = """
SELECT pg_class.oid, pg_class.oid::regclass::text AS told, relkind, relrowsecurity,
  nspname IN ('pg_catalog', 'information_schema') OR nspname ~ '^pg_' AS is_catalog,
  nspname IN ('procrastinate', 'masked')
    OR nspname = 'public' AND relname = ANY (%(ours)s)
      AND to_regclass('public.userchats') IS NOT NULL AS is_ours,
  coalesce(reloptions && ARRAY['security_invoker=true', 'security_invoker=on',
    'security_invoker=1', 'security_invoker=yes'], false) AS asks_as_reader,
  has_any_column_privilege(pg_class.oid, 'SELECT') AS may_read,
  EXISTS (SELECT FROM pg_inherits
          WHERE inhrelid = pg_class.oid AND inhparent = ANY (%(oids)s)) AS is_part,
  CASE WHEN relkind IN ('v', 'm') THEN pg_get_viewdef(pg_class.oid) END AS definition
FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE pg_class.oid = ANY (%(oids)s) AND relkind IN ('r', 'p', 'v', 'm', 'f')
ORDER BY 2
"""
# One permissive policy that does not look at who asks opens the table; a restrictive
# one that does closes it again.
OPEN = """
SELECT polname::text FROM pg_policy
WHERE polrelid = %(oid)s AND polcmd IN ('r', '*') AND polpermissive
  AND (polroles = '{0}' OR EXISTS (
    SELECT FROM unnest(polroles) AS role
    WHERE pg_has_role(current_user, role, 'USAGE')))
  AND coalesce(pg_get_expr(polqual, polrelid), '') !~ 'bot\\.(address|user_id)'
  AND NOT EXISTS (
    SELECT FROM pg_policy AS narrow
    WHERE narrow.polrelid = %(oid)s AND narrow.polcmd IN ('r', '*')
      AND NOT narrow.polpermissive AND narrow.polroles = '{0}'
      AND pg_get_expr(narrow.polqual, narrow.polrelid) ~ 'bot\\.(address|user_id)')
ORDER BY 1 LIMIT 1
"""
# PostgreSQL's own that change something, wait, or run text as SQL are volatile, but for
# those that write whole tables as XML.
UNKNOWN = """
JOIN pg_namespace AS of_it ON of_it.oid = pronamespace
LEFT JOIN pg_depend ON pg_depend.classid = 'pg_proc'::regclass
  AND pg_depend.objid = pg_proc.oid AND pg_depend.deptype = 'e'
LEFT JOIN pg_extension ON pg_extension.oid = pg_depend.refobjid
WHERE CASE WHEN of_it.nspname = 'pg_catalog'
    THEN provolatile = 'v' AND proname <> ALL (%(harmless)s)
      OR proname ~ '^(table|schema|database|query|cursor)_to_xml'
    ELSE prosecdef OR extname IS NULL OR extname <> ALL (%(extensions)s) END
"""
FUNCTIONS = """
SELECT DISTINCT pg_proc.oid::regprocedure::text FROM pg_proc {UNKNOWN}
  AND (proname = ANY (%(called)s) OR pronargs = 1 AND proname = ANY (%(words)s)
    AND EXISTS (SELECT FROM pg_type
                WHERE pg_type.oid = proargtypes[0] AND typtype = 'c'))
  AND (of_it.nspname = 'pg_catalog' OR pg_function_is_visible(pg_proc.oid)
    OR of_it.nspname = ANY (%(words)s))
ORDER BY 1 LIMIT 1
""".replace("{UNKNOWN}", UNKNOWN)
# An operator's signs stand in the text, but for those that words such as IN mean; and
# a view may mean another than its text does.
OPERATORS = """
SELECT DISTINCT 'the operator ' || pg_operator.oid::regoperator::text
FROM pg_operator JOIN pg_proc ON pg_proc.oid = oprcode
JOIN pg_namespace AS its ON its.oid = oprnamespace {UNKNOWN}
  AND ((strpos(%(text)s, oprname) > 0 OR oprname = ANY (%(meant)s))
    AND (pg_operator_is_visible(pg_operator.oid) OR its.nspname = ANY (%(words)s)
      AND 'operator' = ANY (%(words)s))
    OR EXISTS (
      SELECT FROM pg_depend AS used JOIN pg_rewrite ON pg_rewrite.oid = used.objid
      WHERE used.classid = 'pg_rewrite'::regclass
        AND used.refclassid = 'pg_operator'::regclass
        AND used.refobjid = pg_operator.oid AND ev_class = ANY (%(oids)s)))
ORDER BY 1 LIMIT 1
""".replace("{UNKNOWN}", UNKNOWN)
MEANT = ("=", "<>", "<", ">", "<=", ">=", "~", "~~", "~~*", "!~~", "!~~*")
# A cast needs no word of the statement: it is enough that the role may call it.
CASTS = """
SELECT DISTINCT format('the cast from %%s to %%s, by %%s', castsource::regtype,
  casttarget::regtype, pg_proc.oid::regprocedure)
FROM pg_cast JOIN pg_proc ON pg_proc.oid = castfunc {UNKNOWN}
  AND has_function_privilege(pg_proc.oid, 'EXECUTE')
ORDER BY 1 LIMIT 1
""".replace("{UNKNOWN}", UNKNOWN)
# What a domain is held to runs wherever a value becomes one: by its name, in a row or
# an array that has it, or beside a column that does. Two functions take a type's name
# as a text.
DOMAINS = """
WITH RECURSIVE reached (id) AS (
  SELECT pg_type.oid FROM pg_type
  WHERE typname = ANY (%(words)s) OR %(words)s::text[] && %(readers)s
  UNION SELECT atttypid FROM pg_attribute
  WHERE attrelid = ANY (%(oids)s) AND attnum > 0 AND NOT attisdropped
  UNION SELECT held.id FROM reached JOIN pg_type ON pg_type.oid = reached.id
  CROSS JOIN LATERAL (
    VALUES (typelem), (typbasetype)
    UNION ALL SELECT atttypid FROM pg_attribute
    WHERE attrelid = typrelid AND attnum > 0 AND NOT attisdropped
    UNION ALL SELECT rngsubtype FROM pg_range
    WHERE pg_type.oid IN (rngtypid, rngmultitypid)
  ) AS held (id) WHERE held.id <> 0
)
SELECT DISTINCT contypid FROM reached JOIN pg_constraint ON contypid = reached.id
"""
# Asked only where there are any: it costs more.
CHECKS = """
SELECT DISTINCT format('the domain %%s, by %%s', contypid::regtype,
  pg_proc.oid::regprocedure)
FROM pg_constraint JOIN pg_depend AS used ON used.classid = 'pg_constraint'::regclass
  AND used.objid = pg_constraint.oid
LEFT JOIN pg_operator ON used.refclassid = 'pg_operator'::regclass
  AND pg_operator.oid = used.refobjid
JOIN pg_proc ON pg_proc.oid = oprcode
  OR used.refclassid = 'pg_proc'::regclass AND pg_proc.oid = used.refobjid {UNKNOWN}
  AND contypid = ANY (%(domains)s)
  AND has_function_privilege(pg_proc.oid, 'EXECUTE')
ORDER BY 1 LIMIT 1
""".replace("{UNKNOWN}", UNKNOWN)
READERS = ("pg_input_is_valid", "pg_input_error_info")
HARMLESS = ("clock_timestamp", "gen_random_uuid", "random", "timeofday")
EXTENSIONS = (
    *("citext", "cube", "earthdistance", "fuzzystrmatch", "hstore", "intarray"),
    *("ltree", "pg_trgm", "pgcrypto", "postgis", "unaccent", "uuid-ossp", "vector"),
)
# Texts and comments are passed over, so that no quote in them hides what follows.
WORD = re.compile(
    r"""
    [eE]'(?:[^'\\]|\\.|'')*' | '(?:[^']|'')*'
  | --[^\n]* | /\*.*?\*/
  | \$(?P<tag>(?:[a-zA-Z_\u0080-\U0010ffff][\w\u0080-\U0010ffff]*)?)\$.*?\$(?P=tag)\$
  | "(?P<quoted>(?:[^"]|"")+)"
  | (?P<plain>[a-zA-Z_\u0080-\U0010ffff][\w$\u0080-\U0010ffff]*)
    """,
    re.VERBOSE | re.DOTALL,
)
MOST_BYTES_OF_NAME = 63
LOWERED = re.compile("[A-Z]+")
CALLED = re.compile(r"\s*\(")
NO_ROWS = (
    "{} has no row security, so that everybody would see all of it: enable it, with a "
    "policy on current_setting('bot.address') or 'bot.user_id'; or say `shared: yes` "
    "in the tool's head, if what it reads is the same for everybody"
)
NO_POLICY = (
    "the policy {} of {} does not ask who asks: have it compare a column with "
    "current_setting('bot.address') or 'bot.user_id'"
)


WRITES = "it changes or locks rows of {}: a SQL tool only reads"
CATALOG = "it reads {}, which is PostgreSQL's own"
OURS = "it reads {}, which is the bot's own"
AS_OWNER = (
    "the view {} reads with its owner's rights, so that row security does not hold: "
    "ALTER VIEW … SET (security_invoker = true)"
)
UNSEEN = (
    "it calls {}, of which can't be known what it reads: write that into the statement"
)
COME_TO = (
    "it may come to {}, of which can't be known what it reads: drop {}, or take "
    "EXECUTE on its function from PUBLIC and the tools' role"
)


def find_fault(
    connection: Connection, lookup: Lookup, explained: str, values: Sequence[Any]
) -> str | None:
    """Return why a lookup must not be made for anybody; None: it may.

    `explained` is the statement as it will be run: it is planned here, in a transaction
    that has locked nothing before. Raises psycopg's errors where it can't be planned.
    """
    with RawCursor(connection.driver) as cursor:
        planned = b"EXPLAIN " + explained.encode()
        cursor.execute(planned, values, prepare=False, binary=True)
    writes = {row.relation: row.writes for row in connection.rows(LOCKED)}
    known = {"oids": list(writes), "ours": list(OUR_TABLES)}
    found = connection.rows(RELATIONS, known)
    faults = (_fault_of(connection, row, writes[row.oid], lookup) for row in found)
    if fault := next(filter(None, faults), None):
        return fault
    texts = [lookup.sql, *(row.definition for row in found if row.definition)]
    unseen = (_find_unseen(connection, text, list(writes)) for text in texts)
    return next(filter(None, unseen), None)


def _fault_of(
    connection: Connection, row: Any, writes: bool, lookup: Lookup
) -> str | None:
    kinds = {WRITES: writes, CATALOG: row.is_catalog, OURS: row.is_ours}
    for words, is_so in kinds.items():
        if is_so:
            return words.format(row.told)
    # A part that the role may not name is read through what it is a part of.
    if lookup.shared or (row.is_part and not row.may_read):
        return None
    return _fault_of_rows(connection, row)


def _fault_of_rows(connection: Connection, row: Any) -> str | None:
    """Return why a table shows everybody's rows."""
    if row.relkind == "v":
        return None if row.asks_as_reader else AS_OWNER.format(row.told)
    if not row.relrowsecurity:
        return NO_ROWS.format(row.told)
    policy = connection.scalar(OPEN, {"oid": row.oid})
    return NO_POLICY.format(policy, row.told) if policy else None


def _find_unseen(connection: Connection, text: str, oids: list[int]) -> str | None:
    words, called = set(), set()
    for match in WORD.finditer(text):
        names = _names_of(match)
        words |= names
        if CALLED.match(text, match.end()):
            called |= names
    known = {
        "called": list(called),
        "words": list(words),
        "text": text,
        "meant": list(MEANT),
        "oids": oids,
        "harmless": list(HARMLESS),
        "extensions": list(EXTENSIONS),
        "readers": list(READERS),
    }
    found = (connection.scalar(query, known) for query in (FUNCTIONS, OPERATORS))
    if told := next(filter(None, found), None):
        return UNSEEN.format(told)
    if cast := connection.scalar(CASTS, known):
        return COME_TO.format(cast, "the cast")
    domains = connection.column(DOMAINS, known)
    asked = {**known, "domains": domains}
    check = connection.scalar(CHECKS, asked) if domains else None
    return COME_TO.format(check, "its CHECK") if check else None


def _names_of(match: re.Match[str]) -> set[str]:
    """Return what a word may be the name of, as PostgreSQL cuts and lowers it."""
    if quoted := match["quoted"]:
        names = {quoted.replace('""', '"')}
    elif plain := match["plain"]:
        names = {plain.lower(), LOWERED.sub(lambda one: one[0].lower(), plain)}
    else:
        return set()
    return {
        name.encode()[:MOST_BYTES_OF_NAME].decode(errors="ignore") for name in names
    }
