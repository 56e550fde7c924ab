"""One's own account: password, second factor, and where one is logged in."""

from collections.abc import Callable
from uuid import UUID

import segno
from flask import flash, make_response, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from bot.console.login.entering import address, own_token, passwords, with_cookie
from bot.console.login.tries import (
    WRONG_CODE,
    WRONG_PASSWORD,
    account_key_of,
    try_once,
)
from bot.console.operators import operator
from bot.console.parts import console
from bot.console.permissions import May, needs
from bot.terminal import one_line
from db.database import Connection
from db.errors import OperatorError
from db.logins.accounts import Account, load_account, set_password
from db.logins.attempts import factor_key
from db.logins.audit import Action, record_audit
from db.logins.second_factors import (
    begin_factor,
    describe_factor,
    find_begun,
    reset_factor,
    take_code,
)
from db.logins.sessions import (
    end_listed_session,
    end_sessions,
    list_sessions,
    open_session,
)
from db.logins.tokens import hash_token

needs_log_in = needs(May.SEE_CHATS)  # which every operator may
UNEQUAL = "The new passwords differ: type the same one twice."
ISSUER = "WhatsApp console"


@needs_log_in
def account() -> Response:
    """Show one's own account."""
    mine = _own()
    shown = render_template(
        "login/account.html",
        account=mine,
        sessions=list_sessions(console().database, mine.user_id),
        this=hash_token(own_token()).hex(),
        timezone=console().timezone,
        one_line=one_line,
    )
    return make_response(shown)


@needs_log_in
def change_password() -> Response:
    """Set another password: all sessions end, and this browser gets a new one."""
    mine, new = _own(), request.form.get("password", "")
    if new != request.form.get("again", ""):
        return _back(UNEQUAL)
    if refused := _check_password(mine):
        return _back(refused)
    try:
        with console().database.transaction() as connection:
            set_password(connection, passwords(), mine, new, address=address())
            agent = request.user_agent.string
            token = open_session(connection, mine.user_id, address(), agent)
    except OperatorError as error:
        return _back(str(error))
    flash("The password is changed, and every other log-in has ended.")
    return with_cookie(redirect(url_for("login.account"), 303), token)


@needs_log_in
def begin() -> Response:
    """Make a second factor's secret, which counts once its first code was right."""
    if not begin_factor(console().database, operator().user_id):
        return _back("A second factor is set already: remove that one first.")
    return redirect(url_for("login.show_factor"), 303)


@needs_log_in
def show_factor() -> Response:
    """Show the secret to whoever is about to confirm it, as picture and as text."""
    mine = _own()
    secret = find_begun(console().database, mine.user_id)
    if secret is None:
        return redirect(url_for("login.account"), 303)
    code = segno.make(describe_factor(secret, mine.email, ISSUER), micro=False)
    # Of our own making, in attributes alone: the policy lets no style in.
    picture = Markup(code.svg_inline(scale=5, dark="#000", light="#fff"))  # noqa: S704
    shown = render_template(
        "login/factor.html", account=mine, picture=picture, secret=_in_fours(secret)
    )
    return make_response(shown)


@needs_log_in
def confirm() -> Response:
    """Have the code asked from now on, if password and first code are right."""
    mine = _own()
    if find_begun(console().database, mine.user_id) is None:
        return redirect(url_for("login.account"), 303)
    if refused := _check_password(mine) or _check_code(mine, _note_confirmed):
        return _back(refused, "login.show_factor")
    flash("From now on a code of your app is asked at each log-in.")
    return redirect(url_for("login.account"), 303)


@needs_log_in
def remove() -> Response:
    """Ask for no code any more, if password and code are right."""
    mine = _own()
    if refused := _check_password(mine) or _check_code(mine, _drop):
        return _back(refused)
    flash("No code is asked any more.")
    return redirect(url_for("login.account"), 303)


@needs_log_in
def end() -> Response:
    """End one of one's own sessions, or all but this one."""
    mine, number = operator().user_id, request.form.get("number", "")
    with console().database.transaction() as connection:
        if number:
            ended = int(end_listed_session(connection, mine, number))
        else:
            ended = end_sessions(connection, mine, but=own_token())
        record_audit(
            connection, actor_id=mine, action=Action.SESSIONS_ENDED, subject_id=mine,
            address=address(), details={"ended": ended},
        )  # fmt: skip
    flash(f"Ended: {ended}.")
    return redirect(url_for("login.account"), 303)


def _own() -> Account:
    found = load_account(console().database, operator().user_id)
    if found is None:
        raise OperatorError("This account was erased.")
    return found


def _check_password(mine: Account) -> str | None:
    """Return what is wrong with the password that was typed once more."""
    typed = request.form.get("current", "")
    refused = try_once(
        account_key_of(mine.email),
        lambda: passwords().fits(typed, mine.hashed_password),
        WRONG_PASSWORD,
        mine.user_id,
    )
    return refused.told if refused else None


def _check_code(
    mine: Account, then: Callable[[Connection, UUID], object]
) -> str | None:
    """Return what is wrong with the code; if nothing is, do the rest with it."""
    code, database = request.form.get("code", ""), console().database

    def check() -> bool:
        with database.transaction() as connection:
            is_right = take_code(connection, mine.user_id, code)
            if is_right:
                then(connection, mine.user_id)
        return is_right

    refused = try_once(factor_key(mine.user_id), check, WRONG_CODE, mine.user_id)
    return refused.told if refused else None


def _note_confirmed(connection: Connection, mine: UUID) -> None:
    """End the log-ins that came in without a code."""
    end_sessions(connection, mine, but=own_token())
    record_audit(
        connection, actor_id=mine, action=Action.FACTOR_SET, subject_id=mine,
        address=address(),
    )  # fmt: skip


def _drop(connection: Connection, mine: UUID) -> None:
    reset_factor(connection, mine, mine, address=address(), but=own_token())


def _back(error: str, endpoint: str = "login.account") -> Response:
    flash(error, "error")
    return redirect(url_for(endpoint), 303)


def _in_fours(secret: str) -> str:
    return " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))
