"""Tables of web pages: cells stand in all the rows and columns that they span."""

from collections.abc import Iterator

from lxml.html import HtmlElement

from bot.knowledge.reading.formats.texts import squeeze

MOST_COLUMNS = 100
MOST_SPANNED_ROWS = 1_000
OF_LAYOUT = frozenset({
    "table", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "form",
})  # fmt: skip


def is_layout(table: HtmlElement) -> bool:
    """Tell whether a table only puts other blocks into their places."""
    return any(each is not table for each in table.iter(*OF_LAYOUT))


def table_of(
    table: HtmlElement,
) -> tuple[str, list[list[str]], list[str] | None]:
    """Return a table's caption, its rows, and the names of its columns, if marked."""
    caption = " ".join(each.text_content() for each in table.iter("caption"))
    header: list[str] | None = None
    rows: list[list[str]] = []
    for at, (element, cells) in enumerate(_rows(table)):
        is_header = all(cell.tag == "th" for cell in element.iter("th", "td"))
        in_head = getattr(element.getparent(), "tag", None) == "thead"
        if header is None and len(cells) > 1 and (in_head or (is_header and at == 0)):
            header = cells
        else:
            rows.append(cells)
    return squeeze(caption), rows, header


def _rows(table: HtmlElement) -> Iterator[tuple[HtmlElement, list[str]]]:
    """Yield each row with its cells; what spans several rows stands in each of them."""
    waiting: dict[int, tuple[int, str]] = {}
    for element in table.iter("tr"):
        cells: list[str] = []
        for cell in element.iter("td", "th"):
            _fill(cells, waiting)
            text = squeeze(cell.text_content())
            below = min(_span(cell, "rowspan"), MOST_SPANNED_ROWS) - 1
            wide = min(_span(cell, "colspan"), MOST_COLUMNS - len(cells))
            for at in range(wide):
                shown = "" if at else text
                if below > 0:
                    waiting[len(cells)] = (below, shown)
                cells.append(shown)
        _fill(cells, waiting)
        if cells:
            yield element, cells


def _fill(cells: list[str], waiting: dict[int, tuple[int, str]]) -> None:
    while found := waiting.pop(len(cells), None):
        left, text = found
        if left > 1:
            waiting[len(cells)] = (left - 1, text)
        cells.append(text)


def _span(cell: HtmlElement, name: str) -> int:
    told = cell.get(name) or ""
    return max(1, int(told)) if told.isdecimal() and len(told) < 6 else 1
