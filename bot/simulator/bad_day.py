"""Lets a REST request suffer the fault that was ordered for it."""

import socket
from collections.abc import Callable
from functools import wraps

from flask import Response, jsonify, request

from bot.simulator.faults import Fault
from bot.simulator.switchboard import switchboard
from bot.simulator.twilio_error import TwilioError

NEVER_ACCEPTED = {"429": 20429, "401": 20003}
SERVER_SOCKETS = ("gunicorn.socket", "werkzeug.socket")

View = Callable[..., Response]


def with_faults(on: str) -> Callable[[View], View]:
    """Let requests to a view meet the faults that were ordered `on` it."""

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(**arguments: str) -> Response:
            fault = switchboard().faults.take(on)
            if fault is None:
                return view(**arguments)
            return _suffer(fault, lambda: view(**arguments))

        return answer

    return decorate


def _suffer(fault: Fault, answer: Callable[[], Response]) -> Response:
    if fault.kind == "reject":
        raise TwilioError(fault.code)
    if fault.kind in NEVER_ACCEPTED:
        raise TwilioError(NEVER_ACCEPTED[fault.kind])
    accepted = answer() if fault.after_accepting else None
    if fault.kind == "hang":
        switchboard().closed.wait(fault.seconds)
    elif fault.kind == "drop":
        _drop_connection()
    if fault.kind == "hang" and accepted is not None:
        return accepted
    failure = TwilioError(20500)
    broken = jsonify(failure.as_json())
    broken.status_code = failure.status
    return broken


def _drop_connection() -> None:
    for name in SERVER_SOCKETS:
        connection = request.environ.get(name)
        if isinstance(connection, socket.socket):
            connection.shutdown(socket.SHUT_RDWR)
