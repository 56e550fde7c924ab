"""What the LLM is given to answer from: passages between borders, as material.

It stands in the last message, in front of the user's words: servers that keep what they
computed for equal beginnings find system prompt and talk as they were, and templates
that want user and assistant in turn get no message of another kind.

A document cannot leave its borders: they hold a word that is drawn for each prompt,
every line of a passage begins with a bar, and no square bracket but ours is left.
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from bot.chat import sentences
from bot.chat.prompt import BYTES_A_TOKEN, estimate_tokens
from bot.chat.sources.plain import is_plain_url, plain_line, plain_lines
from bot.knowledge.protocol import ENOUGH
from bot.media.outgoing.refs import FileRef, read_ref
from db.records import Found, Passage, Product

LONGEST_NAME = 120
LONGEST_URL = 2000
# A passage that has to be cut to less tells nothing.
LEAST_TOKENS = 40
TOKENS_OF_BORDERS = 30
# Brackets are our markers' alone, and templates mark whose turn it is with < and >.
_DEFUSED = str.maketrans(
    {
        **dict.fromkeys("[\u3010\u3014\uff3b\u27e6", "("),
        **dict.fromkeys("]\u3011\u3015\uff3d\u27e7", ")"),
        "<": "\u2039",
        ">": "\u203a",
    }
)
_BORDER_BYTES = 6


def draw_border() -> str:
    """Return a word that no document can know."""
    return secrets.token_hex(_BORDER_BYTES)


@dataclass(frozen=True, slots=True)
class Material:
    """What was found for a question, on its way into a prompt.

    `passages` are those that are given, the best first: the LLM knows them by their
    numbers, from 1. `is_missing`: knowledge was asked, and does not tell the answer.
    """

    found: Found = field(default_factory=Found)
    passages: tuple[Passage, ...] = ()
    is_missing: bool = False
    border: str = field(default_factory=draw_border)

    @classmethod
    def of(cls, found: Found) -> "Material":
        """Return what is given of what was found."""
        known = found.confidence is not None or bool(found.passages)
        sure = found.confidence is None or found.confidence >= ENOUGH
        if known and not (found.passages and (sure or found.is_whole)):
            return cls(found, is_missing=True)
        return cls(found, found.passages)

    @property
    def tokens(self) -> int:
        """About how many tokens it takes in a prompt."""
        told = self.before("")
        return estimate_tokens(told) if told else 0

    @staticmethod
    def tokens_of_passages(most_tokens: int) -> int:
        """Return how many tokens are left for passages, beside rules and borders."""
        told = sentences.MATERIAL.format(border="", whose=sentences.OF_BUSINESS)
        rules = f"{told}{sentences.MATERIAL_PICTURES}"
        return max(most_tokens - estimate_tokens(rules) - TOKENS_OF_BORDERS, 0)

    def without_passages(self) -> "Material":
        """Return it for a prompt that may not hold them: as if nothing were found."""
        return replace(self, found=Found(), passages=(), is_missing=True)

    def within(self, most_tokens: int) -> "Material":
        """Return as much of it as fits into so many tokens, the best passages first.

        If the first alone is too long, it is cut; if even that tells too little,
        nothing of it is given. What is given whole stands as its documents have it,
        and is what a search found as soon as it does not all fit.
        """
        kept = self._fitting(most_tokens)
        if self.found.is_whole and len(kept) < len(self.passages):
            found = replace(self.found, is_whole=False)
            best = sorted(self.passages, key=lambda passage: -passage.score)
            return replace(self, found=found, passages=tuple(best)).within(most_tokens)
        return replace(self, passages=tuple(kept))

    def _fitting(self, most_tokens: int) -> list[Passage]:
        left = most_tokens - estimate_tokens(self._framed("")) - estimate_tokens("")
        kept: list[Passage] = []
        for number, passage in enumerate(self.passages, 1):
            tokens = estimate_tokens(_shown(number, passage))
            if tokens > left:
                if not kept and left >= LEAST_TOKENS:
                    kept.append(_cut(passage, tokens - left))
                break
            kept.append(passage)
            left -= tokens
        return kept

    def before(self, text: str) -> str:
        """Return the user's words with the material in front of them."""
        if self.is_missing:
            return f"{sentences.NOTHING_FOUND}\n\n{text}"
        if not self.passages:
            return text
        shown = (_shown(n, passage) for n, passage in enumerate(self.passages, 1))
        return self._framed("\n".join(shown)) + text

    def is_echoed_by(self, answer: str) -> bool:
        """Tell whether an answer repeats how passages are shown, as toy models do."""
        shown = (_shown(n, passage) for n, passage in enumerate(self.passages, 1))
        lines = {line for text in shown for line in text.split("\n")[1:]}
        return any(line.strip() in lines for line in answer.split("\n"))

    def _framed(self, shown: str) -> str:
        own = [passage.is_own for passage in self.passages]
        whose = sentences.OF_BOTH if any(own) else sentences.OF_BUSINESS
        whose = sentences.OF_OWN if own and all(own) else whose
        rules = sentences.MATERIAL.format(border=self.border, whose=whose)
        rules += sentences.MATERIAL_OWN if any(own) else ""
        if any(find_picture(passage.product) for passage in self.passages):
            rules += sentences.MATERIAL_PICTURES
        begins, ends = (f"=== {self.border} {w} ===" for w in ("begins", "ends"))
        return f"{rules}\n{begins}\n{shown}\n{ends}\n{sentences.MATERIAL_ENDS}\n"


def find_picture(product: Product | None) -> str | None:
    """Return where a product's picture lies, if it can be sent: see PartContent."""
    url = (product.image_url or "") if product else ""
    if isinstance(read_ref(url), FileRef):
        return url
    is_sendable = url.startswith("https://") and len(url) < LONGEST_URL
    return url if is_sendable and is_plain_url(url) else None


def _shown(number: int, passage: Passage) -> str:
    lines = plain_lines(passage.text)
    if passage.product:
        lines = [*_data(passage.product), *lines]
    told = [f"[{number}] {_name(passage)}", *(f"| {defused(line)}" for line in lines)]
    return "\n".join(told)


def _name(passage: Passage) -> str:
    title = plain_line(passage.title, LONGEST_NAME)
    if passage.is_own:
        title = f"{sentences.OWN_FILE} {title}".rstrip()
    heading = plain_line(passage.heading or "", LONGEST_NAME)
    page = f"page {passage.page}" if passage.page else ""
    return defused("; ".join(filter(None, (title, heading, page))))


def _data(product: Product) -> Iterator[str]:
    yield f"product: {plain_line(product.name, LONGEST_NAME)}"
    yield f"sku: {plain_line(product.sku, LONGEST_NAME)}"
    if product.price is not None:
        yield f"price: {product.price:f} {product.currency or ''}".rstrip()
    if product.in_stock is not None:
        yield f"in stock: {'yes' if product.in_stock else 'no'}"
    if find_picture(product):
        yield "picture: yes"


def defused(line: str) -> str:
    """Return a line without what looks like a marker of ours, or a template's."""
    return line.translate(_DEFUSED)


def _cut(passage: Passage, tokens: int) -> Passage:
    """Return a passage that is shorter by about so many tokens."""
    content = passage.text.encode()
    most = max(len(content) - (tokens + 1) * BYTES_A_TOKEN, 0)
    return replace(passage, text=content[:most].decode(errors="ignore") + " \u2026")
