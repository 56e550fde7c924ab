"""Failed log-ins: the pause before the next grows with them, up to 15 minutes.

Each try is counted before it is checked, in one statement: of a hundred at once only
those that may be made are. What came out well is taken back.
"""

import hashlib
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from db.database import Connection, Database

LONGEST_SECONDS = 900
FORGOTTEN = timedelta(days=1)
MOST_ROWS = 20_000
PRUNED_AT_ONCE = 200

PAUSE = f"""
LEAST({LONGEST_SECONDS}, 2 ^ LEAST(before.failures - %(free)s - 1, 20))
  * interval '1 second'
"""
COUNT = f"""
INSERT INTO login_attempts AS before (key, failures) VALUES (%(key)s, 1)
ON CONFLICT (key) DO UPDATE SET last_at = now(), failures =
  CASE WHEN before.last_at < now() - %(forgotten)s THEN 1 ELSE before.failures + 1 END
WHERE before.failures <= %(free)s OR before.last_at <= now() - {PAUSE}
RETURNING failures
"""  # noqa: S608
WAIT = f"""
SELECT ceil(extract(epoch FROM last_at + {PAUSE} - now()))
FROM login_attempts AS before WHERE key = %(key)s
"""  # noqa: S608
FORGET = "DELETE FROM login_attempts WHERE key = %(key)s"
TAKE_BACK = """
UPDATE login_attempts SET failures = failures - 1 WHERE key = %(key)s AND failures > 0
"""
PRUNE = f"""
DELETE FROM login_attempts WHERE key IN (
  (SELECT key FROM login_attempts WHERE last_at < now() - %(forgotten)s
   ORDER BY last_at LIMIT {PRUNED_AT_ONCE})
  UNION ALL
  (SELECT key FROM login_attempts ORDER BY last_at DESC
   OFFSET {MOST_ROWS} LIMIT {PRUNED_AT_ONCE}))
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Key:
    """What tries are counted by, and how many are free before pauses begin."""

    digest: bytes
    free: int
    is_shared: bool = False


class _PausedError(Exception):
    """Nothing of this try is counted."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def account_key(email: str) -> Key:
    """Return an account's, whether there is one of that name or not."""
    return Key(_digest("account", email), free=1)


def factor_key(user_id: object) -> Key:
    """Return that of an account's second factor: the password alone resets nothing."""
    return Key(_digest("factor", str(user_id)), free=1)


def address_key(address: str) -> Key:
    """Return an address's: of IPv6 the network, since each has a host of 2^64.

    An office may share it: more is free, and one's success is not another's.
    """
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return Key(_digest("address", address), free=10, is_shared=True)
    if parsed.version == 6 and parsed.ipv4_mapped is None:
        network = ipaddress.ip_network((parsed, 64), strict=False)
        return Key(_digest("address", str(network)), free=10, is_shared=True)
    plain = getattr(parsed, "ipv4_mapped", None) or parsed
    return Key(_digest("address", str(plain)), free=10, is_shared=True)


def begin_try(database: Database, keys: Sequence[Key]) -> int:
    """Count a try as failed, before it is made; return 0, or how many seconds to wait.

    It is committed before this returns: whoever breaks off has failed. Accounts come
    before addresses in `keys`: then no two tries wait for each other.
    """
    database.count(PRUNE, {"forgotten": FORGOTTEN})
    try:
        with database.transaction() as connection:
            for key in keys:
                _count(connection, key)
    except _PausedError as paused:
        return paused.seconds
    return 0


def _count(connection: Connection, key: Key) -> None:
    known = {"key": key.digest, "free": key.free, "forgotten": FORGOTTEN}
    if connection.scalar(COUNT, known) is None:
        raise _PausedError(max(1, int(connection.scalar(WAIT, known) or 1)))


def end_try(database: Database, keys: Sequence[Key]) -> None:
    """Take back what a try that came out well was counted as."""
    for key in keys:
        database.count(TAKE_BACK if key.is_shared else FORGET, {"key": key.digest})


def _digest(kind: str, name: str) -> bytes:
    return hashlib.sha256(f"{kind}:{name}".encode("utf-8", "surrogatepass")).digest()
