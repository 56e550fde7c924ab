"""What people had forgotten since the backup is not known again.

Where the database in use can't tell, every fact goes: they are made anew as people
talk, and what somebody had us forget must not come back.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from db.database import Connection

BATCH = 500
HAS_FACTS = "SELECT to_regclass('public.user_facts') IS NOT NULL"
# A fact has another id in a database that does not come from there.
KNOWN = """
SELECT message_sid, text FROM user_facts
"""
KEEP_KNOWN = """
INSERT INTO known_facts SELECT * FROM unnest(%(sids)s::text[], %(texts)s::text[])
"""
FORGET = """
DELETE FROM user_facts AS fact WHERE NOT EXISTS (
  SELECT FROM known_facts AS known
  WHERE known.message_sid = fact.message_sid AND known.text = fact.text)
"""


# What was told before that is not found in a transcript again.
FORGOT = """
SELECT user_id, facts_since FROM users WHERE facts_since IS NOT NULL ORDER BY user_id
"""
KEEP_FORGOTTEN = """
UPDATE users SET facts_since = told.since
FROM unnest(%(ids)s::uuid[], %(times)s::timestamptz[]) AS told (id, since)
WHERE user_id = told.id
"""
FORGET_ALL = "UPDATE users SET facts_since = now() WHERE phone_number IS NOT NULL"


def forget_facts(witness: Connection | None, told: Connection) -> int:
    """Forget in the restored database what the one in use does not know any more.

    Without a witness, or from one at an older migration, all facts go. Return how many.
    """
    if not told.scalar(HAS_FACTS):
        return 0
    told.count(
        "CREATE TEMPORARY TABLE known_facts (message_sid text, text text) "
        "ON COMMIT DROP"
    )
    if witness and witness.scalar(HAS_FACTS):
        for sids, texts in _lots(witness, KNOWN):
            told.count(KEEP_KNOWN, {"sids": sids, "texts": texts})
        for ids, times in _lots(witness, FORGOT):
            told.count(KEEP_FORGOTTEN, {"ids": ids, "times": times})
    else:
        told.count(FORGET_ALL)
    return told.count(FORGET)


def _lots(witness: Connection, query: str) -> Iterator[tuple[list[Any], list[Any]]]:
    """Yield two columns, some hundred rows at a time."""
    rows = witness.stream(query, {}, lot=BATCH)
    while lot := list(islice(rows, BATCH)):
        first, second = zip(*lot, strict=True)
        yield list(first), list(second)
