"""What the bot should have said: one form, and it is knowledge from then on."""

from dataclasses import dataclass
from functools import partial
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from bot.console.chat.words import shown
from bot.console.parts import console
from bot.console.permissions import May, needs
from bot.console.writing import note
from bot.knowledge.answers import LONGEST, compose_answer
from db.errors import OperatorError, StoreUnavailableError
from db.logins.audit import Action
from db.outages import outages
from db.records import to_storable
from db.support.corrections import BotAnswer, correct_answer, find_answer

SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Correction:
    """What the form holds."""

    question: str
    answer: str


def add_to(routes: Blueprint) -> None:
    """Add the views."""
    routes.get("/correct/<uuid:reference_id>")(form)
    routes.post("/correct/<uuid:reference_id>")(correct)


@needs(May.TEACH)
def form(user_id: UUID, reference_id: UUID) -> str:
    """Show the question and the answer, to be put right."""
    with outages(), console().database.transaction() as connection:
        found = find_answer(connection, user_id, reference_id)
    if found is None:
        abort(404, "The bot gave no such answer, or it was deleted.")
    said = (shown(found.question or ""), shown(found.answer))
    written = Correction(*(text[:LONGEST] for text in said))
    return _shown(user_id, found, written)


@needs(May.TEACH)
def correct(user_id: UUID, reference_id: UUID) -> Response | tuple[str, int]:
    """Make it a document, which the next like question is answered from."""
    given = (request.form.get(name, "") for name in ("question", "answer"))
    written = Correction(*(to_storable(v.replace("\r\n", "\n")) for v in given))
    found = None
    try:
        with outages(), console().database.transaction(SECONDS) as connection:
            found = find_answer(connection, user_id, reference_id)
            if found is None:
                abort(404, "The bot gave no such answer, or it was deleted.")
            compose = partial(compose_answer, written.answer)
            document = correct_answer(connection, found, written.question, compose)
            action = Action.GAP_ANSWERED if found.gap_id else Action.DOCUMENT_ADDED
            told = {"corrects": str(reference_id), "document": str(document)}
            note(connection, action, user_id, told)
    except StoreUnavailableError:
        raise
    except OperatorError as error:
        assert found is not None  # noqa: S101  (what is refused is the correction)
        return _shown(user_id, found, written, str(error)), 409
    flash(f"Document {document} tells it from now on.")
    return redirect(url_for("chats.show", user_id=user_id), 303)


def _shown(
    user_id: UUID, found: BotAnswer, written: Correction, refused: str = ""
) -> str:
    return render_template(
        "chat/correct.html",
        user_id=user_id,
        found=found,
        written=written,
        refused=refused,
        longest=LONGEST,
    )
