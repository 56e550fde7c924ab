"""A bot's database, a backup of it, and what comes after."""

from datetime import timedelta
from pathlib import Path

from db.backups.replacement import Replaced, go_back
from db.backups.restore import Outcome, restore
from db.beside.new_database import drop
from db.chats import PostgresChatStore
from db.database import Database
from db.outbox import PostgresOutbox
from db.privacy.erasure import erase_person
from db.records import Part
from tests.db.backups.kept import KEY, dump_of, order_of
from tests.db.parts import claim
from tests.db.sql import PATIENT, value


class Times:
    """A bot's database, a backup of it, and what comes after."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database, self.folder = database, folder
        self.pg = PostgresChatStore(database, timedelta(days=1))
        self.outbox = PostgresOutbox(database)
        self.dump = Path()
        self.said: list[str] = []

    def back_up(self) -> None:
        self.dump = dump_of(self.database, self.folder)

    def restore(self) -> Outcome:
        self.database.close()
        return restore(self.database, order_of(self.dump))

    def go_back(self) -> Replaced:
        self.database.close()
        order = order_of(self.dump)
        return go_back(self.database, order.graveyard, self.said.append)

    def lose_the_database(self) -> None:
        self.database.close()
        with self.database.maintenance(PATIENT) as beside:
            drop(beside, self.database.name)

    def accept(self, part: Part, sid: str) -> None:
        """Claim a part and have Twilio take it."""
        assert claim(self.outbox, part) is not None
        self.outbox.record_accepted(part.part_id, sid, "sent")

    def erase(self, address: str) -> None:
        mine = "SELECT user_id FROM users WHERE phone_number = %(address)s"
        user_id = value(self.database, mine, address=address)
        assert erase_person(self.database, user_id, KEY) is not None
