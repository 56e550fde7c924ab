"""Frozen nouns of what the business knows; what is kept with an answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

Vector = Sequence[float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """What a passage sells, as its row says: the price is exact."""

    sku: str
    name: str
    price: Decimal | None = None
    currency: str | None = None
    url: str | None = None
    image_url: str | None = None
    in_stock: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A chunk that was found for a question.

    `heading` are the headings above it, from the outermost; `page` counts from 1;
    `sha256` is that of the document's version; `score` is how well it fits, 0 to 1.
    `is_own`: it is of a file that the user sent, and has no ids (they are 0).
    """

    chunk_id: int
    document_id: int
    title: str
    text: str
    heading: str | None = None
    page: int | None = None
    url: str | None = None
    sha256: str | None = None
    language: str | None = None
    product: Product | None = None
    score: float = 0.0
    is_own: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is known about a question.

    `passages`: the best first. `is_whole`: they are all that is known, given without a
    search. `confidence`: how sure it is that they tell the answer, 0 to 1; None where
    nothing is known that could be compared. `terms` are the stems of the question, by
    which a gap is grouped.
    """

    passages: tuple[Passage, ...] = ()
    is_whole: bool = False
    confidence: float | None = None
    terms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StoodOn:
    """A passage that the LLM was given for an answer, and whether that names it."""

    passage: Passage
    is_cited: bool

    def to_json(self) -> Mapping[str, object]:
        """Return it as columns of `answer_passages`; what it said, if it is named."""
        passage = self.passage
        return {
            "chunk_id": None if passage.is_own else passage.chunk_id,
            "document_id": None if passage.is_own else passage.document_id,
            "title": passage.title,
            "heading": passage.heading,
            "page": passage.page,
            "sha256": passage.sha256,
            "score": round(passage.score, 4),
            "is_cited": self.is_cited,
            "passage": passage.text if self.is_cited else None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """How the LLM made an answer: what it was asked with, what it saw, what it said.

    `prompt` is the part of the system prompt that does not change from answer to
    answer. `raw` is what it said, where something else was said to the user. Tokens are
    those of all its completions, as far as the server told. Of the talk it saw `turns`
    from the message `shown_from` on; older ones were left out as there are more than
    is set (`beyond_turns`), or as the prompt's tokens were used up (`beyond_budget`).
    What came before stands in a summary up to the message `summed_until`, and in words
    about so many earlier `talks`. `left_out` are passages that were found, and had no
    room; `is_missing`: it was told that knowledge does not tell the answer.
    """

    prompt: str
    model: str
    parameters: Mapping[str, float] = field(default_factory=dict)
    finish_reason: str | None = None
    raw: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int | None = None
    seconds: float = 0.0
    turns: int = 0
    shown_from: str | None = None
    beyond_turns: int = 0
    beyond_budget: int = 0
    summed_until: str | None = None
    talks: int = 0
    fact_ids: tuple[int, ...] = ()
    pictures: int = 0
    left_out: tuple[Passage, ...] = ()
    is_missing: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    """A question that knowledge does not answer, and the stems of its group."""

    question: str
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewChunk:
    """A piece of a document that is taken in.

    `words` is what it is found by: those of its title, headings and text, as
    `bot.knowledge.words` splits them. `metadata` is whatever else is known of it.
    """

    text: str
    words: tuple[str, ...]
    heading: str | None = None
    page: int | None = None
    metadata: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAnswer:
    """What a gap is answered by, as a document of one chunk."""

    title: str
    language: str | None
    chunk: NewChunk


@dataclass(frozen=True, slots=True)
class Missing:
    """A chunk that has no vector of a model yet; `text` is what a vector tells."""

    id: int
    text: str


@dataclass(frozen=True, slots=True)
class Near:
    """What is searched for: a vector of length 1 by a model, for one person's eyes."""

    vector: Vector = field(repr=False)
    model: str
    user_id: UUID
