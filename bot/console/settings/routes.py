"""The pages of settings, put together."""

from collections.abc import Sequence

from flask import render_template

from bot.console.parts import Piece
from bot.console.permissions import May, needs
from bot.console.settings import audit, canned, operators, texts
from bot.console.settings.seen import SeenSetting
from bot.console.shown import pages_of
from bot.console.writing import note, writing
from db.logins.audit import Action

HOURS = "OPENING_HOURS"


def piece(settings: Sequence[SeenSetting] = ()) -> Piece:
    """Return the pages, and their place in the menu.

    `settings` is what the console's process was started with, as far as it may be seen.
    """
    routes = pages_of("settings", __name__)

    @needs(May.SET_TEXTS)
    def show() -> str:
        with writing() as connection:
            note(connection, Action.SETTINGS_READ)
        hours = next((seen for seen in settings if seen.name == HOURS), None)
        return render_template("settings/show.html", settings=settings, hours=hours)

    routes.get("/settings")(show)
    for area in (canned, texts, operators, audit):
        area.register(routes)
    return Piece(
        routes=routes,
        label="Settings",
        endpoint="settings.show",
        needs=May.SET_TEXTS,
    )
