"""What users told of themselves: kept once each, and no more than so many."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from db.database import Connection, Database
from db.outages import outages, repeat_once
from db.records import Fact, Saying, Turn, to_storable

# For each person; the oldest go.
MOST_KEPT = 50
LONGEST_FACT = 300
# Two that share so many of all their words are one.
LIKE = 0.8

HOLD = """
SELECT facts_since, now() AS now FROM users WHERE user_id = %(user_id)s
FOR NO KEY UPDATE
"""
END = """
DELETE FROM user_facts WHERE user_id = %(user_id)s AND valid_until <= now()
"""
KNOWN = """
SELECT id, kind, text, created_at FROM user_facts WHERE user_id = %(user_id)s
ORDER BY created_at DESC, id DESC
"""
ADD = """
INSERT INTO user_facts (user_id, kind, text, message_sid, created_at, valid_until)
VALUES (%(user_id)s, %(kind)s, %(text)s, %(message_sid)s, %(told_at)s, %(until)s)
"""
RENEW = """
UPDATE user_facts SET text = %(text)s, message_sid = %(message_sid)s,
  created_at = %(told_at)s, valid_until = %(until)s
WHERE id = %(id)s AND user_id = %(user_id)s
"""
# What they wrote, and what was heard of them: what they pass on, others said.
FIND_SAYINGS = """
SELECT said ->> 'message_sid' AS sid, said ->> 'timestamp' AS timestamp,
  concat_ws(E'\n', said ->> 'content', (
    SELECT string_agg(heard.text, ' ') FROM media AS heard
    WHERE heard.user_id = customer_id AND media_type LIKE 'audio/%%'
      AND heard.message_sid = said ->> 'message_sid')) AS text
FROM all_chats CROSS JOIN LATERAL jsonb_array_elements(messages) AS said
WHERE customer_id = %(user_id)s AND said ->> 'role' = 'user'
  AND said ->> 'message_sid' = ANY (%(sids)s)
  AND NOT COALESCE(said -> 'beside' ?| '{Forwarded,FrequentlyForwarded}', false)
"""
FORGET_OLDEST = """
DELETE FROM user_facts WHERE user_id = %(user_id)s AND id NOT IN (
  SELECT id FROM user_facts WHERE user_id = %(user_id)s
  ORDER BY created_at DESC, id DESC LIMIT %(most)s)
"""


class Facts:
    """The facts of users in PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find_sayings(
        self, user_id: UUID, sids: Collection[str]
    ) -> Mapping[str, Saying]:
        """Return what a user said themselves in these messages, by MessageSid.

        Raises StoreUnavailableError.
        """
        asked = {"user_id": user_id, "sids": list(sids)}
        rows = repeat_once(lambda: self._database.rows(FIND_SAYINGS, asked))
        return {row.sid: _read_saying(row) for row in rows}

    def keep(self, user_id: UUID, facts: Sequence[Fact]) -> int:
        """Keep what is new; return how many that are. Doing so twice changes nothing.

        What says nearly the same as a known one renews it, if it was told later. What
        was told before the user had a fact forgotten is not taken up any more. Nothing
        is kept of somebody who is gone. Raises StoreUnavailableError.
        """
        with outages(), self._database.transaction() as connection:
            held = connection.first(HOLD, {"user_id": user_id})
            if held is None:
                return 0
            connection.count(END, {"user_id": user_id})
            told = [fact for fact in facts if _is_due(fact, held)]
            added = sum(_keep(connection, user_id, fact) for fact in _latest(told))
            bound = {"user_id": user_id, "most": MOST_KEPT}
            connection.count(FORGET_OLDEST, bound)
            return added


def _read_saying(row: Any) -> Saying:
    at = Turn.from_json({"timestamp": row.timestamp}).timestamp
    return Saying(row.text, at)


def _is_due(fact: Fact, held: Any) -> bool:
    """Tell whether it holds still, and was told since they had one forgotten."""
    is_over = fact.valid_until is not None and fact.valid_until <= held.now
    is_told_since = held.facts_since is None or fact.told_at > held.facts_since
    return is_told_since and not is_over


def _latest(facts: Iterable[Fact]) -> list[Fact]:
    """Return the newest ones, oldest first: what is too much would go at once."""
    return sorted(facts, key=lambda fact: fact.told_at)[-MOST_KEPT:]


def _keep(connection: Connection, user_id: UUID, fact: Fact) -> bool:
    row: dict[str, Any] = {
        "user_id": user_id,
        "kind": fact.kind,
        "text": to_storable(fact.text)[:LONGEST_FACT],
        "message_sid": to_storable(fact.message_sid),
        "told_at": fact.told_at,
        "until": fact.valid_until,
    }
    known = connection.rows(KNOWN, {"user_id": user_id})
    same = next((k for k in known if _are_alike(k.text, fact.text)), None)
    if same is None:
        connection.count(ADD, row)
        return True
    if same.created_at < fact.told_at:
        connection.count(RENEW, {**row, "id": same.id})
    return False


def _are_alike(one: str, other: str) -> bool:
    mine, theirs = _words(one), _words(other)
    return len(mine & theirs) >= LIKE * len(mine | theirs)


def _words(text: str) -> frozenset[str]:
    bare = "".join(c if c.isalnum() else " " for c in text.casefold())
    return frozenset(bare.split() or [text])
