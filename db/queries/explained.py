"""One answer with all that it stood on: found by its id, a message, or its chat."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from db.database import Connection
from db.errors import OperatorError
from db.queries.transcripts import CHAT_ID_SIGNS, Transcript, load_transcript
from db.records import Turn, read_turns
from db.support.said import (
    MetGap,
    ShownCall,
    ShownMaking,
    ShownPart,
    ShownPassage,
    read_beside,
)

CHAT_OF_REPLY = """
SELECT chat_id FROM answer_makings WHERE reference_id = %(id)s
UNION ALL
SELECT chat_id FROM reply_parts WHERE reference_id = %(id)s
LIMIT 1
"""
REPLY_OF_PART = """
SELECT chat_id, reference_id FROM reply_parts WHERE message_sid = %(sid)s LIMIT 1
"""
# By who sent it: all chats would have to be read for it.
CHAT_OF_MESSAGE = """
SELECT chat_id FROM inbound_messages AS came
JOIN user_addresses AS own ON own.address = came.address
JOIN all_chats AS chat ON chat.customer_id = own.user_id
WHERE came.message_sid = %(sid)s AND chat.messages
  @> jsonb_build_array(jsonb_build_object('message_sid', %(sid)s::text))
LIMIT 1
"""
CUSTOMER = "SELECT customer_id FROM all_chats WHERE chat_id = %(chat_id)s"
PROMPT = "SELECT text FROM prompts WHERE prompt_hash = %(prompt_hash)s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """An answer, the messages that it answers, and what belongs to it.

    `user_id` is who was answered. `prompt` is the text of the system prompt's version,
    while it is kept; `cost` is in words; `making` is None where no LLM made it, or it
    is not known how.
    """

    chat_id: str
    user_id: UUID
    address: str
    full_name: str | None
    turn: Turn
    asked: Sequence[Turn]
    seen_from: Turn | None
    making: ShownMaking | None
    prompt: str | None
    passages: Sequence[ShownPassage]
    calls: Sequence[ShownCall]
    gaps: Sequence[MetGap]
    parts: Sequence[ShownPart]
    cost: str | None


def find_explained(connection: Connection, given: str) -> Explained:
    """Return the answer of a reference_id, of a MessageSid, or the last one of a chat.

    A MessageSid is that of what was answered, or of a message of the answer; of a
    chat_id the beginning will do. Raises OperatorError where there is none.
    """
    if is_reference(given):
        chat_id = connection.scalar(CHAT_OF_REPLY, {"id": UUID(given)})
        return _read(connection, chat_id, given, reference_id=str(UUID(given)))
    if set(given) <= CHAT_ID_SIGNS:
        return _read(connection, given, given)
    sid = {"sid": given}
    if part := connection.first(REPLY_OF_PART, sid):
        return _read(connection, part[0], given, reference_id=str(part[1]))
    chat_id = connection.scalar(CHAT_OF_MESSAGE, sid)
    return _read(connection, chat_id, given, message_sid=given)


def is_reference(given: str) -> bool:
    """Tell whether that is written as a reference_id."""
    try:
        UUID(given)
    except ValueError:
        return False
    return True


def _read(
    connection: Connection,
    chat_id: str | None,
    given: str,
    *,
    reference_id: str | None = None,
    message_sid: str | None = None,
) -> Explained:
    if not chat_id:
        raise OperatorError(
            f"nothing is known of {given}: give a reference_id (`:why` in `bot db "
            "shell` lists them), a MessageSid, or a chat_id (`bot chats list`)"
        )
    told = load_transcript(connection, chat_id)
    turn = _find_turn(read_turns(told.messages), reference_id, message_sid)
    if turn is None:
        raise OperatorError(
            f"{given} has no answer (yet): see `bot chats show {told.chat_id}`"
        )
    return _with_beside(connection, told, turn)


def _with_beside(connection: Connection, told: Transcript, turn: Turn) -> Explained:
    turns, key = read_turns(told.messages), turn.reference_id or ""
    user_id = connection.scalar(CUSTOMER, {"chat_id": told.chat_id})
    beside = read_beside(connection, user_id, [turn])
    making = beside.makings.get(key)
    known = {"prompt_hash": making.prompt_hash if making else None}
    return Explained(
        chat_id=told.chat_id,
        user_id=user_id,
        address=told.phone_number,
        full_name=told.full_name,
        turn=turn,
        asked=[one for one in turns if one.message_sid in turn.in_reply_to],
        seen_from=_find_said(turns, making.shown_from if making else None),
        making=making,
        prompt=connection.scalar(PROMPT, known),
        passages=beside.passages.get(key, ()),
        calls=beside.calls.get(key, ()),
        gaps=beside.gaps.get(key, ()),
        parts=beside.parts.get(key, ()),
        cost=beside.costs.get(key),
    )


def _find_turn(
    turns: Sequence[Turn], reference_id: str | None, message_sid: str | None
) -> Turn | None:
    """Return the reply that is meant; of a chat the LLM's last one, or any last one."""
    if reference_id:
        found = [turn for turn in turns if turn.reference_id == reference_id]
    elif message_sid:
        found = [turn for turn in turns if message_sid in turn.in_reply_to]
    else:
        replies = [turn for turn in turns if turn.is_by_bot]
        found = [turn for turn in replies if turn.model] or replies
    return found[-1] if found else None


def _find_said(turns: Sequence[Turn], message_sid: str | None) -> Turn | None:
    found = (turn for turn in turns if message_sid and turn.message_sid == message_sid)
    return next(found, None)
