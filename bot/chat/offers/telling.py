"""What the LLM is told of files of the business: which there are, and which it sent."""

from collections.abc import Iterator, Sequence

from bot.chat.media.brackets import in_line
from bot.chat.offers import sentences
from bot.media.outgoing.offers import Offer
from db.records import Turn


def tell_offers(offered: Sequence[Offer]) -> str:
    """Return what the LLM is told of the files; "" where none is offered."""
    if not offered:
        return ""
    lines = (
        sentences.LINE.format(name=one.name, told=in_line(one.told)) for one in offered
    )
    return sentences.OFFERED.format(example=offered[0].name, files="\n".join(lines))


def tell_sent(turn: Turn) -> Iterator[str]:
    """Yield for the LLM which files went with an answer, as it wrote it then."""
    for name in turn.files:
        yield sentences.SENT.format(name=name)
