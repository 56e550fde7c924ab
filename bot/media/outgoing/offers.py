"""Files of MEDIA_OUT that answers may bring: those that have a text file beside them.

`menu.pdf` is offered once `menu.pdf.txt` says in a line or two what it is, and when to
send it.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from bot.media.outgoing.folder import MediaFolder
from bot.media.outgoing.kinds import NotSendableError
from bot.media.outgoing.refs import is_file_name, safe_name

TELLS = ".txt"
# All of them stand in every prompt.
MOST_OFFERED = 12
LONGEST_TOLD = 200
MOST_TOLD_BYTES = 4096
# That a text file is there for: what is behind them, by name, is not looked at.
MOST_LOOKED = 50
# Of a folder's names; who has more pictures of products offers no files beside them.
MOST_NAMES = 20_000


@dataclass(frozen=True, slots=True)
class Offer:
    """A file that may be sent, and what an operator says of it on one line."""

    name: str
    told: str


class Offers(Protocol):
    """Knows which files an answer may bring."""

    def find(self) -> tuple[Offer, ...]:
        """Return them now: what is changed in the folder counts at once."""


class NoOffers:
    """Where no file is offered."""

    def find(self) -> tuple[Offer, ...]:
        """Return none."""
        return ()


# A file as it was when WhatsApp's limits were checked: name, time of change, size.
Stamp = tuple[str, int, int]


class OfferedFiles:
    """The files that a folder offers; each is checked once, and after each change."""

    def __init__(self, folder: MediaFolder) -> None:
        self._folder = folder
        self._checked: dict[Stamp, str | None] = {}

    def find(self) -> tuple[Offer, ...]:
        """Return those that WhatsApp takes, by name, MOST_OFFERED at most."""
        return tuple(offer for offer, problem in self.look() if problem is None)

    def look(self) -> Sequence[tuple[Offer, str | None]]:
        """Return all that is there to be offered, and why one of them is not."""
        checked: dict[Stamp, str | None] = {}
        looked = [self._look_at(name, checked) for name in self._names()]
        self._checked = checked
        return list(_up_to_most(looked))

    def _names(self) -> list[str]:
        """Return the names of all files that a text file is there for."""
        try:
            with os.scandir(self._folder.path) as entries:
                names = {entry.name for entry in islice(entries, MOST_NAMES)}
        except OSError:  # the folder is gone, or may not be read: nothing is offered
            return []
        told = (name.removesuffix(TELLS) for name in names if name.endswith(TELLS))
        return sorted(told)[:MOST_LOOKED]

    def _look_at(
        self, name: str, checked: dict[Stamp, str | None]
    ) -> tuple[Offer, str | None]:
        if not is_file_name(name):
            return Offer(safe_name(name), ""), "it has another name: take plain letters"
        content = self._folder.read(f"{name}{TELLS}", MOST_TOLD_BYTES) or b""
        told = " ".join(content.decode(errors="replace").split())
        problem = _problem_of(told)
        if problem is None:
            problem = self._check(name, checked)
        return Offer(name, told), problem

    def _check(self, name: str, checked: dict[Stamp, str | None]) -> str | None:
        try:
            stat = (self._folder.path / name).stat(follow_symlinks=False)
        except OSError:
            return "there is no such file"
        stamp = (name, stat.st_mtime_ns, stat.st_size)
        known = self._checked
        checked[stamp] = known[stamp] if stamp in known else self._try(name)
        return checked[stamp]

    def _try(self, name: str) -> str | None:
        try:
            found = self._folder.find(name)
        except NotSendableError as error:
            return str(error)
        return None if found else "it is no file that can be read"


def _problem_of(told: str) -> str | None:
    if not told:
        return f"its {TELLS} file says nothing: write what it is, and when to send it"
    if len(told) > LONGEST_TOLD:
        return f"its {TELLS} file says more than {LONGEST_TOLD} characters: shorten it"
    return None


def _up_to_most(
    looked: Sequence[tuple[Offer, str | None]],
) -> Iterator[tuple[Offer, str | None]]:
    left = MOST_OFFERED
    for offer, problem in looked:
        if problem is None and not left:
            yield offer, f"{MOST_OFFERED} others come before it: that is the most"
            continue
        left -= problem is None
        yield offer, problem
