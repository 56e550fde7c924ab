"""The pages about what the business knows, put together."""

from bot.console.knowledge import asking, documents, gaps, products, proposals
from bot.console.knowledge.asking import Finding
from bot.console.parts import Piece
from bot.console.permissions import May
from bot.console.shown import pages_of


def piece(finding: Finding) -> Piece:
    """Return the pages, and their place in the menu.

    `finding` is what finds passages for a question.
    """
    routes = pages_of("knowledge", __name__)
    for area in (documents, products, gaps, proposals):
        area.register(routes)
    asking.register(routes, finding)
    return Piece(
        routes=routes,
        label="Knowledge",
        endpoint="knowledge.documents",
        needs=May.TEACH,
    )
