"""Links of invitations: looking at one uses nothing up, as mail scanners do."""

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from bot.console.login.entering import address, go_on, is_on_this_machine, passwords
from bot.console.parts import console
from bot.console.permissions import open_to_all
from db.errors import OperatorError
from db.logins.accounts import Account
from db.logins.invitations import (
    GONE,
    NoInvitationError,
    accept_at_once,
    accept_with_password,
    find_invitation,
)
from db.logins.password_rules import WeakPasswordError

ELSEWHERE = (
    "This link logs in on the machine that the bot runs on, and nowhere else: open it "
    "there, at the address that was printed."
)
UNEQUAL = "These are two different passwords: type the same one twice."


@open_to_all
def show_invitation(token: str) -> Response:
    """Show whom the link is for, and the form that uses it."""
    return _page(token)


@open_to_all
def accept_invitation(token: str) -> Response:
    """Use the link up: set the password, or log in at once where it is for that."""
    found = find_invitation(console().database, token)
    if found is None or (found.logs_in and not is_on_this_machine()):
        return _page(token)
    try:
        return go_on(_accept(token, at_once=found.logs_in), "/")
    except NoInvitationError:
        return _page(token)
    except OperatorError as error:  # a weak password, or the last super_admin
        return _page(token, str(error))


def _accept(token: str, *, at_once: bool) -> Account:
    password = request.form.get("password", "")
    if not at_once and password != request.form.get("again", ""):
        raise WeakPasswordError(UNEQUAL)
    with console().database.transaction() as connection:
        if at_once:
            return accept_at_once(connection, token, address())
        return accept_with_password(connection, passwords(), token, password, address())


def _page(token: str, error: str | None = None) -> Response:
    found = find_invitation(console().database, token)
    if found is None:
        return make_response(render_template("login/told.html", told=GONE), 404)
    if found.logs_in and not is_on_this_machine():
        return make_response(render_template("login/told.html", told=ELSEWHERE), 403)
    shown = render_template(
        "login/invitation.html", invitation=found, token=token, error=error
    )
    return make_response(shown, 400 if error else 200)
