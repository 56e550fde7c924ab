"""What each role may do: one table, enforced in one place for every route.

A view says what it needs (`@needs`), or that it is open to all; one that says neither
is refused to everybody.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])


class May(StrEnum):
    """What an operator may be allowed to do."""

    SEE_CHATS = "see active chats, and the queue"
    REPLY = "take chats over, reply, resolve"
    NOTE = "write notes, labels and assignments"
    RATE = "judge answers of the bot"
    ALLOW = "allow or refuse what the bot asks an operator about"
    SEE_PAST = "see closed and archived chats"
    SEE_PEOPLE = "see people, deactivate them, export what is held about them"
    TEACH = "change documents and products, answer gaps"
    SEE_NUMBERS = "see statistics"
    SET_TEXTS = "change canned replies and texts"
    SEE_AUDIT = "see who did what"
    MANAGE_OPERATORS = "invite operators, change roles, end their sessions"
    ERASE = "erase people"


SUPPORTER = frozenset({May.SEE_CHATS, May.REPLY, May.NOTE, May.RATE, May.ALLOW})
ADMIN = SUPPORTER | {
    May.SEE_PAST, May.SEE_PEOPLE, May.TEACH, May.SEE_NUMBERS, May.SET_TEXTS,
    May.SEE_AUDIT,
}  # fmt: skip
ALLOWED: dict[str, frozenset[May]] = {
    "user": frozenset(),
    "supporter": SUPPORTER,
    "admin": ADMIN,
    "super_admin": frozenset(May),
}


def needs(permission: May) -> Callable[[View], View]:
    """Have a view refused to whoever may not do that."""

    def mark(view: View) -> View:
        view.__dict__["needs"] = permission
        return view

    return mark


def open_to_all(view: View) -> View:
    """Let a view be asked without a log-in."""
    view.__dict__["is_open"] = True
    return view


def may(role: str, permission: May) -> bool:
    """Tell whether a role may do that."""
    return permission in ALLOWED.get(role, frozenset())


def is_open(view: object) -> bool:
    """Tell whether a view may be asked without a log-in."""
    return bool(getattr(view, "is_open", False))


def needed_by(view: object) -> May | None:
    """Return what a view needs; None: it says nothing, so nobody gets it."""
    found: May | None = getattr(view, "needs", None)
    return found
