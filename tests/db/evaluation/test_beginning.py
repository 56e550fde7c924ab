"""A replay that is written down: all of it, however long its answers take to load."""

import time
from collections.abc import Iterator
from dataclasses import replace
from uuid import uuid4

from bot.evaluation.cases.talks import Line, situation_of
from db.chats import PostgresChatStore
from db.database import Database
from db.evaluation.replays import Asked, Replays
from db.records.evaluation import Situation
from tests.db.sql import load, take_in, value
from tests.records import said

# A connection that is idle in a transaction for longer is ended by the server.
IDLE_SECONDS = 10


def test_what_loads_slowly_is_written_down(
    database: Database, pg: PostgresChatStore
) -> None:
    ana = load(pg, take_in(pg, said("Hi"))).user_id
    made = situation_of("one", [Line(is_user=True, text="Hi")], said="Hello")
    one = replace(made, chat=replace(made.chat, user_id=ana))

    def slowly() -> Iterator[Situation]:
        yield replace(one, reference_id=str(uuid4()))
        time.sleep(IDLE_SECONDS + 1)
        yield replace(one, reference_id=str(uuid4()))

    Replays(database).begin(Asked(asked_for="two", knowledge="now"), slowly())
    assert value(database, "SELECT count(*) FROM replay_answers") == 2
