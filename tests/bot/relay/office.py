"""Customers who wait, operators with phones, and what each of them reads.

office.ana.asks("Where is my order?")
olga.reads() == ["🔔 #1 Ana waits for a person: …"]
olga.writes("It is on its way.", quoting=olga.last)
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Event
from typing import Any
from uuid import UUID

from bot.chat.answering import Answering
from bot.chat.channel import Channel
from bot.chat.talk import Talk
from bot.media.fetching import FetchedFile, NotFetchedError, NotYetFetchedError
from bot.media.looking import Looking
from bot.relay.account import AlertRoads
from bot.relay.alerts import Alerts
from bot.relay.desk import Desk
from bot.relay.fetching import Fetching
from db.chats import PostgresChatStore
from db.database import Database
from db.media.contents import MediaContents
from db.media.looked import MediaRows
from db.media.seen import find_seen
from db.records import InboundMessage
from tests.bot.chat.conversation import PACE, ScriptedThoughts, as_one_part
from tests.bot.chat.transcripts import POLICY
from tests.db import sql
from tests.records import answer_to, said

MEDIA_SENT = """
SELECT part.media FROM reply_parts AS part
WHERE user_id = %(user_id)s AND media IS NOT NULL ORDER BY sequence
"""
SENT_SINCE = """
SELECT body, message_sid, sequence FROM reply_parts
WHERE user_id = %(user_id)s AND sequence > %(read)s ORDER BY sequence
"""
DELIVER = """
UPDATE reply_parts SET status = 'delivered', message_sid = 'SM' || md5(part_id::text)
WHERE user_id = %(user_id)s AND status = 'pending'
"""


@dataclass(slots=True)
class Person:
    """Somebody with WhatsApp. `last` is the SID of what they read last."""

    office: "Office"
    address: str
    user_id: UUID = field(init=False)
    last: str = ""
    _read: int = 0

    def says(
        self, text: str, *, quoting: str = "", minutes: float = 0, **known: Any
    ) -> InboundMessage:
        """Write a message, `minutes` ago; the bot answers it."""
        media = known.pop("media", ())
        beside = {"OriginalRepliedMessageSid": quoting} if quoting else {}
        beside |= known.pop("beside", {})
        message = said(text, self.address, **known)
        sent_at = datetime.now(UTC) - timedelta(minutes=minutes)
        turn = replace(message.turn, beside=beside, timestamp=sent_at)
        message = replace(message, turn=replace(turn, media=media))
        self.office.take_in(message)
        return message

    def reads(self) -> list[str]:
        """Return what came since the last time."""
        about = {"user_id": self.user_id}
        sql.change(self.office.database, DELIVER, **about)
        found = sql.rows(self.office.database, SENT_SINCE, **about, read=self._read)
        if found:
            self.last, self._read = found[-1][1:]
        return [body for body, *_ in found]

    def gets(self) -> list[list[str]]:
        """Return the media of all messages that came with some."""
        found = sql.rows(self.office.database, MEDIA_SENT, user_id=self.user_id)
        return [media for (media,) in found]


@dataclass(slots=True)
class ScriptedFiles:
    """Gives files as Twilio does, by their address; what it has not, it has not yet."""

    files: dict[str, bytes | None] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def fetch(self, _message_sid: str, url: str, _seconds: float) -> FetchedFile:
        self.asked.append(url)
        if url not in self.files:
            raise NotYetFetchedError("404")
        content = self.files[url]
        if content is None:
            raise NotFetchedError("too large", is_too_large=True)
        return FetchedFile(content, url.rpartition("/")[2])


class Office:
    """The bot's store and talk, and the jobs that tell operators."""

    def __init__(self, database: Database, roads: AlertRoads | None = None) -> None:
        self.database = database
        self.store = PostgresChatStore(database, timedelta(days=1))
        self.thoughts = ScriptedThoughts("I am the bot.")
        self.twilio = ScriptedFiles()
        rows = MediaRows(database, MediaContents(database))
        looking = Looking(fetch=self.twilio.fetch, rows=rows)
        fetch = Fetching(looking, partial(find_seen, database)).fetch_now
        self.alerts = Alerts(database, roads or AlertRoads(), fetch)
        self.desk = Desk(database, timedelta(hours=8), fetch)
        self.talk = Talk(
            store=self.store,
            answering=Answering(self.thoughts, POLICY),
            channel=Channel(with_parts=as_one_part),
            pace=PACE,
            stopping=Event(),
            relay=self.desk.take,
        )

    def customer(self, name: str, number: int, text: str = "Hello") -> Person:
        """Return somebody who wrote before."""
        person = Person(self, f"whatsapp:+1555300{number:04d}")
        message = said(text, person.address, profile_name=name)
        chat_id = sql.take_in(self.store, message)
        assert self.store.record_reply(chat_id, answer_to(message, parts=()))
        query = "SELECT customer_id FROM userchats WHERE chat_id = %(chat_id)s"
        person.user_id = sql.value(self.database, query, chat_id=chat_id)
        return person

    def operator(self, name: str, number: int, role: str = "supporter") -> Person:
        """Return an operator who wrote to the bot just now."""
        person = self.customer(name, number)
        statement = "UPDATE users SET role = %(role)s WHERE user_id = %(user_id)s"
        sql.change(self.database, statement, role=role, user_id=person.user_id)
        return person

    def queue(self, person: Person, why: str = "asked") -> None:
        """Put somebody into the queue, as a reply that hands over does."""
        self.change_owner(person, "queue", why=why)

    def change_owner(
        self, person: Person, owner: str, by: Person | None = None, why: str = "by hand"
    ) -> None:
        statement = "SELECT change_owner(%(user_id)s, %(owner)s, %(by)s, %(why)s, NULL)"
        known = {"user_id": person.user_id, "owner": owner, "why": why}
        sql.value(self.database, statement, by=by and by.user_id, **known)

    def tell(self, person: Person) -> int:
        """Run the job that tells operators of somebody."""
        return self.alerts.tell(person.user_id)

    def take_in(self, message: InboundMessage) -> None:
        """Take a message in, and do the job that it brings."""
        self.talk.answer(sql.take_in(self.store, message))

    def owner_of(self, person: Person) -> str:
        query = "SELECT owner FROM users WHERE user_id = %(user_id)s"
        return str(sql.value(self.database, query, user_id=person.user_id))

    def ticket_of(self, person: Person) -> int:
        query = "SELECT max(id) FROM support_tickets WHERE user_id = %(user_id)s"
        return int(sql.value(self.database, query, user_id=person.user_id))

    def pass_seconds(self, seconds: float) -> None:
        """Have all alerts be that much older."""
        statement = """
            UPDATE support_alerts
            SET created_at = created_at - %(seconds)s * interval '1 second'
        """
        sql.change(self.database, statement, seconds=seconds)
