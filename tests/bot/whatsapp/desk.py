"""One user's replies, and a sender of them, for tests."""

import threading
from datetime import timedelta
from functools import partial
from uuid import UUID

from bot.media.outgoing.addresses import MediaAddresses
from bot.media.outgoing.folder import MediaFolder
from bot.whatsapp.account import TwilioAccount
from bot.whatsapp.media.sent import SentMedia
from bot.whatsapp.sending import Sender
from bot.whatsapp.twilio import TwilioClient
from db.chats import PostgresChatStore
from db.database import Database
from db.media.sent import find_content
from db.outbox import PostgresOutbox
from db.records import Holding, PartContent
from tests.db.parts import replied
from tests.db.sql import change, rows, value


class Desk:
    """One user's replies, and a sender of them."""

    def __init__(
        self,
        database: Database,
        origin: str,
        folder: MediaFolder | None = None,
        holding: Holding | None = None,
    ) -> None:
        self.database, self.origin = database, origin
        self.pg = PostgresChatStore(database, timedelta(days=1))
        self.outbox = PostgresOutbox(database, holding)
        twilio = TwilioAccount(
            account_sid="AC" + "0" * 32,
            auth_tokens=("token",),
            whatsapp_number="whatsapp:+14155238886",
            api_base_url=origin,
        )
        address = "https://bot.example"
        addresses = MediaAddresses(twilio.auth_tokens, address)
        media = SentMedia(addresses, partial(find_content, database), folder)
        client = TwilioClient(twilio, address, media)
        self.sender = Sender(self.outbox, client, threading.Event())

    def stores(self, *contents: str | PartContent) -> None:
        replied(self.pg, self.outbox, *contents)

    @property
    def user_id(self) -> UUID:
        found: UUID = value(self.database, "SELECT user_id FROM users")
        return found

    def sends_now(self) -> int:
        """Send as an answer does; return how many jobs it leaves."""
        change(self.database, "DELETE FROM procrastinate_jobs")
        self.sender.send_now(self.user_id)
        query = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'send_parts'"
        return int(value(self.database, query))

    def sends_later(self) -> None:
        """Send as the job does."""
        self.sender.send_parts(self.user_id)

    def passes(self, seconds: float) -> None:
        """Have all of it happened longer ago."""
        earlier = """
            UPDATE reply_parts
            SET claimed_at = claimed_at - make_interval(secs => %(seconds)s)
        """
        change(self.database, earlier, seconds=seconds)

    @property
    def statuses(self) -> list[str]:
        query = "SELECT status FROM reply_parts ORDER BY sequence"
        return [str(status) for (status,) in rows(self.database, query)]
