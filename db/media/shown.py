"""Which bytes an operator may be shown: a customer's, or what was sent to them."""

from dataclasses import dataclass
from uuid import UUID

from db.database import Statements

# Without the right to see the past, of the active chat alone.
IN_CHAT = """
(%(past)s OR EXISTS (SELECT FROM userchats
                     WHERE customer_id = %(user_id)s AND is_active
                       AND messages @> jsonb_build_array(
                         jsonb_build_object(%(key)s::text, %(named)s::text))))
"""
CAME = f"""
SELECT encode(sha256, 'hex') AS sha256, media_type, COALESCE(file_name, '') AS name
FROM media
WHERE user_id = %(user_id)s AND message_sid = %(named)s AND position = %(position)s
  AND sha256 IS NOT NULL AND {IN_CHAT}
"""  # noqa: S608  (our own words)
SENT = f"""
SELECT media FROM reply_parts
WHERE user_id = %(user_id)s AND reference_id = %(named)s::uuid
  AND position = %(position)s AND media IS NOT NULL AND {IN_CHAT}
"""  # noqa: S608  (the same)


@dataclass(frozen=True, slots=True)
class CameWith:
    """Bytes that a message brought; `name` is untrusted."""

    sha256: str
    media_type: str
    name: str


def find_came(
    statements: Statements, user_id: UUID, sid: str, position: int, *, past: bool
) -> CameWith | None:
    """Return what a customer's message brought; None: it is not kept, or not to see."""
    asked = _bind(user_id, sid, position, "message_sid", past)
    found = statements.read(CameWith, CAME, asked)
    return found[0] if found else None


def find_sent(
    statements: Statements, user_id: UUID, reference: UUID, position: int, *, past: bool
) -> list[str]:
    """Return the media of a part of a reply to a customer, as they are stored."""
    asked = _bind(user_id, str(reference), position, "reference_id", past)
    found = statements.scalar(SENT, asked)
    return [one for one in found if isinstance(one, str)] if found else []


def _bind(
    user_id: UUID, named: str, position: int, key: str, past: bool
) -> dict[str, object]:
    return {
        "user_id": user_id,
        "named": named,
        "position": position,
        "key": key,
        "past": past,
    }
