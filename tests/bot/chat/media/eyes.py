"""A conversation whose bot looks at what comes beside text: scripted fetch and senses.

ana = sighted(pg, database, {"ME1": b"OggS"}, {"audio": Ears("When do you open?")})
ana.sends("audio/ogg", "ME1")
"""

from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from bot.chat.handoff.policy import HandoffPolicy
from bot.chat.patience import Pace
from bot.media.fetching import FetchedFile
from bot.media.policy import MediaPolicy
from bot.media.protocol import Sense, Sensed
from bot.wiring.media import with_media
from db.chats import PostgresChatStore
from db.database import Database
from tests.bot.chat.conversation import Conversation, Thought, Waits

VOICE = b"OggS\0 a voice note"
PHOTO = b"\xff\xd8\xff a photo"
PDF = b"%PDF-1.7 a file"

# Quiet at once, for albums, too.
PACE = Pace(quiet_seconds=0, quiet_media_seconds=0)

Given = bytes | BaseException | Callable[[], bytes]


class Sees:
    """A sense that finds one thing after the other, the last one again and again."""

    def __init__(self, *found: Sensed | BaseException | str | None) -> None:
        self.found = deque(found)
        self.read: list[bytes] = []

    def sense(
        self, content: bytes, media_type: str, file_name: str | None, seconds: float
    ) -> Sensed:
        self.read.append(content)
        found = self.found.popleft() if len(self.found) > 1 else self.found[0]
        if isinstance(found, BaseException):
            raise found
        if isinstance(found, Sensed):
            return found
        return Sensed(text=found, text_by="scripted")


class SightedConversation(Conversation):
    """Ana's phone, which can send media, too."""

    fetched: list[str]
    lie: dict[str, Given]

    def sends(self, kind: str, *names: str, text: str = "", minutes: float = 0) -> str:
        """Send media of one type, by the names under which they lie at Twilio."""
        fields = {"NumMedia": str(len(names))}
        for index, name in enumerate(names):
            fields |= {f"MediaContentType{index}": kind, f"MediaUrl{index}": name}
        self.says(text, minutes, **fields)
        return self.sids[-1]

    def fetch(self, message_sid: str, url: str, seconds: float) -> FetchedFile:
        assert message_sid in self.sids
        given = self.lie[url]
        if isinstance(given, BaseException):
            raise given
        content = given if isinstance(given, bytes) else given()
        self.fetched.append(url)
        return FetchedFile(content, f"{url}.bin", None)


def sighted(
    pg: PostgresChatStore,
    database: Database,
    lie: Mapping[str, Given],
    senses: Mapping[str, Sense] | None = None,
    *thoughts: Thought,
    pace: Pace = PACE,
    waits: Waits | None = None,
    handoff: HandoffPolicy | None = None,
    policy: MediaPolicy | None = None,
    **more: Any,
) -> SightedConversation:
    ana = SightedConversation(
        *thoughts, store=pg, pace=pace, stopping=waits, handoff=handoff, **more
    )
    ana.fetched, ana.lie = [], dict(lie)
    ana.talk = with_media(
        ana.talk, ana.fetch, database, policy or MediaPolicy(), senses or {}
    )
    return ana
