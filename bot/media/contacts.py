"""Contact cards in words: names, numbers, mails, and not much else of a vCard.

https://www.rfc-editor.org/rfc/rfc6350; phones send version 2.1 and 3.0, too.
"""

import quopri
import re
from collections.abc import Iterator

from bot.media.protocol import NotSensedError, Sensed

MOST_BYTES = 1024 * 1024  # pictures stand in cards, too
MOST_CARDS = 20
MOST_LINES = 12  # of a card, told
LONGEST_VALUE = 200
READER = "vcard"
# What is told, and in which words; N only where there is no FN.
TOLD = {
    "FN": "",
    "ORG": "company ",
    "TITLE": "",
    "TEL": "phone ",
    "EMAIL": "e-mail ",
    "ADR": "address ",
    "URL": "web ",
    "BDAY": "birthday ",
}
FOLD = re.compile(r"\r?\n[ \t]")
SOFT_BREAK = re.compile(r"=\r?\n")
PROPERTY = re.compile(r"(?:[A-Za-z0-9-]+\.)?([A-Za-z-]+)((?:;[^:]*)?):(.*)", re.DOTALL)
ESCAPED = re.compile(r"\\([\\,;:nN])")
UNSHOWN = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]+")


class ContactCards:
    """The sense for contact cards: it asks nobody, and costs nothing."""

    def sense(
        self,
        content: bytes,
        media_type: str,  # noqa: ARG002  (a card is a card)
        file_name: str | None,  # noqa: ARG002
        seconds: float,  # noqa: ARG002
    ) -> Sensed:
        """Return the cards in words, each on a line. Raises NotSensedError."""
        cards = [told for card in _cards(content[:MOST_BYTES]) if (told := _tell(card))]
        if not cards:
            raise NotSensedError("the contact card tells nothing that can be read")
        return Sensed(text="\n".join(cards), text_by=READER)


def _cards(content: bytes) -> Iterator[list[tuple[str, str]]]:
    """Yield the properties of each card, by their names."""
    card: list[tuple[str, str]] = []
    count = 0
    for name, value in _properties(content):
        if name == "BEGIN":
            card = []
        elif name == "END":
            yield card
            card, count = [], count + 1
            if count >= MOST_CARDS:
                return
        elif value:
            card.append((name, value))
    if card:
        yield card  # it was cut off


def _properties(content: bytes) -> Iterator[tuple[str, str]]:
    text = content.decode("utf-8-sig", errors="replace")
    text = FOLD.sub("", text)
    if "QUOTED-PRINTABLE" in text.upper():
        text = SOFT_BREAK.sub("", text)
    for line in text.splitlines():
        if not (found := PROPERTY.fullmatch(line)):
            continue
        name, about, value = found[1].upper(), found[2].upper(), found[3]
        if name in {*TOLD, "N", "BEGIN", "END"}:
            yield name, _value(name, about, value)


def _value(name: str, about: str, value: str) -> str:
    if "QUOTED-PRINTABLE" in about:
        value = quopri.decodestring(value.encode()).decode(errors="replace")
    parts = re.split(r"(?<!\\);", value) if name in {"N", "ADR", "ORG"} else [value]
    if name == "N":  # family; given; more; before; after
        parts = [*parts[3:4], *parts[1:2], *parts[2:3], *parts[:1], *parts[4:5]]
    joint = " " if name == "N" else ", "
    told = joint.join(part for part in map(_plain, parts) if part)
    return told[:LONGEST_VALUE]


def _plain(value: str) -> str:
    bare = ESCAPED.sub(lambda found: found[1] if found[1] in "\\,;:" else " ", value)
    return " ".join(UNSHOWN.sub(" ", bare.removeprefix("tel:")).split())


def _tell(card: list[tuple[str, str]]) -> str:
    names = [value for name, value in card if name == "FN"]
    names = names or [value for name, value in card if name == "N"]
    known = [(name, value) for name, value in card if name in TOLD and name != "FN"]
    order = list(TOLD)
    known.sort(key=lambda found: order.index(found[0]))
    told = [*names[:1], *(f"{TOLD[name]}{value}" for name, value in known)]
    return "; ".join(list(dict.fromkeys(told))[:MOST_LINES])
