"""The pages about people who write: whoever asks for one is written down."""

from collections.abc import Iterator
from uuid import UUID

from flask import Response, abort, flash, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from bot.console.operators import operator
from bot.console.parts import Piece, console
from bot.console.permissions import May, needs
from bot.console.shown import page_number, pages_of, redirect_to
from bot.console.writing import note, writing
from bot.terminal import printable_json
from db.errors import OperatorError
from db.knowledge.listing import has_worker, list_documents_of
from db.logins.audit import Action
from db.logins.erasing import request_erasure
from db.privacy.export import export_person
from db.queries.directory import (
    Standing,
    find_standing,
    is_being_erased,
    list_chats_of,
    list_tickets_of,
    search_people,
)
from db.queries.people import (
    NobodyError,
    Person,
    find_details,
    find_person,
    set_active,
    to_address,
)

A_PAGE = 50
MOST_SHOWN = 100
SECONDS = 20.0
routes = pages_of("people", __name__)


def piece() -> Piece:
    """Return the pages, and their place in the menu."""
    return Piece(
        routes=routes, label="People", endpoint="people.find", needs=May.SEE_PEOPLE
    )


@routes.get("/people")
@needs(May.SEE_PEOPLE)
def find() -> str:
    """List people; those whose name, number or e-mail holds what is asked for."""
    words, page = request.args.get("q", "").strip(), page_number()
    inactive = request.args.get("inactive") == "on"
    with console().database.reading(SECONDS) as connection:
        found = search_people(
            connection, words,
            inactive=inactive, most=A_PAGE + 1, skip=A_PAGE * (page - 1),
        )  # fmt: skip
    return render_template(
        "people/list.html",
        found=found[:A_PAGE],
        more=len(found) > A_PAGE,
        page=page,
        words=words,
        inactive=inactive,
    )


@routes.get("/people/<uuid:user_id>")
@needs(May.SEE_PEOPLE)
def show(user_id: UUID) -> str:
    """Show what is known of a person, but for what was said."""
    with writing() as connection:
        note(connection, Action.READ_PERSON, user_id)
    with console().database.reading(SECONDS) as connection:
        person, standing = _find(user_id)
        return render_template(
            "people/person.html",
            may_erase=operator().may(May.ERASE),
            person=person,
            standing=standing,
            details=find_details(connection, person),
            chats=list_chats_of(connection, user_id, MOST_SHOWN),
            documents=list_documents_of(connection, user_id, MOST_SHOWN),
            tickets=list_tickets_of(connection, user_id, MOST_SHOWN),
            is_going=is_being_erased(connection, user_id),
            most=MOST_SHOWN,
        )


@routes.post("/people/<uuid:user_id>/export")
@needs(May.SEE_PEOPLE)
def export(user_id: UUID) -> Response:
    """Send all that is held about a person, as a file of JSON."""
    _find(user_id)
    with writing() as connection:
        note(connection, Action.EXPORTED, user_id)
    pieces = export_person(console().database, user_id, console().media_folder)
    headers = {"Content-Disposition": f'attachment; filename="person-{user_id}.json"'}
    return Response(_safe(pieces), headers=headers, mimetype="application/json")


@routes.post("/people/<uuid:user_id>/active")
@needs(May.SEE_PEOPLE)
def change_active(user_id: UUID) -> AnyResponse:
    """Let a person have answers, or not."""
    active = request.form.get("active") == "on"
    person, standing = _find(user_id)
    if standing.role != "user":
        flash("Operators are let in and kept out under Settings, Operators.", "error")
        return redirect_to("people.show", user_id=user_id)
    with writing() as connection:
        if set_active(connection, person, active=active):
            note(
                connection, Action.ACTIVATED if active else Action.DEACTIVATED, user_id
            )
    flash(
        "They get answers again, to what they write from now on."
        if active
        else "They get no answers any more. What they write is stored."
    )
    return redirect_to("people.show", user_id=user_id)


@routes.post("/people/<uuid:user_id>/erase")
@needs(May.ERASE)
def erase(user_id: UUID) -> AnyResponse:
    """Have a worker erase a person for good; their number was typed to confirm it."""
    person, standing = _find(user_id)
    if standing.role != "user":
        raise OperatorError(
            "This is an operator: take their role first, under Settings, Operators."
        )
    if not _is_named(person, request.form.get("typed", "")):
        raise OperatorError(
            "What was typed is not theirs: type their number or e-mail as it is shown."
        )
    with writing() as connection:
        request_erasure(connection, user_id, operator().user_id, request.remote_addr)
    return redirect_to("people.erasing", user_id=user_id)


@routes.get("/people/<uuid:user_id>/erasing")
@needs(May.ERASE)
def erasing(user_id: UUID) -> str:
    """Tell how far the erasing is."""
    with console().database.reading(SECONDS) as connection:
        is_going = is_being_erased(connection, user_id)
        is_there = find_standing(connection, user_id) is not None
        works = has_worker(connection)
    return render_template(
        "people/erasing.html",
        user_id=user_id, is_going=is_going, is_there=is_there, works=works,
    )  # fmt: skip


def _is_named(person: Person, typed: str) -> bool:
    """Tell whether a person is meant by what was typed, as it is shown."""
    if person.address:
        return to_address(typed) == person.address
    return bool(person.email) and typed.strip().lower() == person.email


def _find(user_id: UUID) -> tuple[Person, Standing]:
    """Return a person, or end the request: there is none (any more)."""
    with console().database.reading(SECONDS) as connection:
        standing = find_standing(connection, user_id)
        try:
            person = find_person(connection, str(user_id))
        except NobodyError:
            abort(404)
    if standing is None:
        abort(404)
    return person, standing


def _safe(pieces: Iterator[str]) -> Iterator[str]:
    yield from map(printable_json, pieces)
