"""gunicorn around an application: its processes, threads and waits."""

import atexit
import gc
import logging
import os
import shutil
from collections.abc import Callable, Sequence
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


class WebServer(BaseApplication):  # type: ignore[misc]
    """Runs an application in each of its worker processes."""

    def __init__(
        self,
        settings: Settings,
        host: str,
        build: Callable[[Settings], Flask],
        warnings: Sequence[str],
    ) -> None:
        self._warnings = warnings
        self._settings = settings
        self._host = host
        self._build = build
        super().__init__()

    def load_config(self) -> None:
        """Set what would stand in gunicorn's configuration file."""
        # What is kept in memory is kept once.
        options: dict[str, Any] = {
            "bind": f"{self._host}:{self._settings.port}",
            "worker_class": PatientWorker,
            "workers": 1 if self._settings.in_memory else self._settings.web_workers,
            "threads": self._settings.web_threads,
            "worker_connections": CONNECTIONS_A_THREAD * self._settings.web_threads,
            "timeout": STUCK_SECONDS,
            "graceful_timeout": GRACEFUL_SECONDS,
            "keepalive": 65,
            # Nothing depends on these headers, so nobody may say anything with them.
            "forwarded_allow_ips": "",
            "secure_scheme_headers": {},
            "forwarder_headers": "",
            "control_socket_disable": True,
            "loglevel": "warning",
            "on_starting": self._begin_the_log,
            "pre_fork": _share_memory,
            "child_exit": _forget_metrics,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def _begin_the_log(self, _server: object) -> None:
        from bot.observability import configure_logging  # noqa: PLC0415  (see serve)

        configure_logging(self._settings.log_level)
        for warning in self._warnings:
            log.warning("%s", warning)

    def load(self) -> Flask:
        """Build the application, in each worker process."""
        from bot.observability import configure_logging  # noqa: PLC0415  (see serve)

        configure_logging(self._settings.log_level)
        return self._build(self._settings)


def serve(
    settings: Settings,
    host: str,
    build: Callable[[Settings], Flask],
    warnings: Sequence[str] = (),
) -> None:
    """Serve what `build` makes in each worker process, until SIGTERM.

    The log begins with the warnings.
    """
    # prometheus_client looks for the folder when it is imported: before the forks.
    folder, _lock = make_folder()  # locked as long as one of our processes lives
    atexit.register(_remove, folder, os.getpid())
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    WebServer(settings, host, build, warnings).run()


def _remove(folder: Path, owner: int) -> None:
    if os.getpid() == owner:  # not in a forked worker process
        shutil.rmtree(folder, ignore_errors=True)


def _share_memory(_server: object, _worker: object) -> None:
    """Keep the collector off what is there before a fork: it would copy every page."""
    gc.freeze()


def _forget_metrics(_server: object, worker: Any) -> None:
    from prometheus_client import multiprocess  # noqa: PLC0415

    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]
