"""The language that a person was seen to write, kept for when it does not show."""

from uuid import UUID

from db.database import Database
from db.outages import outages

# Of who was erased meanwhile nothing is kept.
REMEMBER = """
INSERT INTO user_preferences (user_id, language_seen)
SELECT user_id, %(language)s FROM users WHERE user_id = %(user_id)s
FOR KEY SHARE OF users
ON CONFLICT (user_id) DO UPDATE SET language_seen = EXCLUDED.language_seen
WHERE user_preferences.language_seen IS DISTINCT FROM EXCLUDED.language_seen
RETURNING user_id
"""


def remember_language(database: Database, user_id: UUID, language: str) -> None:
    """Keep a language's code as that which the user last wrote or said.

    Raises StoreUnavailableError.
    """
    asked = {"user_id": user_id, "language": language}
    with outages():
        database.rows(REMEMBER, asked)
