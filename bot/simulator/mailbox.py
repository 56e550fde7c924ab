"""Everything that was written, bounded: the oldest goes first."""

from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import date, datetime
from threading import Lock

from bot.simulator.archive import Archive, Content
from bot.simulator.records import STATUS_RANKS, Conversation, Media, Message, now


@dataclass(frozen=True, slots=True)
class Search:
    """Filters that all must hold; None holds for every message.

    Both ends of the dates count as within. A message that was not sent yet has no
    date, and matches no filter by date.
    """

    to: str | None
    sender: str | None
    day: date | None
    until: datetime | None
    since: datetime | None

    def matches(self, message: Message, number: str) -> bool:
        """Whether `message` is one of those, for the bot's own `number`."""
        sender, to = message.sides(number)
        return (
            self.to in {None, to}
            and self.sender in {None, sender}
            and self._matches_date(message.sent_at)
        )

    def _matches_date(self, sent_at: datetime | None) -> bool:
        if sent_at is None:
            return self.day is None and self.until is None and self.since is None
        return (
            self.day in {None, sent_at.date()}
            and (self.until is None or sent_at <= self.until)
            and (self.since is None or sent_at.replace(microsecond=0) >= self.since)
        )


class Mailbox:
    """The messages and media of all conversations; safe to share between threads.

    The messages are in memory, and in the archive for the next start.
    """

    def __init__(
        self,
        most_messages: int = 10_000,
        most_media: int = 200,
        most_media_bytes: int = 256 * 2**20,
        archive: Archive | None = None,
    ) -> None:
        self._most_messages = most_messages
        self._most_media = most_media
        self._most_media_bytes = most_media_bytes
        self._messages: OrderedDict[str, Message] = OrderedDict()
        self._sids_by_address: dict[str, dict[str, None]] = {}
        self._archive = archive or Archive()
        self._lock = Lock()
        for message in self._archive.messages():
            self._remember(message)
        self._drop_the_oldest()

    def close(self) -> None:
        """Leave the archive; what comes afterwards is in memory alone."""
        self._archive.close()

    def add(self, message: Message, content: bytes | None = None) -> bool:
        """Keep `message` and the bytes of its first media.

        Returns False, and keeps what is there, when its sid is known.
        """
        with self._lock:
            if message.sid in self._messages:
                return False
            self._remember(message)
            self._archive.put(message)
            if content is not None:
                most = (self._most_media, self._most_media_bytes)
                self._archive.put_content(message.media[0], content, most)
            self._drop_the_oldest()
        return True

    def find(self, sid: str) -> Message | None:
        """Look up a message as it is now."""
        with self._lock:
            return self._messages.get(sid)

    def content(self, media_sid: str) -> Content | None:
        """Look up the bytes of a media that a phone sent, and their type."""
        return self._archive.content(media_sid)

    def advance(
        self, sid: str, status: str, error_code: int | None = None
    ) -> Message | None:
        """Move a message's status forward; None when it is gone or further."""
        with self._lock:
            message = self._messages.get(sid)
            if message is None or not _is_forward(message.status, status):
                return None
            moment = now()
            moved = replace(
                message,
                status=status,
                error_code=error_code,
                updated_at=moment,
                sent_at=message.sent_at or (moment if status == "sent" else None),
            )
            self._messages[sid] = moved
            self._archive.put(moved)
            return moved

    def delete(self, sid: str) -> bool:
        """Forget a message and its media; False when there is none."""
        with self._lock:
            return self._forget(sid)

    def delete_media(self, sid: str, media_sid: str) -> bool:
        """Forget one media of a message; False when there is none."""
        with self._lock:
            message = self._messages.get(sid)
            if message is None or media_sid not in {m.sid for m in message.media}:
                return False
            rest = tuple(m for m in message.media if m.sid != media_sid)
            self._messages[sid] = replace(message, media=rest)
            self._archive.put(self._messages[sid])
            self._archive.forget_content(media_sid)
            return True

    def keep_content(self, sid: str, loaded: Media, content: bytes) -> Message | None:
        """Keep the bytes of a message's media that were loaded since.

        None when the message is gone.
        """
        with self._lock:
            message = self._messages.get(sid)
            if message is None:
                return None
            media = tuple(loaded if m.sid == loaded.sid else m for m in message.media)
            self._messages[sid] = replace(message, media=media)
            self._archive.put(self._messages[sid])
            most = (self._most_media, self._most_media_bytes)
            self._archive.put_content(loaded, content, most)
            return self._messages[sid]

    def newest_first(self) -> list[Message]:
        """List all messages, the newest first."""
        with self._lock:
            return list(reversed(self._messages.values()))

    def messages_with(self, address: str) -> list[Message]:
        """List the messages with `address`, in order of creation."""
        with self._lock:
            sids = self._sids_by_address.get(address, {})
            return [self._messages[sid] for sid in sids]

    def conversations(self) -> list[Conversation]:
        """List who talked with the bot, the latest first."""
        with self._lock:
            last = [
                self._messages[next(reversed(sids))]
                for sids in self._sids_by_address.values()
            ]
        last.sort(key=lambda message: message.created_at, reverse=True)
        return [self.conversation_of(message) for message in last]

    def conversation_of(self, message: Message) -> Conversation:
        """Show the conversation whose last message is `message`."""
        return Conversation(self.name_of(message.address), message)

    def name_of(self, address: str) -> str | None:
        """Find the name that the owner of `address` gave last, if any."""
        names = (m.profile_name for m in reversed(self.messages_with(address)))
        return next(filter(None, names), None)

    def last_inbound(self, address: str) -> Message | None:
        """Find what `address` wrote last."""
        with self._lock:
            sids = self._sids_by_address.get(address, {})
            messages = (self._messages[sid] for sid in reversed(sids))
            return next((m for m in messages if m.is_inbound), None)

    def _drop_the_oldest(self) -> None:
        while len(self._messages) > self._most_messages:
            self._forget(next(iter(self._messages)))

    def _remember(self, message: Message) -> None:
        self._messages[message.sid] = message
        self._sids_by_address.setdefault(message.address, {})[message.sid] = None

    def _forget(self, sid: str) -> bool:
        message = self._messages.pop(sid, None)
        if message is None:
            return False
        sids = self._sids_by_address[message.address]
        del sids[sid]
        if not sids:
            del self._sids_by_address[message.address]
        self._archive.forget(sid)
        return True


def _is_forward(status: str, later: str) -> bool:
    return STATUS_RANKS[later] > STATUS_RANKS[status]
