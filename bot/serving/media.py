"""What Twilio loads of ours: signed addresses alone, in small pieces, a few at once.

Webhooks come first: so few answers of this kind are under way at a time that threads
are left for them, and no piece holds a connection of the database while it travels.
"""

from collections.abc import Callable
from functools import partial
from threading import BoundedSemaphore

from flask import Blueprint, Response
from werkzeug.exceptions import NotFound

from bot.media.outgoing.addresses import MEDIA_PATH, MediaAddresses
from bot.media.outgoing.folder import MediaFolder
from bot.media.outgoing.kinds import KINDS, NotSendableError
from bot.media.outgoing.refs import FileRef, Ref, StoredRef, is_file_name
from bot.serving.ranges import Served, answer, in_hand
from db.database import Database
from db.errors import StoreUnavailableError
from db.media.sent import find_content, read_piece
from db.outages import repeat_once

RETRY_SECONDS = "5"
# Bytes that are kept outside the database, by their sha256; None: they are gone.
ReadStored = Callable[[str], bytes | None]


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
        read_stored: ReadStored,
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
            response = answer(self._find(ref), name)
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
        found = find_stored(self._database, ref.sha256, self._read_stored)
        return found if found and found.media_type in KINDS else None

    def _find_file(self, ref: FileRef) -> Served | None:
        try:
            file = self._folder.find(ref.name) if self._folder else None
        except NotSendableError:
            return None
        if file is None:
            return None
        return in_hand(file.content, file.kind.media_type, file.sha256)


def find_stored(
    database: Database, sha256: str, read_stored: ReadStored
) -> Served | None:
    """Return kept bytes as what is served; None: they are not kept any more.

    Raises StoreUnavailableError, also while a piece is read.
    """
    kept = repeat_once(partial(find_content, database, sha256))
    if kept is None:
        return None
    if not kept.is_here:
        content = read_stored(sha256)
        return in_hand(content, kept.media_type, sha256) if content else None

    def read(start: int, length: int) -> bytes:
        return repeat_once(partial(read_piece, database, sha256, start, length))

    return Served(kept.media_type, kept.size, sha256, read)


def _busy(_error: Exception | None = None) -> Response:
    """Say that it can be had in a moment."""
    headers = {"Retry-After": RETRY_SECONDS, "Cache-Control": "no-store"}
    return Response("busy\n", 503, headers, mimetype="text/plain")
