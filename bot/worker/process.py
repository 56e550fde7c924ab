"""`bot worker`: takes jobs from the queue until it is told to stop."""

import asyncio
import logging
import os
import signal
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event

from procrastinate import App
from procrastinate.exceptions import ConnectorException
from prometheus_client import start_http_server
from psycopg import OperationalError

from bot.observability import configure_logging
from bot.settings import Settings, SettingsError
from bot.wiring import build_worker, with_database
from db import schema
from db.outages import reason_of

log = logging.getLogger(__name__)

GRACEFUL_SECONDS = 5.5
# A killed worker's jobs run again within silence + look, about 10 s.
HEARTBEAT_SECONDS = 2.0
SILENT_SECONDS = 7.0
LOOK_SECONDS = 2.0
# Finishing a job does not wake the next one of the same lock: polling does.
POLL_SECONDS = 0.5


def run(settings: Settings, warnings: Sequence[str] = ()) -> None:
    """Work until SIGTERM or SIGINT, then finish what is in hand within seconds.

    What is not finished by then is taken over by the next worker, as after a crash. The
    log begins with the warnings.
    Raises SettingsError; otherwise ends the process.
    """
    url = settings.worker_parts().database_url
    configure_logging(settings.log_level)
    for warning in warnings:
        log.warning("%s", warning)
    if fault := with_database(url, schema.require_current):
        log.warning("%s", fault)
    _serve_metrics(settings.worker_metrics_port)
    with asyncio.Runner() as runner:
        code = runner.run(_work(settings))
        logging.shutdown()
        # Threads that still wait for an LLM must not hold up the end.
        os._exit(code)


def _serve_metrics(port: int | None) -> None:
    if port is None:
        return
    try:
        start_http_server(port)
    except OSError as error:
        reason = f"is taken, or not for us ({error.strerror}): choose another port"
        raise SettingsError({"WORKER_METRICS_PORT": reason}) from None


async def _work(settings: Settings) -> int:
    """Return the exit code: 0 after a signal, 1 when the queue is lost."""
    stop_asked, stopping = asyncio.Event(), Event()
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(settings.worker_concurrency))
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop_asked.set)
    queue = build_worker(settings, stopping)
    try:
        async with asyncio.timeout(None) as patience, queue.open_async():
            taking = asyncio.create_task(_take_jobs(queue, settings.worker_concurrency))
            rescuing = asyncio.create_task(_rescue_jobs(queue))
            asked = asyncio.create_task(stop_asked.wait())
            log.info("the worker is ready")
            await asyncio.wait(
                {taking, rescuing, asked}, return_when=asyncio.FIRST_COMPLETED
            )
            if taking.done() and (lost := taking.exception()):
                log.error("the queue was lost: %s", reason_of(lost))
            patience.reschedule(loop.time() + GRACEFUL_SECONDS)
            stopping.set()
            rescuing.cancel()
            taking.cancel()
            await asyncio.wait({taking})
    except TimeoutError:
        log.warning("stopped with jobs in hand: the next worker takes them over")
    except (ConnectorException, OSError, OperationalError) as error:
        log.error("the queue can't be reached: %s", reason_of(error))  # noqa: TRY400
    return 0 if stop_asked.is_set() else 1


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
    """Give the jobs of workers that went silent back to the queue.

    Every worker looks, without a lock: giving a job back twice is refused, and a job
    that runs twice all the same finds its work done.
    """
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        try:
            stalled = await queue.job_manager.get_stalled_jobs(
                seconds_since_heartbeat=SILENT_SECONDS
            )
            for job in stalled:
                await queue.job_manager.retry_job(job)
                log.warning("took over a job", extra={"job_id": job.id})
        except ConnectorException as error:
            log.warning("could not look for stalled jobs: %s", reason_of(error))
