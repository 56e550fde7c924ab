"""The pages of logging in, as a piece of the console."""

from flask import Blueprint, make_response, render_template
from flask.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response

from bot.console.login import account, invited, logging_in
from bot.console.login.entering import find_operator
from bot.console.parts import Piece
from bot.console.permissions import May
from db.logins.passwords import BusyError, Passwords

__all__ = ["find_operator", "piece"]


def piece(passwords: Passwords | None = None) -> Piece:
    """Return the piece; `passwords` hashes and checks them, with today's parameters."""
    hashes = passwords or Passwords()
    routes = Blueprint("login", __name__)

    def keep(state: BlueprintSetupState) -> None:
        state.app.extensions["passwords"] = hashes

    routes.record_once(keep)
    routes.register_error_handler(BusyError, _tell_busy)
    _add_entrance(routes)
    _add_account(routes)
    return Piece(
        routes=routes, label="Account", endpoint="login.account", needs=May.SEE_CHATS
    )


def _add_entrance(routes: Blueprint) -> None:
    routes.get("/login")(logging_in.show)
    routes.post("/login")(logging_in.log_in)
    routes.get("/second-factor")(logging_in.show_code)
    routes.post("/second-factor")(logging_in.check_code)
    routes.post("/logout")(logging_in.log_out)
    routes.get("/invitation/<token>")(invited.show_invitation)
    routes.post("/invitation/<token>")(invited.accept_invitation)


def _add_account(routes: Blueprint) -> None:
    routes.get("/account")(account.account)
    routes.post("/account/password")(account.change_password)
    routes.post("/account/sessions")(account.end)
    routes.post("/account/second-factor")(account.begin)
    routes.get("/account/second-factor")(account.show_factor)
    routes.post("/account/second-factor/confirm")(account.confirm)
    routes.post("/account/second-factor/remove")(account.remove)


def _tell_busy(error: BusyError) -> Response:
    shown = render_template("login/told.html", told=str(error))
    return make_response(shown, 503, {"Retry-After": "60"})
