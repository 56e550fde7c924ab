"""Which message is meant: its words, and what it brought."""

import mimetypes
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import urlsplit

from bot.chat import sentences
from bot.chat.beside import Quotable, Quoted, Whose, find_place
from bot.chat.media.brackets import in_line
from bot.media.kinds import kind_of
from db.records import Media, SeenMedia, Turn, Userchat

LONGEST_QUOTE = 500
LONGEST_NAME = 100
MOST_THINGS = 3

Seen = Mapping[tuple[str, int], SeenMedia]


def quotable_of(chat: Userchat, turns: Iterable[Turn]) -> Quotable:
    """Return what turns of a chat quote or react to, by MessageSid.

    What can't be found, since it was erased or is too old, is left out.
    """
    named = {sid for turn in turns if (sid := turn.quotes)}
    if not named:
        return {}
    return {
        sid: describe_quoted(turn, chat.seen)
        for sid, turn in find_quoted(chat).items()
        if sid in named
    }


def find_quoted(chat: Userchat) -> Mapping[str, Turn]:
    """Return what turns of a chat may quote, by MessageSid."""
    said = (*chat.earlier_turns, *chat.turns)
    return {**chat.quoted, **{t.message_sid: t for t in said if t.message_sid}}


def describe_quoted(turn: Turn, seen: Seen) -> Quoted:
    """Return a message in the few words by which it is known again."""
    return Quoted(
        whose=_whose(turn),
        text=_on_one_line(turn.content, LONGEST_QUOTE),
        things=tuple(_describe_things(turn, seen))[:MOST_THINGS],
    )


def told_by(turn: Turn, seen: Seen) -> str:
    """Return what a message says, aloud and in pictures, too; empty: nothing."""
    sid = turn.message_sid or ""
    found = [seen.get((sid, position)) for position in range(len(turn.media))]
    texts = [turn.content, *(one.text or "" for one in found if one)]
    return "\n".join(text for text in texts if text.strip())


def _whose(turn: Turn) -> Whose:
    if turn.role == "user":
        return "user"
    return "person" if turn.author is not None else "bot"


def _describe_things(turn: Turn, seen: Seen) -> Iterator[str]:
    for position, media in enumerate(turn.media):
        found = seen.get((turn.message_sid or "", position))
        yield _describe_thing(media, found, _kind_of(turn, media, found))


def _kind_of(turn: Turn, media: Media, found: SeenMedia | None) -> str:
    if turn.beside.get("MessageType") == "sticker":
        return "sticker"
    if "type" not in media:  # one of ours, of which the address alone is known
        path = urlsplit(str(media.get("url", ""))).path
        return kind_of(mimetypes.guess_type(path)[0] or "image/any")
    return kind_of(found.media_type if found else str(media.get("type", "")))


def _describe_thing(media: Media, found: SeenMedia | None, kind: str) -> str:
    told = sentences.THINGS[kind]
    if place := find_place(media):
        return f"{told}: {_on_one_line(place, LONGEST_QUOTE)}"
    if found and found.file_name:
        name = _on_one_line(found.file_name, LONGEST_NAME)
        told = sentences.NAMED.format(told, name)
    if found and found.text and found.text.strip():
        how = sentences.HEARD if kind in {"audio", "video"} else sentences.READ
        told = how.format(told, _on_one_line(found.text, LONGEST_QUOTE))
    return told


def _on_one_line(text: str, longest: int) -> str:
    line = in_line(text)
    return line if len(line) <= longest else f"{line[:longest]} \u2026"
