"""What a message brought, had for whoever passes it on: fetched once, and kept."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from bot.chat.media.looking import list_sent
from bot.media.fetching import NotYetFetchedError
from bot.media.looking import Looking, NotYetSeenError
from db.records import SeenMedia, Turn


@dataclass(frozen=True, slots=True)
class Fetching:
    """Fetches what nobody has looked at; it is read only once the bot answers.

    `find` returns what is known of a user's media, by MessageSid and position.
    """

    looking: Looking
    find: Callable[[UUID, Sequence[str]], Mapping[tuple[str, int], SeenMedia]]

    def fetch_now(self, user_id: UUID, turn: Turn, seconds: float) -> list[SeenMedia]:
        """Return what is known of a message's media once it was fetched.

        Raises NotYetFetchedError where it may come another time, and
        StoreUnavailableError.
        """
        sent = list_sent(turn)
        known = self.find(user_id, [turn.message_sid or ""])
        try:
            seen = self.looking.have(user_id, sent, known, seconds)
        except NotYetSeenError as error:
            raise NotYetFetchedError(str(error)) from error
        return [seen[one.message_sid, one.position] for one in sent]
