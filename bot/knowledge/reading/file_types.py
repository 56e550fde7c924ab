"""What a file is: what its bytes say, then its name, then what it was sent as."""

import zipfile
from io import BytesIO
from pathlib import PurePath

from bot.knowledge.reading.nouns import UnreadableError

READABLE = "PDF, DOCX, XLSX, CSV, HTML, Markdown or text"
# A PDF may begin with some bytes of other origin.
# https://opensource.adobe.com/dc-acrobat-sdk-docs/pdfstandards/PDF32000_2008.pdf H.3
PDF_BEGINS_WITHIN = 1024
MARKUP_BEGINS_WITHIN = 2048
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PASSWORD_OF_OFFICE = "EncryptedPackage".encode("utf-16-le")
MEMBERS = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx"}
PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*", b"BM")
FOREIGN = (
    b"{\\rtf", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"\x7fELF", b"MZ", b"BZh",
    b"\xfd7zXZ", b"%!PS", b"ID3", b"OggS", b"SQLite",
)  # fmt: skip
EXTENSIONS = {
    ".csv": "csv", ".tsv": "csv", ".tab": "csv",
    ".htm": "html", ".html": "html", ".xhtml": "html",
    ".md": "markdown", ".markdown": "markdown", ".mdown": "markdown",
    ".txt": "text", ".text": "text", ".log": "text",
}  # fmt: skip
CONTENT_TYPES = {
    "text/csv": "csv",
    "text/tab-separated-values": "csv",
    "text/html": "html",
    "application/xhtml+xml": "html",
    "text/markdown": "markdown",
    "text/x-markdown": "markdown",
}
HTML_BEGINS = (b"<!doctype html", b"<html", b"<head", b"<body")


def find_type(content: bytes, name: str, content_type: str | None) -> str:
    """Return the file's type, as `Reading.file_type` names it.

    Raises UnreadableError for what is empty or none of ours.
    """
    if not content.strip(b"\0 \t\r\n"):
        raise UnreadableError(
            "the file is empty: look at it where it comes from, and add it again",
            "empty",
        )
    if is_pdf(content):
        return "pdf"
    if content.startswith(b"PK\x03\x04"):
        return _type_of_archive(content)
    _refuse_foreign(content)
    begin = content[:MARKUP_BEGINS_WITHIN].replace(b"\0", b"").lower()
    if any(mark in begin for mark in HTML_BEGINS[:2]):
        return "html"
    by_name = EXTENSIONS.get(PurePath(name.lower()).suffix)
    sent_as = (content_type or "").partition(";")[0].strip().lower()
    found = by_name or CONTENT_TYPES.get(sent_as, "text")
    is_markup = begin.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(HTML_BEGINS)
    return "html" if found == "text" and is_markup else found


def is_pdf(content: bytes) -> bool:
    """Tell whether the bytes are a PDF's."""
    return b"%PDF-" in content[:PDF_BEGINS_WITHIN]


def _type_of_archive(content: bytes) -> str:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError):
        raise UnreadableError(
            "the file is cut off or damaged: copy it again from where it comes from"
        ) from None
    for member, file_type in MEMBERS.items():
        if member in names:
            return file_type
    raise UnreadableError(
        f"this archive is no document that can be read: unpack it, or save it as "
        f"{READABLE}",
        "foreign",
    )


def _refuse_foreign(content: bytes) -> None:
    if content.startswith(OLE):
        if PASSWORD_OF_OFFICE in content:
            raise UnreadableError(
                "the file is protected by a password: save it without one, and add "
                "that file",
                "locked",
            )
        raise UnreadableError(
            "this is a file of an old Office (.doc, .xls, .ppt): save it as DOCX, XLSX "
            "or PDF, and add that file",
            "foreign",
        )
    if content.startswith(PICTURES) or content[8:12] in {b"WEBP", b"heic"}:
        raise UnreadableError(
            "this is a picture, and documents are read: put it into a PDF, or write "
            "down what it says as text",
            "foreign",
        )
    if content.startswith(FOREIGN):
        raise UnreadableError(
            f"this is no {READABLE}: save it as one of these", "foreign"
        )
