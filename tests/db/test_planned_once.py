"""What goes by keys is planned once: for few rows, if there were few by then."""

import secrets
from datetime import timedelta
from uuid import UUID

from db.chats import PostgresChatStore
from db.outbox import PostgresOutbox
from db.pool import Limits
from tests.db.parts import claim, told
from tests.db.reading import Reading
from tests.db.sql import change, load, opened, take_in
from tests.db.test_reading_little import FEW, MANY, OTHERS_PARTS, YOUNG_CHATS
from tests.records import ANA, BEN, answer_to, said

TABLES = ("users", "userchats", "reply_parts", "inbound_messages")


def test_an_answer_is_made_as_planned_for_few_people_though_many_came_since(
    database_url: str, session_timeout: timedelta
) -> None:
    limits = Limits(connections=1, statement_seconds=60, plans_once=True)
    with opened(database_url, limits) as talking:
        store = PostgresChatStore(talking, session_timeout)
        outbox = PostgresOutbox(talking, aside=lambda: None)
        for address in (ANA, BEN):
            answer(store, outbox, address)
        change(talking, YOUNG_CHATS, many=10 * MANY)
        change(talking, OTHERS_PARTS, many=10 * MANY, address=BEN)
        readings = {table: Reading(talking, table) for table in TABLES}
        answer(store, outbox, ANA)
        read = {table: reading.pages for table, reading in readings.items()}
        assert {table: pages for table, pages in read.items() if pages >= FEW} == {}


def answer(store: PostgresChatStore, outbox: PostgresOutbox, to: str) -> None:
    """Do all that is stored for a message and its answer, until it was read."""
    message = said("Are you open?", to)
    chat = load(store, take_in(store, message))
    reply = answer_to(message, parts=("We are.",))
    assert store.record_reply(chat.chat_id, reply)
    (part,) = outbox.find_parts(UUID(reply.turn.reference_id))
    assert claim(outbox, part)
    sid = f"SM{secrets.token_hex(16)}"
    assert outbox.record_accepted(part.part_id, sid, "queued").is_stored
    assert outbox.record_delivery_status(told(sid, "read", part))
