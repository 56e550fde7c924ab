"""What runs on a schedule."""

from datetime import timedelta

import pytest

from bot.settings import Settings
from bot.worker.scheduled import RETENTION, register_retention
from db.database import Database
from db.queue.app import build_queue

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
    register_retention(queue, Database(URL), settings.ages, lambda: False)
    (scheduled,) = queue.periodic_registry.periodic_tasks.values()
    assert scheduled.task.name == RETENTION
    assert scheduled.cron == "17 * * * *"
    assert scheduled.task.lock == scheduled.task.queueing_lock == RETENTION


def test_a_database_that_is_away_is_left_to_the_next_hour(settings: Settings) -> None:
    queue = build_queue(URL)
    register_retention(queue, Database(URL), settings.ages, lambda: False)
    queue.tasks[RETENTION](timestamp=0)


def test_the_settings_hold_the_ages(settings: Settings) -> None:
    assert settings.ages.close_idle == timedelta(days=30)
    assert settings.ages.archive is None
    assert settings.ages.drop_records == timedelta(days=8)
