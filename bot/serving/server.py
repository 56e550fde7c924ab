"""gunicorn around an application: its processes, threads and waits."""

import atexit
import gc
import logging
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from bot.serving.metrics_folder import make_folder
from bot.serving.patient_worker import PatientWorker
from bot.settings import Settings

log = logging.getLogger(__name__)

GRACEFUL_SECONDS = 5
# A worker that hangs this long is replaced; the longest request is an inline answer.
STUCK_SECONDS = 30
CONNECTIONS_A_THREAD = 32
CONSOLE_THREADS = 8


@dataclass(frozen=True, slots=True)
class Place:
    """Where an application listens, and in how many processes and threads."""

    host: str
    port: int
    workers: int
    threads: int

    @property
    def address(self) -> str:
        """Host and port in one."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


class WebServer(BaseApplication):  # type: ignore[misc]
    """Runs an application in each of its worker processes."""

    def __init__(
        self,
        settings: Settings,
        place: Place,
        build: Callable[[Settings], Flask],
        warnings: Sequence[str],
    ) -> None:
        self._warnings = warnings
        self._settings = settings
        self._place = place
        self._build = build
        super().__init__()

    def load_config(self) -> None:
        """Set what would stand in gunicorn's configuration file."""
        options: dict[str, Any] = {
            "bind": self._place.address,
            "worker_class": PatientWorker,
            "preload_app": True,  # its memory is shared
            "workers": self._place.workers,
            "threads": self._place.threads,
            "worker_connections": CONNECTIONS_A_THREAD * self._place.threads,
            "timeout": STUCK_SECONDS,
            "graceful_timeout": GRACEFUL_SECONDS,
            "keepalive": 65,
            # The one in C would be taken wherever it is installed, and refuses other
            # requests: tests/hostile shows what this one does.
            "http_parser": "python",
            # Nothing depends on these headers, so nobody may say anything with them.
            "forwarded_allow_ips": "",
            "secure_scheme_headers": {},
            "forwarder_headers": "",
            "control_socket_disable": True,
            "loglevel": "warning",
            "pre_fork": _share_memory,
            "child_exit": _forget_metrics,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Begin the log, and build the application: once, before any fork."""
        from bot.observability import configure_logging  # noqa: PLC0415  (see serve)

        configure_logging(self._settings.log_level)
        for warning in self._warnings:
            log.warning("%s", warning)
        return self._build(self._settings)


def place_of_web(settings: Settings, host: str | None = None) -> Place:
    """Return where webhooks are taken; `host` instead of WEB_HOST."""
    return Place(
        host=host or settings.web_host,
        port=settings.port,
        # What is kept in memory is kept once.
        workers=1 if settings.in_memory else settings.web_workers,
        threads=settings.web_threads,
    )


def place_of_console(settings: Settings, host: str | None = None) -> Place:
    """Return where the console is served; `host` instead of CONSOLE_HOST."""
    return Place(
        host=host or settings.console_host,
        port=settings.console_port,
        workers=1,  # for some dozens of operators
        threads=CONSOLE_THREADS,
    )


def serve(
    settings: Settings,
    place: Place,
    build: Callable[[Settings], Flask],
    warnings: Sequence[str] = (),
) -> None:
    """Serve what `build` makes in several worker processes, until SIGTERM.

    The log begins with the warnings. What is built must hold no thread and no
    connection yet: the worker processes are forked from it.
    """
    # prometheus_client looks for the folder when it is imported: before the forks.
    folder, _lock = make_folder()  # locked as long as one of our processes lives
    atexit.register(_remove, folder, os.getpid())
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    WebServer(settings, place, build, warnings).run()


def _remove(folder: Path, owner: int) -> None:
    if os.getpid() == owner:  # not in a forked worker process
        shutil.rmtree(folder, ignore_errors=True)


def _share_memory(_server: object, _worker: object) -> None:
    """Keep the collector off what is there before a fork: it would copy every page."""
    gc.freeze()


def _forget_metrics(_server: object, worker: Any) -> None:
    from prometheus_client import multiprocess  # noqa: PLC0415

    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]
