"""Runs the simulator as a process of its own."""

import socket
from dataclasses import replace
from types import FrameType
from typing import NoReturn

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.workers.gthread import ThreadWorker

from bot.simulator.app import create_simulator
from bot.simulator.config import SimulatorConfig

HOST = "127.0.0.1"
STOP_SECONDS = 2


class PortTakenError(OSError):
    """Something else listens on the port."""


def serve(config: SimulatorConfig, port: int, threads: int = 48) -> NoReturn:
    """Run the simulator on 127.0.0.1:`port` until SIGTERM or SIGINT, then exit.

    A chat page holds a thread while it is open, a message while the bot answers.
    Raises PortTakenError at the start, SystemExit at the end.
    """
    _require_free(port)
    origin = config.public_url or f"http://{HOST}:{port}"
    _SimulatorServer(replace(config, public_url=origin), port, threads).run()
    raise SystemExit(0)


class _SimulatorWorker(ThreadWorker):  # type: ignore[misc]
    """Ends what waits inside the application first: streams, hangs, retries."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop gracefully, on SIGTERM."""
        self.wsgi.extensions["switchboard"].close()
        super().handle_exit(sig, frame)


class _SimulatorServer(BaseApplication):  # type: ignore[misc]
    """gunicorn with one worker process, because the state is in its memory."""

    def __init__(self, config: SimulatorConfig, port: int, threads: int) -> None:
        self._config = config
        self._settings: dict[str, object] = {
            "bind": f"{HOST}:{port}",
            "workers": 1,
            "worker_class": _SimulatorWorker,
            "threads": threads,
            "timeout": 60,
            "graceful_timeout": STOP_SECONDS,
            "loglevel": "warning",
            "control_socket_disable": True,
        }
        super().__init__()

    def load_config(self) -> None:
        """Tell gunicorn the settings above; its files and variables don't count."""
        for name, value in self._settings.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Build the application, in the worker process."""
        return create_simulator(self._config)


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            raise PortTakenError(
                f"Port {port} is taken: stop what listens there, "
                "or give the simulator another port."
            ) from None
