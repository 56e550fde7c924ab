"""Operators: invited, given roles, kept out, logged out, their second factor reset."""

from uuid import UUID

from flask import Blueprint, abort, flash, render_template, request
from werkzeug.wrappers import Response

from bot.console.operators import operator
from bot.console.parts import console
from bot.console.permissions import ALLOWED, May, needs
from bot.console.settings.links import invitation_link
from bot.console.shown import redirect_to
from bot.console.writing import note, writing
from db.database import Connection
from db.errors import OperatorError
from db.logins.accounts import (
    Account,
    change_role,
    list_operators,
    load_account,
)
from db.logins.audit import Action
from db.logins.invitations import HOURS, invite
from db.logins.keeping_out import set_account_active
from db.logins.second_factors import reset_factor
from db.logins.sessions import end_sessions
from db.records.support import OPERATORS, ROLES

SECONDS = 20.0


def register(routes: Blueprint) -> None:
    """Add the pages."""
    routes.get("/settings/operators")(operators)
    routes.post("/settings/operators")(invite_operator)
    at = "/settings/operators/<uuid:user_id>"
    routes.post(f"{at}/role")(set_role)
    routes.post(f"{at}/active")(set_active)
    routes.post(f"{at}/sessions/end")(log_out_everywhere)
    routes.post(f"{at}/factor/reset")(forget_factor)


@needs(May.MANAGE_OPERATORS)
def operators() -> str:
    """List who may log in, and what each role may do."""
    with console().database.reading(SECONDS) as connection:
        found = list_operators(connection)
    return render_template(
        "settings/operators.html",
        found=found, roles=ROLES, invited=OPERATORS, allowed=ALLOWED, all_of_it=May,
    )  # fmt: skip


@needs(May.MANAGE_OPERATORS)
def invite_operator() -> str:
    """Make a link by which somebody sets their password, and show it once."""
    email, role = request.form.get("email", ""), request.form.get("role", "")
    name = request.form.get("name", "")
    with writing() as connection:
        token = invite(connection, email, role, name=name, by=operator().user_id)
    return render_template(
        "settings/invited.html",
        email=email, role=role, hours=HOURS, link=invitation_link(console(), token),
    )  # fmt: skip


@needs(May.MANAGE_OPERATORS)
def set_role(user_id: UUID) -> Response:
    """Give an operator another role; they have to log in again."""
    role = request.form.get("role", "")
    with writing() as connection:
        account = _load(connection, user_id)
        by, address = operator().user_id, request.remote_addr
        changed = change_role(connection, account, role, by, address=address)
    flash("The role is changed, and they are logged out." if changed else "It is so.")
    return redirect_to("settings.operators")


@needs(May.MANAGE_OPERATORS)
def set_active(user_id: UUID) -> Response:
    """Let an operator in, or keep them out and log them out at once."""
    active = request.form.get("active") == "on"
    if user_id == operator().user_id:
        raise OperatorError("You can't keep yourself out: let another one do it.")
    with writing() as connection:
        _load(connection, user_id)
        if set_account_active(connection, user_id, active=active):
            done = Action.ACTIVATED if active else Action.DEACTIVATED
            note(connection, done, user_id)
    flash("They may log in again." if active else "They are kept out from now on.")
    return redirect_to("settings.operators")


@needs(May.MANAGE_OPERATORS)
def log_out_everywhere(user_id: UUID) -> Response:
    """End all sessions of an operator."""
    with writing() as connection:
        _load(connection, user_id)
        ended = end_sessions(connection, user_id)
        note(connection, Action.SESSIONS_ENDED, user_id, {"sessions": ended})
    flash("They are logged out everywhere.")
    return redirect_to("settings.operators")


@needs(May.MANAGE_OPERATORS)
def forget_factor(user_id: UUID) -> Response:
    """Have no code asked of an operator any more, who lost their phone."""
    by, address = operator().user_id, request.remote_addr
    with writing() as connection:
        _load(connection, user_id)
        reset_factor(connection, user_id, by, address=address)
    flash("No code is asked of them any more: let them set a new one.")
    return redirect_to("settings.operators")


def _load(connection: Connection, user_id: UUID) -> Account:
    return load_account(connection, user_id) or abort(404)
