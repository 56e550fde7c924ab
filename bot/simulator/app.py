"""The simulator's web application: Twilio's REST API, the phone, the chat page."""

from flask import Flask, Response, jsonify, render_template, request
from werkzeug.exceptions import NotFound

from bot.simulator.config import SimulatorConfig
from bot.simulator.faults import TwilioError, fault_orders
from bot.simulator.phone import MOST_FILE_BYTES, phone
from bot.simulator.rest import rest
from bot.simulator.switchboard import Switchboard, switchboard

__all__ = ["SimulatorConfig", "create_simulator"]

LOCAL_NAMES = frozenset({"127.0.0.1", "localhost"})
ROOM_FOR_THE_FORM = 2**20


def create_simulator(config: SimulatorConfig) -> Flask:
    """Build the application; its state lives in memory, so run one process of it."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = MOST_FILE_BYTES + ROOM_FOR_THE_FORM
    app.config["MAX_FORM_MEMORY_SIZE"] = ROOM_FOR_THE_FORM
    board = Switchboard(config)
    app.extensions.update(switchboard=board, faults=board.faults)
    app.before_request(_refuse_strangers)
    app.after_request(_restrict_the_page)
    app.register_blueprint(rest)
    app.register_blueprint(phone)
    app.register_blueprint(fault_orders)
    app.register_error_handler(TwilioError, _refuse)
    app.register_error_handler(NotFound, _not_found)
    app.add_url_rule("/", view_func=show_chat_page)
    app.add_url_rule("/healthz", view_func=tell_health)
    return app


def show_chat_page() -> str:
    """Show the phone in the browser."""
    return render_template("chat.html", config=switchboard().config)


def tell_health() -> Response:
    """Say that the process answers; touches nothing."""
    return jsonify({"status": "ok"})


def _refuse_strangers() -> tuple[Response, int] | None:
    """Keep pages from elsewhere, or names that lead here, from driving the phone."""
    if request.host.partition(":")[0] not in LOCAL_NAMES:
        return _forbidden("The simulator answers to 127.0.0.1 and localhost only.")
    own_origin = f"http://{request.host}"
    is_foreign = request.headers.get("Origin", own_origin) != own_origin
    if is_foreign and request.method not in {"GET", "HEAD"}:
        return _forbidden("Only the simulator's own page may write here.")
    return None


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
