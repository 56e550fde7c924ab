"""The page of a person's chat, and what keeps it up to date while it is open."""

from uuid import UUID

from flask import Blueprint, Response, request

from bot.console.calls import deciding
from bot.console.chat import acting, correcting, replying, words
from bot.console.chat.media import serving
from bot.console.chat.page import Wish, has_news, read_case, read_talk
from bot.console.chat.showing import NEWEST, fill_canned, show_page, show_talk
from bot.console.parts import Piece, console
from bot.console.permissions import May, needs
from bot.console.ratings import rating
from db.outages import outages

LONGEST_NUMBER = 9
LONGEST_ID = 16


def piece() -> Piece:
    """Return the blueprint `chats`: its page is reached from lists, by no menu."""
    routes = Blueprint("chats", __name__, url_prefix="/chats/<uuid:user_id>")
    routes.get("")(show)
    routes.get("/news")(news)
    routes.get("/canned/<int:canned_id>")(canned)
    replying.add_to(routes)
    acting.add_to(routes)
    correcting.add_to(routes)
    serving.add_to(routes)
    rating.add_to(routes)
    deciding.add_to(routes)
    routes.add_app_template_filter(words.linked, "linked")
    routes.add_app_template_filter(words.shown, "shown")
    routes.add_app_template_filter(words.one_line, "brief")
    return Piece(routes=routes, under="inbox")


@needs(May.SEE_CHATS)
def show(user_id: UUID) -> str:
    """Show a person's active chat, or an earlier one, or an earlier piece of one."""
    chat_id = request.args.get("chat", "")[:LONGEST_ID] or None
    wish = Wish(chat_id=chat_id, before=_read_number("before"))
    return show_page(user_id, wish, canned_id=_read_number("canned"))


@needs(May.SEE_CHATS)
def news(user_id: UUID) -> Response:
    """Return what changed since a state of the page; 204: nothing did."""
    state = request.args.get("state", "")
    with outages(), console().database.transaction() as connection:
        if not has_news(connection, user_id, state):
            return Response(status=204)
        return Response(show_talk(connection, user_id))


@needs(May.REPLY)
def canned(user_id: UUID, canned_id: int) -> Response:
    """Return a canned reply as text, filled in for that person."""
    with outages(), console().database.transaction() as connection:
        talk = read_talk(connection, user_id, NEWEST)
        text = fill_canned(talk, read_case(connection, user_id), canned_id)
    return Response(text, mimetype="text/plain")


def _read_number(name: str) -> int | None:
    given = request.args.get(name, "")
    is_number = given.isascii() and given.isdecimal() and len(given) <= LONGEST_NUMBER
    return int(given) if is_number else None
