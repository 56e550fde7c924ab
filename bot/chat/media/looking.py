"""A talk's eyes and ears: what a batch brings is looked at before it is answered."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from bot.chat.commands.dress import read_title
from bot.chat.media.seeing import is_unseen
from bot.chat.replies import Batch
from bot.llm.protocol import LLMError
from bot.media.looking import Looking, NotYetSeenError, Sent
from db.records import Turn, Userchat


@dataclass(frozen=True, slots=True)
class Looks:
    """Looks at what comes with messages, and with those that they quote."""

    looking: Looking

    def look(
        self,
        chat: Userchat,
        batch: Batch,
        seconds: float,
        is_wanted: Callable[[], bool],
    ) -> Userchat:
        """Return the chat with what a batch brings seen; the same if all of it was.

        `is_wanted` is asked before each thing. Raises LLMError where something has to
        wait: then the answer waits, too.
        """
        sent = [one for turn in _looked_at(chat, batch) for one in list_sent(turn)]
        if not sent:
            return chat
        try:
            looking = replace(self.looking, is_wanted=is_wanted)
            seen = looking.look(chat.user_id, sent, chat.seen, seconds)
        except NotYetSeenError as error:
            raise LLMError(str(error), retry_after=error.retry_after) from error
        return replace(chat, seen=seen)


def _looked_at(chat: Userchat, batch: Batch) -> Iterator[Turn]:
    """Yield the messages of which something was not seen yet; no teacher's lessons."""
    quoted = {turn.quotes for turn in batch if turn.quotes}
    said = (*chat.earlier_turns, *chat.turns)
    theirs = (turn for turn in said if turn.role == "user")
    for turn in (*(t for t in theirs if t.message_sid in quoted), *batch):
        is_lesson = chat.is_teacher and read_title(turn.content) is not None
        if is_unseen(turn, chat.seen) and not is_lesson:
            yield turn


def list_sent(turn: Turn) -> list[Sent]:
    """Return what a message brought that has bytes."""
    return [
        Sent(
            message_sid=turn.message_sid or "",
            position=position,
            url=str(media.get("url", "")),
            media_type=str(media.get("type", "")),
        )
        for position, media in enumerate(turn.media)
        if media.get("type") != "location"
    ]
