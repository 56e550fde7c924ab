"""Whose a database's objects are, read as data: a dump's own words are never asked.

What a dump says of owners is SQL that somebody with great rights would have to run. So
a backup's manifest holds it, and a restore makes its own statements of it.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any

from psycopg import sql

from db.database import Connection

# Follows whoever owns the database.
NOBODY = "pg_database_owner"
# What belongs to nothing else: a sequence of a column and a type of a table follow it,
# and what an extension brought stays the extension's.
OBJECTS = """
SELECT kind, told.identity, pg_get_userbyid(owner)::text AS owner,
       namespace::regnamespace::text AS schema FROM (
  SELECT CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW'
         WHEN 'S' THEN 'SEQUENCE' WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE'
         END AS kind,
         relnamespace AS namespace, relowner AS owner, 'pg_class'::regclass AS class,
         oid
  FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
  UNION ALL
  SELECT CASE prokind WHEN 'p' THEN 'PROCEDURE' WHEN 'a' THEN 'AGGREGATE'
         ELSE 'FUNCTION' END, pronamespace, proowner, 'pg_proc'::regclass, oid
  FROM pg_proc
  UNION ALL
  SELECT 'TYPE', typnamespace, typowner, 'pg_type'::regclass, oid
  FROM pg_type WHERE typtype IN ('e', 'd') OR (typtype = 'c' AND EXISTS (
    SELECT FROM pg_class WHERE pg_class.oid = typrelid AND relkind = 'c'))
  UNION ALL
  SELECT 'SCHEMA', oid, nspowner, 'pg_namespace'::regclass, oid FROM pg_namespace
) AS object
CROSS JOIN LATERAL pg_identify_object(class, object.oid, 0) AS told
WHERE NOT EXISTS (
    SELECT FROM pg_namespace WHERE pg_namespace.oid = namespace
      AND (nspname ~ '^pg_' OR nspname = 'information_schema'))
  AND NOT EXISTS (
    SELECT FROM pg_depend WHERE classid = class AND objid = object.oid
      AND (deptype = 'e' OR kind = 'SEQUENCE' AND deptype IN ('a', 'i')))
ORDER BY 1, 2
"""
DEFAULTS = """
SELECT pg_get_userbyid(defaclrole)::text AS owner, nspname::text AS schema,
       defaclobjtype::text AS kind, grantee.rolname::text AS grantee, privilege_type,
       is_grantable
FROM pg_default_acl CROSS JOIN aclexplode(defaclacl)
LEFT JOIN pg_namespace ON pg_namespace.oid = defaclnamespace
LEFT JOIN pg_roles AS grantee ON grantee.oid = aclexplode.grantee
ORDER BY 1, 2, 3, 4, 5
"""
EXTENSIONS = """
SELECT extname::text, nspname::text FROM pg_extension
JOIN pg_namespace ON pg_namespace.oid = extnamespace
WHERE extname <> 'plpgsql' ORDER BY 1
"""
KINDS = {"r": "TABLES", "S": "SEQUENCES", "f": "FUNCTIONS", "T": "TYPES"}
PRIVILEGE = re.compile("[A-Z]{3,20}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """Who owns a database's objects, and what is granted by default.

    `owner` owns all but `others`: (kind, identity, owner). `defaults` are (owner,
    schema, kind, grantee, privilege, grantable), without a schema for all of them, and
    without a grantee for everybody. `extensions` names the schema of each.
    """

    owner: str | None
    others: list[tuple[str, str, str]]
    defaults: list[tuple[str, str | None, str, str | None, str, bool]]
    extensions: dict[str, str]

    @classmethod
    def from_json(cls, read: Any) -> "Rights":
        """Read what a manifest holds; raises ValueError, TypeError or KeyError."""
        defaults = [
            (str(owner), _text(schema), str(kind), _text(grantee), str(what), bool(may))
            for owner, schema, kind, grantee, what, may in read["defaults"]
        ]
        if any(d[2] not in KINDS or not PRIVILEGE.fullmatch(d[4]) for d in defaults):
            raise ValueError("a privilege that there is not")
        others = [
            (str(kind), str(name), str(role)) for kind, name, role in read["others"]
        ]
        known = {str(name): str(schema) for name, schema in read["extensions"].items()}
        return cls(
            owner=_text(read["owner"]),
            others=others,
            defaults=defaults,
            extensions=known,
        )

    def roles(self) -> set[str]:
        """Return the roles that objects belong to, or will."""
        named = {self.owner, *(role for _, _, role in self.others)}
        named.update(default[0] for default in self.defaults)
        return {role for role in named if role and role != NOBODY}


def _text(read: Any) -> str | None:
    return None if read is None else str(read)


def read_rights(connection: Connection) -> Rights:
    """Return a database's. Raises psycopg's errors."""
    found = [tuple(row)[:3] for row in connection.rows(OBJECTS)]
    most = Counter(row[2] for row in found if row[2] != NOBODY).most_common(1)
    owner = most[0][0] if most else None
    return Rights(
        owner=owner,
        others=[row for row in found if row[2] != owner],
        defaults=[tuple(d) for d in connection.rows(DEFAULTS) if d.kind in KINDS],
        extensions=dict(connection.rows(EXTENSIONS)),
    )


def plain_rights(owner: str) -> Rights:
    """Return those of a database whose objects all belong to one role."""
    public = ("SCHEMA", "public", NOBODY)
    return Rights(owner=owner, others=[public], defaults=[], extensions={})


def without_superusers(
    rights: Rights, live: Rights, superusers: Collection[str]
) -> Rights:
    """Return the rights without what superusers would get that is not theirs in `live`.

    A function that runs with its owner's rights (SECURITY DEFINER) would have all of
    theirs. What is left out belongs to the owner, and all of it to the live one's.
    """
    barred = set(superusers) - {live.owner}
    return replace(
        rights,
        owner=live.owner if rights.owner in barred else rights.owner,
        others=[o for o in rights.others if o[2] not in barred or o in live.others],
        defaults=[
            d for d in rights.defaults if d[0] not in barred or d in live.defaults
        ],
    )


def give_away(connection: Connection, holder: str, rights: Rights, to: str) -> None:
    """Give all that `holder` owns in a database to whom it belonged, the rest to `to`.

    Names come from the catalog: what the manifest says is only looked up in it.
    """
    others = {(kind, identity): owner for kind, identity, owner in rights.others}
    for kind, identity, owner, _ in connection.rows(OBJECTS):
        wanted = others.get((kind, identity), to)
        if owner in {holder, NOBODY} and wanted not in {owner, NOBODY}:
            connection.count(hand_over(kind, identity, wanted))
    reassign = sql.SQL("REASSIGN OWNED BY {} TO {}")
    connection.count(reassign.format(sql.Identifier(holder), sql.Identifier(to)))
    for default in _defaults(rights):
        connection.count(default)


def hand_over(kind: str, identity: str, owner: str) -> sql.Composed:
    """Return the statement that gives one object to an owner; OBJECTS names it."""
    words = sql.SQL("ALTER {} {} OWNER TO {}")
    return words.format(sql.SQL(kind), sql.SQL(identity), sql.Identifier(owner))


def _defaults(rights: Rights) -> Iterator[sql.Composed]:
    words = sql.SQL("ALTER DEFAULT PRIVILEGES FOR ROLE {}{} {} ON {} {} {}{}")
    cleared = set()
    for owner, schema, kind, grantee, privilege, may_grant in rights.defaults:
        place = sql.SQL(" IN SCHEMA {}").format(sql.Identifier(schema or ""))
        place = place if schema else sql.Composed([])
        role, on = sql.Identifier(owner), sql.SQL(KINDS[kind])
        if not schema and (owner, kind) not in cleared:
            # Without a schema they are in the place of what is granted by itself.
            cleared.add((owner, kind))
            for whose in (sql.SQL("PUBLIC"), role):
                all_of_it = sql.SQL("REVOKE ALL")
                yield words.format(
                    role, place, all_of_it, on, sql.SQL("FROM"), whose, sql.SQL("")
                )
        whom = sql.Identifier(grantee) if grantee else sql.SQL("PUBLIC")
        option = sql.SQL(" WITH GRANT OPTION" if may_grant else "")
        grant = sql.SQL(f"GRANT {privilege}")
        yield words.format(role, place, grant, on, sql.SQL("TO"), whom, option)
