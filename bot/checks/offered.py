"""Which files of MEDIA_OUT answers may bring, and what is wrong with the others."""

from collections.abc import Iterator, Sequence

from bot.media.outgoing.folder import MediaFolder
from bot.media.outgoing.offers import Offer, OfferedFiles
from bot.settings import Settings
from bot.terminal import one_line

Looked = Sequence[tuple[Offer, str | None]]


def look_at_offered(settings: Settings) -> Looked:
    """Return each file that was to be offered, and why one can't be: all are read."""
    folder = settings.media_out
    return OfferedFiles(MediaFolder(folder)).look() if folder else ()


def tell_offered(looked: Looked) -> Iterator[str]:
    """Yield a line for each file that is offered, and what the LLM is told of it."""
    for offer, problem in looked:
        if problem is None:
            yield f"Answers may bring {one_line(offer.name)}: {one_line(offer.told)}"


def find_unoffered(looked: Looked) -> Iterator[str]:
    """Yield a sentence for each file that was to be offered, and can't be."""
    for offer, problem in looked:
        if problem is not None:
            yield f"MEDIA_OUT: {one_line(offer.name)} is not offered: {problem}"
