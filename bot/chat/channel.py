"""The way to a user, as far as a talk takes part in it."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from uuid import UUID

from db.records import Reply


def _no_typing(
    _message_sid: str, _is_wanted: Callable[[], bool]
) -> AbstractContextManager[None]:
    return nullcontext()


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """The way to the user, as far as a talk takes part in it.

    `with_parts` formats a reply's text as the channel shows it and splits it into the
    parts that are stored and sent: a talk knows no format and no greatest length.
    `typing` shows the user, for a message's SID, that an answer is being made, while
    that is wanted. `send` sends what is stored for a user, before the next answer takes
    its time; what is stored last is the caller's to send.
    """

    with_parts: Callable[[Reply], Reply]
    typing: Callable[[str, Callable[[], bool]], AbstractContextManager[None]] = (
        _no_typing
    )
    send: Callable[[UUID], None] = lambda _user_id: None
