"""What runs on a schedule."""

from datetime import timedelta

import pytest

from bot.settings import Settings
from bot.upkeep import RETENTION, ages_of, register_upkeep
from db.queue.app import build_queue
from tests.db.sql import opened

URL = "postgresql://bot@127.0.0.1:9/nowhere"


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("DATABASE_URL", URL)
    monkeypatch.setenv("RETENTION_ARCHIVE_DAYS", "0")
    monkeypatch.setenv("RETENTION_RECORDS_DAYS", "8")
    return Settings.from_env()


def test_retention_runs_every_hour_one_at_a_time(settings: Settings) -> None:
    queue = build_queue(URL)
    with opened(URL) as database:
        register_upkeep(queue, settings, database, lambda: False)
    (scheduled,) = queue.periodic_registry.periodic_tasks.values()
    assert scheduled.task.name == RETENTION
    assert scheduled.cron == "17 * * * *"
    assert scheduled.task.lock == scheduled.task.queueing_lock == RETENTION


def test_a_database_that_is_away_is_left_to_the_next_hour(
    settings: Settings,
) -> None:
    queue = build_queue(URL)
    with opened(URL) as database:
        register_upkeep(queue, settings, database, lambda: False)
        queue.tasks[RETENTION](timestamp=0)


def test_the_settings_become_ages(settings: Settings) -> None:
    ages = ages_of(settings.upkeep)
    assert ages.close_idle == timedelta(days=30)
    assert ages.archive is None
    assert ages.drop_records == timedelta(days=8)
