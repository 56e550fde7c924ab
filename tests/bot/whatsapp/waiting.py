"""A desk that holds what comes too late, and lets time pass."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid5

from db.records import (
    DeliveryStatus,
    Fallback,
    Holding,
    Owner,
    PartContent,
    PersonReply,
)
from db.support.owners import change_owner
from db.support.replies import record_person_reply
from tests.bot.whatsapp.desk import Desk
from tests.bot.whatsapp.scripted_twilio import ScriptedTwilio
from tests.db.sql import change, take_in
from tests.records import ANA, answer_to, said

ENGLISH, GERMAN = f"HX{1:032}", f"HX{2:032}"
WAITS, WARTET = "Something waits.", "Etwas wartet."
HOLDING = Holding(
    fallbacks={"en": Fallback(ENGLISH, WAITS), "de": Fallback(GERMAN, WARTET)},
    lasts=timedelta(days=7),
)
CHATS_AGO = """
UPDATE userchats SET messages = (
  SELECT jsonb_agg(said || jsonb_build_object('timestamp',
    message_time(said ->> 'timestamp') - %(ago)s) ORDER BY number)
  FROM jsonb_array_elements(messages) WITH ORDINALITY AS turn (said, number))
"""
PARTS_AGO = """
UPDATE reply_parts SET created_at = created_at - %(ago)s, heard_at = heard_at - %(ago)s,
  held_at = held_at - %(ago)s, claimed_at = claimed_at - %(ago)s
"""
BUSY = (429, {"code": 20429, "message": "Busy", "status": 429})
PAUSED = (400, {"code": 63041, "message": "Paused", "status": 400})


class WaitingDesk(Desk):
    """A desk that holds what comes too late."""

    def passes_by(self, **ago: float) -> None:
        """Let so much time pass, for all that is stored."""
        for statement in CHATS_AGO, PARTS_AGO:
            change(self.database, statement, ago=timedelta(**ago))

    def writes(self, text: str = "hm?") -> None:
        """Ana writes, and a worker begins with it."""
        take_in(self.pg, said(text, ANA))
        self.sender.release_held(self.user_id)

    def hears(self, text: str) -> None:
        """Ana writes; no worker has begun with it."""
        take_in(self.pg, said(text, ANA))

    def answers_late(
        self, *contents: str, hours: float = 25, sends: bool = True
    ) -> None:
        """Ana asked long ago, and is answered now; nobody `sends` that yet, or one."""
        message = said("a question", ANA)
        chat_id = take_in(self.pg, message)
        self.passes_by(hours=hours)
        heard_at = datetime.now(UTC) - timedelta(hours=hours)
        reply = replace(answer_to(message, parts=contents), heard_at=heard_at)
        assert self.pg.record_reply(chat_id, reply)
        if sends:
            self.sends_now()

    def says(self, *parts: PartContent, number: int = 1) -> bool:
        """An operator replies, whose chat it is; tell whether that waits."""
        reply = PersonReply(
            user_id=self.user_id,
            reference_id=uuid5(self.user_id, str(number)),
            text="It is ready.",
            parts=parts,
            may_wait=True,
        )
        with self.database.transaction() as connection:
            return record_person_reply(connection, reply).waits

    def belongs_to(self, owner: Owner) -> None:
        with self.database.transaction() as connection:
            change_owner(connection, self.user_id, owner, operator=None, why="by hand")

    def fails(self, sid: str, code: int) -> None:
        """Twilio took a message, and calls back that it failed."""
        told = DeliveryStatus(message_sid=sid, status="failed", error_code=code)
        assert self.outbox.record_delivery_status(told)


def sent(twilio: ScriptedTwilio) -> list[str]:
    """What went out: texts, and the SIDs of templates."""
    return [(form.get("Body") or form["ContentSid"])[0] for form in twilio.forms]
