"""How pages show what is stored: text without tricks, times where people are."""

from datetime import datetime

from flask import Blueprint, current_app, request, url_for
from werkzeug.wrappers import Response

from bot.console.parts import console
from bot.console.permissions import May
from bot.terminal import one_line, printable

MOST_PAGES = 200
LONGEST_NUMBER = 6
REFUSED = 409  # a form that is shown once more, with what is wrong in it


def pages_of(name: str, package: str) -> Blueprint:
    """Return a blueprint whose templates show text safely."""
    routes = Blueprint(name, package)
    routes.add_app_template_filter(printable, "printable")
    routes.add_app_template_filter(one_line, "one_line")
    routes.add_app_template_filter(show_time, "time")
    routes.add_app_template_filter(show_number, "address")
    routes.add_app_template_global(link_to, "link_to")
    routes.add_app_template_global(May, "May")
    return routes


def show_time(moment: datetime | None) -> str:
    """Return a moment as a clock of the business shows it; nothing for None."""
    if moment is None:
        return ""
    return f"{moment.astimezone(console().timezone):%Y-%m-%d %H:%M}"


def show_number(address: str | None) -> str:
    """Return an address as people write it, on one line."""
    return one_line((address or "").removeprefix("whatsapp:"), 200)


def link_to(endpoint: str, **values: object) -> str | None:
    """Return a page's address; None where this console has no such page."""
    if endpoint not in current_app.view_functions:
        return None
    return url_for(endpoint, **values)  # type: ignore[arg-type]


def page_number() -> int:
    """Return which page of a list is asked for, from 1."""
    given = request.args.get("page", "1")
    if not given.isdecimal() or len(given) > LONGEST_NUMBER:
        return 1
    return min(max(int(given), 1), MOST_PAGES)


def redirect_to(endpoint: str, **values: object) -> Response:
    """Lead to a page after something was changed."""
    where = url_for(endpoint, **values)  # type: ignore[arg-type]
    return Response(status=303, headers={"Location": where})
