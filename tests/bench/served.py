"""What the bot is compared with, on gunicorn and workers as `bot web` sets them.

`python -m tests.bench.served bare` or `… naive`, with the environment of `bot web`.
"""

import sys

from flask import Flask
from gunicorn.app.base import BaseApplication

from bot.serving.patient_worker import PatientWorker
from bot.settings import Settings
from db.address import parse_url
from tests.bench.bare_view import create_bare_app
from tests.bench.naive_bot import create_naive_app


class OtherServer(BaseApplication):  # type: ignore[misc]
    """Runs another application on the workers of `bot web`."""

    def __init__(self, settings: Settings, name: str) -> None:
        self._settings = settings
        self._name = name
        super().__init__()

    def load_config(self) -> None:
        options = {
            "bind": f"127.0.0.1:{self._settings.port}",
            "worker_class": PatientWorker,
            "workers": self._settings.web_workers,
            "threads": self._settings.web_threads,
            "keepalive": 65,
            "control_socket_disable": True,
            "loglevel": "warning",
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        app = create_bare_app() if self._name == "bare" else self._naive()
        app.add_url_rule("/readyz", view_func=lambda: "ready")
        return app

    def _naive(self) -> Flask:
        url = parse_url(self._settings.database_url or "")
        return create_naive_app(url, self._settings.web_threads)


if __name__ == "__main__":
    OtherServer(Settings.from_env(), sys.argv[1]).run()
