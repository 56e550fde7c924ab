"""Frozen nouns of catalogues: what a business sells, and what is asked of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from db.records.passages import NewChunk, Product

Order = Literal["cheapest", "dearest"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewProduct:
    """A product of a list, and the chunk that it is found by.

    `attributes` is what else the list tells of it, by the list's own names.
    """

    product: Product
    chunk: NewChunk
    description: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """All products of one file. `language` is an ISO 639-1 code, as far as known."""

    file_path: str
    title: str
    sha256: str
    file_size: int
    products: tuple[NewProduct, ...]
    language: str | None = None
    is_demo: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceRange:
    """What a question says of price and stock.

    `is_strict`: the bounds themselves are outside ("under 5"). Without a `currency` any
    will do. `in_stock`: only what is there. `order`: which end is asked for first.
    """

    cheapest: Decimal | None = None
    dearest: Decimal | None = None
    is_strict: bool = False
    currency: str | None = None
    in_stock: bool = False
    order: Order | None = None

    def is_priced(self) -> bool:
        """Tell whether it is about prices at all."""
        return (self.cheapest, self.dearest, self.order) != (None, None, None)


@dataclass(frozen=True, slots=True)
class Fitting:
    """A product within a range: its chunk, and how well words fit it (0: not)."""

    chunk_id: int
    text: str
    price: Decimal | None
    weight: float
