"""Another turn for whom Twilio refused because the number may not send more for now.

Only where Twilio said so of a message that it had taken: that came to nobody. What it
may take yet is tried again by itself, and what nobody knows is left alone.
"""

from typing import Any

from db.database import Connection, Database
from db.delivery.codes import MAY_NOT_SEND
from db.outages import outages

IS_REFUSED = """own.state = 'stored' AND part.reference_id = own.reference_id
  AND part.status IN ('failed', 'undelivered') AND part.message_sid IS NOT NULL
  AND part.error_code = ANY (%(codes)s)"""
GIVE_BACK = f"""
UPDATE broadcast_recipients AS own SET state = 'waiting', reference_id = NULL,
  turned_at = NULL, variables = part.template -> 'variables'
FROM reply_parts AS part
WHERE own.broadcast_id = %(broadcast_id)s AND {IS_REFUSED}
"""  # noqa: S608  (our own words)
# Its last messages may be refused minutes after its last turn. Of a template one is
# going at a time.
REFUSED_OF_DONE = f"""
SELECT broadcast_id, min(error_code) AS error_code
FROM broadcasts JOIN broadcast_recipients AS own USING (broadcast_id)
CROSS JOIN reply_parts AS part
WHERE broadcasts.state = 'done' AND broadcasts.changed_at > now() - interval '2 days'
  AND {IS_REFUSED}
GROUP BY broadcast_id ORDER BY broadcast_id
"""  # noqa: S608  (our own words)
REOPEN = """
UPDATE broadcasts SET state = 'paused', reason = %(reason)s, changed_at = now(),
  told_at = NULL
WHERE broadcast_id = %(broadcast_id)s AND state = 'done' AND NOT EXISTS (
  SELECT FROM broadcasts AS other WHERE other.template_id = broadcasts.template_id
    AND other.state IN ('going', 'paused'))
"""
CODES = {"codes": sorted(MAY_NOT_SEND)}


def give_back(connection: Connection, broadcast_id: str) -> int:
    """Have whom the number could not be sent to wait for a turn; return how many."""
    return connection.count(GIVE_BACK, {**CODES, "broadcast_id": broadcast_id})


def find_refused_of_done(database: Database) -> dict[str, int]:
    """Return what had all its turns and lost some so, and one error of Twilio's.

    This and what follows raise StoreUnavailableError.
    """
    with outages():
        rows: list[Any] = database.rows(REFUSED_OF_DONE, CODES)
    return {row.broadcast_id: row.error_code for row in rows}


def reopen(database: Database, broadcast_id: str, reason: str) -> bool:
    """Pause what had all its turns; False: another one of its template is not over."""
    why = {"broadcast_id": broadcast_id, "reason": reason}
    with outages():
        return database.count(REOPEN, why) > 0
