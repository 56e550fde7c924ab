"""The bytes behind what a page shows: from us, never by Twilio's address."""

from uuid import UUID

from flask import Blueprint, Response
from werkzeug.exceptions import NotFound

from bot.console.chat.media.shown import SHOWN
from bot.console.operators import operator
from bot.console.parts import console
from bot.console.permissions import May, needs
from bot.media.outgoing.kinds import KINDS
from bot.media.outgoing.refs import StoredRef, read_ref, safe_name, with_names
from bot.serving.media import find_stored
from bot.serving.ranges import answer
from db.media.shown import find_came, find_sent
from db.outages import outages

UNKNOWN = "application/octet-stream"
LONGEST_SID = 34


def add_to(routes: Blueprint) -> None:
    """Add the views."""
    routes.get("/came/<sid>/<int:position>")(came)
    routes.get("/sent/<uuid:reference_id>/<int:position>")(sent)


@needs(May.SEE_CHATS)
def came(user_id: UUID, sid: str, position: int) -> Response:
    """Return what a message of theirs brought."""
    if len(sid) > LONGEST_SID or position > 100:
        raise NotFound
    past = operator().may(May.SEE_PAST)
    with outages(), console().database.transaction() as connection:
        found = find_came(connection, user_id, sid, position, past=past)
    if found is None:
        raise NotFound("It is not kept, or not to be seen by your role.")
    return _serve(found.sha256, found.media_type, found.name)


@needs(May.SEE_CHATS)
def sent(user_id: UUID, reference_id: UUID, position: int) -> Response:
    """Return what was sent to them."""
    past = operator().may(May.SEE_PAST)
    with outages(), console().database.transaction() as connection:
        media = find_sent(connection, user_id, reference_id, position, past=past)
    for one, name in with_names(media):
        if isinstance(ref := read_ref(one), StoredRef):
            return _serve(ref.sha256, "", name)
    raise NotFound("It is not kept, or not to be seen by your role.")


def _serve(sha256: str, media_type: str, name: str) -> Response:
    """Serve bytes as what they are; what a browser could run is a file to save."""
    found = find_stored(console().database, sha256, console().contents.read)
    if found is None:
        raise NotFound("It is no longer kept.")
    kind = media_type or found.media_type
    is_shown = kind in SHOWN
    known = KINDS.get(kind)
    safe = known.named(name) if known else safe_name(name)
    served = found.as_type(kind if is_shown or known else UNKNOWN)
    return answer(served, safe, is_shown=is_shown)
