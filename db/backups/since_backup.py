"""What happened after a backup was made, told to the database restored from it.

Else the bot would do it again: answer what it had answered, send what it had sent. The
database in use until now is the witness. Where it is gone or can't be read, what was
open when the backup was made is taken as answered, and unsent parts as uncertain, so
that the bot asks Twilio before it sends them.
"""

from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from db.backups.rotation import is_ahead
from db.backups.since.people import (
    KEEP_USER,
    People,
    end_logins,
    keep_people,
    read_people,
)
from db.backups.since.wishes import doubt_wishes, keep_wishes
from db.database import Connection, Database
from db.delivery.restored import (
    DOUBT_PARTS,
    HAS_MOVED,
    KEEP_SENT,
    MOVE_PART,
    PARTS,
    REFUSABLE_PARTS,
    SENT_SINCE,
    UNSENT_PARTS,
)
from db.delivery.statements import QUEUE_SENDS
from db.outages import FAILURES, first_line
from db.records import UNSETTLED, WITH_TWILIO, find_unanswered, read_turns

# A message is stamped when its transaction begins: it may be committed a bit later.
MARGIN = timedelta(minutes=10)
# Nobody knows when a backup was made whose clock was ahead: all of it may be since.
EVER = datetime(1970, 1, 1, tzinfo=UTC)
BATCH = 500
MOST_SECONDS = 4 * 3600.0  # for one statement, and for a pause between two
REMARK = "Restored from a backup: taken as answered after it was made."

ALL_OPEN = """
SELECT chat_id, unanswered_sids(messages) AS message_sid FROM userchats
WHERE NOT is_answered(messages) ORDER BY chat_id
"""
# The database in use may be at an older migration: it is asked for what every one has.
CHATS = "SELECT chat_id, messages FROM userchats WHERE chat_id = ANY (%(ids)s)"
CHANGED_CHATS = "SELECT chat_id, messages FROM userchats WHERE updated_at >= %(since)s"
UNSENT_REPLIES = """
SELECT reference_id::text FROM reply_parts GROUP BY reference_id
HAVING bool_and(status = 'pending' AND message_sid IS NULL)
"""
# (An older database may not know which number of ours was written to.)
TAKEN_IN = """
SELECT message_sid, address, to_jsonb(seen) ->> 'our_address', received_at
FROM inbound_messages AS seen
WHERE received_at >= %(since)s AND NOT message_sid = ANY (%(open)s)
"""
HEARD_OF = """
SELECT message_sid FROM inbound_messages WHERE message_sid = ANY (%(sids)s)
"""
KEEP_SEEN = """
INSERT INTO inbound_messages (message_sid, address, our_address, received_at)
SELECT * FROM unnest(%(sids)s::text[], %(addresses)s::text[], %(ours)s::text[],
                     %(times)s::timestamptz[])
ON CONFLICT (message_sid) DO NOTHING
"""
SETTLE = """
UPDATE userchats SET messages = messages || jsonb_build_array(jsonb_build_object(
  'role', 'system', 'content', %(remark)s::text, 'timestamp',
  to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"+00:00"'),
  'in_reply_to', to_jsonb(%(sids)s::text[])))
WHERE chat_id = %(chat_id)s
"""
# STOP holds, whatever is restored. Who is new since the backup comes along for it.
KEEP_OPT_OUT = """
INSERT INTO opt_outs (user_id, opted_out_at)
SELECT user_id, %(opted_out_at)s FROM users WHERE phone_number = %(phone_number)s
ON CONFLICT DO NOTHING
"""
# A worker that lives through the swap must not finish another job by its old number,
# nor pass for another worker by its own.
NUMBERED = ("procrastinate_jobs", "procrastinate_workers")
LAST = "SELECT last_value FROM procrastinate.{}_id_seq"
SKIP = """
SELECT setval(sequence, greatest(%(last)s, nextval(sequence)))
FROM CAST(%(sequence)s AS regclass) AS sequence
"""

Open = dict[str, list[str]]


class UnreadableError(Exception):
    """The database in use can't be asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SinceBackup:
    """What the restored database was told.

    `seen`: messages that came after the backup and are done with; `settled`: messages
    that were open in it, and are no more; `moved` and `doubted`: parts of replies.
    """

    seen: int
    settled: int
    moved: int
    doubted: int


def find_open(database: Database) -> Open:
    """Return the unanswered messages of a database, by chat."""
    found: Open = {}
    for row in database.rows(ALL_OPEN):
        found.setdefault(row.chat_id, []).append(row.message_sid)
    return found


def tell_what_happened(
    old: Database,
    new: Database,
    made_at: datetime,
    open_ones: Open,
    *,
    parted: bool = False,
) -> SinceBackup:
    """Tell the new database what the old one knows; all of it or nothing.

    `open_ones` were unanswered in the backup. `parted`: the old one does not come from
    the new one, and may not know them. Raises UnreadableError if it can't be asked.
    """
    since = EVER if is_ahead(made_at) else made_at - MARGIN
    with _asking(old) as witness, _telling(new) as told:
        with _readable():
            last = {name: witness.scalar(LAST.format(name)) for name in NUMBERED}
            unsent = set(witness.column(UNSENT_REPLIES))
            waiting = set(_find_unanswered(witness, CHANGED_CHATS, unsent, since=since))
            still_open = _find_still_open(witness, open_ones, waiting, parted=parted)
            people = read_people(witness, EVER if parted else since)
        _skip_numbers(told, last)
        seen = _keep_seen(witness, told, since, waiting)
        _keep_people(told, people)
        keep_wishes(witness, told, since, still_open, waiting)
        moved, doubted = _move_parts(witness, told, since)
        settled = _settle(told, open_ones, still_open)
        return SinceBackup(seen=seen, settled=settled, moved=moved, doubted=doubted)


def _skip_numbers(told: Connection, last: dict[str, int | None]) -> None:
    """Have the queue go on with numbers that the old database has not given."""
    for table, number in last.items():
        sequence = f"procrastinate.{table}_id_seq"
        told.scalar(SKIP, {"sequence": sequence, "last": number})


def doubt_all(new: Database, open_ones: Open) -> SinceBackup:
    """Prepare the new database where nobody can tell what happened since."""
    with _telling(new) as told:
        end_logins(told)
        doubt_wishes(told)
        doubted = told.count(DOUBT_PARTS, {"parts": _unsent_parts(told)})
        settled = _settle(told, open_ones, set())
    return SinceBackup(seen=0, settled=settled, moved=0, doubted=doubted)


def _telling(new: Database) -> AbstractContextManager[Connection]:
    return new.transaction(MOST_SECONDS, idle_seconds=MOST_SECONDS)


@contextmanager
def _asking(old: Database) -> Iterator[Connection]:
    """Yield one moment of the old database; nothing is left open in it."""
    with ExitStack() as stack:
        moment = old.transaction(MOST_SECONDS, snapshot=True, idle_seconds=MOST_SECONDS)
        with _readable():
            witness = stack.enter_context(moment)
        yield witness


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except FAILURES as error:
        raise UnreadableError(first_line(error)) from error


def _find_unanswered(
    witness: Connection, chats: str, unsent: Collection[str] = (), **known: Any
) -> Iterator[str]:
    """Yield the MessageSids that no reply settles, but for those in `unsent`."""
    for row in witness.stream(chats, known):
        said = [t for t in read_turns(row.messages) if t.reference_id not in unsent]
        yield from (str(turn.message_sid) for turn in find_unanswered(said))


def _find_still_open(
    witness: Connection, open_ones: Open, waiting: set[str], *, parted: bool
) -> set[str]:
    """Return those of the open ones that are unanswered there as well."""
    sids = {sid for chat in open_ones.values() for sid in chat}
    found = set(_find_unanswered(witness, CHATS, ids=list(open_ones)))
    if parted:  # in a chat that the new one has not, or in none at all
        found |= waiting | (sids - set(witness.column(HEARD_OF, {"sids": list(sids)})))
    return sids & found


def _keep_seen(
    witness: Connection, told: Connection, since: datetime, waiting: Collection[str]
) -> int:
    """Keep what came since from being taken in again; return how many that was.

    But for what is `waiting`: unanswered, or answered in parts none of which was ever
    sent. That is left for `bot reconcile`.
    """
    known = {"since": since, "open": list(waiting)}
    taken_in = witness.stream(TAKEN_IN, known, lot=BATCH)
    seen = 0
    while lot := _next_lot(taken_in):
        names = ("sids", "addresses", "ours", "times")
        columns = map(list, zip(*lot, strict=True))
        seen += told.count(KEEP_SEEN, dict(zip(names, columns, strict=True)))
    return seen


def _next_lot(rows: Iterator[Any]) -> list[Any]:
    with _readable():
        return list(islice(rows, BATCH))


def _move_parts(
    witness: Connection, told: Connection, since: datetime
) -> tuple[int, int]:
    """Bring parts to where they are now; return how many, and how many unknown.

    A part that is still unsent there is sent from here, and so is one that Twilio had
    taken when the backup was made, and has refused since.
    """
    parts = _unsent_parts(told)
    moved, unknown = 0, set(parts)
    for part in _found(witness, parts):
        moved += told.count(MOVE_PART, part)
        unknown.discard(part["part_id"])
    known = {"refusable": list(WITH_TWILIO), "since": since}
    for part in _found(witness, told.column(REFUSABLE_PARTS, known)):
        for user_id in told.column(MOVE_PART + HAS_MOVED, part):
            moved += 1
            told.scalar(QUEUE_SENDS, {"user_id": str(user_id), "pause": timedelta()})
    _keep_sent(witness, told, since)
    return moved, told.count(DOUBT_PARTS, {"parts": list(unknown)})


def _keep_sent(witness: Connection, told: Connection, since: datetime) -> None:
    """Keep what was sent from being taken for another instance's: `bot reconcile`."""
    sent = witness.stream(SENT_SINCE, {"since": since}, lot=BATCH)
    while lot := _next_lot(sent):
        sids, statuses, codes = map(list, zip(*lot, strict=True))
        told.count(KEEP_SENT, {"sids": sids, "statuses": statuses, "codes": codes})


def _found(witness: Connection, parts: list[UUID]) -> Iterator[dict[str, Any]]:
    for start in range(0, len(parts), BATCH):
        with _readable():
            found = witness.rows(PARTS, {"parts": parts[start : start + BATCH]})
        yield from (part._asdict() for part in found)


def _unsent_parts(told: Connection) -> list[UUID]:
    return told.column(UNSENT_PARTS, {"unsettled": list(UNSETTLED)})


def _keep_people(told: Connection, people: People) -> None:
    for row in people.opted_out:
        told.count(KEEP_USER, row._asdict())
        told.count(KEEP_OPT_OUT, row._asdict())
    keep_people(told, people)


def _settle(told: Connection, open_ones: Open, still_open: Collection[str]) -> int:
    settled = 0
    for chat_id, sids in open_ones.items():
        done = [sid for sid in sids if sid not in still_open]
        if done:
            bound = {"chat_id": chat_id, "sids": done, "remark": REMARK}
            told.count(SETTLE, bound)
        settled += len(done)
    return settled
