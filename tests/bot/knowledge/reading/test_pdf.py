"""PDFs: what stands on their pages, in the order in which people read it."""

import pytest

from bot.knowledge.reading import Block, UnreadableError
from bot.knowledge.reading.limits import Limits
from tests.bot.knowledge.reading.parsed import parsed, texts
from tests.bot.knowledge.reading.pdf_files import Put, lines, pdf, scanned, table

XS = (60, 260, 400)
PROSE = [
    "We bake with rye from the mill in the next",
    "village, and with water and salt, and with",
    "nothing else. The dough rests for a whole",
    "night, as it did in our grandparents' days.",
]


def prices(first: int, last: int) -> list[tuple[str, str, str]]:
    return [(f"Bread {n}", f"{n}.20 EUR", f"{n} kg") for n in range(first, last)]


def test_a_table_over_two_pages_keeps_its_header() -> None:
    header = ("Item", "Price", "Weight")
    content = pdf(
        [Put(60, 60, "Price list", 20), *table(120, XS, [header, *prices(1, 4)])],
        table(60, XS, prices(4, 6)),
    )
    reading = parsed(content, "prices.pdf")
    assert (reading.file_type, reading.pages, reading.notes) == ("pdf", 2, ())
    assert reading.blocks == (
        Block("heading", "Price list", 1, 1),
        *(
            Block("row", f"Bread {n}: Price {n}.20 EUR; Weight {n} kg", 0, page)
            for n, page in [(1, 1), (2, 1), (3, 1), (4, 2), (5, 2)]
        ),
    )


def test_a_header_on_every_page_is_no_head_of_the_page() -> None:
    header = ("Item", "Price", "Weight")
    pages = [table(90, XS, [header, *prices(n, n + 3)]) for n in (1, 4, 7)]
    heads = [
        [Put(60, 30, "Miller's Bakery"), Put(400, 30, f"Page {page}")]
        for page in (1, 2, 3)
    ]
    shown = [[*head, *page] for head, page in zip(heads, pages, strict=True)]
    assert texts(pdf(*shown), "prices.pdf") == [
        f"Bread {n}: Price {n}.20 EUR; Weight {n} kg" for n in range(1, 10)
    ]


def test_a_cell_of_two_lines_is_one() -> None:
    rows = [*prices(1, 3), ("Cake", "on request", ""), *prices(5, 6)]
    shown = table(100, XS, [("Item", "Price", "Weight"), *rows], leading=30)
    shown += [Put(260, 172 + 30, "by telephone"), Put(60, 142, "with walnuts")]
    assert texts(pdf(shown), "prices.pdf") == [
        "Bread 1 with walnuts: Price 1.20 EUR; Weight 1 kg",
        "Bread 2: Price 2.20 EUR; Weight 2 kg",
        "Cake: Price on request by telephone",
        "Bread 5: Price 5.20 EUR; Weight 5 kg",
    ]


def test_columns_are_read_one_after_the_other() -> None:
    second = [line.replace("rye", "wheat") for line in PROSE]
    shown = [Put(60, 60, "Our bread", 18), *lines(60, 100, PROSE)]
    shown += lines(320, 100, second)
    assert texts(pdf(shown), "bread.pdf") == [
        "Our bread",
        " ".join(PROSE),
        " ".join(second),
    ]


def test_paragraphs_lists_headings_and_leaders_are_told_apart() -> None:
    shown = [
        Put(60, 60, "Terms", 20),
        *lines(60, 100, [*PROSE[:2], "and with walnuts, if you ask, or with hazel-"]),
        *lines(60, 136, ["nuts."]),
        Put(60, 170, "Delivery", 10, bold=True),
        *lines(60, 190, ["- by bicycle", "- on foot"]),
        Put(60, 230, "Rye bread ............ 4.20 EUR"),
    ]
    assert parsed(pdf(shown), "terms.pdf").blocks == (
        Block("heading", "Terms", 1, 1),
        Block(
            "paragraph",
            f"{PROSE[0]} {PROSE[1]} and with walnuts, if you ask, or with hazelnuts.",
            0,
            1,
        ),
        Block("heading", "Delivery", 4, 1),
        Block("item", "by bicycle", 0, 1),
        Block("item", "on foot", 0, 1),
        Block("paragraph", "Rye bread: 4.20 EUR", 0, 1),
    )


def test_what_stands_on_every_page_is_left_out() -> None:
    pages = [
        [
            Put(60, 40, "Korn Bakery, Berlin"),
            *lines(60, 100, [f"Text number {word} of the terms."]),
            Put(280, 800, f"Page {at + 4} of 7"),
        ]
        for at, word in enumerate(("one", "two", "three"), start=1)
    ]
    assert texts(pdf(*pages), "terms.pdf") == [
        f"Text number {word} of the terms." for word in ("one", "two", "three")
    ]


@pytest.mark.parametrize("rotated", [90, 180, 270])
def test_a_page_that_is_stored_on_its_side_is_read_as_it_is_seen(rotated: int) -> None:
    shown = table(100, XS, [("Item", "Price", "Weight"), *prices(1, 3)])
    assert texts(pdf(shown, rotated=rotated), "prices.pdf") == [
        "Bread 1: Price 1.20 EUR; Weight 1 kg",
        "Bread 2: Price 2.20 EUR; Weight 2 kg",
    ]


def test_a_page_that_is_a_picture_is_noted_where_it_is_not_looked_at() -> None:
    picture = scanned(pdf([Put(60, 60, "A page that nobody reads", 20)]))
    with pytest.raises(UnreadableError, match="pictures"):
        parsed(picture, "scan.pdf", limits=Limits(ocr_pages=0))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (pdf([Put(60, 60, "Secret")], encrypted=True), "protected by a password"),
        (pdf(lines(60, 60, PROSE))[:700], "cut off"),
        (b"%PDF-1.7\n" + bytes(range(256)) * 20, "cut off or damaged"),
        (pdf([]), "no text in the file"),
    ],
)
def test_what_can_not_be_read_is_told(content: bytes, told: str) -> None:
    with pytest.raises(UnreadableError, match=told):
        parsed(content, "file.pdf")


def test_every_page_is_read() -> None:
    content = pdf(
        *[[Put(60, 60, f"Room {n} is {n * n} EUR a night.")] for n in range(1, 31)]
    )
    assert [block.page for block in parsed(content, "x.pdf").blocks] == [*range(1, 31)]


def test_more_pages_than_are_read_are_refused() -> None:
    content = pdf(*[[Put(60, 60, "Page")]] * 11)
    with pytest.raises(UnreadableError, match="has 11 pages"):
        parsed(content, "file.pdf", limits=Limits(pages=10))
