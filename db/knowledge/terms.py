"""The terms that chunks are found by: stems of their words, counted for BM25.

Words come split and folded; PostgreSQL makes their stems, language by language, and
drops stop words where it knows them. Terms of two languages never meet.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from db.database import Connection, Statements

UNDETERMINED = "und"  # ISO 639's own code
SIMPLE = "simple"
# Lists of names and prices tell no language; English's plural is that of many.
OF_UNDETERMINED = "english_stem"
# By ISO 639-1: Snowball's stemmers, as PostgreSQL calls them.
DICTIONARIES = {
    "ar": "arabic_stem", "ca": "catalan_stem", "da": "danish_stem",
    "de": "german_stem", "el": "greek_stem", "en": "english_stem",
    "es": "spanish_stem", "eu": "basque_stem", "fi": "finnish_stem",
    "fr": "french_stem", "ga": "irish_stem", "hi": "hindi_stem",
    "hu": "hungarian_stem", "hy": "armenian_stem", "id": "indonesian_stem",
    "it": "italian_stem", "lt": "lithuanian_stem", "ne": "nepali_stem",
    "nl": "dutch_stem", "no": "norwegian_stem", "pt": "portuguese_stem",
    "ro": "romanian_stem", "ru": "russian_stem", "sr": "serbian_stem",
    "sv": "swedish_stem", "ta": "tamil_stem", "tr": "turkish_stem",
    "yi": "yiddish_stem",
}  # fmt: skip
MOST_COUNTED = 32_767  # what a smallint holds

# A server may lack a stemmer; whatever else bears its name is not asked.
FIND_DICTIONARY = """
SELECT dictname FROM pg_ts_dict
WHERE dictname = %(name)s AND dictnamespace = 'pg_catalog'::regnamespace
"""
STEM = """
SELECT word, ts_lexize(('pg_catalog.' || %(dictionary)s)::regdictionary, word) AS terms
FROM unnest(%(words)s::text[]) AS word
"""
DROP_LENGTH = "DELETE FROM document_lengths WHERE document_id = %(document_id)s"
ADD_LENGTH = """
INSERT INTO document_lengths (document_id, language, dictionary, chunks, words)
VALUES (%(document_id)s, %(language)s, %(dictionary)s, %(chunks)s, %(words)s)
"""
COPY = """
COPY chunk_terms (language, term, document_id, chunk_index, frequency, length)
FROM STDIN
"""
Terms = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class _Written:
    """What the terms of a document stand under."""

    document_id: int
    language: str
    dictionary: str


def replace_lengths_and_terms(
    connection: Connection,
    document_id: int,
    language: str | None,
    chunks: Sequence[Sequence[str]],
) -> None:
    """Store the terms of a document's chunks, given as their words, by their order.

    Terms of chunks that are gone went with them.
    """
    dictionary = _find_dictionary(connection, language)
    mine = _Written(document_id, language or UNDETERMINED, dictionary)
    terms = _stem(connection, dictionary, {word for chunk in chunks for word in chunk})
    total = 0
    with connection.driver.cursor() as cursor, cursor.copy(COPY) as copy:
        for index, chunk in enumerate(chunks):
            counted = _count_terms(chunk, terms)
            total += counted.total()
            for row in _rows(mine, index, counted):
                copy.write_row(row)
    _store_length(connection, mine, len(chunks), total)


def find_stems(
    statements: Statements, language: str | None, words: Collection[str]
) -> Terms:
    """Return the stems of words, which are folded; none for those that tell nothing."""
    return _stem(statements, _find_dictionary(statements, language), words)


def _find_dictionary(statements: Statements, language: str | None) -> str:
    name = DICTIONARIES.get(language, SIMPLE) if language else OF_UNDETERMINED
    return str(statements.scalar(FIND_DICTIONARY, {"name": name}) or SIMPLE)


def _stem(statements: Statements, dictionary: str, words: Collection[str]) -> Terms:
    asked = {"dictionary": dictionary, "words": sorted(words)}
    return {row.word: row.terms or () for row in statements.rows(STEM, asked)}


def _count_terms(words: Sequence[str], terms: Terms) -> Counter[str]:
    return Counter(term for word in words for term in terms[word])


def _rows(
    mine: _Written, index: int, counted: Counter[str]
) -> Iterator[tuple[Any, ...]]:
    length = min(counted.total(), MOST_COUNTED)
    for term, frequency in sorted(counted.items()):
        count = min(frequency, MOST_COUNTED)
        yield mine.language, term, mine.document_id, index, count, length


def _store_length(
    connection: Connection, mine: _Written, chunks: int, words: int
) -> None:
    connection.count(DROP_LENGTH, {"document_id": mine.document_id})
    connection.count(
        ADD_LENGTH,
        {
            "document_id": mine.document_id,
            "language": mine.language,
            "dictionary": mine.dictionary,
            "chunks": chunks,
            "words": words,
        },
    )
