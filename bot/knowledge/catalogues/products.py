"""Products of a list: every cell read exactly, or its row refused with why."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from bot.knowledge.catalogues.cells import (
    Cell,
    Cells,
    Row,
    UnreadableListError,
    read_cells,
)
from bot.knowledge.catalogues.headings import Mapped, map_headings
from bot.knowledge.catalogues.price_words import ASKED_FOR
from bot.knowledge.catalogues.prices import (
    AmountError,
    exactly,
    find_currency,
    find_decimal_mark,
    read_amount,
    write_price,
)
from bot.knowledge.catalogues.values import (
    RowError,
    cell_at,
    quoted,
    read_picture,
    read_stock,
    read_text,
    read_url,
)
from bot.knowledge.words import split_words
from db.records.passages import NewChunk, Product
from db.records.products import Catalogue, NewProduct

MOST_CHARACTERS = {"sku": 100, "name": 300, "description": 5_000}
MOST_OF_AN_ATTRIBUTE = 1_000


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that is no product: where it stands ("line 3") and why."""

    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class ProductList:
    """What a file lists. `mapped`: its headings, in order, and what each is."""

    catalogue: Catalogue
    mapped: tuple[tuple[str, str], ...]
    bad: tuple[BadRow, ...]


def read_products(
    content: bytes, path: str, currency: str | None = None, *, is_demo: bool = False
) -> ProductList:
    """Read a .csv, .json or .xlsx file that lies at `path`.

    `currency` is that of prices that name none. Raises UnreadableListError for what is
    no list of products at all; rows that are none are told in `bad`.
    """
    cells = read_cells(content, Path(path).name)
    mapped = _map(cells, Path(path).name)
    if not cells.rows:
        raise UnreadableListError(f"{Path(path).name} has headings and no products")
    good, bad = _read_rows(cells, mapped, currency)
    catalogue = Catalogue(
        file_path=path,
        title=Path(path).stem,
        sha256=hashlib.sha256(content).hexdigest(),
        file_size=len(content),
        products=tuple(good),
        is_demo=is_demo,
    )
    names = {at: field for field, at in mapped.fields.items()}
    told = tuple((h, names.get(at, "")) for at, h in enumerate(cells.headings) if h)
    return ProductList(catalogue, told, tuple(bad))


def _map(cells: Cells, name: str) -> Mapped:
    mapped = map_headings(cells.headings)
    missing = [field for field in ("sku", "name") if field not in mapped.fields]
    if missing:
        found = ", ".join(cells.headings)[:300]
        raise UnreadableListError(
            f"{name} has no column {' and no column '.join(missing)}: name one so. Its "
            f"columns are {found}"
        )
    return mapped


def _read_rows(
    cells: Cells, mapped: Mapped, currency: str | None
) -> tuple[list[NewProduct], list[BadRow]]:
    reader = _Reader(mapped, currency, _mark_of_prices(cells, mapped))
    good: list[NewProduct] = []
    bad: list[BadRow] = []
    seen: dict[str, str] = {}
    for row in cells.rows:
        try:
            found = reader.read(row)
        except RowError as error:
            bad.append(BadRow(row.place, str(error)))
            continue
        sku = found.product.sku
        if sku in seen:
            reason = f"sku {quoted(sku)} stands in {seen[sku]} already"
            bad.append(BadRow(row.place, reason))
            continue
        seen[sku] = row.place
        good.append(found)
    return good, bad


def _mark_of_prices(cells: Cells, mapped: Mapped) -> str | None:
    at = mapped.fields.get("price")
    if at is None:
        return None
    prices = (row.cells[at] for row in cells.rows if at < len(row.cells))
    return find_decimal_mark(price for price in prices if isinstance(price, str))


class _Reader:
    """Reads rows whose columns are known."""

    def __init__(self, mapped: Mapped, currency: str | None, mark: str | None) -> None:
        self.mapped = mapped
        self.currency = mapped.currency or currency
        self.mark = mark

    def read(self, row: Row) -> NewProduct:
        """Read one row. Raises RowError."""
        if any(cell not in (None, "") for cell in row.cells[self._width() :]):
            raise RowError("has more cells than there are headings")
        sku, name = self._text(row, "sku"), self._text(row, "name")
        if not sku or not name:
            raise RowError(f"has no {'name' if sku else 'sku'}")
        price, currency = self._price(row)
        product = Product(
            sku=sku,
            name=name,
            price=price,
            currency=currency,
            url=read_url(self._cell(row, "url"), "url"),
            image_url=read_picture(self._cell(row, "image_url"), "image_url"),
            in_stock=read_stock(self._cell(row, "in_stock")),
        )
        description = self._text(row, "description") or None
        attributes = dict(self._attributes(row))
        chunk = _chunk(product, description, attributes)
        return NewProduct(
            product=product,
            description=description,
            attributes=attributes,
            chunk=chunk,
        )

    def _width(self) -> int:
        return 1 + max((*self.mapped.fields.values(), *self.mapped.attributes))

    def _cell(self, row: Row, field: str) -> Cell:
        at = self.mapped.fields.get(field)
        return cell_at(row, at, field)

    def _text(self, row: Row, field: str) -> str:
        is_long = field == "description"
        most = MOST_CHARACTERS[field]
        return read_text(self._cell(row, field), field, most, lines=is_long)

    def _attributes(self, row: Row) -> Iterator[tuple[str, str]]:
        for at, heading in self.mapped.attributes.items():
            name = read_text(heading, "a heading", MOST_CHARACTERS["sku"])
            text = read_text(cell_at(row, at, name), name, MOST_OF_AN_ATTRIBUTE)
            if text:
                yield name, text

    def _price(self, row: Row) -> tuple[Decimal | None, str | None]:
        told = self._told_currency(row)
        cell = self._cell(row, "price")
        if cell in (None, ""):
            return None, None
        try:
            if isinstance(cell, Decimal):
                return exactly(cell), _require(told)
            amount = read_amount(str(cell), self.mark)
        except AmountError as error:
            raise RowError(f'price "{quoted(str(cell))}" {error}') from None
        if not amount.sign:
            return amount.number, _require(told)
        found = find_currency(amount.sign, told)
        if found is None:
            raise RowError(f'currency "{quoted(amount.sign)}" is not known')
        if self._cell(row, "currency") and told != found:
            raise RowError(f"price is in {found}, its currency is said to be {told}")
        return amount.number, found

    def _told_currency(self, row: Row) -> str | None:
        cell = self._cell(row, "currency")
        if cell in (None, ""):
            return self.currency
        found = find_currency(str(cell), self.currency)
        if found is None:
            raise RowError(f'currency "{quoted(str(cell))}" is not known')
        return found


def _require(currency: str | None) -> str:
    if currency is None:
        raise RowError("price has no currency: add a column, or say --currency EUR")
    return currency


def _chunk(
    product: Product, description: str | None, attributes: Mapping[str, str]
) -> NewChunk:
    """Return what the product is found by, and what the LLM is given of it."""
    lines = [f"{product.name} ({product.sku})", description or ""]
    if product.price is not None:
        lines.append(f"Price: {write_price(product.price, product.currency)}")
    if product.in_stock is not None:
        lines.append(f"In stock: {'yes' if product.in_stock else 'no'}")
    lines += [f"{name}: {value}" for name, value in attributes.items()]
    if product.url:
        lines.append(product.url)
    text = "\n".join(line for line in lines if line)
    asked = () if product.price is None else ASKED_FOR
    words = (*split_words(text), *asked)
    return NewChunk(text=text, words=words, metadata={"sku": product.sku})
