"""What replies do to the database beside being stored: see db/records/deeds.py.

Each deed is one more `WITH` of the reply's statement. It reads `appended`, which has
the chat's user (`customer_id`) if the reply was stored, and no row if it was refused:
so nothing is done for a reply that is not, nor twice for one that is made again. All of
them see the tables as they were before, and the order among them is not told: two must
not write the same row. `{values}` stands for the deed's values, as JSON.

A reply without deeds is stored by the statement without any.
"""

from collections.abc import Mapping
from typing import Any

from psycopg.types.json import Jsonb

from db.delivery.remembering import (
    ERASE_USER,
    FORGET_FACTS,
    JUDGE,
    KEEP_LEAD,
)
from db.records import DeedKind, Reply, to_storable

STRENGTHS = ("SHARE", "NO KEY UPDATE", "UPDATE")

# Preferences by name; null takes one back, and what is not named stays.
SET_PREFERENCES = """
  INSERT INTO user_preferences (user_id, preferences)
  SELECT customer_id, jsonb_strip_nulls({values}) FROM appended
  ON CONFLICT (user_id) DO UPDATE
  SET preferences = jsonb_strip_nulls(user_preferences.preferences || {values})
"""
# ids: the calls of tools that the answer was made with. Others, of a worker that was
# thought dead, are not told by this answer.
TIE_CALLS = """
  UPDATE tool_calls SET reference_id = %(reference_id)s::uuid FROM appended
  WHERE user_id = customer_id AND message_sid = {values} ->> 'message_sid'
    AND {values} -> 'ids' @> to_jsonb(call_id::text) AND reference_id IS NULL
"""
# number: the user's own of the reminder.
CANCEL_REMINDER = """
  UPDATE scheduled_messages SET state = 'canceled', canceled_by = 'user',
    why = 'they did not want it any more', ended_at = now()
  FROM appended WHERE user_id = customer_id AND state = 'waiting'
    AND number = ({values} ->> 'number')::int
"""
# seconds: after them who is silent is asked once about this reply's offer. What was
# planned for an older offer gives way.
FOLLOW_UP = """
  INSERT INTO scheduled_messages (user_id, chat_id, kind, say_at, offer_id, heard_at)
  SELECT customer_id, %(chat_id)s, 'follow_up',
         now() + ({values} ->> 'seconds')::float * interval '1 s',
         %(reference_id)s::uuid, %(heard_at)s
  FROM appended
  ON CONFLICT (user_id) WHERE kind = 'follow_up' AND state = 'waiting'
  DO UPDATE SET chat_id = EXCLUDED.chat_id, say_at = EXCLUDED.say_at,
    offer_id = EXCLUDED.offer_id, heard_at = EXCLUDED.heard_at,
    created_at = EXCLUDED.created_at
"""
DEEDS: Mapping[DeedKind, str] = {
    "cancel_reminder": CANCEL_REMINDER,
    "erase_user": ERASE_USER,
    "follow_up": FOLLOW_UP,
    "forget_facts": FORGET_FACTS,
    "judge": JUDGE,
    "keep_lead": KEEP_LEAD,
    "set_preferences": SET_PREFERENCES,
    "tie_calls": TIE_CALLS,
}
# How those hold the user's row that change it: from the start, or two could wait in a
# ring. An e-mail address is a key, by which other tables could name the row.
LOCKS: Mapping[DeedKind, str] = {
    "forget_facts": "NO KEY UPDATE",
    "keep_lead": "UPDATE",
}


def lock_for(kinds: tuple[DeedKind, ...], lock: str) -> str:
    """Return the stronger of a reply's own lock of the user's row and its deeds'."""
    mine = (LOCKS[kind] for kind in kinds if kind in LOCKS)
    return max([lock, *mine], key=STRENGTHS.index)


def write_firsts(kinds: tuple[DeedKind, ...]) -> str:
    """Return columns that have a deed done before what the columns behind them do.

    Those may write the same row (handing over does), and what comes later is lost.
    """
    return ", (SELECT count(*) FROM keep_lead)" if "keep_lead" in kinds else ""


def write_deeds(kinds: tuple[DeedKind, ...]) -> str:
    """Return what the statement of a reply with such deeds has besides."""
    return "".join(
        f", {kind} AS ({DEEDS[kind].replace('{values}', f'%({kind})s::jsonb')})"
        for kind in kinds
    )


def kinds_of(reply: Reply) -> tuple[DeedKind, ...]:
    """Return what a reply does, sorted. Raises ValueError where it does one twice."""
    kinds = tuple(sorted(deed.kind for deed in reply.deeds))
    if len(set(kinds)) < len(kinds):
        raise ValueError("a reply has two deeds of one kind")
    return kinds


def bind_deeds(reply: Reply) -> dict[str, object]:
    """Return the further parameters of its statement."""
    return {deed.kind: Jsonb(_storable(deed.values)) for deed in reply.deeds}


def _storable(value: Any) -> Any:
    """Return JSON whose texts PostgreSQL takes."""
    if isinstance(value, str):
        return to_storable(value)
    if isinstance(value, Mapping):
        return {to_storable(str(name)): _storable(each) for name, each in value.items()}
    return [_storable(each) for each in value] if isinstance(value, list) else value
