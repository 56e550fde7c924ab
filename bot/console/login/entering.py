"""The log-in's cookie: set where somebody enters, and asked at each request.

It is not Flask's session, which holds the CSRF token, and who gave a right password and
owes a code still.
"""

import hashlib
import ipaddress
import re
import time
from typing import cast
from urllib.parse import urlsplit
from uuid import UUID

from flask import current_app, redirect, request, session, url_for
from werkzeug.wrappers import Response

from bot.console.operators import Operator
from bot.console.parts import Console, console
from db.logins.accounts import Account, holds_still, load_account
from db.logins.audit import Action, record_audit
from db.logins.passwords import Passwords
from db.logins.sessions import LONGEST, end_session, find_session, open_session

HALF = "half"
HALF_SECONDS = 300
OWN_PATH = re.compile(r"/(?![/\\])[!-\[\]-~]*")
FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via")


def find_operator(console: Console) -> Operator | None:
    """Return who asks, by the request's cookie; None: nobody who is logged in.

    What a page asks by itself, such as for news, is no use of the session: a page that
    was left open does not keep it alive.
    """
    token = request.cookies.get(cookie_name(console))
    if not token:
        return None
    asks_by_itself = (
        request.method == "GET" and request.headers.get("Sec-Fetch-Dest") == "empty"
    )
    found = find_session(console.database, token, touching=not asks_by_itself)
    if found is None:
        return None
    name = found.name or found.email or "operator"
    return Operator(
        user_id=found.user_id, name=name, email=found.email, role=found.role
    )


def go_on(account: Account, after: str | None) -> Response:
    """Let somebody in whose password was right, or ask for the code first."""
    if not account.has_factor:
        return enter(account, after)
    session.clear()
    half = {"user": str(account.user_id), "at": int(time.time())}
    session[HALF] = {**half, "proof": _proof(account)}
    return redirect(url_for("login.show_code", after=own_path(after)), 303)


def find_half() -> Account | None:
    """Return who gave a right password within the last minutes, and no code yet."""
    half = session.get(HALF)
    if half is None or time.time() - half["at"] > HALF_SECONDS:
        return None
    account = load_account(console().database, UUID(half["user"]))
    if account is None or _proof(account) != half["proof"]:
        return None
    return account if account.may_log_in and account.has_factor else None


def enter(account: Account, after: str | None) -> Response:
    """Log somebody in: a new session, whatever cookie the browser came with."""
    with console().database.transaction() as connection:
        if not holds_still(connection, account):
            return redirect(url_for("login.show"), 303)
        end_session(connection, own_token())
        agent = request.user_agent.string
        token = open_session(connection, account.user_id, address(), agent)
        record_audit(
            connection, actor_id=account.user_id, action=Action.LOGGED_IN,
            subject_id=account.user_id, address=address(),
        )  # fmt: skip
    session.clear()
    return with_cookie(redirect(own_path(after), 303), token)


def with_cookie(response: Response, token: str) -> Response:
    """Have the browser keep the word of a session."""
    response.set_cookie(
        cookie_name(console()), token, max_age=LONGEST, path="/",
        secure=console().is_secure, httponly=True, samesite="Strict",
    )  # fmt: skip
    return response


def without_cookie(response: Response) -> Response:
    """Have the browser forget it."""
    response.delete_cookie(
        cookie_name(console()), path="/", secure=console().is_secure, httponly=True,
        samesite="Strict",
    )  # fmt: skip
    return response


def cookie_name(console: Console) -> str:
    """Return what it is called; `__Host-` binds it to this host, and to TLS."""
    return "__Host-login" if console.is_secure else "login"


def own_token() -> str:
    """Return the word of the request's cookie; empty: there is none."""
    return request.cookies.get(cookie_name(console()), "")


def own_path(after: str | None) -> str:
    """Return where to go on: a path of the console's, and nothing else, ever."""
    return after if after and OWN_PATH.fullmatch(after) else "/"


def passwords() -> Passwords:
    """Return what hashes and checks passwords here."""
    return cast(Passwords, current_app.extensions["passwords"])


def address() -> str:
    """Return from where the request came."""
    return request.remote_addr or ""


def is_on_this_machine() -> bool:
    """Tell whether the request came from a browser on this machine, past no proxy."""
    host = urlsplit(console().origin).hostname or ""
    if any(name in request.headers for name in FORWARDED):
        return False
    try:
        came_from = ipaddress.ip_address(address())
    except ValueError:
        return False
    return came_from.is_loopback and host in {"127.0.0.1", "localhost", "::1"}


def _proof(account: Account) -> str:
    """Return what changes with the password: a cookie of before is worth nothing."""
    return hashlib.sha256((account.hashed_password or "").encode()).hexdigest()[:32]
