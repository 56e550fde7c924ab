"""Hashes of the MessageSids of erased people: their webhooks must not come back.

Twilio signs no time: a webhook that was captured once can be sent again for ever. These
hashes are asked in the statement that takes a message in (see db/chats.py).
"""

from db.database import Database
from db.outages import FAILURES

BATCH = 1000
MOST_SECONDS = 600.0
ALL = "SELECT sid_hash, erased_at FROM erased_sids"
KEEP = """
INSERT INTO erased_sids (sid_hash, erased_at)
SELECT * FROM unnest(%(hashes)s::bytea[], %(times)s::timestamptz[])
ON CONFLICT DO NOTHING
"""


def carry_over(old: Database, new: Database) -> None:
    """Tell a restored database what was erased after its backup was made.

    A database in use that can't be asked, or is older than these hashes, tells nothing.
    Raises psycopg's errors where the new one can't be written.
    """
    try:
        found = old.rows(ALL)
    except FAILURES:
        return
    for start in range(0, len(found), BATCH):
        lot = found[start : start + BATCH]
        known = {
            "hashes": [bytes(row.sid_hash) for row in lot],
            "times": [row.erased_at for row in lot],
        }
        with new.transaction(MOST_SECONDS) as connection:
            connection.count(KEEP, known)
