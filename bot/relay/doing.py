"""What an operator's order does, in the transaction that settles it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import NAMESPACE_OID, UUID, uuid5

from bot.chat.prompt import media_kind
from bot.chat.relay import sentences
from bot.chat.relay.cleaning import clean, clean_name
from bot.chat.relay.orders import Kind, Order
from bot.relay.media import LONGEST_CAPTION, pass_on
from bot.whatsapp.text.splitting import split_message
from db.database import Connection
from db.logins.audit import Action, record_audit
from db.records import PartContent, PersonReply, SeenMedia, Turn, Userchat
from db.records.alerts import Case
from db.support.owners import change_owner
from db.support.relaying import mute_alerts, resolve_ticket
from db.support.replies import NotSentError, record_person_reply

# What came later than that may be about what is over: reconciliation brings old ones.
LATE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Work:
    """An order of an operator's, and the transaction that it is done in."""

    connection: Connection
    chat: Userchat
    turn: Turn
    order: Order
    lasts: timedelta | None
    holds: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """What the operator is told, and which cases it names."""

    text: str
    cases: tuple[Case, ...] = ()


def not_late(turn: Turn, order: Order) -> str | None:
    """Return what to say of a message that is too old to be obeyed; None: it is not."""
    age = datetime.now(UTC) - turn.timestamp
    if age <= LATE:
        return None
    minutes = int(age.total_seconds() // 60)
    if order.kind is Kind.SAY:
        return f"Not sent: {sentences.LATE.format(minutes=minutes)}"
    return sentences.LATE_COMMAND.format(minutes=minutes)


def do(work: Work, case: Case | None) -> Done:
    """Do it for a case; a mute is for none."""
    if case is None:
        return Done(_mute(work))
    if work.order.kind is Kind.SAY:
        return Done(_say(work, case), (case,))
    if case.owner == "human" and case.owner_id not in {None, work.chat.user_id}:
        return Done(_about(sentences.OTHERS, case), (case,))
    end = _resolve if work.order.kind is Kind.DONE else _give
    return Done(end(work, case), (case,))


def _say(work: Work, case: Case) -> str:
    text = clean(work.order.text)
    parts = _parts(text, work.order.media)
    lost = len(work.turn.media) - sum(bool(part.media) for part in parts)
    if not parts:
        why = sentences.NO_MEDIA if lost else sentences.NOTHING
        return _about(sentences.NOT_SENT, case, why=why)
    if text.startswith("/"):
        return _about(sentences.NOT_SENT, case, why=sentences.NO_COMMAND)
    reply = PersonReply(
        user_id=case.user_id,
        reference_id=reference_of(work.turn.message_sid or ""),
        text=text or "\n".join(sentences.MEDIA[media_kind(m)] for m in work.turn.media),
        parts=parts,
        author_id=work.chat.user_id,
        lasts=work.lasts,
        may_wait=work.holds,
    )
    try:
        done = record_person_reply(work.connection, reply)
    except NotSentError as error:
        return _about(sentences.NOT_SENT, case, why=str(error))
    _audit(work, Action.REPLIED, case)
    is_new = case.owner != "human"
    more = ((lost > 0, sentences.ONLY_SOME), (is_new, sentences.TAKEN))
    said = sentences.HELD if done.waits else sentences.SENT
    lines = [_about(said, case), *(line for wanted, line in more if wanted)]
    return "\n".join(lines)


def _parts(text: str, media: Sequence[SeenMedia]) -> tuple[PartContent, ...]:
    """Return the messages: a short text stands under the picture that it came with."""
    caption = text if len(text) <= LONGEST_CAPTION else ""
    things = pass_on(media, caption)
    is_said = any(part.body for part in things) or not text
    words = () if is_said else map(PartContent, split_message(text))
    return (*words, *things)


def reference_of(message_sid: str) -> UUID:
    """Return the id of what an operator's message says: once, however often it runs."""
    return uuid5(NAMESPACE_OID, f"relayed {message_sid}")


def _resolve(work: Work, case: Case) -> str:
    if not resolve_ticket(work.connection, case.ticket_id, work.chat.user_id):
        return sentences.DONE_BEFORE.format(ticket=case.ticket_id)
    _audit(work, Action.RESOLVED, case)
    return _about(sentences.DONE, case)


def _give(work: Work, case: Case) -> str:
    change_owner(work.connection, case.user_id, "bot", operator=None, why="given back")
    _audit(work, Action.GAVE_BACK, case)
    return _about(sentences.GIVEN, case)


def _mute(work: Work) -> str:
    if work.order.kind is Kind.UNMUTE:
        mute_alerts(work.connection, work.chat.user_id, None)
        return sentences.UNMUTED
    lasts = work.order.lasts
    if lasts is None:
        return sentences.BAD_MUTE
    mute_alerts(work.connection, work.chat.user_id, lasts)
    return sentences.MUTED.format(lasts=_in_words(lasts))


def _in_words(lasts: timedelta) -> str:
    minutes = int(lasts.total_seconds() // 60)
    if minutes % 1440 == 0:
        return f"{minutes // 1440} d"
    return f"{minutes // 60} h" if minutes % 60 == 0 else f"{minutes} min"


def _about(words: str, case: Case, **more: str) -> str:
    name = clean_name(case.name)
    return words.format(name=name, ticket=case.ticket_id, **more)


def _audit(work: Work, action: Action, case: Case) -> None:
    record_audit(
        work.connection,
        actor_id=work.chat.user_id,
        action=action,
        subject_id=case.user_id,
        ticket_id=case.ticket_id,
        details={"by": "WhatsApp"},
    )
