"""Judging an answer of the bot's, and what is shown of judgements."""

from uuid import UUID

from flask import Blueprint, abort, redirect, request, url_for
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from bot.console.operators import operator
from bot.console.permissions import May, needs
from bot.console.writing import note, writing
from db.logins.audit import Action
from db.support.corrections import find_answer
from db.support.inbox.ratings import ShownRating, rate_answer

RATINGS = {"good": 1, "bad": -1}
THUMBS = {1: "\U0001f44d", -1: "\U0001f44e", None: "\u270d"}


def add_to(routes: Blueprint) -> None:
    """Add the view."""
    routes.post("/rate/<uuid:reference_id>")(rate)


@needs(May.RATE)
def rate(user_id: UUID, reference_id: UUID) -> Response:
    """Keep what this operator thinks of an answer, once."""
    rating = RATINGS.get(request.form.get("rating", ""))
    if rating is None:
        raise BadRequest("An answer is judged good or bad.")
    text = request.form.get("text", "").replace("\r\n", "\n")
    with writing() as connection:
        if find_answer(connection, user_id, reference_id) is None:
            abort(404, "The bot gave no such answer, or it was deleted.")
        rate_answer(
            connection, user_id, reference_id,
            operator_id=operator().user_id, rating=rating, text=text,
        )  # fmt: skip
        told = {"reference_id": str(reference_id), "rating": rating}
        note(connection, Action.RATED, user_id, told)
    return redirect(url_for("chats.show", user_id=user_id), 303)


def describe_rating(rating: ShownRating) -> str:
    """Return a judgement on a line; names and words are as they were written."""
    gone = "A former operator" if rating.given_by == "operator" else "The customer"
    words = " ".join((rating.text or "").split())
    who = f"{THUMBS.get(rating.rating, '')} {rating.operator or gone}"
    return f"{who}: {words}" if words else who
