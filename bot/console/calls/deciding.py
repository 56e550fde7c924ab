"""Allowing or refusing a call that the bot asks an operator about."""

from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from bot.console.operators import operator
from bot.console.permissions import May, needs
from bot.console.writing import note, writing
from db.logins.audit import Action
from db.support.allowing import decide

ANSWERS = {"allow": True, "refuse": False}
TOLD = {
    True: "Allowed: the worker carries it out once, and tells them.",
    False: "Refused: it is never carried out, and they are told.",
}
TOO_LATE = "It waits no more: somebody decided it, or it waited for too long."


def add_to(routes: Blueprint) -> None:
    """Add the view."""
    routes.post("/calls/<uuid:call_id>")(answer)


@needs(May.ALLOW)
def answer(user_id: UUID, call_id: UUID) -> Response:
    """Allow a call of this person's, or refuse it, once."""
    allows = ANSWERS.get(request.form.get("answer", ""))
    if allows is None:
        raise BadRequest("A call is allowed or refused.")
    by = str(operator().user_id)
    with writing() as connection:
        is_decided = decide(connection, call_id, user_id, allows=allows, by=by)
        if is_decided:
            action = Action.CALL_ALLOWED if allows else Action.CALL_REFUSED
            note(connection, action, user_id, {"call_id": str(call_id)})
    if is_decided:
        flash(TOLD[allows])
    else:
        flash(TOO_LATE, "error")
    return redirect(url_for("chats.show", user_id=user_id), 303)
