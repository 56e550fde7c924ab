"""The application that Twilio calls."""

import logging
from collections.abc import Callable

from flask import Flask, Response, request
from gunicorn.http import errors
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

from bot.observability import REFUSED, NowAndThen
from bot.serving.health import health_routes
from bot.whatsapp.paths import INBOUND_PATH
from bot.whatsapp.webhook import LARGEST_BODY, Webhooks

log = logging.getLogger(__name__)


def build_app(
    webhooks: Webhooks,
    find_fault: Callable[[], str | None],
    about: str,
    metrics_token: str | None = None,
    address: str = INBOUND_PATH,
) -> Flask:
    """Return the application; `find_fault` and `about` are for /readyz.

    `address` is the one of the webhook, as Twilio must have it.
    """
    app = Flask("bot")
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.config["MAX_FORM_MEMORY_SIZE"] = LARGEST_BODY
    app.register_blueprint(webhooks.blueprint())
    app.register_blueprint(health_routes(find_fault, about, metrics_token))
    astray = _Astray(address)
    app.register_error_handler(NotFound, astray.answer)
    app.register_error_handler(MethodNotAllowed, astray.answer)
    app.register_error_handler(errors.ParseException, astray.refuse_body)
    return app


class _Astray:
    """Answers what leads nowhere, and says so where a webhook may have been meant."""

    def __init__(self, address: str) -> None:
        self._hint = f"the webhook is taken at {address}, by POST"
        self._now_and_then = NowAndThen(log)

    def answer(self, error: HTTPException) -> Response:
        """Answer 404 or 405; whoever set Twilio up finds out where to go instead."""
        fault = self._find_fault(error)
        REFUSED.labels(fault).inc()
        if not _is_near_webhook():
            return Response(f"{error.name}\n", error.code, mimetype="text/plain")
        self._now_and_then.log(f"refused {fault}: {self._hint}")
        body = f"<Response><!-- {fault}: POST to {INBOUND_PATH} --></Response>\n"
        response = Response(body, error.code, mimetype="text/xml")
        if isinstance(error, MethodNotAllowed) and error.valid_methods:
            response.headers["Allow"] = ", ".join(error.valid_methods)
        return response

    def _find_fault(self, error: HTTPException) -> str:
        """Say what is wrong, in words of ours: the path may be anybody's."""
        if isinstance(error, MethodNotAllowed):
            return "another method"
        ends_in_slash = request.path.rstrip("/") == INBOUND_PATH
        return "a slash at the end of the path" if ends_in_slash else "an unknown path"

    def refuse_body(self, error: errors.ParseException) -> Response:
        """Refuse a body in chunks that are none: gunicorn reads it for us."""
        kind = type(error).__name__
        REFUSED.labels(kind).inc()
        self._now_and_then.log(f"refused a body: {kind}")
        return Response(status=400)


def _is_near_webhook() -> bool:
    """Tell whether Twilio may have been led here, and not a scanner."""
    is_signed = "X-Twilio-Signature" in request.headers
    return is_signed or request.path.lower().startswith(INBOUND_PATH)
