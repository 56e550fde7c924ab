"""What the log and the numbers tell of a reply that was stored."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from bot.chat.limits.allowance import PAUSED, find_exceeded
from bot.chat.limits.brake import is_brake
from bot.chat.replies import Batch
from bot.money.whom import spending_for
from bot.observability import ANSWERS, bound
from db.records import Reply, Userchat

log = logging.getLogger(__name__)


@contextmanager
def about(chat: Userchat, batch: Batch) -> Iterator[None]:
    """Have the log tell what is done inside of a batch, and the ledger for whom."""
    sid = batch[-1].message_sid
    with (
        bound(message_sid=sid or ""),
        spending_for(chat.user_id, chat.chat_id, sid),
    ):
        yield


def in_words(reason: str | Exception) -> str:
    """Return why something failed, of an exception its type: its text may quote."""
    if isinstance(reason, str):
        return reason
    return f"internal error: {type(reason).__name__}"


def log_stored(reply: Reply) -> None:
    """Count and log a reply that was stored."""
    kind = _kind(reply)
    ANSWERS.labels(kind).inc()
    fields = {
        "reference_id": reply.turn.reference_id,
        "in_reply_to": list(reply.turn.in_reply_to or reply.turn.notice_for),
        "parts": len(reply.parts),
        "llm_seconds": reply.turn.response_time,
    }
    if is_brake(reply.turn):
        log.error(
            "a chat is silenced for some minutes: a machine seems to write",
            extra=fields,
        )
    elif setting := find_exceeded(reply.turn):
        log.error("messages are not answered for a while: %s", setting, extra=fields)
    elif reply.error:
        log.error("gave up on a message: %s", reply.error, extra=fields)
    else:
        log.info("stored a turn of ours: %s", kind, extra=fields)


def _kind(reply: Reply) -> str:
    turn = reply.turn
    if turn.hands_over:
        return "handover"
    if turn.limit:
        return "pause" if turn.limit == PAUSED else "allowance"
    if turn.role == "system":
        return "silence"
    if turn.error or turn.notice_for:
        return "apology" if turn.error else "notice"
    return turn.command or ("answer" if turn.model else "sentence")
