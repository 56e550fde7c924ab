"""The simulator: its web application, and a process of its own to run it."""

import hmac
import socket
import time
from dataclasses import replace
from types import FrameType
from typing import NoReturn

from flask import Flask, Response, jsonify, render_template, request
from gunicorn.app.base import BaseApplication
from gunicorn.workers.gthread import ThreadWorker
from werkzeug.exceptions import NotFound

from bot.simulator.content.routes import content, orders
from bot.simulator.faults import TwilioError, fault_orders, with_faults
from bot.simulator.phone.routes import phone
from bot.simulator.phone.writing import MOST_FILE_BYTES
from bot.simulator.records import SimulatorConfig
from bot.simulator.rest import rest
from bot.simulator.switchboard import Switchboard, switchboard

HOST = "127.0.0.1"
STOP_SECONDS = 2
LOCAL_NAMES = frozenset({"127.0.0.1", "localhost"})
OWN_SITES = frozenset({"same-origin", "none"})  # none: typed, or no browser
ROOM_FOR_THE_FORM = 2**20


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


def create_simulator(config: SimulatorConfig) -> Flask:
    """Build the application; its state is one process's own, so run one of it."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = MOST_FILE_BYTES + ROOM_FOR_THE_FORM
    app.config["MAX_FORM_MEMORY_SIZE"] = ROOM_FOR_THE_FORM
    board = Switchboard(config)
    app.extensions.update(switchboard=board, faults=board.faults, shelf=board.shelf)
    app.before_request(_refuse_strangers)
    app.after_request(_restrict_the_page)
    app.register_blueprint(rest)
    app.register_blueprint(phone)
    app.register_blueprint(fault_orders)
    app.register_blueprint(content)
    app.register_blueprint(orders)
    app.register_error_handler(TwilioError, _refuse)
    app.register_error_handler(NotFound, _not_found)
    app.add_url_rule("/", view_func=show_chat_page)
    app.add_url_rule("/healthz", view_func=tell_health)
    app.add_url_rule("/store/<media_sid>", view_func=give_media)
    return app


def show_chat_page() -> str:
    """Show the phone in the browser."""
    return render_template("chat.html", config=switchboard().config)


def tell_health() -> Response:
    """Say that the process answers; touches nothing."""
    return jsonify({"status": "ok"})


@with_faults("media")
def give_media(media_sid: str) -> Response:
    """Give the bytes of a media to who has its signed address, while it is good."""
    board, query = switchboard(), request.args
    ends = query.get("Expires", 0, type=int)
    signed = board.config.store_path(media_sid, ends)
    asked = f"{request.path}?{request.query_string.decode('latin-1')}"
    if ends < time.time() or not hmac.compare_digest(asked.encode(), signed.encode()):
        return Response("The address is not good, or no more.", 403)
    content = board.mailbox.content(media_sid)
    if content is None:
        return Response("This file is gone: only the newest are kept.", 404)
    return Response(content.data, content_type=content.content_type)


def _refuse_strangers() -> tuple[Response, int] | None:
    """Keep pages from elsewhere, or names that lead here, off the phone."""
    if request.host.partition(":")[0] not in LOCAL_NAMES:
        return _forbidden("The simulator answers to 127.0.0.1 and localhost only.")
    own_origin = f"http://{request.host}"
    is_foreign = request.headers.get("Origin", own_origin) != own_origin
    # Browsers say so where another page asks, also without an Origin, as for images:
    # https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header
    is_foreign |= request.headers.get("Sec-Fetch-Site", "none") not in OWN_SITES
    if is_foreign and not _is_followed_link():
        return _forbidden("Only the simulator's own page may ask this.")
    return None


def _is_followed_link() -> bool:
    """Tell whether the page itself is opened, from wherever its address stands."""
    is_page = request.path == "/" and request.method in {"GET", "HEAD"}
    return is_page and "Origin" not in request.headers


def _forbidden(text: str) -> tuple[Response, int]:
    return jsonify({"error": text}), 403


def _restrict_the_page(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = "default-src 'self'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _refuse(error: TwilioError) -> tuple[Response, int]:
    return jsonify(error.as_json()), error.status


def _not_found(_: NotFound) -> tuple[Response, int]:
    return _refuse(TwilioError(20404, request.path))


class _SimulatorWorker(ThreadWorker):  # type: ignore[misc]
    """Ends what waits inside the application first, and leaves its archive last."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop gracefully, on SIGTERM."""
        self.wsgi.extensions["switchboard"].close()
        super().handle_exit(sig, frame)

    def run(self) -> None:
        """Serve; what is accepted while it stops is kept, too."""
        super().run()
        self.wsgi.extensions["switchboard"].mailbox.close()


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
