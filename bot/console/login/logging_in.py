"""Logging in by password, and by code where one is asked; logging out."""

from flask import make_response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from bot.console.login.entering import (
    enter,
    find_half,
    go_on,
    own_path,
    own_token,
    passwords,
    without_cookie,
)
from bot.console.login.tries import (
    WRONG,
    WRONG_CODE,
    Refused,
    account_key_of,
    try_once,
)
from bot.console.operators import operator
from bot.console.parts import console
from bot.console.permissions import May, needs, open_to_all
from db.logins.accounts import find_account, outgrow_password
from db.logins.attempts import factor_key
from db.logins.audit import Action, record_audit
from db.logins.second_factors import take_code
from db.logins.sessions import end_session


@open_to_all
def show() -> Response:
    """Show the log-in; who is logged in goes on.

    A browser that comes from elsewhere, as from a link in a message, brings no cookie
    of ours: it is asked to come once more, from here.
    """
    after = own_path(request.args.get("after"))
    if current_user.is_authenticated:
        return redirect(after, 303)
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        again = url_for("login.show", after=after)
        return make_response(render_template("login/again.html", again=again))
    return _page(after)


@open_to_all
def log_in() -> Response:
    """Check the password: known or not, a name costs the same and is told the same."""
    email, password = request.form.get("email", ""), request.form.get("password", "")
    after = own_path(request.form.get("after"))
    database = console().database
    account = find_account(database, email)

    def is_right() -> bool:
        stored = account.hashed_password if account else None
        fits = passwords().fits(password, stored)
        return fits and account is not None and account.may_log_in

    whose = account.user_id if account else None
    refused = try_once(account_key_of(email), is_right, WRONG, whose)
    if refused or account is None:
        return _page(after, email, refused)
    account = outgrow_password(database, passwords(), account, password)
    return go_on(account, after)


@open_to_all
def show_code() -> Response:
    """Ask for the code of the app."""
    if find_half() is None:
        return redirect(url_for("login.show"), 303)
    return _code_page(own_path(request.args.get("after")))


@open_to_all
def check_code() -> Response:
    """Let in whose code is right."""
    after = own_path(request.form.get("after"))
    account = find_half()
    if account is None:
        return redirect(url_for("login.show", after=after), 303)
    user_id, code = account.user_id, request.form.get("code", "")
    database = console().database
    refused = try_once(
        factor_key(user_id),
        lambda: take_code(database, user_id, code),
        WRONG_CODE,
        user_id,
    )
    return _code_page(after, refused) if refused else enter(account, after)


@needs(May.SEE_CHATS)  # which every operator may
def log_out() -> Response:
    """End the session of this browser."""
    with console().database.transaction() as connection:
        end_session(connection, own_token())
        mine = operator().user_id
        record_audit(
            connection, actor_id=mine, action=Action.LOGGED_OUT, subject_id=mine
        )
    return without_cookie(redirect(url_for("login.show"), 303))


def _page(after: str, email: str = "", refused: Refused | None = None) -> Response:
    shown = render_template(
        "login/login.html", after=after, email=email, refused=refused
    )
    return _answer(shown, refused)


def _code_page(after: str, refused: Refused | None = None) -> Response:
    shown = render_template("login/code.html", after=after, refused=refused)
    return _answer(shown, refused)


def _answer(shown: str, refused: Refused | None) -> Response:
    if refused is None:
        return make_response(shown)
    return make_response(shown, refused.status, refused.headers)
