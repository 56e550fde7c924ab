"""Operators who take chats over while the bot is about to speak, reply, give back."""

import re
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self
from uuid import UUID, uuid4

from db.database import Database
from db.pool import Limits
from db.records import PartContent, PersonReply
from db.support.owners import Owners
from db.support.replies import record_person_reply
from tests.chaos.events import CutOff, Event, PersonSaid, Silenced, Taken
from tests.chaos.schedule import Planned, dice_for

AT_ONCE = 16
LIMITS = Limits(connections=AT_ONCE, statement_seconds=30, pool_seconds=30)
# From when a message is sent on: the LLM works. Every other takeover waits until the
# answer is stored, for some seconds at most, and comes while its parts are sent.
AIM = (0.0, 3.0)
AIM_AT_PARTS = (0.0, 0.5)
STORED_SECONDS = 8.0
LOOK_SECONDS = 0.01
# Those at the end would see no message that comes after them.
WITHIN = 0.7
HOLD = (0.2, 3.0)
MOST_REPLIES = 3
REPEATED = 0.3
LASTS = timedelta(hours=1)
TOKEN = re.compile(r"\[u\d+-m\d+-[0-9a-f]{4}\]")
FIND = "SELECT user_id FROM users WHERE phone_number = %(user)s"
TAKEN_AT = "SELECT taken_at FROM users WHERE user_id = %(user_id)s"
HAS_PARTS = """
SELECT EXISTS (SELECT FROM reply_parts
               WHERE user_id = %(user_id)s AND unsettled AND author = 'bot')
"""
CUT_OFF = """
SELECT count(*) FROM reply_parts WHERE status = 'canceled' AND author = 'bot'
"""
SILENCED = """
SELECT asked.turn ->> 'content' FROM userchats
CROSS JOIN LATERAL jsonb_array_elements(messages) AS asked (turn)
CROSS JOIN LATERAL jsonb_array_elements(messages) AS other (turn)
WHERE asked.turn ->> 'role' = 'user'
  AND other.turn -> 'in_reply_to' ? (asked.turn ->> 'message_sid')
  AND (other.turn ->> 'role' = 'system' OR other.turn ? 'author' OR EXISTS (
    SELECT FROM reply_parts WHERE status = 'canceled' AND author = 'bot'
      AND reference_id = (other.turn ->> 'reference_id')::uuid))
"""


@dataclass(frozen=True, slots=True)
class PlannedTakeover:
    """A takeover `due` seconds after the start, held for so long.

    With `after_parts` it comes so long after the first part that is to be sent then.
    """

    number: int
    due: float
    after_parts: float | None
    user: str
    hold: float
    replies: int
    repeats: bool


def plan_takeovers(seed: int, plan: Sequence[Planned]) -> list[PlannedTakeover]:
    """Aim once at each user, at a message of theirs that is not among the last."""
    dice = dice_for(seed, "takeovers")
    ends = WITHIN * max(message.due for message in plan)
    by_user: defaultdict[str, list[Planned]] = defaultdict(list)
    for message in plan:
        if message.due <= ends:
            by_user[message.user].append(message)
    found = [
        PlannedTakeover(
            number,
            dice.choice(messages).due + dice.uniform(*AIM),
            dice.uniform(*AIM_AT_PARTS) if number % 2 else None,
            user,
            dice.uniform(*HOLD),
            dice.randrange(MOST_REPLIES + 1),
            dice.random() < REPEATED,
        )
        for number, (user, messages) in enumerate(sorted(by_user.items()))
    ]
    return sorted(found, key=lambda takeover: takeover.due)


class Operators:
    """Take over as planned, in the background; a context manager that waits for them.

    They work in this very process, as the console does, and it is never killed.
    """

    def __init__(self, database_url: str, plan: Sequence[PlannedTakeover]) -> None:
        self.events: list[Event] = []
        self._plan = plan
        self._database = Database(database_url, LIMITS)
        self._owners = Owners(self._database)
        self._stopping = threading.Event()
        self._pool = ThreadPoolExecutor(AT_ONCE)
        self._thread = threading.Thread(target=self._run)
        self._begun: list[Future[None]] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Take over nothing new; wait for those under way, and raise what they did."""
        self._stopping.set()
        self._thread.join()
        self._pool.shutdown()
        for begun in self._begun:
            begun.result()

    def find_silenced(self) -> list[Event]:
        """Return which messages got no answer of the bot's, or one that was cut."""
        if not self._plan:
            return []
        texts, cut_off = self._database.column(SILENCED), self._database.scalar(CUT_OFF)
        self._database.close()
        now = time.time()
        silenced = [Silenced(t, now) for text in texts for t in TOKEN.findall(text)]
        return [*silenced, CutOff(cut_off, now)]

    def _run(self) -> None:
        began = time.monotonic()
        for takeover in self._plan:
            left = takeover.due - (time.monotonic() - began)
            if left > 0 and self._stopping.wait(left):
                return
            self._begun.append(self._pool.submit(self._take, takeover))

    def _take(self, takeover: PlannedTakeover) -> None:
        user_id: UUID | None = self._database.scalar(FIND, {"user": takeover.user})
        if user_id is None:
            return  # their first message was not taken in yet
        if takeover.after_parts is not None:
            self._await_parts(user_id)
            self._stopping.wait(takeover.after_parts)
        found = self._owners.take(user_id, None, LASTS)
        returned = time.time()
        assert found is not None
        assert not found.under_way, "a send of the bot's had no end"
        at: datetime = self._database.scalar(TAKEN_AT, {"user_id": user_id})
        for number in range(takeover.replies):
            self._stopping.wait(takeover.hold / (takeover.replies + 1))
            self._say(takeover, user_id, number)
        self._stopping.wait(takeover.hold / (takeover.replies + 1))
        given = time.time()
        self._owners.give(user_id, None)
        self.events.append(Taken(takeover.user, at.timestamp(), returned, given))

    def _await_parts(self, user_id: UUID) -> None:
        ends = time.monotonic() + STORED_SECONDS
        while not self._database.scalar(HAS_PARTS, {"user_id": user_id}):
            if time.monotonic() > ends or self._stopping.wait(LOOK_SECONDS):
                return

    def _say(self, takeover: PlannedTakeover, user_id: UUID, number: int) -> None:
        token = f"[p{takeover.number:03d}-{number}]"
        text = f"{token} A person is here."
        reply = PersonReply(
            user_id=user_id,
            reference_id=uuid4(),
            text=text,
            parts=(PartContent(text),),
            lasts=LASTS,
        )
        for _ in range(2 if takeover.repeats else 1):
            with self._database.transaction() as connection:
                record_person_reply(connection, reply)
        self.events.append(PersonSaid(takeover.user, token, time.time()))
