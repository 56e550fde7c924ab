"""A passage's own words, where the LLM's are not to be trusted."""

from collections.abc import Sequence

from bot.chat.sources.plain import plain_line, plain_lines
from bot.knowledge.words import split_words
from db.records import Passage, Product

LONGEST_QUOTE = 500
# Of passages that fit as well as the best: a small and a large rye bread.
MOST_QUOTED = 2
ALIKE = 0.95


def choose_passages(passages: Sequence[Passage], question: str) -> list[int]:
    """Return the indexes of the passages with most of the question's words.

    None where no passage has any; the first two of those that are alike.
    """
    shares = [_overlap(question, _all_of(passage)) for passage in passages]
    most = max(shares, default=0.0)
    return [at for at, share in enumerate(shares) if share == most > 0][:MOST_QUOTED]


def choose_found(passages: Sequence[Passage]) -> list[int]:
    """Return the index of the passage that the search found best, and of its like."""
    least = ALIKE * max((passage.score for passage in passages), default=0.0)
    alike = (at for at, passage in enumerate(passages) if passage.score >= least)
    return list(alike)[:MOST_QUOTED]


def quote(passage: Passage, question: str) -> str:
    """Return what a passage says, marked as a quote; of a long one what fits best."""
    lines = [plain_line(line, LONGEST_QUOTE) for line in plain_lines(_text(passage))]
    kept = set(range(len(lines)))
    if sum(map(len, lines)) > LONGEST_QUOTE:
        kept = _fitting(lines, question)
    return "\n".join(f"> {lines[at]}" for at in sorted(kept))


def _fitting(lines: Sequence[str], question: str) -> set[int]:
    """Return which lines tell most of a question, as far as there is room."""
    shares = [_overlap(question, line) for line in lines]
    kept: set[int] = set()
    room = LONGEST_QUOTE
    for at in sorted(range(len(lines)), key=lambda at: -shares[at]):
        if len(lines[at]) <= room and (shares[at] or not kept):
            kept.add(at)
            room -= len(lines[at])
    return kept


def _all_of(passage: Passage) -> str:
    return f"{passage.title}\n{passage.heading or ''}\n{_text(passage)}"


def _text(passage: Passage) -> str:
    return (
        f"{_told(passage.product)}\n{passage.text}" if passage.product else passage.text
    )


def _told(product: Product) -> str:
    """Return a product as its row has it: the price is exact."""
    price = (
        "" if product.price is None else f"{product.price:f} {product.currency or ''}"
    )
    return ": ".join(filter(None, (product.name, price.strip())))


def _overlap(question: str, text: str) -> float:
    """Return the share of the question's longer words that a text holds."""
    asked = {word for word in split_words(question) if len(word) > 2}
    said = set(split_words(text))
    return len(asked & said) / len(asked) if asked else 0.0
