"""Who is logged in: a random word in a cookie, of which its SHA-256 stands here.

A session ends when nothing is asked for `IDLE`, after `LONGEST` in any case, and at
once when its row goes, or its user's role does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from db.database import Connection, Statements
from db.logins.tokens import hash_token, new_token

IDLE = timedelta(hours=8)
LONGEST = timedelta(days=7)
MOST_PER_USER = 10
LONGEST_WORD = 200
PRUNED_AT_ONCE = 500

OPEN = """
INSERT INTO login_sessions (token_hash, user_id, address, user_agent)
VALUES (%(token_hash)s, %(user_id)s, %(address)s, %(user_agent)s)
"""
PRUNE = f"""
DELETE FROM login_sessions WHERE token_hash IN (
  (SELECT token_hash FROM login_sessions WHERE user_id = %(user_id)s
   ORDER BY seen_at DESC, created_at DESC OFFSET {MOST_PER_USER})
  UNION ALL
  (SELECT token_hash FROM login_sessions
   WHERE seen_at < now() - %(idle)s OR created_at < now() - %(longest)s
   LIMIT {PRUNED_AT_ONCE}))
"""  # noqa: S608
HOLDS = "seen_at > now() - %(idle)s AND login_sessions.created_at > now() - %(longest)s"
FIND = f"""
SELECT token_hash, users.user_id, email, full_name AS name, role,
       seen_at < now() - interval '1 minute' AS is_stale
FROM login_sessions JOIN users USING (user_id)
WHERE token_hash = %(token_hash)s AND {HOLDS} AND is_active AND role <> 'user'
"""  # noqa: S608
TOUCH = """
UPDATE login_sessions SET seen_at = now()
WHERE token_hash = %(token_hash)s AND seen_at < now() - interval '1 minute'
"""
LIST = f"""
SELECT encode(token_hash, 'hex') AS number, login_sessions.created_at, seen_at,
       address, user_agent
FROM login_sessions WHERE user_id = %(user_id)s AND {HOLDS}
ORDER BY seen_at DESC, created_at DESC
"""  # noqa: S608
END_ONE = """
DELETE FROM login_sessions WHERE user_id = %(user_id)s
  AND encode(token_hash, 'hex') = %(number)s
"""
END_ALL = """
DELETE FROM login_sessions WHERE user_id = %(user_id)s
  AND token_hash IS DISTINCT FROM %(kept)s::bytea
"""
END = "DELETE FROM login_sessions WHERE token_hash = %(token_hash)s"
BOUNDS = {"idle": IDLE, "longest": LONGEST}


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Who asks, found by their cookie; `is_stale`: its time was not noted of late."""

    token_hash: bytes
    user_id: UUID
    email: str | None
    name: str | None
    role: str
    is_stale: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedSession:
    """One line of an account's sessions; `number` ends it, and lets nobody in."""

    number: str
    created_at: datetime
    seen_at: datetime
    address: str | None
    user_agent: str | None


def open_session(
    connection: Statements, user_id: UUID, address: str | None, user_agent: str | None
) -> str:
    """Return the word for the cookie of a new session.

    A user has ten: a further one ends the one that was used least of late.
    """
    token = new_token()
    row = {"token_hash": hash_token(token), "user_id": user_id}
    said = {"address": _cut(address), "user_agent": _cut(user_agent)}
    connection.count(OPEN, {**row, **said})
    connection.count(PRUNE, {"user_id": user_id, **BOUNDS})
    return token


def find_session(
    connection: Statements, token: str, *, touching: bool = True
) -> Session | None:
    """Return the session of a cookie, if it holds; note that it was used.

    That is written once a minute at most, and not at all unless `touching`.
    """
    known = {"token_hash": hash_token(token)}
    found = connection.read(Session, FIND, {**known, **BOUNDS})
    if not found:
        return None
    if touching and found[0].is_stale:
        connection.count(TOUCH, known)
    return found[0]


def list_sessions(connection: Statements, user_id: UUID) -> Sequence[ListedSession]:
    """Return a user's sessions that hold, the one used last first."""
    return connection.read(ListedSession, LIST, {"user_id": user_id, **BOUNDS})


def end_session(connection: Statements, token: str) -> None:
    """End the session of a cookie, if it is one."""
    connection.count(END, {"token_hash": hash_token(token)})


def end_listed_session(connection: Statements, user_id: UUID, number: str) -> bool:
    """End one of a user's sessions; tell whether it was theirs, and there."""
    return bool(connection.count(END_ONE, {"user_id": user_id, "number": number}))


def end_sessions(
    connection: Connection | Statements, user_id: UUID, but: str | None = None
) -> int:
    """End all sessions of a user, but that of one cookie; return how many."""
    kept = hash_token(but) if but else None
    return connection.count(END_ALL, {"user_id": user_id, "kept": kept})


def _cut(said: str | None) -> str | None:
    return said.replace("\0", "")[:LONGEST_WORD] if said else None
