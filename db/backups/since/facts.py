"""What people had forgotten since the backup is not known again.

Where the database in use can't tell, every fact goes: they are made anew as people
talk, and what somebody had us forget must not come back.
"""

from itertools import islice

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
        known = witness.stream(KNOWN, {}, lot=BATCH)
        while lot := list(islice(known, BATCH)):
            sids, texts = map(list, zip(*lot, strict=True))
            told.count(KEEP_KNOWN, {"sids": sids, "texts": texts})
    return told.count(FORGET)
