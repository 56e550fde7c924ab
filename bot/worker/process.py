"""`bot worker`: takes jobs from the queue until it is told to stop."""

import asyncio
import logging
import os
import signal
from collections.abc import Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

from procrastinate import App
from procrastinate.exceptions import ConnectorException
from psycopg import OperationalError

from bot.observability import configure_logging
from bot.processors import keep_to_one_processor
from bot.settings import Settings, SettingsError
from bot.wiring.broadcasts.sending import BROADCASTS_AT_ONCE
from bot.wiring.knowledge import DOCUMENTS_AT_ONCE
from bot.wiring.looks import with_database
from bot.wiring.memory import SUMMARIES_AT_ONCE
from bot.wiring.worker import build_worker
from bot.worker.metrics import MetricsServer
from db import schema
from db.errors import OperatorError
from db.outages import reason_of
from db.queue.outage import Outage
from db.queue.own_jobs import HEARTBEAT_SECONDS, SILENT_SECONDS, OwnJobs

log = logging.getLogger(__name__)

GRACEFUL_SECONDS = 5.5
LOOK_SECONDS = 2.0
# Where all others wait for an LLM, the database's host must still be looked up.
SPARE_THREADS = 4
# Finishing a job does not wake the next one of the same lock: polling does.
POLL_SECONDS = 0.5
# Between two looks for a database that is away at the start.
FIRST_PAUSE_SECONDS = 0.25
LONGEST_PAUSE_SECONDS = 2.0


def run(settings: Settings, warnings: Sequence[str] = ()) -> None:
    """Work until SIGTERM or SIGINT, then finish what is in hand within seconds.

    What is not finished by then is taken over by the next worker, as after a crash. The
    log begins with the warnings.
    Raises SettingsError, and OperatorError where the database is at another migration;
    otherwise ends the process.
    """
    settings.worker_parts()
    configure_logging(settings.log_level)
    for warning in warnings:
        log.warning("%s", warning)
    _serve_metrics(settings)
    with asyncio.Runner() as runner:
        code = runner.run(_work(settings))
        logging.shutdown()
        # Threads that still wait for an LLM must not hold up the end.
        os._exit(code)


def _serve_metrics(settings: Settings) -> None:
    port = settings.worker_metrics_port
    if port is None:
        return
    try:
        MetricsServer(settings.metrics_host, port, settings.metrics_token).start()
    except OSError as error:
        reason = f"is taken, or not for us ({error.strerror}): choose another port, "
        reason += "or look at METRICS_HOST"
        raise SettingsError({"WORKER_METRICS_PORT": reason}) from None


async def _work(settings: Settings) -> int:
    """Return the exit code: 0 after a signal, 1 when the queue can't be worked on."""
    stop_asked, stopping = asyncio.Event(), Event()
    loop = asyncio.get_running_loop()
    at_once = settings.worker_concurrency + DOCUMENTS_AT_ONCE + SUMMARIES_AT_ONCE
    at_once += BROADCASTS_AT_ONCE
    threads = at_once + SPARE_THREADS
    loop.set_default_executor(ThreadPoolExecutor(threads))
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop_asked.set)
    url = settings.worker_parts().database_url
    queue = build_worker(settings, stopping)
    keep_to_one_processor()  # what tools have started by now stays free
    working = asyncio.create_task(_work_on(queue, url, at_once))
    asked = asyncio.create_task(stop_asked.wait())
    await asyncio.wait({working, asked}, return_when=asyncio.FIRST_COMPLETED)
    stopping.set()
    working.cancel()
    await asyncio.wait({working}, timeout=GRACEFUL_SECONDS)
    if not working.done():
        log.warning("stopped with jobs in hand: the next worker takes them over")
    elif not working.cancelled() and (lost := working.exception()):
        if isinstance(lost, OperatorError):
            raise lost
        log.error("the queue can't be worked on: %s", reason_of(lost))
    return 0 if stop_asked.is_set() else 1


async def _work_on(queue: App, url: str, concurrency: int) -> None:
    """Take jobs until cancelled, whatever becomes of the connections meanwhile."""
    await _open(queue, url)
    log.info("the worker is ready")
    try:
        await _first_to_end(_take_jobs(queue, concurrency), _rescue_jobs(queue))
    finally:
        await queue.close_async()


async def _open(queue: App, url: str) -> None:
    while True:
        await _wait_for_database(url)
        try:
            await queue.open_async()
        except (ConnectorException, OperationalError):  # gone again, just now
            await queue.close_async()
        else:
            return


async def _wait_for_database(url: str) -> None:
    """Return when the database is there. Raises OperatorError at another migration."""
    outage, pause = Outage(), FIRST_PAUSE_SECONDS
    while fault := await asyncio.to_thread(with_database, url, schema.require_current):
        outage.note(fault)
        await asyncio.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
    outage.end()


async def _first_to_end(*calls: Coroutine[Any, Any, None]) -> None:
    """Make calls until one of them ends or fails; the others are cancelled then."""
    tasks = [asyncio.create_task(call) for call in calls]
    try:
        ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in ended:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


async def _take_jobs(queue: App, concurrency: int) -> None:
    await queue.run_worker_async(
        concurrency=concurrency,
        fetch_job_polling_interval=POLL_SECONDS,
        update_heartbeat_interval=HEARTBEAT_SECONDS,
        stalled_worker_timeout=SILENT_SECONDS,
        delete_jobs="successful",
        install_signal_handlers=False,
    )


async def _rescue_jobs(queue: App) -> None:
    """Look now and then for jobs that nobody works on any more."""
    while isinstance(jobs := queue.job_manager, OwnJobs):
        await asyncio.sleep(LOOK_SECONDS)
        await jobs.rescue()
