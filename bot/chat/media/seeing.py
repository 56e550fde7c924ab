"""What is known of the things that a message brought, and what their sender is told."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from bot.chat.beside import describe_beside, describe_places, find_place
from bot.chat.media import sentences
from bot.chat.sentences import UNREADABLE
from bot.languages.speaking import speak
from bot.media.kinds import kind_of
from bot.media.troubles import Trouble, find_trouble
from db.records import Media, SeenMedia, Turn, Userchat

# What was looked at, by MessageSid and position.
Seen = Mapping[tuple[str, int], SeenMedia]
NOTHING_SEEN: Seen = MappingProxyType({})
# What stands in an answer's first line.
LONGEST_ECHO = 200
# Kinds that say nothing without words.
SPOKEN = ("audio", "contact")
SAID = {
    Trouble.EMPTY: sentences.EMPTY,
    Trouble.FOREIGN: sentences.FOREIGN,
    Trouble.LOCKED: sentences.LOCKED,
    Trouble.NOT_GIVEN: sentences.NOT_GIVEN,
    Trouble.PICTURES: sentences.PICTURES,
    Trouble.TOO_LARGE: sentences.TOO_LARGE,
    Trouble.TOO_LONG: sentences.TOO_LONG,
    Trouble.TOO_MUCH: sentences.TOO_MUCH,
}


def things_of(
    turn: Turn, seen: Seen = NOTHING_SEEN
) -> Iterator[tuple[Media, SeenMedia | None]]:
    """Yield what a message brought that is no place, and what is known of it."""
    for position, media in enumerate(turn.media):
        if not find_place(media):
            yield media, seen.get((turn.message_sid or "", position))


def is_said(one: SeenMedia | None) -> bool:
    """Tell whether a thing was read, and says something to answer."""
    if one is None or one.state != "read":
        return False
    return bool(one.text) or kind_of(one.media_type) not in SPOKEN


def is_readable(turn: Turn, seen: Seen = NOTHING_SEEN) -> bool:
    """Tell whether there is anything to answer in a message."""
    told = (*describe_places(turn), *describe_beside(turn))
    has_words = bool(turn.content.strip() or told)
    return has_words or any(is_said(one) for _, one in things_of(turn, seen))


def is_unseen(turn: Turn, seen: Seen = NOTHING_SEEN) -> bool:
    """Tell whether something of a message was not looked at yet."""
    if not turn.message_sid:
        return False
    return any(
        one is None or one.state == "fetched"
        for media, one in things_of(turn, seen)
        if media.get("type") != "location"  # one that tells nothing
    )


def words_of(turn: Turn, seen: Seen = NOTHING_SEEN) -> str:
    """Return what a user wrote and said in a message."""
    return "\n".join(filter(None, (turn.content.strip(), *heard_in(turn, seen))))


def heard_in(turn: Turn, seen: Seen = NOTHING_SEEN) -> Iterator[str]:
    """Yield what was heard in the voice notes of a message."""
    for _, one in things_of(turn, seen):
        if one and one.text and kind_of(one.media_type) == "audio":
            yield one.text


def unreadable_sentences(chat: Userchat, batch: Sequence[Turn]) -> str:
    """Return one sentence for each way in which something in the batch can't be read.

    In the user's language; empty where all could be read.
    """
    things = [thing for turn in batch for thing in things_of(turn, chat.seen)]
    told = [said for media, one in things if (said := _say_of(media, one))]
    if not things and not any(is_readable(turn, chat.seen) for turn in batch):
        told = [UNREADABLE["unknown"]]
    return "\n".join(speak(chat.language, said) for said in dict.fromkeys(told))


def _say_of(media: Media, one: SeenMedia | None) -> str | None:
    """Return what is said of a thing that can't be read; None: it can."""
    kind = kind_of(one.media_type if one else str(media.get("type", "")))
    if one is None:
        return UNREADABLE[kind]
    trouble = find_trouble(one)
    if trouble is Trouble.BROKEN:
        return sentences.BROKEN.get(kind, sentences.BROKEN["unknown"])
    if trouble is not None:
        return SAID.get(trouble, UNREADABLE[kind])
    if one.state == "read" and not is_said(one):
        is_voice = kind == "audio"
        return sentences.SILENT if is_voice else sentences.BROKEN.get(kind)
    return UNREADABLE[kind] if one.state == "fetched" else None


def echo_of(chat: Userchat, batch: Sequence[Turn]) -> str:
    """Return the line that tells what was heard in a batch; empty: nothing was."""
    heard = " ".join(text for turn in batch for text in heard_in(turn, chat.seen))
    line = " ".join(heard.split())
    if len(line) > LONGEST_ECHO:
        line = f"{line[:LONGEST_ECHO].rstrip()}\u2026"
    return f'{sentences.HEARD_SIGN}"{line}"' if line else ""


def without_echo(text: str) -> str:
    """Return an answer of ours without the line that tells what was heard."""
    if not text.startswith(sentences.HEARD_SIGN):
        return text
    return text.partition("\n")[2].lstrip("\n")
