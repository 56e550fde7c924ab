"""Waiting for quiet, and looking meanwhile at what came beside text."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from threading import Event

from bot.chat.patience import Pace, has_siblings, seconds_to
from bot.chat.replies import Batch
from bot.llm.protocol import LLMError
from db.records import Userchat

MOST_QUIET_WAITS = 3
MOST_LOOKS = 3  # at what came while something was looked at
MOST_ALBUM_WAITS = 12  # each picture of an album begins the wait anew

# Returns the chat with what a batch brings seen, within seconds, as long as that is
# wanted. Raises LLMError.
Look = Callable[[Userchat, Batch, float, Callable[[], bool]], Userchat]


@dataclass(frozen=True, slots=True)
class Quiet:
    """The moment in which nothing new comes.

    `refreshed` returns a chat as it is now, with its batch. `is_awaited` tells of a
    chat's id whether a batch is still to be answered; of no batch, whether nothing is.
    """

    pace: Pace
    stopping: Event
    looks: Look | None
    refreshed: Callable[[Userchat, Batch], tuple[Userchat, Batch]]
    is_awaited: Callable[[str, Batch], bool]

    def wait(
        self, chat: Userchat, batch: Batch, deadline: float | None
    ) -> tuple[Userchat, Batch]:
        """Return the chat once nothing new came for a moment, or after three.

        What came beside text is looked at meanwhile. An album may have more moments.
        """
        looks, waits = self.looks is not None, 0
        for _ in range(MOST_ALBUM_WAITS):
            chat, batch = self._seen(chat, batch, deadline)
            left = self.pace.quiet_left(batch, looks=looks)
            if left <= 0 or waits == MOST_QUIET_WAITS:
                break
            waits += not (looks and has_siblings(batch[-1]))
            self.stopping.wait(min(left, seconds_to(deadline)))
            chat, batch = self.refreshed(chat, batch)
        return self._seen(chat, batch, deadline)

    def _seen(
        self, chat: Userchat, batch: Batch, deadline: float | None
    ) -> tuple[Userchat, Batch]:
        """Return the chat with what a batch brings seen, and what came meanwhile, too.

        Raises LLMError where something has to wait.
        """
        for _ in range(MOST_LOOKS):
            looked = self.look(chat, batch, deadline)
            if looked is chat:
                break
            chat, batch = self.refreshed(looked, batch)
        return chat, batch

    def look(self, chat: Userchat, batch: Batch, deadline: float | None) -> Userchat:
        """Return the chat with what a batch brings seen. Raises LLMError.

        A STOP that comes meanwhile ends it before the next thing.
        """
        return self._look(chat, batch, deadline, batch)

    def look_for_person(self, chat: Userchat | None) -> None:
        """Look at what came for a person of ours, as long as nothing is to be answered.

        What fails, or is left, waits for the next message.
        """
        if chat is not None and chat.owner != "bot":
            with suppress(LLMError):
                self._look(chat, self.pace.fresh_of(chat), None, ())

    def _look(
        self, chat: Userchat, batch: Batch, deadline: float | None, awaited: Batch
    ) -> Userchat:
        if self.looks is None:
            return chat
        is_wanted = partial(self.is_awaited, chat.chat_id, awaited)
        return self.looks(chat, batch, seconds_to(deadline), is_wanted)
