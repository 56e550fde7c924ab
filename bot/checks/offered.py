"""Which files of MEDIA_OUT answers may bring, and what is wrong with the others."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.media.outgoing.folder import MediaFolder
from bot.media.outgoing.offers import Offer, OfferedFiles
from bot.settings import Settings
from bot.terminal import one_line


@dataclass(frozen=True, slots=True)
class LookedAt:
    """The files that were to be offered, each with why it can't be, and the rest."""

    files: Sequence[tuple[Offer, str | None]] = ()
    left_out: Sequence[str] = ()


def look_at_offered(settings: Settings) -> LookedAt:
    """Return what MEDIA_OUT offers: all these files are read."""
    if settings.media_out is None:
        return LookedAt()
    shelf = OfferedFiles(MediaFolder(settings.media_out))
    return LookedAt(shelf.look(), shelf.left_out)


def tell_offered(looked: LookedAt) -> Iterator[str]:
    """Yield a line for each file that is offered, and what the LLM is told of it."""
    for offer, problem in looked.files:
        if problem is None:
            yield f"Answers may bring {one_line(offer.name)}: {one_line(offer.told)}"


def find_unoffered(looked: LookedAt) -> Iterator[str]:
    """Yield a sentence for each file that was to be offered, and can't be."""
    yield from looked.left_out
    for offer, problem in looked.files:
        if problem is not None:
            yield f"MEDIA_OUT: {one_line(offer.name)} is not offered: {problem}"
