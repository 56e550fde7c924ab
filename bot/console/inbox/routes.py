"""The inbox's pages: the list, and what changed in it since it was last shown."""

from dataclasses import dataclass, replace
from typing import Any

from flask import (
    Blueprint,
    Response,
    make_response,
    render_template,
    url_for,
)
from flask import request as asked

from bot.console.inbox.query import ALL, Query, read_query
from bot.console.inbox.searching import Found, look_for
from bot.console.operators import operator
from bot.console.parts import Piece, console
from bot.console.permissions import May, needs
from db.support.inbox import finding
from db.support.inbox.finding import Page, Sought
from db.support.inbox.lists import PAGE

routes = Blueprint("inbox", __name__)
# What stands above each list, and what is said where it is empty.
TITLES = {
    "queue": ("Waiting for a person", "Nobody waits for a person."),
    "mine": ("Mine", "You have no chats: take one, and it stands here."),
    "human": ("With a person", "No chat is with a person."),
    "bot": ("The bot answers", "Nobody talks with the bot yet."),
    "snoozed": ("Snoozed", "Nothing is snoozed."),
    "resolved": ("Resolved", "No ticket was resolved yet."),
}
# The lists of a page that shows all, and how much of each.
AT_ONCE = {"queue": 15, "human": 10, "bot": 15}


@dataclass(frozen=True, slots=True)
class Section:
    """One list of a page; `more` leads to the rest of it."""

    state: str
    title: str
    nothing: str
    page: Page
    more: str | None
    more_words: str


@routes.get("/")
@needs(May.SEE_CHATS)
def show() -> str:
    """Show the lists, or what was looked for."""
    query = read_query(asked.args)
    database = console().database
    return render_template(
        "inbox/show.html",
        labels=finding.read_labels(database),
        operators=finding.read_operators(database),
        poll=_url("inbox.poll", query) if query.goes_on else None,
        **_shown(query),
    )


@routes.get("/inbox/poll")
@needs(May.SEE_CHATS)
def poll() -> Response:
    """Answer 204 while nothing changed since a version, else with the lists' HTML."""
    query = read_query(asked.args)
    version = finding.read_version(console().database)
    if version == asked.args.get("since"):
        return Response(status=204)
    return make_response(render_template("inbox/lists.html", **_shown(query, version)))


def piece() -> Piece:
    """Return the inbox's routes."""
    return Piece(routes=routes, label="Inbox", endpoint="inbox.show")


def _shown(query: Query, version: str | None = None) -> dict[str, object]:
    """Return what the lists' template needs."""
    database = console().database
    # Before the lists: what changes meanwhile is another version.
    known = version or finding.read_version(database)
    found: Found | None = look_for(query.words) if query.words else None
    return {
        "version": known,
        "query": query,
        "found": found,
        "tabs": [] if found else _tabs(query),
        "sections": [] if found else _sections(query),
        "initial_of": _initial_of,
        "me": operator().user_id,
    }


def _sections(query: Query) -> list[Section]:
    states = AT_ONCE if query.state == ALL else {query.state: PAGE}
    return [
        _section(replace(query, state=state), most, is_alone=query.state != ALL)
        for state, most in states.items()
    ]


def _section(query: Query, most: int, *, is_alone: bool) -> Section:
    title, nothing = TITLES[query.state]
    sought = _sought(query, most)
    found = finding.read_list(console().database, query.state, sought, query.after)
    # From a page of all lists it leads to the list itself, which begins anew.
    rest = replace(query, after=found.after) if is_alone and found.after else query
    more = _url("inbox.show", rest) if found.after else None
    words = "More" if is_alone else f"All: {title}"
    return Section(query.state, title, nothing, found, more, words)


def _sought(query: Query, most: int) -> Sought:
    return Sought(
        operator_id=operator().user_id,
        label=query.label,
        assignee_id=query.assignee_id,
        sees_past=operator().may(May.SEE_PAST),
        most=most,
    )


def _tabs(query: Query) -> list[tuple[str, str, int | None, str]]:
    """Return for each list its state, name, number where that is small, and address."""
    counts = finding.count_lists(console().database, operator().user_id)
    named = [
        (ALL, "All", None), ("queue", "Waiting", counts.queue),
        ("mine", "Mine", counts.mine), ("human", "With a person", counts.human),
        ("bot", "Bot", None), ("snoozed", "Snoozed", counts.snoozed),
        ("resolved", "Resolved", None),
    ]  # fmt: skip
    return [
        (state, name, count, _url("inbox.show", query.with_state(state)))
        for state, name, count in named
    ]


def _initial_of(name: str) -> str:
    """Return the letter that stands in a person's circle."""
    return next((sign.upper() for sign in name if sign.isalnum()), "#")


def _url(endpoint: str, query: Query) -> str:
    args: dict[str, Any] = {**query.to_args()}
    return url_for(endpoint, **args)
