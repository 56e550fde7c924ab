"""The console's application: its borders, and the pieces of its pages."""

from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, current_app, g, redirect, request, url_for
from flask_login import LoginManager, current_user
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import Forbidden
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response as AnyResponse

from bot.console import times
from bot.console.errors import register_errors
from bot.console.formatting import theirs, whatsapp
from bot.console.operators import Operator, operator
from bot.console.parts import Console, Piece, pieces
from bot.console.permissions import May, is_open, needed_by
from bot.console.uploads import largest_form
from db.support.inbox.finding import count_waiting

LARGEST_FORM = 2**20
HEALTH = "health"  # the blueprint that a supervisor asks
LOOPBACK = frozenset({"127.0.0.1", "localhost"})
# Nothing inline, nothing from elsewhere, in no frame.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "media-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
POLICY_NAME = "Content-Security-Policy"
HEADERS = {
    POLICY_NAME: POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def build_console_app(
    console: Console,
    parts: Sequence[Piece],
    find_operator: Callable[[Console], Operator | None],
    health: Blueprint | None = None,
) -> Flask:
    """Return the application; `find_operator` tells who asks, by the request.

    `health` is for supervisors, who call it by any name and log in nowhere.
    """
    app = Flask("bot.console", template_folder="templates", static_folder="static")
    app.config.update(_config_of(console))
    app.extensions.update(console=console, pieces=tuple(parts))
    app.before_request(_refuse_strangers)
    logins = LoginManager(app)
    logins.session_protection = None  # it is no session of Flask's: see find_operator
    logins.request_loader(lambda _request: find_operator(console))
    app.before_request(_require_permission)
    CSRFProtect(app)  # reads the form: nobody's is read who may not send it
    app.after_request(_restrict)
    _prepare_templates(app)
    register_errors(app)
    for routes in [*(part.routes for part in parts), *([health] if health else [])]:
        app.register_blueprint(routes)
    return app


def behind_proxies(app: Flask, many: int) -> Flask:
    """Have it take from X-Forwarded-For who asks, as the last `many` proxies told it.

    With 0 nobody is believed. https://werkzeug.palletsprojects.com/middleware/proxy_fix/
    """
    if many:
        inner = app.wsgi_app
        app.wsgi_app = ProxyFix(inner, x_for=many, x_proto=0)  # type: ignore[method-assign]
    return app


def _config_of(console: Console) -> dict[str, object]:
    prefix = "__Host-" if console.is_secure else ""
    return {
        "SECRET_KEY": console.secret_key,
        "MAX_CONTENT_LENGTH": LARGEST_FORM,
        "SESSION_COOKIE_NAME": f"{prefix}console",
        "SESSION_COOKIE_SECURE": console.is_secure,
        "SESSION_COOKIE_SAMESITE": "Strict",
        "WTF_CSRF_TIME_LIMIT": None,  # as long as the session
        "WTF_CSRF_SSL_STRICT": False,  # Origin is checked, also without TLS
    }


def _prepare_templates(app: Flask) -> None:
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.context_processor(_for_templates)
    app.jinja_env.filters |= {
        "theirs": theirs, "whatsapp": whatsapp,
        "when": times.when, "exactly": times.exactly, "since": times.since,
    }  # fmt: skip
    app.jinja_env.globals["leads_somewhere"] = lambda name: name in app.view_functions


def _refuse_strangers() -> None:
    """Answer to our own name only, and let no other site change anything."""
    if request.blueprint == HEALTH:
        return
    console: Console = current_app.extensions["console"]
    own = urlsplit(console.origin)
    host = urlsplit(f"//{request.host}").hostname
    names = {own.hostname} | (LOOPBACK if own.hostname in LOOPBACK else set())
    if host not in names:
        raise Forbidden("The console answers to its own name only: see CONSOLE_URL.")
    origin = request.headers.get("Origin")
    if origin not in {None, f"{own.scheme}://{request.host}"}:
        raise Forbidden("Only the console's own pages may ask this.")


def _require_permission() -> AnyResponse | None:
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None or is_open(view) or _is_nobodys_secret():
        return None
    if not current_user.is_authenticated:
        return redirect(url_for("login.show", after=request.full_path))
    permission = needed_by(view)
    if permission is None or not operator().may(permission):
        raise Forbidden("Your role does not allow this.")
    request.max_content_length = largest_form(view, LARGEST_FORM)
    return None


def _is_nobodys_secret() -> bool:
    return request.endpoint == "static" or request.blueprint == HEALTH


def _restrict(response: Response) -> Response:
    for name, value in HEADERS.items():
        if name != POLICY_NAME or name not in response.headers:  # files have their own
            response.headers[name] = value
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    return response


def _for_templates() -> dict[str, object]:
    if g.get("without_menu") or not current_user.is_authenticated:
        return {"menu": [], "operator": None, "waiting": 0}
    allowed = [p for p in pieces() if p.label and operator().may(p.needs)]
    sees_queue = operator().may(May.SEE_CHATS)
    console: Console = current_app.extensions["console"]
    return {
        "menu": allowed,
        "area": _find_area(),
        "operator": operator(),
        "waiting": count_waiting(console.database) if sees_queue else 0,
    }


def _find_area() -> str:
    """Return the name of the area whose page this is, as the menu has it."""
    piece = next((p for p in pieces() if p.routes.name == request.blueprint), None)
    return "" if piece is None else piece.under or piece.routes.name
