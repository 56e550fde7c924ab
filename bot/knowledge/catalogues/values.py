"""What the cells of a list say: text without tricks, stock, addresses."""

# ruff: noqa: RUF001 - words of other languages

import re
from decimal import Decimal
from unicodedata import category, normalize
from urllib.parse import urlsplit

from bot.knowledge.catalogues.cells import UNCOUNTED, Cell, Row
from bot.knowledge.catalogues.prices import AmountError, read_amount

MOST_OF_A_URL = 2_000
# A name on its own, and no path.
PICTURE_FILE = re.compile(
    r"(?:file:)?[A-Za-z0-9][A-Za-z0-9 _()+-]{0,63}\.(?:jpe?g|png|JPE?G|PNG)"
)
TRICKS = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}
FORMULA = ("=", "@", "+", "-", "\t")
STOCK = {
    True: """
        yes, y, true, in stock, available, instock, x, ja, wahr, auf lager, lieferbar,
        verfügbar, vorrätig, sí, si, verdadero, en stock, disponible, hay, oui, vrai,
        sim, verdadeiro, em stock, em estoque, disponível, vero, disponibile,
        op voorraad, да, есть, в наличии, истина, 是, 有, 有货, 现货, نعم, متوفر, متاح,
        हाँ, हां, उपलब्ध, evet, var, limited availability, limitedavailability
        """,
    False: """
        no, n, false, out of stock, outofstock, sold out, soldout, unavailable, none,
        nein, falsch, ausverkauft, nicht auf lager, nicht verfügbar, nicht lieferbar,
        falso, agotado, sin stock, no disponible, non, faux, épuisé, rupture de stock,
        en rupture, indisponible, não, nao, esgotado, indisponível, esaurito,
        non disponibile, nee, uitverkocht, нет, нет в наличии, ложь, 否, 无, 无货, 缺货,
        售罄, لا, غير متوفر, नहीं, अनुपलब्ध, hayır, yok, discontinued, backorder, preorder
        """,
}
STOCK_WORDS = {
    " ".join(word.split()): is_there
    for is_there, words in STOCK.items()
    for word in words.split(",")
}


class RowError(ValueError):
    """Says what is wrong with a row, in words for the operator."""


def cell_at(row: Row, at: int | None, field: str) -> Cell:
    """Return a cell of a row, None where it has none. Raises RowError."""
    cell = row.cells[at] if at is not None and at < len(row.cells) else None
    if cell is UNCOUNTED:
        raise RowError(
            f"{field} is a formula that was never calculated: open the file in a "
            "spreadsheet and save it"
        )
    return cell


def read_text(cell: Cell, field: str, most: int, *, lines: bool = False) -> str:
    """Return a cell as text without tricks; `lines`: it may have several.

    Raises RowError for what a terminal or a spreadsheet would obey, and for too much.
    """
    text = f"{cell:f}" if isinstance(cell, Decimal) else str(cell or "")
    if isinstance(cell, bool):
        text = "yes" if cell else "no"
    text = normalize("NFC", text).replace("\r\n", "\n").strip(" \n")
    fine = "\n\u200c\u200d" if lines else "\u200c\u200d"
    if not text.isprintable() and any(
        category(sign) in TRICKS and sign not in fine for sign in text
    ):
        raise RowError(f"{field} has control characters or line breaks")
    if _is_formula(text):
        raise RowError(f'{field} "{quoted(text)}" is a formula: write its value')
    if len(text) > most:
        raise RowError(f"{field} is longer than {most:,} characters")
    return text


def _is_formula(text: str) -> bool:
    """Tell what a spreadsheet would run; "-18 °C", "- crisp" and "+49 30" are none."""
    if text[:1].isalnum():
        return False
    plain = normalize("NFKC", text[:50])
    if not plain.startswith(FORMULA):
        return False
    is_said = plain[0] in "+-" and (plain[1:2] in " " or plain[1:2].isdecimal())
    return not is_said or "|" in text or "!" in plain


def read_stock(cell: Cell) -> bool | None:
    """Return whether a product is there, None if it is not told. Raises RowError."""
    if isinstance(cell, bool) or cell is None:
        return cell
    if cell == "":
        return None
    if isinstance(cell, Decimal):
        return cell > 0
    text = normalize("NFKC", str(cell)).casefold().strip()
    text = text.removeprefix("https://schema.org/").removeprefix("http://schema.org/")
    known = STOCK_WORDS.get(" ".join(text.replace("_", " ").split()).rstrip("."))
    if known is not None:
        return known
    try:
        return read_amount(text.removeprefix("-")).number > 0 and text[0] != "-"
    except AmountError:
        raise RowError(
            f'in_stock "{quoted(str(cell))}" is neither yes nor no'
        ) from None


def read_url(cell: Cell, field: str) -> str | None:
    """Return an https address, None if there is none. Raises RowError."""
    text = read_text(cell, field, MOST_OF_A_URL)
    if not text:
        return None
    try:
        parts = urlsplit(text)
        is_right = parts.scheme == "https" and parts.hostname and parts.port != 0
    except ValueError:
        is_right = False
    if not is_right or "@" in parts.netloc or any(s in text for s in ' "<>\\^`{|}'):
        raise RowError(f'{field} "{quoted(text)}" is no https:// address')
    return text


def read_picture(cell: Cell, field: str) -> str | None:
    """Return where a picture lies: an https address, or `file:` and a name.

    A bare file name is one of the folder MEDIA_OUT. None if there is none. Raises
    RowError.
    """
    text = read_text(cell, field, MOST_OF_A_URL)
    if text and PICTURE_FILE.fullmatch(text):
        return f"file:{text.removeprefix('file:')}"
    return read_url(cell, field)


def quoted(text: str) -> str:
    """Return as much of a text as an error quotes."""
    return text[:60]
