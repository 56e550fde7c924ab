"""One talk over all chats that continue each other, read backwards as far as needed."""

from collections import ChainMap
from collections.abc import Callable
from uuid import UUID

from bot.chat.media.seeing import Seen
from bot.chat.memory.summary import Summary, after
from bot.chat.prompt import arrange_turns
from db.memory.protocol import StoredChat
from db.records import Turn, find_summary

# Some 8,000 turns; what is older than that is not looked for.
MOST_CHATS = 100

Load = Callable[[str, UUID | None], StoredChat | None]


class Line:
    """The chats of one talk, newest first; earlier ones are loaded once asked for."""

    def __init__(self, newest: StoredChat, load: Load) -> None:
        self._chats = [newest]
        self._load = load
        self.summary = self._find_summary()

    @property
    def newest(self) -> StoredChat:
        """The chat that the talk is in now."""
        return self._chats[0]

    @property
    def turns(self) -> list[Turn]:
        """All turns that were loaded so far, arranged, oldest first."""
        return arrange_turns(
            turn for chat in reversed(self._chats) for turn in chat.turns
        )

    @property
    def seen(self) -> Seen:
        """What was heard and seen of what they brought, as far as it was loaded."""
        return ChainMap(*(dict(chat.seen) for chat in self._chats))

    def after(self, until: str | None) -> list[Turn]:
        """Return what was said after a message; all there is, where it is None."""
        while (until is None or not self._holds(until)) and self._go_back():
            pass
        return after(self.turns, until)

    def _find_summary(self) -> Summary:
        while (turn := find_summary(self._chats[-1].turns)) is None:
            if not self._go_back():
                break
        return Summary.of(turn)

    def _holds(self, sid: str) -> bool:
        return any(
            turn.message_sid == sid for chat in self._chats for turn in chat.turns
        )

    def _go_back(self) -> bool:
        """Load the chat before the oldest one; tell whether there was one."""
        oldest = self._chats[-1]
        if oldest.continues is None or len(self._chats) >= MOST_CHATS:
            return False
        if oldest.continues in {chat.chat_id for chat in self._chats}:
            return False  # a ring that somebody made by hand
        earlier = self._load(oldest.continues, oldest.user_id)
        if earlier is not None:
            self._chats.append(earlier)
        return earlier is not None
