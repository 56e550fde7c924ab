"""What is due is looked for once a minute, and said in the user's language."""

from functools import partial

from bot.worker.acting.saying import register_saying, tell
from db.chats import PostgresChatStore
from db.database import Database
from db.memory.languages import remember_language
from db.queue.app import build_queue
from db.queue.jobs import SAY_SCHEDULED, UPKEEP
from db.support.saying import Saying
from tests.db.sql import rows, take_in
from tests.db.support.reminding import due, plan
from tests.db.support.takeovers import find_user
from tests.records import said

URL = "postgresql://bot@127.0.0.1:9/nowhere"
BODIES = "SELECT body FROM reply_parts"


def test_it_is_said_in_their_language_and_not_while_the_bot_is_paused(
    database: Database, pg: PostgresChatStore
) -> None:
    take_in(pg, said("Hola"))
    remember_language(database, find_user(database), "es")
    plan(database, "Pan\nfresco")
    due(database)
    for is_paused, bodies in ((True, []), (False, [("Su recordatorio: Pan fresco",)])):
        queue = build_queue(URL)
        register_saying(
            queue, database, Saying(told=tell), partial(bool, is_paused), lambda: False
        )
        (scheduled,) = queue.periodic_registry.periodic_tasks.values()
        assert (scheduled.task.name, scheduled.task.queue) == (SAY_SCHEDULED, UPKEEP)
        queue.tasks[SAY_SCHEDULED](timestamp=0)
        assert rows(database, BODIES) == bodies


def test_a_database_that_is_away_is_left_to_the_next_time() -> None:
    queue = build_queue(URL)
    nowhere = Database(URL)
    register_saying(queue, nowhere, Saying(told=tell), lambda: False, lambda: False)
    queue.tasks[SAY_SCHEDULED](timestamp=0)
