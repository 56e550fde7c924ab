"""Gaps: what people asked and nothing told, and answering it."""

from functools import partial

from flask import Blueprint, flash, g, render_template, request
from werkzeug.wrappers import Response

from bot.console.parts import console
from bot.console.permissions import May, needs
from bot.console.shown import REFUSED, page_number, redirect_to
from bot.console.writing import note, writing
from bot.knowledge.answers import LONGEST, compose_answer
from db.errors import OperatorError
from db.knowledge.gaps import close_gap, list_gaps
from db.knowledge.listing import LARGEST_ID
from db.logins.audit import Action
from db.records import to_storable

A_PAGE = 25
SECONDS = 20.0


def register(routes: Blueprint) -> None:
    """Add the pages."""
    routes.get("/knowledge/gaps")(gaps)
    routes.post("/knowledge/gaps/<int:gap_id>")(answer)


@needs(May.TEACH)
def gaps() -> str:
    """List the gaps, those met most often first."""
    page, also = page_number(), request.args.get("all") == "on"
    with console().database.reading(SECONDS) as connection:
        found = list_gaps(connection, A_PAGE * page + 1, also_answered=also)
    return render_template(
        "knowledge/gaps.html",
        found=found[A_PAGE * (page - 1) : A_PAGE * page],
        page=page,
        more=len(found) > A_PAGE * page,
        also=also,
        longest=LONGEST,
    )


@needs(May.TEACH)
def answer(gap_id: int) -> Response | tuple[str, int]:
    """Make an answer a document that closes the gap; one that fails is shown again."""
    text, question = (
        to_storable(request.form.get(n, "")).strip() for n in ("answer", "question")
    )
    question = question[:LONGEST]
    try:
        _close(gap_id, question, text)
    except OperatorError as error:
        g.without_menu = True  # the database may be what failed
        page = render_template(
            "knowledge/answer.html",
            words=str(error), gap_id=gap_id, question=question, text=text,
            longest=LONGEST,
        )  # fmt: skip
        return page, REFUSED
    flash("It is answered: the bot knows it from now on.")
    return redirect_to("knowledge.gaps")


def _close(gap_id: int, question: str, text: str) -> None:
    if not text:
        raise OperatorError("the answer is empty: write it, and send it again")
    if gap_id > LARGEST_ID:
        raise OperatorError("there is no such gap")
    compose = partial(compose_answer, text)
    with writing() as connection:
        done = close_gap(connection, gap_id, question or None, compose)
        details = {"gap_id": gap_id, "document_id": done.document_id}
        note(connection, Action.GAP_ANSWERED, details=details)
