"""One message after another through all that happens to it, call by call."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID

from procrastinate.sql import queries

from db.chats import PostgresChatStore
from db.delivery.window import SERVICE_WINDOW
from db.outbox import PostgresOutbox
from db.queue.own_jobs import FINISH
from db.queue.reach import Reach
from db.queue.taking import TAKE, TAKE_NEWER
from db.records import DeliveryStatus, InboundMessage
from tests.bench.scale_data import Size
from tests.bench.scale_watch import WatchedDatabase
from tests.bench.webhooks import SMALL_TALK, address_of, new_sid
from tests.records import answer_to, said

# The chats of the data are days old, and go on.
LONG = timedelta(days=10_000)
STRIDE = 7_919
PATIENCE = timedelta(seconds=30)
PARTS = ("We open at nine.", "On Saturdays at ten.")


class Talk:
    """Messages of people all over the table, on one of the databases.

    With `reach` jobs are looked for as a worker does that has looked before; without,
    each time from the oldest on.
    """

    def __init__(
        self, database: WatchedDatabase, size: Size, reach: Reach | None = None
    ) -> None:
        self._database = database
        self._reach = reach
        self._store = PostgresChatStore(database, LONG)
        self._outbox = PostgresOutbox(database)
        self._people = (n * STRIDE % size.active for n in count(1))
        self._newcomers = count(size.users)
        self._worker = database.scalar(queries["register_worker"])

    def go_on(self) -> None:
        """Take one message all the way; beside it a new chat and a new person begin."""
        user = address_of(next(self._people))
        self.converse(user)
        with self._doing("ack, a new chat"):
            self._store.record_inbound(said(SMALL_TALK, user, opens_chat=True))
        self._work_off()
        with self._doing("ack, a new person"):
            newcomer = address_of(next(self._newcomers))
            self._store.record_inbound(said(SMALL_TALK, newcomer))
        self._work_off()

    def converse(self, user: str) -> None:
        """Take in a message, answer it in two parts, and have them delivered."""
        message = said(SMALL_TALK, user)
        with self._doing("ack"):
            chat_id = self._store.record_inbound(message).chat_id
        assert chat_id is not None
        job = self._fetch()
        user_id = self._answer(chat_id, message)
        self._send(user_id, early=False)
        self._send(user_id, early=True)
        self._finish(job)
        with self._doing("queue_sends"):
            self._outbox.queue_sends(user_id)
        self._work_off()

    def _answer(self, chat_id: str, message: InboundMessage) -> UUID:
        with self._doing("load_chat"):
            chat = self._store.load_chat(chat_id)
        assert chat is not None
        with self._doing("record_reply"):
            assert self._store.record_reply(chat_id, answer_to(message, parts=PARTS))
        return chat.user_id

    def _send(self, user_id: UUID, *, early: bool) -> None:
        """Send a part; `early`: Twilio tells of it before it has answered."""
        with self._doing("claim_next"):
            claim = self._outbox.claim_next(user_id, PATIENCE, SERVICE_WINDOW)
        assert claim is not None
        sid, part_id = new_sid(), claim.part.part_id
        told = DeliveryStatus(message_sid=sid, status="sent", part_id=part_id)
        if early:
            with self._doing("status by part"):
                assert self._outbox.record_delivery_status(told)
            return
        with self._doing("record_accepted"):
            self._outbox.record_accepted(part_id, sid, "accepted")
        with self._doing("status by SID"):
            assert self._outbox.record_delivery_status(told)

    def _work_off(self) -> None:
        """Take a job and end it, so that as many wait as before."""
        self._finish(self._fetch())

    def _fetch(self) -> Any:
        wanted = {"queues": None, "worker_id": self._worker}
        if self._reach:
            return self._fetch_within(self._reach, wanted)
        with self._doing("fetch_job"):
            return self._database.first(queries["fetch_job"], wanted)

    def _fetch_within(self, reach: Reach, wanted: dict[str, Any]) -> Any:
        since, began = reach.since(), time.monotonic()
        asked = {**wanted, "most": 1, "named": [], "since": since}
        with self._doing("fetch_job"):
            statement = TAKE if since is None else TAKE_NEWER
            job = self._database.first(statement, asked)
        reach.note(since, [job], None, time.monotonic() - began)
        return job

    def _finish(self, job: Any) -> None:
        how = {"status": "succeeded", "delete_job": True, "job_id": job.id}
        how |= {"attempts": job.attempts, "worker_id": job.worker_id}
        with self._doing("finish_job"):
            assert self._database.count(FINISH, how)

    @contextmanager
    def _doing(self, name: str) -> Iterator[None]:
        with self._database.doing(name):
            yield
