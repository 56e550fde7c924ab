"""The way back: what an operator writes goes to the customer whom it quotes.

All of it is one transaction: the words to the customer, and that the operator's
message is settled. So a worker may die at any moment, and nothing is said twice.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from bot.chat.beside import find_reaction
from bot.chat.commands.entries import Command, Policies
from bot.chat.commands.finding import NO_POLICIES, find_command
from bot.chat.relay import sentences
from bot.chat.relay.choosing import ask_which, is_clear, list_cases
from bot.chat.relay.orders import Kind, Order, read_order
from bot.chat.replies import Batch
from bot.chat.rules import silence_about
from bot.observability import ANSWERS, bound
from bot.relay.doing import Done, Work, do, not_late
from bot.relay.media import FetchNow, fetch_all, fetch_nothing
from db.database import Connection, Database
from db.outages import outages
from db.records import PartContent, Reply, Turn, Userchat
from db.records.alerts import RELAY, Alert, Case
from db.support.relaying import find_by_number, find_by_quote, find_mine, settle
from db.support.telling.alerts import note_alert

log = logging.getLogger(__name__)

THEIR_OWN = (Command.STOP, Command.START)


class SettledError(Exception):
    """Somebody else settled the operator's message: nothing of this one counts."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Reads what operators write. `lasts`: how long a chat is theirs after a reply.

    `fetch` has what they send beside words fetched and kept. `policies` are those of
    the talk, whose commands every user has. With `holds` a reply may wait until its
    customer writes.
    """

    database: Database
    lasts: timedelta | None = None
    fetch: FetchNow = fetch_nothing
    policies: Policies = NO_POLICIES
    holds: bool = False

    def take(self, chat: Userchat, batch: Batch) -> tuple[Reply, int] | None:
        """Do what an operator's message asks for, and settle it.

        Return the reply to the operator, which is stored, and how many turns the chat
        has; 0 turns: it was settled before. None: it is a message to the bot like any
        other user's. Raises StoreUnavailableError.
        """
        order = _find_order(chat, batch, self.policies)
        if order is None:
            return None
        order = self._with_media(chat, batch[0], order)
        try:
            with outages(), self.database.transaction() as connection:
                done = self._do(connection, chat, batch[0], order)
                return self._settle(connection, chat, batch[0], done) if done else None
        except SettledError:
            return _reply(batch[0], Done("")), 0

    def _with_media(self, chat: Userchat, turn: Turn, order: Order) -> Order:
        """Return the order with what came beside its words, if that is passed on.

        It is fetched before the transaction, which waits for nobody outside.
        """
        if order.kind is not Kind.SAY or not turn.media:
            return order
        if turn.quotes is None and order.ticket is None and chat.owner == "bot":
            with outages():
                if not find_mine(self.database, chat.user_id):
                    return order  # it is for the bot
        seen, _ = fetch_all(self.fetch, chat.user_id, [turn])
        return replace(order, media=tuple(seen.values()))

    def _do(
        self, connection: Connection, chat: Userchat, turn: Turn, order: Order
    ) -> Done | None:
        mine = find_mine(connection, chat.user_id)
        found = _find(connection, chat, turn, order)
        if found is None and _is_for_bot(chat, order, mine):
            return None
        if late := not_late(turn, order):
            return Done(late)
        work = Work(connection, chat, turn, order, self.lasts, self.holds)
        if order.kind in {Kind.MUTE, Kind.UNMUTE}:
            return do(work, None)
        if order.kind is Kind.QUEUE:
            return Done(list_cases(mine), tuple(mine))
        return _do_unaddressed(work, mine) if found is None else _do_for(work, found)

    @staticmethod
    def _settle(
        connection: Connection, chat: Userchat, turn: Turn, done: Done
    ) -> tuple[Reply, int]:
        reply = _reply(turn, done)
        turns = settle(connection, chat.chat_id, reply)
        if not turns:
            raise SettledError
        for case in done.cases:
            alert = Alert(
                case=case,
                operator_id=chat.user_id,
                about=f"reply:{turn.message_sid}",
                message_sid=None,
                parts=(),
            )
            note_alert(connection, alert, UUID(reply.turn.reference_id))
        ANSWERS.labels(RELAY).inc()
        with bound(message_sid=turn.message_sid or ""):
            log.info("did what an operator wrote", extra={"customers": len(done.cases)})
        return reply, turns


def _find_order(chat: Userchat, batch: Batch, policies: Policies) -> Order | None:
    """Return what a message of an operator's may ask for; None: nothing of ours.

    Commands that every user has come first: an operator's STOP is their own, whatever
    it quotes.
    """
    turn = batch[0]
    if not chat.is_operator or not chat.user_is_active or chat.opted_out:
        return None
    order = read_order(turn.content)
    if order is None or turn.opt_out_type is not None or find_reaction(turn):
        return None
    command = find_command(turn.content, policies=policies)
    if order.kind is not Kind.SAY:
        return order
    if order.ticket or turn.quotes:
        return None if command in THEIR_OWN else order
    # A machine's words, such as "I am away", go to nobody; nor do other commands.
    is_command = command is not None or order.text.startswith("/")
    is_none = is_command or silence_about(chat, batch, policies)
    return None if is_none else order


def _is_for_bot(chat: Userchat, order: Order, mine: Sequence[Case]) -> bool:
    """Tell whether what names nobody is an operator's own, as a user of the bot."""
    if order.kind is Kind.SAY:
        return not mine or chat.owner != "bot"
    return order.kind is Kind.BOT and not mine


def _find(
    connection: Connection, chat: Userchat, turn: Turn, order: Order
) -> Sequence[Case] | None:
    """Return the cases that a message names or quotes; None: it does neither."""
    if order.ticket is not None:
        return find_by_number(connection, chat.user_id, order.ticket)
    if turn.quotes is None:
        return None
    found = find_by_quote(connection, chat.user_id, turn.quotes)
    is_of_the_talk = turn.quotes in chat.quoted or any(
        said.message_sid == turn.quotes for said in chat.turns
    )
    return None if is_of_the_talk and not found else found


def _do_for(work: Work, found: Sequence[Case]) -> Done:
    """Do it for the one that is named or quoted, or say what is wrong with that."""
    if len(found) == 1:
        return do(work, found[0])
    if found:
        return Done(ask_which(found, work.order.text), tuple(found))
    if (number := work.order.ticket) is None:
        return Done(sentences.GONE)
    return Done(sentences.NO_TICKET.format(ticket=number))


def _do_unaddressed(work: Work, mine: Sequence[Case]) -> Done:
    """Do it for the one customer it can be for, or ask."""
    if not mine:
        return Done(sentences.NOBODY)
    quotes_else = work.turn.quotes is not None
    if is_clear(mine) and not quotes_else:
        return do(work, mine[0])
    what = work.order.text or f"/{work.order.kind}"
    return Done(ask_which(mine, what), tuple(mine))


def _reply(turn: Turn, done: Done) -> Reply:
    """Return what the operator is told; names stand in the parts alone.

    Those go with the customer (support_alerts), the operator's transcript stays.
    """
    numbers = ", ".join(f"#{case.ticket_id}" for case in done.cases)
    settling = Turn(
        role="system",
        content=f"Relayed: {numbers}." if numbers else "Relayed.",
        timestamp=datetime.now(UTC),
        reference_id=str(uuid4()),
        in_reply_to=(turn.message_sid or "",),
        command=RELAY,
    )
    return Reply(turn=settling, parts=(replace(PartContent(done.text), author=RELAY),))
