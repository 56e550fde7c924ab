"""What the page of a person's chat is made of, read in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from flask import abort
from werkzeug.exceptions import Forbidden

from bot.console.chat.bubbles import Bubble, make_bubbles
from bot.console.chat.words import closes_at
from bot.console.operators import Operator, operator
from bot.console.permissions import May
from bot.console.writing import note
from db.database import Connection
from db.logins.audit import Action
from db.records import LogEntry, Ticket
from db.support.allowing import WaitingCall, list_waiting
from db.support.canned import CannedReply, list_canned
from db.support.presence import PRESENT, Looker, find_lookers, look
from db.support.reading import (
    MOST_TURNS,
    Colleague,
    Customer,
    Neighbours,
    ShownChat,
    find_chat,
    find_customer,
    find_neighbours,
    list_colleagues,
    read_placed,
    read_state,
)
from db.support.replies import find_last_inbound
from db.support.said import read_beside
from db.support.tickets import find_open, read_log

MOST_LOGGED = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Which chat is asked for, and which piece: the turns before a position."""

    chat_id: str | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """What changes while the page is open; `state` is a text that changes with it.

    `before` leads to what was said earlier, in this chat (a position) or else in an
    earlier one (`neighbours`).
    """

    customer: Customer
    chat: ShownChat | None
    bubbles: Sequence[Bubble]
    before: int | None
    neighbours: Neighbours
    lookers: Sequence[Looker]
    closes: datetime | None
    state: str | None
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What stands beside the talk: the open ticket, its log, who may work on it.

    And the calls of tools that an operator is asked about.
    """

    ticket: Ticket | None
    log: Sequence[LogEntry]
    colleagues: Sequence[Colleague]
    canned: Sequence[CannedReply]
    waiting: Sequence[WaitingCall]


def read_talk(connection: Connection, user_id: UUID, wish: Wish) -> Talk:
    """Return what was said, and note that the operator looks at it.

    A visit that is new, and each look at a past chat, is audited. Ends the request with
    404 or 403.
    """
    me = operator()
    known = {"operator_id": me.user_id, "present": PRESENT}
    state = read_state(connection, user_id, known)  # first: what is newer comes later
    customer = find_customer(connection, user_id)
    if customer is None:
        abort(404, "Nobody is there: they were erased, or never wrote.")
    chat = _find_chat(connection, user_id, wish, me)
    placed = read_placed(connection, chat, wish.before) if chat else []
    beside = read_beside(connection, user_id, [one.turn for one in placed])
    _note_look(connection, me, user_id, chat)
    now = datetime.now(UTC)
    first = placed[0].position if placed else 0
    return Talk(
        customer=customer,
        chat=chat,
        bubbles=make_bubbles(chat.chat_id, placed, beside, customer) if chat else (),
        before=first if len(placed) == MOST_TURNS and first > 0 else None,
        neighbours=_neighbours(connection, user_id, chat, me),
        lookers=find_lookers(connection, me.user_id, user_id),
        closes=closes_at(find_last_inbound(connection, user_id), now),
        state=state,
        now=now,
    )


def read_case(connection: Connection, user_id: UUID) -> Case:
    """Return what stands beside the talk."""
    ticket = find_open(connection, user_id)
    return Case(
        ticket=ticket,
        log=read_log(connection, ticket.id, MOST_LOGGED) if ticket else (),
        colleagues=list_colleagues(connection),
        canned=list_canned(connection),
        waiting=list_waiting(connection, user_id),
    )


def has_news(connection: Connection, user_id: UUID, state: str) -> bool:
    """Tell whether the page shows something else by now; note that they still look."""
    me = operator()
    known = {"operator_id": me.user_id, "present": PRESENT}
    if read_state(connection, user_id, known) != state:
        return True
    chat = find_chat(connection, user_id, None, past=False)
    look(connection, me.user_id, user_id, chat.turns if chat else 0)
    return False


def _find_chat(
    connection: Connection, user_id: UUID, wish: Wish, me: Operator
) -> ShownChat | None:
    past = me.may(May.SEE_PAST)
    found = find_chat(connection, user_id, wish.chat_id, past=past)
    if found is None and wish.chat_id is not None:
        if not past:
            raise Forbidden("Your role sees the active chat only.")
        abort(404, "There is no such chat of this person's.")
    return found


def _neighbours(
    connection: Connection, user_id: UUID, chat: ShownChat | None, me: Operator
) -> Neighbours:
    if chat is None or not me.may(May.SEE_PAST):
        return Neighbours(None, None)
    return find_neighbours(connection, user_id, chat)


def _note_look(
    connection: Connection, me: Operator, user_id: UUID, chat: ShownChat | None
) -> None:
    is_active = chat is not None and chat.is_active
    turns = chat.turns if chat and is_active else 0
    goes_on = look(connection, me.user_id, user_id, turns)
    if chat is not None and not (goes_on and is_active):
        note(connection, Action.READ_CHAT, user_id, {"chat_id": chat.chat_id})
