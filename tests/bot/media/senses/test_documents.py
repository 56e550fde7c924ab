"""People's own documents are read by a child, or it is told what is wrong with them."""

import zipfile
from io import BytesIO

import docx
import openpyxl
import pytest

from bot.knowledge.reading.limits import Limits
from bot.knowledge.reading.nouns import Fault, UnreadableError
from bot.media.kinds import find_media_type
from bot.media.protocol import NotSensedError, NotYetSensedError, Piece, Sensed
from bot.media.senses import documents
from bot.media.senses.children import Children
from bot.media.senses.documents import Documents
from bot.media.senses.extras import can_read_here
from bot.media.troubles import Trouble
from tests.bot.knowledge.reading.parsed import parsed
from tests.bot.knowledge.reading.pdf_files import Put, lines, pdf, scanned
from tests.bot.knowledge.reading.test_office import saved

OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
CONTRACT = pdf(
    [Put(60, 60, "Contract", 20), *lines(60, 100, ["The rent is 850.00 EUR a month."])],
    [Put(60, 60, "Notice", 20), *lines(60, 100, ["Three months before the end."])],
)


def read(content: bytes, name: str | None, limits: Limits = documents.LIMITS) -> Sensed:
    sense = Documents(Children(), limits)
    return sense.sense(content, find_media_type(content, None), name, 30)


def zipped(name: str) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, b"x")
    return file.getvalue()


def test_a_pdf_is_read_page_by_page() -> None:
    found = read(CONTRACT, "contract.pdf")
    assert (found.text, found.text_by, found.pages) == (None, documents.READER, 2)
    assert found.pieces == (
        Piece("The rent is 850.00 EUR a month.", "Contract", 1),
        Piece("Three months before the end.", "Notice", 2),
    )


def test_word_and_excel_files_are_read_whatever_they_are_called() -> None:
    document = docx.Document()
    document.add_heading("Notice", 1)
    document.add_paragraph(
        "Die Kündigung ist mit einer Frist von drei Monaten möglich."
    )
    book = openpyxl.Workbook()
    for row in ["Month", "Rent"], ["May", 850], ["June", 870]:
        book.active.append(row)
    word, excel = read(saved(document), None), read(saved(book), "file.bin")
    [piece] = word.pieces
    assert (piece.heading, piece.page, word.language) == ("Notice", None, "de")
    assert [piece.text for piece in excel.pieces] == ["May: Rent 850\nJune: Rent 870"]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (CONTRACT[: len(CONTRACT) // 2], "broken"),
        (b"PK\x03\x04 cut off", "broken"),
        (b" \n\n", "empty"),
        (pdf([]), "empty"),
        (OLD_OFFICE + "EncryptedPackage".encode("utf-16-le"), "locked"),
        (zipped("photo.jpg"), "foreign"),
        (b"\x7fELF" + b"\0" * 90, "foreign"),
        (b"{\\rtf1 text}", "foreign"),
    ],
    ids=[
        "cut off", "broken archive", "blank", "no text", "locked Office", "archive",
        "program", "rtf",
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file_is_told_apart(content: bytes, fault: Fault) -> None:
    with pytest.raises(UnreadableError) as caught:
        parsed(content, "file")
    assert caught.value.fault == fault


def test_what_is_wrong_is_told_by_the_child() -> None:
    locked = pdf([Put(60, 60, "Secret")], encrypted=True)
    for content, trouble in (
        (locked, Trouble.LOCKED),
        (OLD_OFFICE, Trouble.FOREIGN),
        (CONTRACT[:-9], Trouble.BROKEN),
    ):
        with pytest.raises(NotSensedError) as caught:
            read(content, "file")
        assert caught.value.trouble is trouble


def test_pages_that_are_pictures_are_told_where_nothing_reads_them() -> None:
    if can_read_here():
        pytest.skip("the extra `ocr` is installed, and reads them")
    with pytest.raises(NotSensedError) as caught:
        read(scanned(pdf([Put(60, 60, "A page that nobody reads", 20)])), "scan.pdf")
    assert caught.value.trouble is Trouble.PICTURES


def test_what_is_longer_than_is_read_is_refused() -> None:
    few = Documents(Children(), most_pieces=1)
    for sense in few, Documents(Children(), Limits(pages=1)):
        with pytest.raises(NotSensedError) as caught:
            sense.sense(CONTRACT, "application/pdf", None, 30)
        assert caught.value.trouble is Trouble.TOO_LONG


def test_a_reader_that_is_too_slow_is_tried_once_more() -> None:
    with pytest.raises(NotYetSensedError) as caught:
        read(CONTRACT, "contract.pdf", Limits(seconds=0))
    assert caught.value.most_tries == 2


def test_a_document_waits_for_a_place_no_longer_than_it_may() -> None:
    children = Children(most=1)
    with children.place(1), pytest.raises(NotYetSensedError):
        Documents(children).sense(CONTRACT, "application/pdf", None, 0)
