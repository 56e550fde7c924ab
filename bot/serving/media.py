"""What Twilio loads of ours: signed addresses alone, in small pieces, a few at once.

Webhooks come first: so few answers of this kind are under way at a time that threads
are left for them, and no piece holds a connection of the database while it travels.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from threading import BoundedSemaphore
from urllib.parse import quote

from flask import Blueprint, Response, request
from werkzeug.datastructures import Range
from werkzeug.exceptions import NotFound
from werkzeug.http import quote_etag

from bot.media.outgoing.addresses import MEDIA_PATH, MediaAddresses
from bot.media.outgoing.folder import MediaFolder
from bot.media.outgoing.kinds import KINDS, NotSendableError
from bot.media.outgoing.refs import FileRef, Ref, StoredRef, is_file_name
from db.database import Database
from db.errors import StoreUnavailableError
from db.media.sent import find_content, read_piece
from db.outages import repeat_once

PIECE_BYTES = 256 * 1024
RETRY_SECONDS = "5"
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


class MediaServing:
    """Serves what signed addresses name. `most`: so many are under way at once.

    `read_stored` reads bytes that are kept outside the database.
    """

    def __init__(
        self,
        addresses: MediaAddresses,
        database: Database,
        folder: MediaFolder | None = None,
        *,
        most: int = 2,
        read_stored: Callable[[str], bytes | None] = lambda _sha256: None,
    ) -> None:
        self._addresses = addresses
        self._database = database
        self._folder = folder
        self._read_stored = read_stored
        self._places = BoundedSemaphore(most)

    def blueprint(self) -> Blueprint:
        """Return the route: GET and HEAD. All that is wrong with it is one 404."""
        routes = Blueprint("media", __name__, url_prefix=MEDIA_PATH)
        routes.get("/<token>/<name>")(self.serve)
        routes.register_error_handler(StoreUnavailableError, _busy)
        return routes

    def serve(self, token: str, name: str) -> Response:
        """Return what a token names, whole or a piece of it; `name` is for phones."""
        ref = self._addresses.read(token)
        if ref is None or not is_file_name(name):
            raise NotFound
        if not self._places.acquire(blocking=False):
            return _busy()
        try:
            response = _answer(self._find(ref), name)
        except BaseException:
            self._places.release()
            raise
        response.call_on_close(self._places.release)
        return response

    def _find(self, ref: Ref) -> Served:
        if isinstance(ref, StoredRef):
            found = self._find_stored(ref)
        else:
            found = self._find_file(ref)
        if found is None:
            raise NotFound
        return found

    def _find_stored(self, ref: StoredRef) -> Served | None:
        kept = repeat_once(partial(find_content, self._database, ref.sha256))
        if kept is None or kept.media_type not in KINDS:
            return None
        if not kept.is_here:
            content = self._read_stored(ref.sha256)
            return _in_hand(content, kept.media_type, ref.sha256) if content else None

        def read(start: int, length: int) -> bytes:
            piece = partial(read_piece, self._database, ref.sha256, start, length)
            return repeat_once(piece)

        return Served(kept.media_type, kept.size, ref.sha256, read)

    def _find_file(self, ref: FileRef) -> Served | None:
        try:
            file = self._folder.find(ref.name) if self._folder else None
        except NotSendableError:
            return None
        if file is None:
            return None
        return _in_hand(file.content, file.kind.media_type, file.sha256)


def _in_hand(content: bytes, media_type: str, etag: str) -> Served:
    def read(start: int, length: int) -> bytes:
        return content[start : start + length]

    return Served(media_type, len(content), etag, read)


def _answer(found: Served, name: str) -> Response:
    etag = quote_etag(found.etag)
    headers = {**HEADERS, "ETag": etag, "Content-Disposition": _disposition(name)}
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


def _disposition(name: str) -> str:
    plain = "".join(c if c.isascii() and c not in '"\\%' else "_" for c in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _busy(_error: Exception | None = None) -> Response:
    """Say that it can be had in a moment."""
    headers = {"Retry-After": RETRY_SECONDS, "Cache-Control": "no-store"}
    return Response("busy\n", 503, headers, mimetype="text/plain")
