"""Files of MEDIA_OUT that answers may bring: those that have a text file beside them.

`menu.pdf` is offered once `menu.pdf.txt` says in a line or two what it is, and when to
send it.
"""

import logging
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from bot.media.outgoing.folder import MediaFolder
from bot.media.outgoing.kinds import NotSendableError
from bot.media.outgoing.refs import is_file_name, safe_name

log = logging.getLogger(__name__)

TELLS = ".txt"
# All of them stand in every prompt.
MOST_OFFERED = 12
LONGEST_TOLD = 200
MOST_TOLD_BYTES = 4096
# That a text file is there for: what is behind them, by name, is not looked at.
MOST_LOOKED = 50
# Of a folder's names; who has more pictures of products offers no files beside them.
MOST_NAMES = 20_000
SETTLED_NANOSECONDS = 2 * 10**9
NOT_ALL_NAMES = (
    f"MEDIA_OUT has more than {MOST_NAMES:,} files: whether the rest is to be offered "
    "is not looked at"
)
NOT_ALL_LOOKED = (
    f"MEDIA_OUT has more than {MOST_LOOKED} files that a {TELLS} file is there for: by "
    "name, those behind {last} are not looked at"
)


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


# A file as it was when it was looked at: time of change, size; None: there is none.
Stamp = tuple[int, int] | None
Looked = tuple[Offer, str | None]
# Names, and sentences on those that there was no room for.
Listed = tuple[Sequence[str], Sequence[str]]


class OfferedFiles:
    """The files that a folder offers: it is looked at once, and after each change."""

    def __init__(self, folder: MediaFolder) -> None:
        self._folder = folder
        self._known: Mapping[str, tuple[tuple[Stamp, Stamp], Looked]] = {}
        self._listed: tuple[Stamp, Listed] = (None, ((), ()))
        self._told: Sequence[str] = ()

    def find(self) -> tuple[Offer, ...]:
        """Return those that WhatsApp takes, by name, MOST_OFFERED at most."""
        offers = tuple(offer for offer, problem in self.look() if problem is None)
        if self.left_out != self._told:
            self._told = self.left_out
            for sentence in self._told:
                log.warning(sentence)
        return offers

    @property
    def left_out(self) -> Sequence[str]:
        """Sentences on what the last look had no room for."""
        return self._listed[1][1]

    def look(self) -> Sequence[Looked]:
        """Return all that is there to be offered, and why one of them is not."""
        known: dict[str, tuple[tuple[Stamp, Stamp], Looked]] = {}
        found: list[Looked] = []
        for name in self._names():
            stamps = self._stamp(f"{name}{TELLS}"), self._stamp(name)
            are_settled = all(map(_is_settled, stamps))
            before, looked = self._known.get(name, (None, None))
            if looked is None or before != stamps:
                looked = self._look_at(name)
            if are_settled:
                known[name] = stamps, looked
            found.append(looked)
        self._known = known
        return list(_up_to_most(found))

    def _names(self) -> Sequence[str]:
        """Return the names of all files that a text file is there for."""
        stamp = self._stamp("")
        if stamp is None or stamp != self._listed[0]:
            self._listed = (stamp if _is_settled(stamp) else None), self._list()
        return self._listed[1][0]

    def _list(self) -> Listed:
        try:
            with os.scandir(self._folder.path) as entries:
                names = {entry.name for entry in islice(entries, MOST_NAMES + 1)}
        except OSError:  # the folder is gone, or may not be read: nothing is offered
            return (), ()
        told = sorted(n.removesuffix(TELLS) for n in names if n.endswith(TELLS))
        left_out = [NOT_ALL_NAMES] if len(names) > MOST_NAMES else []
        if len(told) > MOST_LOOKED:
            last = safe_name(told[MOST_LOOKED - 1])
            left_out.append(NOT_ALL_LOOKED.format(last=last))
        return told[:MOST_LOOKED], left_out

    def _stamp(self, name: str) -> Stamp:
        try:
            stat = (self._folder.path / name).stat(follow_symlinks=not name)
        except (OSError, ValueError):
            return None
        return stat.st_mtime_ns, stat.st_size

    def _look_at(self, name: str) -> Looked:
        if not is_file_name(name):
            return Offer(safe_name(name), ""), "it has another name: take plain letters"
        content = self._folder.read(f"{name}{TELLS}", MOST_TOLD_BYTES) or b""
        told = " ".join(content.decode(errors="replace").split())
        problem = _problem_of(told)
        if problem is None:
            problem = self._check(name)
        return Offer(name, told), problem

    def _check(self, name: str) -> str | None:
        if self._stamp(name) is None:
            return "there is no such file"
        try:
            found = self._folder.find(name)
        except NotSendableError as error:
            return str(error)
        return None if found else "it is no file that can be read"


def _is_settled(stamp: Stamp) -> bool:
    """Tell whether a change after it has another: clocks of files tick slowly."""
    return stamp is None or abs(time.time_ns() - stamp[0]) > SETTLED_NANOSECONDS


def _problem_of(told: str) -> str | None:
    if not told:
        return f"its {TELLS} file says nothing: write what it is, and when to send it"
    if len(told) > LONGEST_TOLD:
        return f"its {TELLS} file says more than {LONGEST_TOLD} characters: shorten it"
    return None


def _up_to_most(looked: Sequence[Looked]) -> Iterator[Looked]:
    left = MOST_OFFERED
    for offer, problem in looked:
        if problem is None and not left:
            yield offer, f"{MOST_OFFERED} others come before it: that is the most"
            continue
        left -= problem is None
        yield offer, problem
