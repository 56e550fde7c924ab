"""How things that messages brought are fetched, whoever fetches them."""

from collections.abc import Callable

from bot.knowledge.taking_in.lessons import FetchedFile, NotYetError


class NotFetchedError(Exception):
    """It can't be had, now or later: the text says why, for operators.

    `is_too_large`: it has more bytes than WhatsApp allows.
    """

    def __init__(self, reason: str, *, is_too_large: bool = False) -> None:
        super().__init__(reason)
        self.is_too_large = is_too_large


class NotYetFetchedError(NotYetError):
    """It could not be fetched this time. The text is for the log."""


# Fetches what lies at an address, of a message with that MessageSid, within seconds.
# Raises NotFetchedError and NotYetFetchedError.
Fetch = Callable[[str, str, float], FetchedFile]

__all__ = ["Fetch", "FetchedFile", "NotFetchedError", "NotYetFetchedError"]
