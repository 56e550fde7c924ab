"""What finds passages, and what takes documents in."""

# ruff: noqa: PLC0415

from dataclasses import replace
from functools import partial
from threading import Event
from typing import TYPE_CHECKING
from uuid import UUID

from bot.settings import Settings
from bot.wiring.money.metering import build_measure
from db.database import Database

if TYPE_CHECKING:
    from collections.abc import Sequence

    from procrastinate import App

    from bot.chat.talk import Talk
    from bot.knowledge.catalogues.price_range import ProductStore
    from bot.knowledge.protocol import Knowledge
    from bot.llm.endpoint import Measure
    from bot.media.fetching import Fetch

# Beside WORKER_CONCURRENCY, so that no answer waits for a document.
DOCUMENTS_AT_ONCE = 2


def build_knowledge(
    settings: Settings, database: Database, measure: "Measure | None" = None
) -> "Knowledge":
    """Return what finds passages in a database; `measure` counts calls otherwise."""
    from bot.knowledge.finding.retrieval import Retrieval, Shelf
    from bot.llm.embeddings import Embeddings
    from db.knowledge.passages import load_passages, load_whole
    from db.knowledge.products import Products
    from db.knowledge.search import search
    from db.knowledge.vectors import Vectors

    shelf = Shelf(
        whole=partial(load_whole, database),
        words=partial(search, database),
        load=partial(load_passages, database),
        vectors=Vectors(database),
        products=partial(_find_products, Products(database)),
    )
    served, measure = settings.embeddings, measure or build_measure(settings, database)
    embeddings = Embeddings(served, measure=measure) if served else None
    return Retrieval(shelf, embeddings)


def _find_products(
    products: "ProductStore", question: str, user_id: UUID, seconds: float
) -> "Sequence[tuple[int, float]]":
    """Find products; the words of prices take 5 MB, and 0.3 s of the first question."""
    from bot.knowledge.catalogues.price_range import find_products

    return find_products(products, question, user_id, seconds)


def with_school(talk: "Talk", fetch: "Fetch", database: Database) -> "Talk":
    """Return the talk whose answers learn what teachers send."""
    from bot.chat.learning.taught import Taught
    from bot.knowledge.taking_in.lessons import School
    from bot.whatsapp.media.lessons import fetching_lessons
    from bot.worker.shelf import DocumentShelf

    school = School(
        fetch=fetching_lessons(fetch),
        shelf=DocumentShelf(database),
        stopping=talk.stopping,
    )
    return replace(talk, answering=Taught(talk.answering, school))


def register_knowledge(
    queue: "App", settings: Settings, database: Database, stopping: Event
) -> None:
    """Register what takes documents in, and what makes vectors of them."""
    from bot.knowledge.taking_in.intake import Intake
    from bot.knowledge.taking_in.versions import read_version
    from bot.llm.embeddings import Embeddings
    from bot.worker.documents import register_intake
    from bot.worker.scheduled import register_embedding
    from db.knowledge.documents import Documents
    from db.knowledge.vectors import Vectors

    register_intake(queue, Intake(Documents(database), read_version))
    if settings.embeddings:
        measure = build_measure(settings, database)
        server = Embeddings(settings.embeddings, measure=measure)
        register_embedding(queue, Vectors(database), server, stopping.is_set)
