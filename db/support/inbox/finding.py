"""The inbox, read: its lists page by page, what they hold, and whether that changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from db.database import Statements
from db.records import to_storable
from db.support.inbox import lists
from db.support.inbox.lists import PAGE
from db.support.inbox.rows import DETAILS, InboxRow

STATES = ("queue", "mine", "human", "bot", "snoozed", "resolved")
MOST_WINDOWS = 5  # of messages, looked through for a page of the bot's chats


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended: the next one begins after it."""

    rank: int = 0
    at: datetime | None = None
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What an operator wants to see of a state: with a label, of an assignee.

    Who does not `sees_past` gets no one whose chats are all closed.
    """

    operator_id: UUID
    label: str | None = None
    assignee_id: UUID | None = None
    sees_past: bool = False
    most: int = PAGE


@dataclass(frozen=True, slots=True)
class Page:
    """Some of a list; `after` is where the next page begins, None: this was all."""

    rows: Sequence[InboxRow]
    after: Place | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many wait, are with the one who asks, are with any human, are snoozed."""

    queue: int
    mine: int
    human: int
    snoozed: int


@dataclass(frozen=True, slots=True)
class OfChat:
    """Whose chat it is, and whether it goes on."""

    user_id: UUID
    is_active: bool


def read_list(
    database: Statements, state: str, sought: Sought, after: Place = Place()
) -> Page:
    """Return a page of one of STATES, in its order: of who waits, the longest first."""
    if state == "bot" and sought.label is None and sought.assignee_id is None:
        return _read_bot(database, sought, after)
    known = {**_bind(sought), **_bind_place(after), "only_mine": state == "mine"}
    chosen = database.rows(STATEMENTS[state], known)
    rows = _read_rows(database, sought.operator_id, chosen[: sought.most])
    if len(chosen) <= sought.most:
        return Page(rows)
    last = chosen[sought.most - 1]
    key = last.ticket_id if state == "resolved" else last.user_id
    return Page(rows, Place(last.rank, last.at, str(key)))


def find_people(database: Statements, sought: Sought, words: str) -> Page:
    """Return the newest people with such a name or number, a page at most."""
    digits = "".join(sign for sign in words if sign in "0123456789")
    is_number = len(digits) >= 3 and not any(sign.isalpha() for sign in words)
    known = {
        **_bind(sought),
        "like": f"%{_escape(to_storable(words))}%",
        "digits": f"%{digits}%" if is_number else "",
    }
    chosen = database.rows(lists.PEOPLE, known)
    return Page(_read_rows(database, sought.operator_id, chosen))


def count_lists(database: Statements, operator_id: UUID) -> Counts:
    """Return how many there are in the lists that are short."""
    (found,) = database.read(Counts, lists.COUNTS, {"operator": operator_id})
    return found


def count_waiting(database: Statements) -> int:
    """Return how many wait for a person."""
    found: int = database.scalar(lists.WAITING)
    return found


def read_version(database: Statements) -> str:
    """Return a word that is another one once anything in the inbox has changed."""
    found: str = database.scalar(lists.VERSION)
    return found


def read_labels(database: Statements) -> list[str]:
    """Return the labels of tickets that are not resolved."""
    return database.column(lists.LABELS)


def read_operators(database: Statements) -> list[tuple[UUID, str]]:
    """Return the people who may log in, and their names."""
    return [(row.user_id, row.name) for row in database.rows(lists.OPERATORS)]


def find_owners_of_chats(
    database: Statements, chat_ids: Sequence[str]
) -> Mapping[str, OfChat]:
    """Return for each chat, archived or not, whose it is."""
    found = database.rows(lists.OF_CHATS, {"chat_ids": list(chat_ids)})
    return {row.chat_id: OfChat(row.user_id, row.is_active) for row in found}


def _read_bot(database: Statements, sought: Sought, after: Place) -> Page:
    """Look through the messages taken in, window by window, until a page is full."""
    found: list[Any] = []
    rest: Place | None = after
    for _ in range(MOST_WINDOWS):
        if rest is None or len(found) > sought.most:
            break
        known = {**_bind_place(rest), "most": sought.most + 1 - len(found)}
        *rows, end = database.rows(lists.BOT, known)
        found += rows
        rest = _place_of(end) if end.at else None
    shown = found[: sought.most]
    if len(found) > sought.most:
        rest = _place_of(shown[-1])
    return Page(_read_rows(database, sought.operator_id, shown), rest)


def _place_of(row: Any) -> Place:
    return Place(0, row.at, row.message_sid)


def _read_rows(
    database: Statements, operator_id: UUID, chosen: Sequence[Any]
) -> list[InboxRow]:
    known = {
        "operator": operator_id,
        "user_ids": [row.user_id for row in chosen],
        "ticket_ids": [getattr(row, "ticket_id", None) for row in chosen],
    }
    return database.read(InboxRow, DETAILS, known) if chosen else []


def _bind(sought: Sought) -> dict[str, Any]:
    return {
        "operator": sought.operator_id,
        "label": sought.label,
        "assignee": sought.assignee_id,
        "sees_past": sought.sees_past,
        "most": sought.most + 1,
    }


def _bind_place(place: Place) -> dict[str, Any]:
    return {
        "after_rank": place.rank,
        "after_at": place.at,
        "after_id": place.key or None,
        "after_sid": place.key,
        "after_ticket": place.key or None,
    }


def _escape(words: str) -> str:
    """Return words that LIKE takes as they are."""
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


STATEMENTS = {
    "queue": lists.QUEUE,
    "mine": lists.HUMAN,
    "human": lists.HUMAN,
    "bot": lists.TICKETED_BOT,
    "snoozed": lists.SNOOZED,
    "resolved": lists.RESOLVED,
}
