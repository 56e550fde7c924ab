"""Which operators look at a person's chat, and how far they have read."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from db.database import Connection

# Who was not seen for so long looks no more.
PRESENT = timedelta(seconds=60)
# Pages ask every few seconds; that is stored this often.
STORED_EVERY = timedelta(seconds=15)
MOST_NAMED = 10

# In one statement, and none that writes where there is nothing new. `seen_before`: a
# visit that goes on.
LOOK = """
WITH before AS (
  SELECT seen_at, read_turns FROM support_sessions
  WHERE operator_id = %(operator_id)s AND user_id = %(user_id)s
), stored AS (
  INSERT INTO support_sessions (operator_id, user_id, read_turns)
  SELECT %(operator_id)s, user_id, %(turns)s FROM users
  WHERE user_id = %(user_id)s AND NOT EXISTS (
    SELECT FROM before
    WHERE seen_at > now() - %(stored_every)s AND read_turns = %(turns)s)
  ON CONFLICT (operator_id, user_id)
    DO UPDATE SET seen_at = now(), read_turns = EXCLUDED.read_turns
)
SELECT COALESCE(max(seen_at) > now() - %(present)s, false) FROM before
"""
LOOKERS = """
SELECT operator_id, COALESCE(full_name, email, 'an operator') AS name
FROM support_sessions JOIN users ON users.user_id = operator_id
WHERE support_sessions.user_id = %(user_id)s AND operator_id <> %(operator_id)s
  AND seen_at > now() - %(present)s
ORDER BY name, operator_id LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looker:
    """Another operator who looks at the same chat now."""

    operator_id: UUID
    name: str


def look(connection: Connection, operator_id: UUID, user_id: UUID, turns: int) -> bool:
    """Note that an operator looks at a person's chat and has read its `turns`.

    Returns whether they looked within the last minute: else it is a new visit.
    """
    known = {"operator_id": operator_id, "user_id": user_id, "turns": turns}
    bounds = {"present": PRESENT, "stored_every": STORED_EVERY}
    return bool(connection.scalar(LOOK, {**known, **bounds}))


def find_lookers(
    connection: Connection, operator_id: UUID, user_id: UUID
) -> list[Looker]:
    """Return who else looks at it: seen within a minute, MOST_NAMED at most."""
    known = {"operator_id": operator_id, "user_id": user_id}
    bounds = {"present": PRESENT, "most": MOST_NAMED}
    return connection.read(Looker, LOOKERS, {**known, **bounds})
