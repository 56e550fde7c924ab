"""The page as HTML: whole, or the pieces of it that change while it is open."""

from dataclasses import replace
from uuid import UUID

from flask import render_template

from bot.console.chat import words
from bot.console.chat.drafts import Draft
from bot.console.chat.page import Case, Talk, Wish, read_case, read_talk
from bot.console.operators import operator
from bot.console.parts import console
from bot.console.permissions import May
from db.database import Connection
from db.outages import outages
from db.records import PRIORITIES

NEWEST = Wish()
# What of the page is shown only to whom it is allowed.
CAN = {
    "reply": May.REPLY, "note": May.NOTE, "teach": May.TEACH, "rate": May.RATE,
    "allow": May.ALLOW,
}  # fmt: skip


def show_page(
    user_id: UUID,
    wish: Wish = NEWEST,
    draft: Draft | None = None,
    canned_id: int | None = None,
) -> str:
    """Return the page; with a draft in it, or a canned reply filled in."""
    with outages(), console().database.transaction() as connection:
        talk = read_talk(connection, user_id, wish)
        case = read_case(connection, user_id)
    written = draft or Draft(text=fill_canned(talk, case, canned_id))
    return render_template(
        "chat/show.html",
        draft=replace(written, version=talk.customer.version),
        templates=console().templates,
        is_newest=wish.before is None and (talk.chat is None or talk.chat.is_active),
        **_told(talk, case),
    )


def show_talk(connection: Connection, user_id: UUID) -> str:
    """Return the pieces that change, for a page that is open."""
    talk = read_talk(connection, user_id, NEWEST)
    case = read_case(connection, user_id)
    return render_template("chat/news.html", **_told(talk, case))


def fill_canned(talk: Talk, case: Case, canned_id: int | None) -> str:
    """Return a canned reply for that person; empty, if there is none of that id."""
    known = {
        "name": words.one_line(talk.customer.name or ""),
        "operator": operator().name,
        "ticket": str(case.ticket.id) if case.ticket else "",
    }
    found = (one for one in case.canned if one.id == canned_id)
    return next((one.filled(known) for one in found), "")


def _told(talk: Talk, case: Case) -> dict[str, object]:
    zone, now, me = console().timezone, talk.now, operator()
    return {
        "can": {name: me.may(needed) for name, needed in CAN.items()},
        "talk": talk,
        "case": case,
        "priorities": PRIORITIES,
        "customer": talk.customer,
        "name": words.name_of(talk.customer),
        "address": words.address_of(talk.customer),
        "owner_words": words.describe_owner(talk.customer, me.user_id),
        "window_words": words.describe_window(
            talk.closes, now, zone, holds=console().holds
        ),
        "holds": console().holds,
        "clock": lambda moment: words.clock(moment, now, zone),
    }
