"""Documents read in the test's own process: a child for each would take its time."""

from bot.knowledge.reading import Reading
from bot.knowledge.reading.limits import LIMITS, Limits
from bot.knowledge.reading.parsing import Parsing


def parsed(
    content: bytes, name: str, content_type: str | None = None, limits: Limits = LIMITS
) -> Reading:
    parsing = Parsing(content, name, content_type, limits)
    blocks = tuple(parsing.blocks())
    return parsing.result(blocks)


def texts(content: bytes, name: str, content_type: str | None = None) -> list[str]:
    return [block.text for block in parsed(content, name, content_type).blocks]
