"""What runs beside the talk: retention, and what workers look for all the time."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from procrastinate.sql import queries

from bot.worker.scheduled import BOUNDS
from db.delivery.answered import AnswersOfLate
from db.outbox import PostgresOutbox
from db.privacy.ages import Ages
from db.privacy.retention import run_retention
from db.queue.jobs import REACHABLE
from tests.bench.scale_watch import WatchedDatabase

DAY = timedelta(days=1)
# As they are by default.
AGES = Ages(
    close_idle=30 * DAY,
    archive=90 * DAY,
    delete_archived=730 * DAY,
    drop_system_messages=30 * DAY,
    drop_records=30 * DAY,
    drop_media=90 * DAY,
)
HOUR = timedelta(hours=1)
NOBODY = UUID(int=0)
WHOLE = {"id": None, "queue_name": None, "task_name": None, "lock": None}
# What a worker asks procrastinate every few seconds.
ASKED: dict[str, tuple[str, Mapping[str, Any] | None]] = {
    "jobs of silent workers": (
        queries["select_stalled_jobs_by_heartbeat"],
        {"queue": None, "task_name": None, "seconds_since_heartbeat": 7},
    ),
    "jobs in hand": (
        queries["list_jobs"],
        {**WHOLE, "queueing_lock": None, "status": "doing", "worker_id": 1},
    ),
    "jobs to abort": (queries["list_jobs_to_abort"], {"queue_name": None}),
    "readyz": (REACHABLE, None),
}
TIMES = 5


def keep_up(database: WatchedDatabase) -> None:
    """Do an hour's upkeep once, and ask the rest some times."""
    retention = run_retention(database, AGES, bounds=BOUNDS)
    while True:
        with database.doing("retention"):
            purged = next(retention, None)
        if purged is None:
            break
        database.calls[purged.name] = database.calls.pop("retention")
    for _ in range(TIMES):
        for name, (statement, parameters) in ASKED.items():
            with database.doing(name):
                database.rows(statement, parameters)
        with database.doing("our addresses"):
            PostgresOutbox(database).find_our_addresses()
        with database.doing("answers of late"):
            late = AnswersOfLate(database)
            late.to_person(NOBODY, (), HOUR)
            late.to_all((), HOUR, 3000, "hour")
