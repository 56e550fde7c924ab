"""Which pictures a prompt shows: the batch's, the quoted one, and the last few."""

from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice

from bot.chat.pictures.prompt import Key, Shown
from bot.media.protocol import NotSensedError, NotYetSensedError
from bot.media.senses.headers import find_picture
from bot.media.senses.sight import STICKER, Sight, can_be_shown
from db.records import SeenMedia, Turn, Userchat, to_storable

MOST_SHOWN = 4
# Follow-ups are about pictures of so many messages before; so many of them are shown.
EARLIER_TURNS = 6
MOST_EARLIER = 2


@dataclass(frozen=True, slots=True)
class Gallery:
    """Gives pictures to an LLM that sees, and their words where it does not.

    `load` returns the bytes by their sha256 in hexadecimal, None where they are gone;
    `read` the words in a picture, within seconds: it may raise what a sense raises.
    """

    sight: Sight
    load: Callable[[str], bytes | None]
    read: Callable[[bytes, float], str | None]

    def choose(self, chat: Userchat, batch: Sequence[Turn]) -> tuple[Shown, ...]:
        """Return what is shown with a batch: what matters most comes first.

        Numbers follow the talk. Each was read, is kept, and servers take it.
        """
        if not self.sight.sees:
            return ()
        quoted = {turn.quotes for turn in batch if turn.quotes}
        wanted = dict.fromkeys(_wanted(chat, batch, quoted))
        kept = dict(islice(self._loaded(chat, wanted), MOST_SHOWN))
        numbers = {key: at for at, key in enumerate(_in_order(chat, kept), 1)}
        return tuple(
            Shown(
                key,
                numbers[key],
                _data_uri(content),
                partial(self._read, content),
                key[0] in quoted,
            )
            for key, content in kept.items()
        )

    def _read(self, content: bytes, seconds: float) -> str | None:
        """Return the words in a picture; None where there are none, or no time."""
        try:
            words = self.read(content, seconds) if seconds > 0 else None
        except (NotSensedError, NotYetSensedError):
            return None
        return to_storable(words) if words else None

    def _loaded(
        self, chat: Userchat, wanted: Iterable[Key]
    ) -> Iterator[tuple[Key, bytes]]:
        for key in wanted:
            content = self.load(chat.seen[key].sha256 or "")
            picture = find_picture(content) if content else None
            if content and picture and can_be_shown(content, picture):
                yield key, content


def _wanted(
    chat: Userchat, batch: Sequence[Turn], quoted: Iterable[str]
) -> Iterator[Key]:
    """Yield the pictures that may be shown, what matters most first."""
    for sid in quoted:
        yield from _pictures_of(chat, sid)
    for turn in reversed(batch):
        yield from _pictures_of(chat, turn.message_sid)
    now = {turn.message_sid for turn in batch}
    waiting = {turn.message_sid for turn in chat.unanswered()}
    before = [
        turn
        for turn in (*chat.earlier_turns, *chat.turns)
        if turn.role == "user" and turn.message_sid not in now | waiting
    ]
    earlier = (
        key
        for turn in reversed(before[-EARLIER_TURNS:])
        for key in _pictures_of(chat, turn.message_sid)
        if chat.seen[key].media_type != STICKER
    )
    yield from islice(earlier, MOST_EARLIER)


def _pictures_of(chat: Userchat, sid: str | None) -> list[Key]:
    found = [key for key, seen in chat.seen.items() if key[0] == sid and _is_kept(seen)]
    return sorted(found)


def _is_kept(seen: SeenMedia) -> bool:
    is_picture = seen.media_type.startswith("image/")
    return is_picture and bool(seen.sha256) and seen.state != "unreadable"


def _in_order(chat: Userchat, keys: Iterable[Key]) -> list[Key]:
    said = (*chat.earlier_turns, *chat.turns)
    at = {turn.message_sid: place for place, turn in enumerate(said)}
    return sorted(keys, key=lambda key: (at.get(key[0], -1), key[1]))


def _data_uri(content: bytes) -> str:
    picture = find_picture(content)
    media_type = picture.media_type if picture else "application/octet-stream"
    return f"data:{media_type};base64,{b64encode(content).decode()}"
