"""What runs on a schedule."""

from datetime import timedelta

import pytest

from bot.settings import Settings
from bot.whatsapp.outcomes import DeliveryError, Outcome
from bot.worker.scheduled import (
    RETENTION,
    LookBack,
    register_ends,
    register_retention,
    register_sweep,
)
from db.database import Database
from db.errors import StoreUnavailableError
from db.queue.app import build_queue
from db.queue.jobs import END_TAKEOVERS, SWEEP_FILES, UPKEEP
from db.support.ends import Ending

URL = "postgresql://bot@127.0.0.1:9/nowhere"


@pytest.fixture
def settings() -> Settings:
    return Settings.from_env(
        {
            "DATABASE_URL": URL,
            "RETENTION_ARCHIVE_DAYS": "0",
            "RETENTION_RECORDS_DAYS": "8",
        }
    )


def test_retention_runs_every_hour_one_at_a_time(settings: Settings) -> None:
    queue = build_queue(URL)
    register_retention(
        queue, Database(URL), settings.ages, lambda: False, held_for=None
    )
    (scheduled,) = queue.periodic_registry.periodic_tasks.values()
    assert scheduled.task.name == RETENTION
    assert scheduled.cron == "17 * * * *"
    assert scheduled.task.lock == scheduled.task.queueing_lock == RETENTION


def test_a_database_that_is_away_is_left_to_the_next_hour(settings: Settings) -> None:
    queue = build_queue(URL)
    register_retention(
        queue, Database(URL), settings.ages, lambda: False, held_for=None
    )
    queue.tasks[RETENTION](timestamp=0)


def test_takeovers_are_looked_at_every_minute_and_later_where_that_fails() -> None:
    queue = build_queue(URL)
    register_ends(queue, Database(URL), Ending(), lambda: False)
    (scheduled,) = queue.periodic_registry.periodic_tasks.values()
    assert (scheduled.task.name, scheduled.cron) == (END_TAKEOVERS, "* * * * *")
    assert scheduled.task.queue == UPKEEP
    queue.tasks[END_TAKEOVERS](timestamp=0)


@pytest.mark.parametrize("error", [OSError("full"), StoreUnavailableError("away")])
def test_files_are_swept_hourly_and_later_where_that_fails(error: Exception) -> None:
    queue, swept = build_queue(URL), []

    def sweep() -> int:
        swept.append(1)
        raise error

    register_sweep(queue, sweep)
    (scheduled,) = queue.periodic_registry.periodic_tasks.values()
    assert (scheduled.task.name, scheduled.cron) == (SWEEP_FILES, "43 * * * *")
    queue.tasks[SWEEP_FILES](timestamp=0)
    assert swept == [1]


def test_the_settings_hold_the_ages(settings: Settings) -> None:
    assert settings.ages.close_idle == timedelta(days=30)
    assert settings.ages.archive is None
    assert settings.ages.drop_records == timedelta(days=8)


class Looking:
    """A look for lost messages: how far back it went, and whether it failed."""

    def __init__(self) -> None:
        self.now = 0.0
        self.is_busy = False
        self.back: list[timedelta] = []
        self._look_back = LookBack(lambda: self.now)

    def after(self, minutes: float) -> timedelta:
        self.now += 60 * minutes
        self._look_back.look(self._run)
        return self.back[-1]

    def _run(self, lookback: timedelta, _settle: timedelta) -> None:
        self.back.append(lookback)
        self.now += 60  # it takes a while
        if self.is_busy:
            raise DeliveryError(Outcome.SAFE, "Twilio said 429")


def test_after_the_first_look_only_what_is_new_is_looked_at() -> None:
    looking = Looking()
    assert looking.after(0) == timedelta(hours=24)
    assert looking.after(5) == timedelta(minutes=26)
    assert looking.after(5) == timedelta(minutes=26)


def test_a_first_look_that_failed_is_done_again() -> None:
    looking = Looking()
    looking.is_busy = True
    assert looking.after(0) == looking.after(5) == timedelta(hours=24)


def test_what_no_look_reached_is_looked_at_as_soon_as_one_can() -> None:
    looking = Looking()
    looking.after(0)
    looking.is_busy = True
    looking.after(59)
    looking.after(59)
    looking.is_busy = False
    assert looking.after(59) == timedelta(hours=3, minutes=20)
    assert looking.after(9) == timedelta(minutes=30)
    assert looking.after(9999) == timedelta(hours=24)
