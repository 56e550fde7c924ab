"""What would be found for a question: no LLM is asked, and nothing is kept."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from flask import Blueprint, render_template, request

from bot.console.parts import console
from bot.console.permissions import May, needs
from bot.knowledge.catalogues.price_range import find_products
from bot.knowledge.finding.retrieval import Retrieval, Shelf
from bot.knowledge.protocol import Knowledge, Question
from db.database import Database
from db.knowledge.passages import load_passages, load_whole
from db.knowledge.products import Products
from db.knowledge.search import search
from db.knowledge.vectors import Vectors

SECONDS = 5.0
LONGEST = 1000
NOBODY = UUID(int=0)  # whoever sees what is everybody's, and nothing else


@dataclass(frozen=True, slots=True)
class Finding:
    """Makes what finds passages in a database; whether also by meaning."""

    build: Callable[[Database], Knowledge]
    by_meaning: bool


def by_words() -> Finding:
    """Return what finds by words, prices and stock alone: it asks no server."""
    return Finding(_build_by_words, by_meaning=False)


def register(routes: Blueprint, finding: Finding) -> None:
    """Add the page."""

    @needs(May.TEACH)
    def ask() -> str:
        question = request.args.get("q", "").strip()[:LONGEST]
        found = None
        if question:
            asked = Question(text=question, user_id=NOBODY)
            found = finding.build(console().database).find(asked, SECONDS)
        return render_template(
            "knowledge/ask.html",
            question=question,
            found=found,
            by_meaning=finding.by_meaning,
        )

    routes.get("/knowledge/ask")(ask)


def _build_by_words(database: Database) -> Knowledge:
    shelf = Shelf(
        whole=partial(load_whole, database),
        words=partial(search, database),
        load=partial(load_passages, database),
        vectors=Vectors(database),
        products=partial(find_products, Products(database)),
    )
    return Retrieval(shelf, None)
