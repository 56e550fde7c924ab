"""Bytes as an answer over HTTP: whole or a piece of them, in pieces, and harmless."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from urllib.parse import quote

from flask import Response, request
from werkzeug.datastructures import Range
from werkzeug.http import quote_etag

PIECE_BYTES = 256 * 1024
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, max-age=300",
    "Accept-Ranges": "bytes",
}
# start and length to bytes: fewer than asked for are the end of them.
Read = Callable[[int, int], bytes]


@dataclass(frozen=True, slots=True)
class Served:
    """What an address names: its type, size, and how its pieces are read."""

    media_type: str
    size: int
    etag: str
    read: Read = field(repr=False)

    def as_type(self, media_type: str) -> "Served":
        """Return the same, told as another type."""
        return replace(self, media_type=media_type)


def in_hand(content: bytes, media_type: str, etag: str) -> Served:
    """Return bytes that are in memory as what is served."""

    def read(start: int, length: int) -> bytes:
        return content[start : start + length]

    return Served(media_type, len(content), etag, read)


def answer(found: Served, name: str, *, is_shown: bool = False) -> Response:
    """Return the answer to the request at hand: 200, 206, 304 or 416.

    `name` is what it is saved as; unless it `is_shown`, it is not opened at once.
    """
    etag = quote_etag(found.etag)
    headers = {
        **HEADERS,
        "ETag": etag,
        "Content-Disposition": _disposition(name, is_shown),
    }
    if found.etag in request.if_none_match:
        return Response(status=304, headers=headers)
    span = _find_span(found)
    if span is None:
        headers["Content-Range"] = f"bytes */{found.size}"
        return Response(status=416, headers=headers)
    start, end = span
    is_piece = (start, end) != (0, found.size)
    if is_piece:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{found.size}"
    headers["Content-Length"] = str(end - start)
    pieces = () if request.method == "HEAD" else _pieces(found.read, start, end)
    status, kind = 206 if is_piece else 200, found.media_type
    return Response(pieces, status, headers, content_type=kind)


def _find_span(found: Served) -> tuple[int, int] | None:
    """Return the first byte that is asked for, and the one after the last.

    None: there are no such bytes. Several pieces at once, or what can't be read, is
    answered with the whole, as HTTP has it.
    """
    whole = (0, found.size)
    asked = request.range
    if asked is None or not _is_still(found):
        return whole
    if asked.units != "bytes" or len(asked.ranges) != 1:
        return whole
    return Range("bytes", asked.ranges).range_for_length(found.size)


def _is_still(found: Served) -> bool:
    """Tell whether who asks for a piece means what is here now (If-Range)."""
    told = request.if_range
    if told is None or (told.etag is None and told.date is None):
        return True
    return told.etag == found.etag


def _pieces(read: Read, start: int, end: int) -> Iterator[bytes]:
    while start < end:
        piece = read(start, min(PIECE_BYTES, end - start))
        if not piece:
            return  # gone meanwhile: the connection ends before the bytes do
        start += len(piece)
        yield piece


def _disposition(name: str, is_shown: bool) -> str:
    plain = "".join(c if c.isascii() and c not in '"\\%' else "_" for c in name)
    how = "inline" if is_shown else "attachment"
    return f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
