"""What is kept of a person, under the words that conversations use."""

from collections.abc import Callable, Mapping
from typing import Any

from db.database import Database
from tests.conversations.playing.checking import Unexpected, check_text
from tests.conversations.playing.reading import as_list, check_keys
from tests.db.sql import rows


def _last(turns: list[dict[str, Any]], role: str | None) -> dict[str, Any]:
    return next((t for t in reversed(turns) if role in (None, t["role"])), {})


def _unanswered(turns: list[dict[str, Any]]) -> str:
    settled = {sid for turn in turns for sid in turn.get("in_reply_to", [])}
    theirs = (t for t in turns if t["role"] == "user")
    return str(sum(t["message_sid"] not in settled for t in theirs))


# Each finds one row of one value: a text, a list or an object of texts.
ABOUT = {
    "owner": "SELECT owner FROM users WHERE user_id = %(id)s",
    "name": "SELECT full_name FROM users WHERE user_id = %(id)s",
    "email": "SELECT email FROM users WHERE user_id = %(id)s",
    "company": "SELECT company FROM users WHERE user_id = %(id)s",
    "stopped": "SELECT EXISTS (SELECT FROM opt_outs WHERE user_id = %(id)s)::text",
    "erased": "SELECT (NOT EXISTS (SELECT FROM users WHERE user_id = %(id)s))::text",
    "chats": "SELECT count(*)::text FROM userchats WHERE customer_id = %(id)s",
    "tickets": "SELECT count(*)::text FROM support_tickets WHERE user_id = %(id)s",
    "facts": """
        SELECT array_agg(text ORDER BY id) FROM user_facts WHERE user_id = %(id)s""",
    "media": "SELECT array_agg(state ORDER BY id) FROM media WHERE user_id = %(id)s",
    "read": "SELECT array_agg(text ORDER BY id) FROM media WHERE user_id = %(id)s",
    "preferences": "SELECT preferences FROM user_preferences WHERE user_id = %(id)s",
    "language": "SELECT language_seen FROM user_preferences WHERE user_id = %(id)s",
    "ratings": """
        SELECT array_agg(rating::text ORDER BY id) FROM feedback
        WHERE user_id = %(id)s AND rating IS NOT NULL""",
    "feedback": """
        SELECT array_agg(text ORDER BY id) FROM feedback
        WHERE user_id = %(id)s AND text IS NOT NULL""",
    "metadata": """
        SELECT metadata FROM userchats WHERE customer_id = %(id)s
        ORDER BY created_at DESC LIMIT 1""",
}
# Of the last turns of the newest chat.
LATEST = """
SELECT messages FROM userchats WHERE customer_id = %(id)s
ORDER BY created_at DESC, is_active DESC LIMIT 1
"""
OF_TURNS: Mapping[str, Callable[[list[dict[str, Any]]], object]] = {
    "command": lambda turns: _last(turns, "assistant").get("command"),
    "limit": lambda turns: _last(turns, None).get("limit"),
    "lead": lambda turns: _last(turns, "assistant").get("lead"),
    "asks": lambda turns: _last(turns, "assistant").get("asks"),
    "note": lambda turns: _last(turns, "system").get("content"),
    "error": lambda turns: _last(turns, "assistant").get("error"),
    "beside": lambda turns: _last(turns, "user").get("beside"),
    "roles": lambda turns: " ".join(turn["role"] for turn in turns),
    "unanswered": _unanswered,
    "summary": lambda turns: next(
        (t["content"] for t in reversed(turns) if t.get("covers_until")), None
    ),
}


def check_store(database: Database, user_id: object, expected: Any) -> None:
    """Hold what is kept against what should be; `nothing`: there is none of it."""
    check_keys(expected, {*ABOUT, *OF_TURNS}, "store")
    for key, wanted in expected.items():
        found = _find(database, user_id, key)
        if isinstance(wanted, dict) and isinstance(found, dict):
            _check_object(key, found, wanted)
        elif isinstance(wanted, list):
            if len(as_list(found or [])) != len(wanted):
                raise Unexpected(f"store, {key}", wanted, found)
            for one, want in zip(as_list(found), wanted, strict=True):
                check_text(f"store, {key}", str(one), want)
        else:
            check_text(f"store, {key}", _as_text(found), wanted)


def _find(database: Database, user_id: object, key: str) -> Any:
    found = rows(database, ABOUT.get(key, LATEST), id=user_id)
    (value,) = found[0] if found else (None,)
    return value if key in ABOUT else OF_TURNS[key](value or [])


def _check_object(key: str, found: dict[str, Any], wanted: dict[str, Any]) -> None:
    for name, want in wanted.items():
        value = found.get(name)
        if isinstance(want, list):
            if value != want:
                raise Unexpected(f"store, {key}, {name}", want, value)
        else:
            check_text(f"store, {key}, {name}", _as_text(value), want)


def _as_text(found: object) -> str:
    if isinstance(found, bool):
        return str(found).lower()
    return "nothing" if found in (None, [], {}) else str(found)
