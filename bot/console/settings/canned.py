"""Canned replies: texts that operators send often, kept here."""

from flask import Blueprint, flash, g, render_template, request
from werkzeug.wrappers import Response

from bot.console.parts import console
from bot.console.permissions import May, needs
from bot.console.shown import REFUSED, redirect_to
from bot.console.writing import note, writing
from db.database import Connection
from db.errors import OperatorError
from db.knowledge.listing import LARGEST_ID
from db.logins.audit import Action
from db.records import to_storable
from db.support.canned import (
    LONGEST_BODY,
    LONGEST_TITLE,
    VARIABLES,
    add_canned,
    change_canned,
    list_canned,
    remove_canned,
)

SECONDS = 20.0
BOUNDS = {"longest_title": LONGEST_TITLE, "longest_body": LONGEST_BODY}


def register(routes: Blueprint) -> None:
    """Add the pages."""
    routes.get("/settings/replies")(replies)
    routes.post("/settings/replies")(save_reply)
    routes.post("/settings/replies/<int:canned_id>")(save_reply)
    routes.post("/settings/replies/<int:canned_id>/remove")(remove_reply)


@needs(May.SET_TEXTS)
def replies() -> str:
    """List the canned replies, each with its form."""
    with console().database.reading(SECONDS) as connection:
        found = list_canned(connection)
    return render_template(
        "settings/replies.html", found=found, variables=VARIABLES, **BOUNDS
    )


@needs(May.SET_TEXTS)
def save_reply(canned_id: int | None = None) -> Response | tuple[str, int]:
    """Add or change one; what can't be stored is shown again."""
    title, body = (to_storable(request.form.get(n, "")) for n in ("title", "body"))
    try:
        _save(canned_id, title, body)
    except OperatorError as error:
        g.without_menu = True  # the database may be what failed
        page = render_template(
            "settings/reply.html",
            words=str(error), canned_id=canned_id, title=title, body=body, **BOUNDS,
        )  # fmt: skip
        return page, REFUSED
    flash("The reply is stored.")
    return redirect_to("settings.replies")


@needs(May.SET_TEXTS)
def remove_reply(canned_id: int) -> Response:
    """Remove one."""
    with writing() as connection:
        if remove_canned(connection, min(canned_id, LARGEST_ID)):
            _note(connection, canned_id, "removed")
    flash("The reply is removed.")
    return redirect_to("settings.replies")


def _save(canned_id: int | None, title: str, body: str) -> None:
    with writing() as connection:
        if canned_id is None:
            _note(connection, add_canned(connection, title, body), "added")
        elif change_canned(connection, min(canned_id, LARGEST_ID), title, body):
            _note(connection, canned_id, "changed")
        else:
            raise OperatorError("This reply was removed meanwhile: add it anew.")


def _note(connection: Connection, canned_id: int, what: str) -> None:
    details = {"canned_reply": canned_id, "what": what}
    note(connection, Action.CANNED_REPLY_CHANGED, details=details)
