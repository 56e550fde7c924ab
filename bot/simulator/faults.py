"""What goes wrong: Twilio's refusals, and faults on order, one request at a time."""

import random
import socket
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, fields, replace
from functools import wraps
from threading import Event, Lock
from typing import Any, cast

from flask import (
    Blueprint,
    Response,
    current_app,
    jsonify,
    request,
    stream_with_context,
)

REST_KINDS = frozenset({"404", "429", "500", "401", "hang", "drop", "reject"})
KINDS = {
    "create": REST_KINDS,
    "list": REST_KINDS,
    "fetch": REST_KINDS,
    "content": REST_KINDS,
    "media": REST_KINDS | {"drip", "elsewhere"},
    "media_lead": REST_KINDS | {"drip", "elsewhere"},
    "typing": REST_KINDS,
    "callbacks": frozenset({"drop", "double", "shuffle"}),
    "delivery": frozenset({"failed", "undelivered"}),
}
MOST_FAULTS = 100
MOST_COUNT = 10_000
MOST_SECONDS = 60.0

# Source: https://www.twilio.com/docs/api/errors
ERROR_TEXTS = {
    20001: "Invalid parameter",
    20003: "Authenticate",
    20404: "The requested resource was not found",
    20429: "Too Many Requests",
    20500: "An internal server error has occurred",
    21211: "Invalid 'To' phone number",
    21602: "Message body is required.",
    21603: "A 'From' phone number is required.",
    21604: "A 'To' phone number is required.",
    21606: "The 'From' phone number is not a valid, message-capable Twilio number",
    21609: "The 'StatusCallback' URL is not a valid URL.",
    21610: "Attempt to send to unsubscribed recipient",
    21617: "The concatenated message body exceeds the 1600 character limit",
    21619: "A text message body or media urls must be specified.",
    21623: "Number of media files exceeds allowed limit",
    21656: "The ContentVariables Parameter is invalid",
    63007: "Twilio could not find a Channel with the specified From address",
}
HTTP_STATUSES = {20003: 401, 20404: 404, 20429: 429, 20500: 500}
REFUSALS = {"404": 20404, "429": 20429, "401": 20003}
# Where nobody may follow: an address that only the bot's own machine reaches.
ELSEWHERE = "http://169.254.169.254/latest/meta-data/"
DRIPS_A_SECOND = 4
SERVER_SOCKETS = ("gunicorn.socket", "werkzeug.socket")

fault_orders = Blueprint("fault_orders", __name__, url_prefix="/simulator")
View = Callable[..., Response]


class TwilioError(Exception):
    """A refusal: Twilio's five-digit code, which decides the HTTP status as well."""

    def __init__(self, code: int, detail: str = "") -> None:
        text = ERROR_TEXTS.get(code, "The request was rejected")
        self.code = code
        self.status = HTTP_STATUSES.get(code, 400)
        self.text = f"{text}: {detail}" if detail else text
        super().__init__(self.text)

    def as_json(self) -> dict[str, Any]:
        """Build the body of the answer."""
        return {
            "code": self.code,
            "message": self.text,
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }


class FaultError(ValueError):
    """The order for faults can't be followed; the text says why."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong, `count` times.

    `on`: a kind of REST request, "callbacks" (status callbacks), or "delivery" (the
    message is accepted and ends as `kind` with the error `code`). "media_lead" is what
    leads to bytes, "media" what gives them; there "drip" gives byte by byte, and
    "elsewhere" leads to where nobody may follow. `after_accepting`:
    the request takes effect, only its answer is spoilt. `seconds` is how long "hang"
    hangs, `code` is Twilio's error of "reject" and of "delivery". `rate` is the share
    of what comes by that it spoils, chosen by dice; the rest meets the next fault.
    """

    on: str
    kind: str
    after_accepting: bool = False
    seconds: float = 30.0
    code: int = 63016
    count: int = 1
    rate: float = 1.0


class Faults:
    """The faults still to happen, in order; safe to share between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._waiting: list[Fault] = []
        self._dice = random.Random()  # noqa: S311 (no secret)
        self._closed = Event()

    def close(self) -> None:
        """Let nothing hang any more."""
        self._closed.set()

    def replace(self, faults: Iterable[Fault], seed: int | None = None) -> None:
        """Forget what was ordered before and wait for `faults`.

        The same `seed` throws the same dice for their rates.
        """
        with self._lock:
            self._waiting = list(faults)
            self._dice = random.Random(seed)  # noqa: S311 (no secret)

    def left(self) -> list[dict[str, Any]]:
        """List what has not happened yet."""
        with self._lock:
            return [asdict(fault) for fault in self._waiting]

    def take(self, on: str, kinds: Iterable[str] | None = None) -> Fault | None:
        """Use up one fault for `on` (of one of `kinds`), if there is any."""
        wanted = KINDS[on] if kinds is None else set(kinds)
        with self._lock:
            for place, fault in enumerate(self._waiting):
                if fault.on != on or fault.kind not in wanted:
                    continue
                if self._dice.random() < fault.rate:
                    self._count_down(place)
                    return fault
        return None

    def hang(self, seconds: float) -> None:
        """Wait that long, unless the simulator ends before."""
        self._closed.wait(seconds)

    def _count_down(self, place: int) -> None:
        fault = self._waiting[place]
        if fault.count > 1:
            self._waiting[place] = replace(fault, count=fault.count - 1)
        else:
            del self._waiting[place]


def with_faults(on: str) -> Callable[[View], View]:
    """Let requests to a view meet the faults that were ordered `on` it.

    Where a fault answers in its place, the view raises TwilioError.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(**arguments: str) -> Response:
            fault = _faults().take(on)
            if fault is None:
                return view(**arguments)
            return _suffer(fault, lambda: view(**arguments))

        return answer

    return decorate


@fault_orders.get("/faults")
def list_faults() -> Response:
    """List the faults that were ordered and did not happen yet."""
    return jsonify(_faults().left())


@fault_orders.put("/faults")
def order_faults() -> Response:
    """Order a JSON list of faults, in place of earlier ones; see Fault.

    `?seed=` makes what their rates choose repeatable.
    """
    faults = _parse_faults(request.get_json(silent=True))
    _faults().replace(faults, request.args.get("seed", type=int))
    return list_faults()


@fault_orders.delete("/faults")
def forget_faults() -> Response:
    """Let nothing go wrong any more."""
    _faults().replace([])
    return list_faults()


@fault_orders.errorhandler(FaultError)
def _refuse(error: FaultError) -> tuple[Response, int]:
    return jsonify({"error": str(error)}), 400


def _faults() -> Faults:
    return cast(Faults, current_app.extensions["faults"])


def _suffer(fault: Fault, answer: Callable[[], Response]) -> Response:
    if fault.kind == "reject":
        raise TwilioError(fault.code)
    if fault.kind in REFUSALS:
        raise TwilioError(REFUSALS[fault.kind])
    if fault.kind == "elsewhere":
        return Response(status=307, headers={"Location": ELSEWHERE})
    if fault.kind == "drip":
        return _drip(answer(), fault.seconds)
    accepted = answer() if fault.after_accepting else None
    if fault.kind == "hang":
        _faults().hang(fault.seconds)
        if accepted is not None:
            return accepted
    elif fault.kind == "drop":
        _drop_connection()
    raise TwilioError(20500)


def _drip(answer: Response, seconds: float) -> Response:
    """Give an answer in drops, and break off after so many seconds."""
    data = answer.get_data()
    drops = max(1, int(seconds * DRIPS_A_SECOND))

    def fall() -> Iterator[bytes]:
        for drop in range(drops):
            yield data[drop : drop + 1] or b" "
            _faults().hang(1 / DRIPS_A_SECOND)

    told = {"Content-Length": str(max(len(data), drops))}
    dripping = stream_with_context(fall())
    return Response(dripping, headers=told, content_type=answer.content_type)


def _drop_connection() -> None:
    for name in SERVER_SOCKETS:
        connection = request.environ.get(name)
        if isinstance(connection, socket.socket):
            connection.shutdown(socket.SHUT_RDWR)


def _parse_faults(order: Any) -> list[Fault]:
    if not isinstance(order, list) or len(order) > MOST_FAULTS:
        raise FaultError(f"Send a JSON list of at most {MOST_FAULTS} faults.")
    return [_parse_fault(item) for item in order]


def _parse_fault(item: Any) -> Fault:
    if not isinstance(item, dict):
        raise FaultError("Each fault is a JSON object.")
    known = {field.name for field in fields(Fault)}
    if unknown := sorted(set(item) - known):
        raise FaultError(f"Unknown in a fault: {', '.join(unknown)}.")
    try:
        fault = Fault(**{"on": "", "kind": "", **item})
        _check(fault)
    except TypeError as error:
        raise FaultError(f"A value in a fault has a wrong type: {error}.") from None
    return fault


def _check(fault: Fault) -> None:
    if fault.on not in KINDS:
        raise FaultError(f"'on' must be one of {', '.join(KINDS)}.")
    if fault.kind not in KINDS[fault.on]:
        kinds = ", ".join(sorted(KINDS[fault.on]))
        raise FaultError(f"'kind' on {fault.on} must be one of {kinds}.")
    if not 0 <= fault.seconds <= MOST_SECONDS:
        raise FaultError(f"'seconds' must be between 0 and {MOST_SECONDS:.0f}.")
    if not 1 <= fault.count <= MOST_COUNT:
        raise FaultError(f"'count' must be between 1 and {MOST_COUNT}.")
    if not 0 < fault.rate <= 1:
        raise FaultError("'rate' must be above 0, and 1 at most.")
    if not 10_000 <= fault.code <= 99_999:
        raise FaultError("'code' must be one of Twilio's, with five digits.")
