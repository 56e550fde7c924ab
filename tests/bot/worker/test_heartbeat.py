"""The worker's sign of life: given by looking for jobs, and by nothing else."""

import asyncio
from pathlib import Path

import pytest
from procrastinate.exceptions import ConnectorException

from bot.worker.heartbeat import Heartbeat
from db.errors import OperatorError
from db.queue.app import build_queue
from tests.db.sql import opened


def test_it_beats_with_each_look_and_stops_with_the_database(
    database_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "heartbeat"
    file.touch()
    queue = build_queue(database_url, connections=1, looked=Heartbeat(file).beat)
    assert not file.exists()  # what an earlier worker left says nothing of this one

    async def look() -> None:
        async with queue.open_async():
            worker_id = await queue.job_manager.register_worker()
            assert await queue.job_manager.fetch_job(None, worker_id) is None
            assert file.exists()
            file.unlink()
            with opened(database_url) as database:
                database.count("DROP SCHEMA procrastinate CASCADE")
            with pytest.raises(ConnectorException):
                await queue.job_manager.fetch_job(None, worker_id)

    asyncio.run(look())
    assert not file.exists()


def test_a_folder_that_is_not_there_is_told_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="WORKER_HEARTBEAT_FILE can't be written"):
        Heartbeat(tmp_path / "none" / "heartbeat")


def test_a_file_that_can_not_be_written_any_more_ends_nothing(tmp_path: Path) -> None:
    heartbeat = Heartbeat(tmp_path / "heartbeat")
    (tmp_path / "heartbeat").symlink_to(tmp_path / "none" / "heartbeat")
    heartbeat.beat()
    heartbeat.beat()
