"""Public sets for measuring retrieval: read from a folder, put into a database, scored.

They lie beside the checkout and are no part of it; their README tells what they are.
"""

import gzip
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.knowledge.words import words_to_find
from db.database import Database
from db.knowledge.chunks import replace_chunks
from db.records import NewChunk

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "retrieval"
LANGUAGES = ("en", "es", "ar", "hi", "zh", "th", "ru", "de")
IN_ENGLISH = ("cranfield", "debian-faq")
SETS = (*IN_ENGLISH, *(f"xquad-{language}" for language in LANGUAGES))
DEPTH = 10
ADD_DOCUMENT = """
INSERT INTO documents (title, file_type, is_processed, sha256)
VALUES (%(title)s, 'text', true, repeat('0', 64)) RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Article:
    """A passage of a set; its title is empty where it has none."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class RetrievalSet:
    """Passages, queries by id, and which passages answer which query."""

    name: str
    articles: tuple[Article, ...]
    queries: Mapping[str, str]
    relevant: Mapping[str, frozenset[str]]

    @property
    def language(self) -> str:
        """ISO 639-1 code of its passages."""
        return "en" if self.name in IN_ENGLISH else self.name.rpartition("-")[2]


def read_set(name: str, folder: Path = FOLDER) -> RetrievalSet:
    """Read a set, such as "xquad-de". Raises FileNotFoundError."""
    articles = tuple(
        Article(row["id"], row.get("title", ""), row["text"])
        for row in _read_rows(folder / name / "corpus.jsonl.gz")
    )
    queries = _read_rows(folder / name / "queries.jsonl.gz")
    relevant: dict[str, set[str]] = {}
    for row in _read_rows(folder / name / "qrels.jsonl.gz"):
        relevant.setdefault(row["query"], set()).add(row["doc"])
    return RetrievalSet(
        name,
        articles,
        {row["id"]: row["text"] for row in queries},
        {query: frozenset(found) for query, found in relevant.items()},
    )


def _read_rows(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def fill(database: Database, found: RetrievalSet) -> dict[int, str]:
    """Store a set as one document of everybody's; return its ids by those of chunks."""
    chunks = [
        NewChunk(
            text=article.text,
            heading=article.title or None,
            words=words_to_find("", article.title, article.text),
        )
        for article in found.articles
    ]
    with database.transaction(600, idle_seconds=600) as connection:
        document_id = connection.scalar(ADD_DOCUMENT, {"title": found.name})
        ids = replace_chunks(connection, document_id, found.language, chunks)
    return dict(zip(ids, (article.id for article in found.articles), strict=True))


def score(found: RetrievalSet, search: Callable[[str], Sequence[str]]) -> float:
    """Return nDCG@10, the mean over all queries; `search` returns ids, best first."""
    gains = [
        _ndcg(relevant, search(found.queries[query]))
        for query, relevant in found.relevant.items()
    ]
    return sum(gains) / len(gains)


def _ndcg(relevant: frozenset[str], ids: Sequence[str]) -> float:
    top = list(dict.fromkeys(ids))[:DEPTH]
    gain = sum(1 / math.log2(n + 2) for n, id_ in enumerate(top) if id_ in relevant)
    best = sum(1 / math.log2(n + 2) for n in range(min(len(relevant), DEPTH)))
    return gain / best
