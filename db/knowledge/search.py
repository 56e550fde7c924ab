"""Finding chunks by their words: BM25 in plain SQL.

A person sees everybody's documents and their own; what they can't see counts for
nothing, not even for how rare a word is.
"""

import math
from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from db.database import Database

# BM25: how soon more of a word tells nothing new, and how much a chunk's length counts.
K1 = 1.2
B = 0.75
MOST_WORDS = 64
# Of words from the turns before: they tell what "it" is, and the question what of it.
EARLIER_WEIGHT = 0.4
MOST_HITS = 200
# Postings that a search reads, the rarest terms' first; the terms that are left out
# count for the best chunks that the others found.
MOST_POSTINGS = 10_000
# Whatever stands in more chunks tells about as little, and is counted no further.
MOST_COUNTED = 10_000
CANDIDATES = 150

SEEN = """
EXISTS (SELECT FROM documents WHERE documents.id = document_id
        AND (user_id IS NULL OR user_id = %(user_id)s))
"""
LOOK_UP = f"""
WITH corpus AS MATERIALIZED (
  SELECT language, dictionary, sum(chunks)::int AS chunks, sum(words)::int AS words
  FROM document_lengths WHERE {SEEN} GROUP BY language, dictionary
), asked AS MATERIALIZED (
  SELECT language, term, max(weight) AS weight FROM corpus
  CROSS JOIN unnest(%(words)s::text[], %(weights)s::float[]) AS asked (word, weight)
  CROSS JOIN unnest(
    ts_lexize(('pg_catalog.' || dictionary)::regdictionary, word)) AS term
  GROUP BY language, term
), sizes AS (
  SELECT language, sum(chunks)::int AS chunks,
         sum(words)::float / greatest(sum(chunks), 1) AS mean
  FROM corpus GROUP BY language
)
SELECT language, term, weight, greatest(mean, 1) AS mean,
  (SELECT sum(chunks) FROM sizes)::int AS chunks, (
  SELECT count(*) FROM (
    SELECT FROM chunk_terms AS here
    WHERE here.language = asked.language AND here.term = asked.term AND {SEEN}
    LIMIT %(most_counted)s) AS postings) AS seen
FROM asked JOIN sizes USING (language)
"""  # noqa: S608  (our own words)
WEIGH = """
idf * (%(k1)s + 1) * frequency
/ (frequency + %(k1)s * (1 - %(b)s + %(b)s * length / mean))
"""
FIND = f"""
WITH asked AS (
  SELECT * FROM unnest(
    %(languages)s::text[], %(terms)s::text[], %(idfs)s::float[], %(means)s::float[],
    %(shares)s::float[], %(are_read)s::bool[])
  AS term (language, term, idf, mean, share, is_read)
), candidates AS MATERIALIZED (
  SELECT language, document_id, chunk_index, sum({WEIGH}) AS score,
         sum(share) AS share
  FROM asked CROSS JOIN LATERAL (
    SELECT document_id, chunk_index, frequency, length FROM chunk_terms AS here
    WHERE here.language = asked.language AND here.term = asked.term AND {SEEN}
    LIMIT %(most_postings)s) AS posting
  WHERE is_read
  GROUP BY language, document_id, chunk_index
  ORDER BY score DESC, document_id, chunk_index
  LIMIT %(candidates)s
), added AS (
  SELECT document_id, chunk_index, sum({WEIGH}) AS score, sum(asked.share) AS share
  FROM candidates JOIN asked USING (language)
  CROSS JOIN LATERAL (
    SELECT frequency, length FROM chunk_terms AS here
    WHERE here.language = asked.language AND here.term = asked.term
      AND here.document_id = candidates.document_id
      AND here.chunk_index = candidates.chunk_index
    OFFSET 0) AS posting  -- or all of a term's postings may be read for each chunk
  WHERE NOT is_read
  GROUP BY document_id, chunk_index
)
SELECT document_chunks.id AS chunk_id,
       candidates.score + COALESCE(added.score, 0) AS score,
       least(candidates.share + COALESCE(added.share, 0), 1) AS share
FROM candidates LEFT JOIN added USING (document_id, chunk_index)
JOIN document_chunks USING (document_id, chunk_index)
ORDER BY score DESC, chunk_id
LIMIT %(hits)s
"""  # noqa: S608  (our own words)


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk that words found.

    `score` is BM25's, comparable within one search only. `share` is how much of what
    the question's words tell the chunk holds, 0 to 1: rare words tell more, and those
    that stand nowhere tell the most.
    """

    chunk_id: int
    score: float
    share: float


@dataclass(frozen=True, slots=True)
class AskedTerm:
    """A term of the question in one of the corpus's languages.

    `idf` tells how rare it is, less if it comes from an earlier turn only (it is not
    the question's own then), `share` how much of the question it is; `seen` is in how
    many chunks it stands, `mean` how long those of its language are.
    """

    language: str
    term: str
    idf: float
    mean: float
    share: float
    seen: int
    is_own: bool = True


def search(
    database: Database, words: Sequence[str], earlier: Sequence[str], user_id: UUID
) -> tuple[list[str], list[Hit]]:
    """Return the stems of a question, and the chunks that fit it best."""
    asked = look_up(database, words, user_id, earlier)
    return find_stems(asked), find_by_terms(database, asked, user_id)


def find_stems(asked: Sequence[AskedTerm]) -> list[str]:
    """Return a question's stems, sorted: what is asked alike has the same.

    They are of one language: of that which knows most of the words as stop words.
    Earlier turns count only where the question has none but stop words itself.
    """
    languages = {term.language for term in asked}
    if not languages:
        return []
    of = {name: [t for t in asked if t.language == name] for name in languages}
    own = {name: [term for term in of[name] if term.is_own] for name in languages}

    def fit(name: str) -> tuple[int, int, str]:
        return len(own[name]), -sum(term.seen > 0 for term in own[name]), name

    spoken = min(languages, key=fit)
    return sorted(term.term for term in own[spoken] or of[spoken])


def find_by_words(
    database: Database,
    words: Sequence[str],
    user_id: UUID,
    hits: int = 100,
    *,
    earlier: Sequence[str] = (),
) -> list[Hit]:
    """Return the chunks that fit a question's words best, the best first.

    The words come from `split_words`; those of `earlier` turns count less. Raises
    psycopg's errors.
    """
    asked = look_up(database, words, user_id, earlier)
    return find_by_terms(database, asked, user_id, hits)


def find_by_terms(
    database: Database,
    asked: Sequence[AskedTerm],
    user_id: UUID,
    hits: int = 100,
    most_postings: int = MOST_POSTINGS,
) -> list[Hit]:
    """Return the chunks that fit the terms that `look_up` gave, the best first."""
    read = _choose_read(asked, most_postings)
    if not read:
        return []
    bounds = {
        "user_id": user_id,
        "most_postings": most_postings,
        "candidates": max(CANDIDATES, hits),
        "hits": min(hits, MOST_HITS),
    }
    return database.read(Hit, FIND, {**_columns(asked, read), **bounds})


def look_up(
    database: Database,
    words: Sequence[str],
    user_id: UUID,
    earlier: Sequence[str] = (),
) -> list[AskedTerm]:
    """Return a question's terms in each language of what a person sees.

    Stop words are left out, and so is what is beyond the first 64 words.
    """
    rows = database.rows(LOOK_UP, {**_weigh(words, earlier), "user_id": user_id})
    idfs = {
        (row.language, row.term): row.weight * _idf(row.chunks, row.seen)
        for row in rows
    }
    sums: dict[str, float] = {}
    for (language, _), idf in idfs.items():
        sums[language] = sums.get(language, 0) + idf
    return [
        AskedTerm(
            language=row.language,
            term=row.term,
            idf=idfs[row.language, row.term],
            mean=row.mean,
            share=idfs[row.language, row.term] / sums[row.language],
            seen=row.seen,
            is_own=row.weight > EARLIER_WEIGHT,
        )
        for row in rows
    ]


def _weigh(words: Sequence[str], earlier: Sequence[str]) -> dict[str, Any]:
    weights = dict.fromkeys(words, 1.0)
    for word in earlier:
        weights.setdefault(word, EARLIER_WEIGHT)
    some = list(weights.items())[:MOST_WORDS]
    return {
        "words": [word for word, _ in some],
        "weights": [weight for _, weight in some],
        "most_counted": MOST_COUNTED,
    }


def _idf(chunks: int, seen: int) -> float:
    return math.log(1 + (chunks - seen + 0.5) / (seen + 0.5))


def _columns(asked: Sequence[AskedTerm], read: Container[AskedTerm]) -> dict[str, Any]:
    return {
        "languages": [term.language for term in asked],
        "terms": [term.term for term in asked],
        "idfs": [term.idf for term in asked],
        "means": [term.mean for term in asked],
        "shares": [term.share for term in asked],
        "are_read": [term in read for term in asked],
        "k1": K1,
        "b": B,
    }


def _choose_read(asked: Sequence[AskedTerm], most_postings: int) -> set[AskedTerm]:
    """Return the rarest terms, as many as may be read; at least one."""
    chosen: set[AskedTerm] = set()
    postings = 0
    for term in sorted(asked, key=lambda term: (term.seen, term.term)):
        postings += term.seen
        if term.seen and (not chosen or postings <= most_postings):
            chosen.add(term)
    return chosen
