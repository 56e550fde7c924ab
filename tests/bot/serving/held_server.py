"""A server on the bot's gunicorn worker whose view waits for as long as a test wants.

`python -m tests.bot.serving.held_server PORT THREADS FILE FILES`: GET /held waits for
FILE; so many FILES may be open at most; GET /broken closes what the worker's threads
wait on (Linux only).
"""

import os
import resource
import sys
import time
from pathlib import Path

from flask import Flask
from gunicorn.app.base import BaseApplication

from bot.serving.patient_worker import PatientWorker


class HeldServer(BaseApplication):  # type: ignore[misc]
    """One worker process."""

    def __init__(self, port: str, threads: str, file: str) -> None:
        self._port, self._threads, self._file = port, threads, Path(file)
        super().__init__()

    def load_config(self) -> None:
        options = {
            "bind": f"127.0.0.1:{self._port}",
            "worker_class": PatientWorker,
            "threads": int(self._threads),
            "keepalive": 65,
            "graceful_timeout": 5,
            "control_socket_disable": True,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        app = Flask("held")
        app.add_url_rule("/", view_func=lambda: "here")
        app.add_url_rule("/held", view_func=self._wait)
        app.add_url_rule("/broken", view_func=_break)
        return app

    def _wait(self) -> str:
        while not self._file.exists():
            time.sleep(0.02)
        return "held"


def _break() -> str:
    # The loop of gunicorn's has one of its own, made later.
    os.close(
        min(int(fd.name) for fd in Path("/proc/self/fd").iterdir() if _is_poll(fd))
    )
    return "broken"


def _is_poll(descriptor: Path) -> bool:
    try:
        return "eventpoll" in str(descriptor.readlink())
    except FileNotFoundError:  # that of the folder itself
        return False


if __name__ == "__main__":
    *about, files = sys.argv[1:]
    resource.setrlimit(resource.RLIMIT_NOFILE, (int(files), int(files)))
    HeldServer(*about).run()
