"""Which tools of a server an operator knows: what changed since waits for a yes."""

from collections.abc import Mapping, Set
from typing import Protocol


class Pins(Protocol):
    """Keeps what each tool of a server said of itself when it was approved.

    Safe to share between threads; it may wait for a database.
    """

    def known(self, server: str) -> Mapping[str, str]:
        """Return what its tools said of themselves when they were approved."""

    def look(self, server: str, offered: Mapping[str, str]) -> Set[str]:
        """Return which of the tools on offer are approved as they are.

        `offered` are definitions by the tools' names. The first ones that a server
        offers are approved; what is new or another later waits for an operator.
        """


class PinsAsTheyAre:
    """Pins that are looked at and never changed, for a command's own look.

    `approved` holds definitions by tool, by server. Of a server that nobody knows yet
    all is shown: its first list will be approved.
    """

    def __init__(self, approved: Mapping[str, Mapping[str, str]]) -> None:
        self._approved = approved

    def known(self, server: str) -> Mapping[str, str]:
        """Return what its tools said of themselves when they were approved."""
        return self._approved.get(server, {})

    def look(self, server: str, offered: Mapping[str, str]) -> Set[str]:
        """Return which of the tools on offer are approved as they are."""
        known = self._approved.get(server, offered)
        return {tool for tool, told in offered.items() if known.get(tool) == told}
