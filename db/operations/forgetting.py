"""A store that takes nothing in again of people who were erased.

The worker asks Twilio for messages whose webhooks never came. Twilio still lists those
of an erased person, and nothing of ours knows them any more.
"""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import Engine

from db.operations.tombstones import hash_address
from db.postgres import PostgresChatStore
from db.records import InboundMessage, Receipt
from db.statements import outages

WAS_ERASED = """
SELECT 1 FROM erasures
WHERE address_hash = ANY (%(hashes)s) AND erased_at >= %(sent_at)s LIMIT 1
"""


class ForgettingChatStore(PostgresChatStore):
    """The store of reconciliation; `find_key` returns the erasure key, or None."""

    def __init__(
        self,
        engine: Engine,
        session_timeout: timedelta,
        find_key: Callable[[], bytes | None],
    ) -> None:
        super().__init__(engine, session_timeout)
        self._find_key = find_key

    def record_inbound(self, message: InboundMessage) -> Receipt:
        """Take a message in, unless its sender was erased after sending it."""
        if self._was_erased(message):
            return Receipt(chat_id=None)
        return super().record_inbound(message)

    def _was_erased(self, message: InboundMessage) -> bool:
        key = self._find_key()
        if key is None:
            return False
        addresses = filter(None, (message.address, message.other_address))
        known = {
            "hashes": [hash_address(key, address) for address in addresses],
            "sent_at": message.turn.timestamp,
        }
        with outages():
            return self._run.first(WAS_ERASED, known) is not None
