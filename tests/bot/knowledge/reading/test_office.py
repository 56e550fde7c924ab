"""Word documents and workbooks, as programs write them."""

import zipfile
from io import BytesIO

import docx
import openpyxl
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from bot.knowledge.reading import Block, UnreadableError
from bot.knowledge.reading.formats.office.cells import number_as_text
from bot.knowledge.reading.limits import Limits
from tests.bot.knowledge.reading.parsed import parsed, texts


def saved(document: object) -> bytes:
    file = BytesIO()
    document.save(file)  # type: ignore[attr-defined]
    return file.getvalue()


def test_a_word_document_keeps_headings_lists_and_tables() -> None:
    document = docx.Document()
    document.add_heading("Terms of sale", 0)
    document.add_heading("Returns", 1)
    document.add_paragraph("Within 14 days.")
    document.add_heading("Fees", 2)
    document.add_paragraph("none for bread", style="List Bullet")
    table = document.add_table(rows=3, cols=3)
    rows = [("Item", "Price", "Weight"), ("Rye", "4.20", "1 kg"), ("Roll", "0.45", "")]
    for row, cells in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    bold = document.add_paragraph().add_run("Parking")
    bold.bold = True
    document.add_paragraph("Behind the house.")
    reading = parsed(saved(document), "terms.docx")
    assert (reading.file_type, reading.title) == ("docx", "Terms of sale")
    assert reading.blocks == (
        Block("heading", "Terms of sale", 1),
        Block("heading", "Returns", 1),
        Block("paragraph", "Within 14 days."),
        Block("heading", "Fees", 2),
        Block("item", "none for bread"),
        Block("row", "Rye: Price 4.20; Weight 1 kg"),
        Block("row", "Roll: Price 0.45"),
        Block("heading", "Parking", 9),
        Block("paragraph", "Behind the house."),
    )


def test_what_was_inserted_is_read_and_what_was_deleted_is_not() -> None:
    document = docx.Document()
    change = f"""<w:p {nsdecls("w")}>
    <w:r><w:t xml:space="preserve">Rye costs </w:t></w:r>
    <w:del><w:r><w:delText>4.20</w:delText></w:r></w:del>
    <w:ins><w:r><w:t>4.50</w:t></w:r></w:ins></w:p>"""
    control = f"""<w:sdt {nsdecls("w")}><w:sdtContent>
    <w:p><w:r><w:t>Valid from May.</w:t></w:r></w:p></w:sdtContent></w:sdt>"""
    for element in (change, control):
        document.element.body.insert(0, parse_xml(element))
    assert texts(saved(document), "p.docx") == ["Valid from May.", "Rye costs 4.50"]


def test_a_workbook_shows_numbers_as_people_see_them() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Prices"
    for row in (["Korn Bakery"], [], ["Item", "Price", "Since"], ["Rye bread", 4.2]):
        sheet.append(row)
    sheet["B4"].number_format = '0.00 "EUR"'
    sheet.append(["Cake", "=B4*5"])
    secret = book.create_sheet("Costs")
    secret.append(["Rye bread", 1.1])
    secret.sheet_state = "hidden"
    reading = parsed(saved(book), "prices.xlsx")
    assert reading.blocks == (
        Block("heading", "Prices", 1),
        Block("heading", "Korn Bakery", 2),
        Block("row", "Rye bread: Price 4.20 EUR"),
        Block("row", "Cake: Price (not calculated)"),
    )
    assert [note.partition(":")[0] for note in reading.notes] == [
        "hidden sheets are left out",
        "some cells are formulas whose values are not in the file",
    ]


def with_values(workbook: bytes, formula: bytes, value: bytes) -> bytes:
    """Put a formula's value into a workbook, as a program that calculates does."""
    new = BytesIO()
    with zipfile.ZipFile(BytesIO(workbook)) as old, zipfile.ZipFile(new, "w") as to:
        for member in old.namelist():
            cell = b"<f>%s</f><v></v>" % formula, b"<f>%s</f><v>%s</v>"
            content = old.read(member).replace(b"<v />", b"<v></v>")
            to.writestr(member, content.replace(cell[0], cell[1] % (formula, value)))
    return new.getvalue()


def test_a_formula_shows_its_value() -> None:
    book = openpyxl.Workbook()
    for row in (["Item", "Price"], ["Rye", 4], ["Cake", "=B2*5"]):
        book.active.append(row)
    reading = parsed(with_values(saved(book), b"B2*5", b"20"), "prices.xlsx")
    assert [block.text for block in reading.blocks[1:]] == [
        "Rye: Price 4",
        "Cake: Price 20",
    ]
    assert reading.notes == ()


@pytest.mark.parametrize(
    ("value", "number_format", "shown"),
    [
        (4.2, "General", "4.2"),
        (4.0, "0.00", "4.00"),
        (1234.5, "#,##0.00\\ [$\u20ac-407]", "1234.50 \u20ac"),
        (4.2, '[$$-409]#,##0.00;[Red]-"x"', "$4.20"),
        (0.075, "0.0%", "7.5%"),
        (2, '0 "kg"', "2 kg"),
        (2.5, "0.##", "2.5"),
        (1e20, "0.00E+00", "100000000000000000000"),
        (1.005, "_-* #,##0.00_-", "1.01"),
    ],
)
def test_a_number_is_shown_in_its_format(
    value: float, number_format: str, shown: str
) -> None:
    assert number_as_text(value, number_format) == shown


def archive(members: dict[str, bytes]) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return file.getvalue()


def test_an_archive_that_swells_is_refused_before_it_is_unpacked() -> None:
    bomb = archive({"word/document.xml": b"\0" * 20_000_000})
    assert len(bomb) < 100_000
    with pytest.raises(UnreadableError, match="swells"):
        parsed(bomb, "bomb.docx")
    many = archive({"xl/workbook.xml": b"", **{f"{n}": b"" for n in range(50)}})
    with pytest.raises(UnreadableError, match="swells"):
        parsed(many, "many.xlsx", limits=Limits(members=50))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (archive({"word/document.xml": b"<a>"}), "damaged"),
        (archive({"xl/workbook.xml": b"<a>"}), "damaged"),
        (archive({"a.txt": b"text"}), "unpack it"),
        (archive({"word/document.xml": b"<a/>" * 999})[:-40], "cut off"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old Office"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
            + "EncryptedPackage".encode("utf-16-le"),
            "password",
        ),
    ],
)
def test_what_can_not_be_opened_is_told(content: bytes, told: str) -> None:
    with pytest.raises(UnreadableError, match=told):
        parsed(content, "file.docx")
