"""What is passed on beside words: had first, outside any transaction, and checked.

Nobody looks at what comes while a person has the chat, nor at what operators send: so
it is fetched here, by whoever passes it on.
"""

import logging
import time
from collections.abc import Callable, Sequence
from uuid import UUID

from bot.media.fetching import NotYetFetchedError
from bot.media.outgoing.kinds import NotSendableError, check_kept
from bot.media.outgoing.refs import StoredRef
from db.records import PartContent, SeenMedia, Turn

log = logging.getLogger(__name__)

# For all that is passed on at once; what is here already needs a moment alone.
SECONDS, LEAST_SECONDS = 20.0, 0.1
# Of one message; Twilio tells of ten at most.
MOST_THINGS = 10
LONGEST_CAPTION = 1000
# Has what a message brought fetched and kept, within seconds; returns what is known of
# it, kept or not. Raises NotYetFetchedError where it may come another time.
FetchNow = Callable[[UUID, Turn, float], Sequence[SeenMedia]]


def fetch_nothing(_user_id: UUID, _turn: Turn, _seconds: float) -> list[SeenMedia]:
    """Stand where nothing can be fetched."""
    return []


def fetch_all(
    fetch: FetchNow, user_id: UUID, turns: Sequence[Turn], seconds: float = SECONDS
) -> tuple[dict[tuple[str, int], SeenMedia], bool]:
    """Return what is known of what turns brought, and whether some of it may yet come.

    Takes about so many seconds, however many there are. Raises StoreUnavailableError.
    """
    deadline = time.monotonic() + seconds
    seen: dict[tuple[str, int], SeenMedia] = {}
    is_late = False
    for turn in turns:
        if not turn.media or turn.message_sid is None:
            continue
        try:
            left = max(deadline - time.monotonic(), LEAST_SECONDS)
            found = fetch(user_id, turn, left)
        except NotYetFetchedError as error:
            log.info("something to pass on is not there yet: %s", error)
            is_late = True
            continue
        seen.update({(one.message_sid, one.position): one for one in found})
    return seen, is_late


def pass_on(seen: Sequence[SeenMedia], caption: str = "") -> list[PartContent]:
    """Return the messages that things are passed on as: those that WhatsApp takes.

    The caption stands under the first one that can have it: a sound has none.
    """
    parts: list[PartContent] = []
    for one in seen[:MOST_THINGS]:
        if not is_sendable(one):
            continue
        has_caption = not one.media_type.startswith("audio/")
        body, caption = (caption, "") if has_caption else ("", caption)
        media = StoredRef(one.sha256 or "").called(one.file_name or "")
        parts.append(PartContent(body, media=media))
    return parts


def is_sendable(seen: SeenMedia) -> bool:
    """Tell whether its bytes are here, and WhatsApp takes them."""
    if seen.sha256 is None or seen.size is None:
        return False
    try:
        check_kept(seen.media_type, seen.size)
    except NotSendableError as error:
        log.info("something is not passed on: %s", error)
        return False
    return True
