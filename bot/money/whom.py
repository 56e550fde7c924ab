"""For whom calls are made, as `bot.observability.bound` tells what logs are about."""

import contextvars
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Whom:
    """The user, chat and message that a call is for; None: nobody's."""

    user_id: UUID | None = None
    chat_id: str | None = None
    message_sid: str | None = None


NOBODY = Whom()
_whom: contextvars.ContextVar[Whom] = contextvars.ContextVar("whom", default=NOBODY)


@contextmanager
def spending_for(
    user_id: UUID, chat_id: str, message_sid: str | None = None
) -> Iterator[None]:
    """Have what calls cost inside be written down as spent for that person.

    `message_sid` is the last of the messages that are answered.
    """
    token = _whom.set(Whom(user_id, chat_id, message_sid))
    try:
        yield
    finally:
        _whom.reset(token)


def find_whom() -> Whom:
    """Return for whom this thread spends now."""
    return _whom.get()
