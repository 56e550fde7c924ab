"""Lists of every kind, and those that mean harm."""

import io
import zipfile
from decimal import Decimal

import pytest

from bot.knowledge.catalogues.cells import UnreadableListError, read_cells
from tests.bot.knowledge.catalogues.lists import workbook


def test_a_csv_tells_its_lines_even_after_cells_with_line_breaks() -> None:
    cells = read_cells(b'a,b\n1,"x\ny"\n\n2,z\n', "list.csv")
    assert cells.headings == ("a", "b")
    assert [(row.place, list(row.cells)) for row in cells.rows] == [
        ("line 2", ["1", "x\ny"]),
        ("line 5", ["2", "z"]),
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_encodings_and_delimiters_are_found(delimiter: str, encoding: str) -> None:
    text = delimiter.join(["größe", "b"]) + "\r\n" + delimiter.join(["ñ", "y"])
    cells = read_cells(text.encode(encoding), "LIST.CSV")
    assert cells.headings == ("größe", "b")
    assert list(cells.rows[0].cells) == ["ñ", "y"]


def test_numbers_of_a_workbook_are_what_its_spreadsheet_shows() -> None:
    content = workbook(["a", "b"], [4.2, True], [0.1 + 0.2, None], [3, " x "])
    cells = read_cells(content, "list.xlsx")
    assert [list(row.cells) for row in cells.rows] == [
        [Decimal("4.2"), True],
        [Decimal("0.3")],
        [Decimal(3), "x"],
    ]


def test_json_keeps_every_digit() -> None:
    content = b'{"items": [{"a": 4.20, "attributes": {"b": "c"}, "d": ["x", "y"]}]}'
    cells = read_cells(content, "list.json")
    assert cells.headings == ("b", "a", "d")
    assert list(cells.rows[0].cells) == ["c", Decimal("4.20"), "x, y"]
    assert str(cells.rows[0].cells[1]) == "4.20"


def crowded() -> bytes:
    """A workbook with more files in it than any has."""
    stream = io.BytesIO(workbook(["a"], ["b"]))
    with zipfile.ZipFile(stream, "a") as archive:
        for number in range(5_001):
            archive.writestr(f"xl/media/{number}", b"")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "why"),
    [
        (b"a,b", "list.pdf", "must end in .csv, .json or .xlsx"),
        (b"", "list.csv", "is empty"),
        (b"a\0b\n", "list.csv", "no text"),
        (b'a,b\n1,"2\n', "list.csv", "can't be read"),
        (b"{", "list.json", "can't be read"),
        (b'["a"]', "list.json", "list of objects"),
        (b"[" * 100_000, "list.json", "can't be read"),
        (b'[{"a": {"b": {}}}]', "list.json", "holds objects"),
        (b'[{"a": NaN}]', "list.json", "NaN is no number"),
        (workbook(["a"], ["b"])[:900], "list.xlsx", "damaged, encrypted or no"),
    ],
)
def test_what_is_no_list_is_refused_in_a_sentence(
    content: bytes, name: str, why: str
) -> None:
    with pytest.raises(UnreadableListError, match=why) as caught:
        read_cells(content, name)
    assert "\n" not in str(caught.value)


def test_a_workbook_of_too_much_is_not_unpacked() -> None:
    with pytest.raises(
        UnreadableListError, match=r"list\.xlsx can't be read: the file swells"
    ):
        read_cells(crowded(), "list.xlsx")


def test_rows_have_a_bound() -> None:
    with pytest.raises(UnreadableListError, match="more than 100,000 rows"):
        read_cells(b"a\n" + b"1\n" * 100_001, "list.csv")
