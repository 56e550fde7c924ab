"""How well passages are found: the public sets, through the real code and database.

`make bench ARGS="--only retrieval"`, with the sets beside the checkout (or `--data
FOLDER`). The first run makes some 12,000 vectors with the real local model and keeps
them: an hour, and then minutes.
"""

import asyncio
import hashlib
import os
import secrets
import struct
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from uuid import UUID

from bot.knowledge.finding.embedding import embed_missing
from bot.knowledge.finding.retrieval import Retrieval, Shelf
from bot.llm.account import EmbeddingServer
from bot.llm.embeddings import Embeddings
from bot.llm.endpoint import Asking
from bot.llm.protocol import LLMError
from bot.local.embeddings import MODEL_NAME, url_of
from db.database import Database
from db.knowledge.passages import load_passages, load_whole
from db.knowledge.search import search as find_by_words
from db.knowledge.vectors import Vectors
from db.records import Vector
from tests.bench.figures import Figure, Goal
from tests.bench.retrieval_sets import FOLDER, RetrievalSet, fill, read_set, score
from tests.bench.stage import Stage
from tests.db.sql import opened
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
KEPT = ROOT / ".data" / "bench-embeddings"
NOBODY = UUID(int=0)
LONG = 3600.0
LANGUAGES = ("en", "es", "ar", "hi", "zh", "th", "ru", "de")
# Questions in a language on the English passages; tuned on es, judged on the others.
ACROSS = {"es": 0.93, "de": 0.91, "ar": 0.79, "hi": 0.88, "zh": 0.80}


class KeptEmbeddings(Embeddings):
    """The real model's vectors, each made once: kept in a folder by their text."""

    def _embed(self, texts: list[str], seconds: float, asking: Asking) -> list[Vector]:
        files = [KEPT / hashlib.sha256(text.encode()).hexdigest() for text in texts]
        lacking = [at for at, file in enumerate(files) if not file.exists()]
        if lacking:
            made = super()._embed([texts[at] for at in lacking], LONG, asking)
            for at, vector in zip(lacking, made, strict=True):
                files[at].write_bytes(struct.pack(f"<{len(vector)}f", *vector))
        return [_read(file) for file in files]


@dataclass(frozen=True, slots=True)
class Desk:
    """What each set is asked with: `every` n-th question of the large ones."""

    database: Database
    embeddings: Embeddings
    folder: Path
    every: int

    def score(self, questions: str, passages: str) -> tuple[float, float]:
        """Return nDCG@10 of the whole search, and of words alone."""
        corpus = read_set(passages, self.folder)
        asked = self._some(read_set(questions, self.folder))
        self.database.count("TRUNCATE documents CASCADE")
        articles = fill(self.database, corpus)
        self.database.count("UPDATE documents SET title = ''")
        embed_missing(Vectors(self.database), self.embeddings, lambda: False)
        self.database.count("ANALYZE")
        both, words = (
            self._measure(asked, articles, embeddings)
            for embeddings in (self.embeddings, None)
        )
        return both, words

    def _some(self, found: RetrievalSet) -> RetrievalSet:
        step = self.every if len(found.queries) > 500 else 1
        kept = sorted(found.relevant)[::step]
        return replace(found, relevant={query: found.relevant[query] for query in kept})

    def _measure(
        self,
        asked: RetrievalSet,
        articles: dict[int, str],
        embeddings: Embeddings | None,
    ) -> float:
        retrieval = Retrieval(shelf_of(self.database), embeddings)

        def search(query: str) -> Sequence[str]:
            ranked = retrieval.rank(query, NOBODY, time.monotonic() + LONG)
            return [articles[chunk_id] for chunk_id in list(ranked.scores)[:10]]

        return score(asked, search)


def shelf_of(database: Database) -> Shelf:
    """Return what retrieval asks of a database."""
    return Shelf(
        whole=partial(load_whole, database),
        words=partial(find_by_words, database),
        load=partial(load_passages, database),
        vectors=Vectors(database),
    )


async def measure_retrieval(
    stage: Stage, is_quick: bool, folder: Path = FOLDER
) -> list[Figure]:
    """Fill the database with each set in turn, and ask its questions.

    A quick run asks every sixth question of the large sets.
    """
    every = 6 if is_quick else 1
    return await asyncio.to_thread(lambda: list(_measure(stage, folder, every)))


def _measure(stage: Stage, folder: Path, every: int) -> Iterator[Figure]:
    KEPT.mkdir(parents=True, exist_ok=True)
    with local_server() as server, opened(stage.database_url) as database:
        desk = Desk(database, KeptEmbeddings(server), folder, every)
        with closing(desk.embeddings):
            for name, goal in (("debian-faq", 0.73), ("cranfield", 0.41)):
                yield _figure(name, goal, *desk.score(name, name))
            same = [desk.score(f"xquad-{c}", f"xquad-{c}") for c in LANGUAGES]
            means = [sum(column) / len(same) for column in zip(*same, strict=True)]
            shown = " ".join(
                f"{code} {both:.3f}"
                for code, (both, _) in zip(LANGUAGES, same, strict=True)
            )
            mean = _figure("xquad, one language, mean of 8", 0.96, means[0], means[1])
            yield replace(mean, detail=f"{mean.detail}; {shown}")
            for code, goal in ACROSS.items():
                scored = desk.score(f"xquad-{code}", "xquad-en")
                yield _figure(f"xquad, {code} on en", goal, *scored)


def _figure(name: str, goal: float, both: float, words: float) -> Figure:
    told = f"words alone {words:.3f}"
    return Figure(f"nDCG@10: {name}", both, goal=Goal("≥", goal), detail=told)


@contextmanager
def local_server() -> Iterator[EmbeddingServer]:
    """Yield the real local embeddings, as a process of their own."""
    port = free_port()
    key = secrets.token_urlsafe(16)
    command = [sys.executable, "-m", "bot.local.embeddings", "--port", str(port)]
    environment = {**os.environ, "EMBEDDING_API_KEY": key}
    server = EmbeddingServer(api_key=key, base_url=url_of(port), model=MODEL_NAME)
    with subprocess.Popen(command, cwd=ROOT, env=environment) as process:
        try:
            _wait_until_ready(server)
            yield server
        finally:
            process.terminate()


def _wait_until_ready(server: EmbeddingServer) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with closing(Embeddings(server)) as probe, suppress(LLMError):
            probe.embed_question("Hi", 5, server.model)
            return
        time.sleep(0.1)
    raise TimeoutError("the local embeddings did not start")


def _read(file: Path) -> Vector:
    packed = file.read_bytes()
    return struct.unpack(f"<{len(packed) // 4}f", packed)
