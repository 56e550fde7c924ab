"""What operators do with a chat and its case, besides replying.

Each is one transaction with its row in the audit, refused in words where the chat or
the case changed while its page was open.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from bot.console import writing
from bot.console.chat.drafts import read_version
from bot.console.operators import operator
from bot.console.parts import console
from bot.console.permissions import May, needs
from db.database import Connection
from db.errors import OperatorError, StoreUnavailableError
from db.logins.audit import Action
from db.outages import outages
from db.records import Owner, Ticket
from db.support import tickets
from db.support.owners import Owners, change_owner, hold_owner

CHANGED_HANDS = (
    "The chat changed hands while you looked, so nothing was done: see who has it now."
)
UNDER_WAY = (
    "The chat is yours. A word of the bot's was being sent at that instant, and may "
    "still arrive."
)
Work = Callable[[Connection, Ticket], str]


def add_to(routes: Blueprint) -> None:
    """Add the views."""
    for path, view in (
        ("/take", take), ("/give", give), ("/resolve", resolve), ("/snooze", snooze),
        ("/note", note), ("/assign", assign), ("/priority", priority),
        ("/labels", labels), ("/subject", subject),
    ):  # fmt: skip
        routes.post(path)(view)


@needs(May.REPLY)
def take(user_id: UUID) -> Response:
    """Have the chat, until it is given back; wait until the bot is silent."""

    def work(connection: Connection) -> str:
        _change(connection, user_id, "human", "took over")
        writing.note(connection, Action.TOOK, user_id)
        return ""

    if _do(partial(_unchanged, user_id, work)):
        under_way = Owners(console().database).is_under_way(user_id)
        flash(UNDER_WAY if under_way else "The chat is yours: the bot is silent.")
    return _back(user_id)


@needs(May.REPLY)
def give(user_id: UUID) -> Response:
    """Give the chat back to the bot, or into the queue."""
    to = request.form.get("to", "")
    if to not in {"bot", "queue"}:
        raise BadRequest("A chat is given to the bot, or into the queue.")

    def work(connection: Connection) -> str:
        _change(connection, user_id, "bot" if to == "bot" else "queue", "given back")
        writing.note(connection, Action.GAVE_BACK, user_id, {"to": to})
        return "The bot answers again." if to == "bot" else "It waits in the queue."

    _do(partial(_unchanged, user_id, work))
    return _back(user_id)


@needs(May.REPLY)
def resolve(user_id: UUID) -> Response:
    """Resolve the case: the bot has the chat again."""

    def work(connection: Connection) -> str:
        ticket = _its_ticket(connection, user_id)
        tickets.resolve(connection, ticket.id, operator().user_id)
        writing.note(connection, Action.RESOLVED, user_id, ticket_id=ticket.id)
        return f"Case {ticket.id} is resolved; the bot answers again."

    _do(partial(_unchanged, user_id, work))
    return _back(user_id)


@needs(May.REPLY)
def snooze(user_id: UUID) -> Response:
    """Lay the case aside until a time; it opens before when they write."""

    def work(connection: Connection, ticket: Ticket) -> str:
        until = _read_time(request.form.get("until", ""))
        tickets.snooze(connection, ticket.id, until, operator().user_id)
        return f"Case {ticket.id} sleeps until then, or until they write."

    return _change_ticket(user_id, "snoozed", work)


@needs(May.NOTE)
def note(user_id: UUID) -> Response:
    """Write a note that operators alone see."""

    def work(connection: Connection) -> str:
        ticket = _its_ticket(connection, user_id)
        text = request.form.get("text", "").replace("\r\n", "\n")
        tickets.add_note(connection, ticket.id, operator().user_id, text)
        writing.note(connection, Action.NOTED, user_id, ticket_id=ticket.id)
        return "Noted."

    _do(work)
    return _back(user_id)


@needs(May.NOTE)
def assign(user_id: UUID) -> Response:
    """Give the case to an operator, or to nobody."""

    def work(connection: Connection, ticket: Ticket) -> str:
        given = request.form.get("operator", "")
        to = _read_id(given) if given else None
        tickets.assign(connection, ticket.id, to, operator().user_id)
        return "Assigned." if to else "Assigned to nobody."

    return _change_ticket(user_id, "assigned", work)


@needs(May.NOTE)
def priority(user_id: UUID) -> Response:
    """Say how urgent the case is."""

    def work(connection: Connection, ticket: Ticket) -> str:
        wanted = request.form.get("priority", "")
        tickets.set_priority(connection, ticket.id, wanted, operator().user_id)
        return f"Its priority is {wanted}."

    return _change_ticket(user_id, "priority", work)


@needs(May.NOTE)
def labels(user_id: UUID) -> Response:
    """Set all labels, written with commas between them."""

    def work(connection: Connection, ticket: Ticket) -> str:
        wanted = request.form.get("labels", "").split(",")
        tickets.set_labels(connection, ticket.id, wanted, operator().user_id)
        return "Its labels are set."

    return _change_ticket(user_id, "labels", work)


@needs(May.NOTE)
def subject(user_id: UUID) -> Response:
    """Say in a line what the case is about."""

    def work(connection: Connection, ticket: Ticket) -> str:
        wanted = request.form.get("subject", "")
        tickets.set_subject(connection, ticket.id, wanted, operator().user_id)
        return "Its subject is set."

    return _change_ticket(user_id, "subject", work)


def _change_ticket(user_id: UUID, what: str, work: Work) -> Response:
    def audited(connection: Connection) -> str:
        ticket = _its_ticket(connection, user_id)
        words = work(connection, ticket)
        writing.note(
            connection, Action.TICKET_CHANGED, user_id, {"what": what}, ticket.id
        )
        return words

    _do(audited)
    return _back(user_id)


def _do(work: Callable[[Connection], str]) -> bool:
    """Do it in a transaction; say what was done, or why not. False: it was not."""
    try:
        with outages(), console().database.transaction() as connection:
            words = work(connection)
    except StoreUnavailableError:
        raise
    except OperatorError as error:
        flash(str(error), "error")
        return False
    if words:
        flash(words)
    return True


def _unchanged(
    user_id: UUID, work: Callable[[Connection], str], connection: Connection
) -> str:
    """Do it only if nobody else took or gave the chat since the page was loaded."""
    held = hold_owner(connection, user_id)
    if held is None:
        raise OperatorError("This person was erased.")
    if held.version != read_version(request.form):
        raise OperatorError(CHANGED_HANDS)
    return work(connection)


def _change(connection: Connection, user_id: UUID, to: Owner, why: str) -> None:
    change_owner(
        connection, user_id, to,
        operator=operator().user_id, why=why, lasts=console().handoff_lasts,
    )  # fmt: skip


def _its_ticket(connection: Connection, user_id: UUID) -> Ticket:
    """Return the case that the form is about, if it is still this person's open one."""
    ticket = tickets.find_open(connection, user_id)
    if ticket is None or str(ticket.id) != request.form.get("ticket", ""):
        raise OperatorError(
            "That case was resolved meanwhile, so nothing was changed: look at the "
            "page again."
        )
    return ticket


def _read_time(given: str) -> datetime:
    try:
        until = datetime.fromisoformat(given)
    except ValueError:
        raise OperatorError("Say until when: a day and a time.") from None
    return until if until.tzinfo else until.replace(tzinfo=console().timezone)


def _read_id(given: str) -> UUID:
    try:
        return UUID(given)
    except ValueError:
        raise BadRequest("There is no such operator.") from None


def _back(user_id: UUID) -> Response:
    return redirect(url_for("chats.show", user_id=user_id), 303)
