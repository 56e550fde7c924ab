"""Documents: listed, sent to be taken in, looked at, looked for again, removed."""

from itertools import islice

from flask import Blueprint, abort, flash, render_template, request
from werkzeug.wrappers import Response

from bot.console.parts import console
from bot.console.permissions import May, needs
from bot.console.shown import page_number, redirect_to
from bot.console.uploads import read_upload, takes_file
from bot.console.writing import note, writing
from bot.knowledge.taking_in.sources import read_source, source_of
from db.errors import OperatorError
from db.knowledge.documents import (
    MOST_SECONDS,
    PRODUCTS,
    add_document,
    remove_documents,
)
from db.knowledge.listing import (
    LARGEST_ID,
    find_listed,
    has_worker,
    list_documents,
    read_chunks,
)
from db.logins.audit import Action
from db.records import DocumentRow, NewDocument

A_PAGE = 100
MOST_CHUNKS = 200
SECONDS = 20.0
# What came from here lies at no path of this machine: the name alone tells it.
PLACE = "console/"


def register(routes: Blueprint) -> None:
    """Add the pages."""
    routes.get("/knowledge")(documents)
    routes.post("/knowledge")(add)
    routes.get("/knowledge/<int:document_id>")(show)
    routes.post("/knowledge/<int:document_id>/refresh")(refresh)
    routes.post("/knowledge/<int:document_id>/remove")(remove)


@needs(May.TEACH)
def documents() -> str:
    """List the documents, with what became of them."""
    page = page_number()
    with console().database.reading(SECONDS) as connection:
        found = list_documents(connection, A_PAGE * page + 1)
        working = has_worker(connection)
    here = found[A_PAGE * (page - 1) : A_PAGE * page]
    return render_template(
        "knowledge/documents.html",
        found=here,
        page=page,
        more=len(found) > A_PAGE * page,
        waits=not working and any(not row.is_processed for row in here),
    )


@takes_file
@needs(May.TEACH)
def add() -> Response:
    """Have a file taken in by the worker; its name again is a newer version of it."""
    name, content = read_upload()
    title = request.form.get("title", "").strip()[:300]
    new = NewDocument(content=content, file_path=PLACE + name, title=title or None)
    document_id = _store(new)
    flash("It is stored, and will be taken in: look here again in a moment.")
    return redirect_to("knowledge.show", document_id=document_id)


@needs(May.TEACH)
def show(document_id: int) -> str:
    """Show a document with its chunks."""
    row = _find(document_id)
    with console().database.reading(SECONDS) as connection:
        chunks = list(islice(read_chunks(connection, document_id), MOST_CHUNKS))
    return render_template(
        "knowledge/document.html",
        row=row,
        chunks=chunks,
        can_refresh=row.file_type != PRODUCTS and source_of(row) is not None,
    )


@needs(May.TEACH)
def refresh(document_id: int) -> Response:
    """Take a file or page in anew, as it is now."""
    row = _find(document_id)
    source = source_of(row)
    if source is None or row.file_type == PRODUCTS:
        raise OperatorError("it lies nowhere to be looked for: send the file again")
    like = NewDocument(content=b"", user_id=row.user_id, is_demo=row.is_demo)
    new = read_source(source, like)  # no connection is held meanwhile
    _store(new)
    flash("What is there now will be taken in, if it has changed.")
    return redirect_to("knowledge.show", document_id=document_id)


@needs(May.TEACH)
def remove(document_id: int) -> Response:
    """Remove a document: no answer stands on it from then on."""
    with writing(MOST_SECONDS) as connection:
        if remove_documents(connection, [min(document_id, LARGEST_ID)]):
            details = {"document_id": document_id}
            note(connection, Action.DOCUMENT_REMOVED, details=details)
    flash("It is removed: no answer stands on it any more.")
    return redirect_to("knowledge.documents")


def _store(new: NewDocument) -> int:
    with writing(MOST_SECONDS) as connection:
        added = add_document(connection, new)
        if added.is_new_version:
            details = {"document_id": added.document_id}
            note(connection, Action.DOCUMENT_ADDED, details=details)
    return added.document_id


def _find(document_id: int) -> DocumentRow:
    """Return a document, or end the request: there is none (any more)."""
    with console().database.reading(SECONDS) as connection:
        found = find_listed(connection, document_id)
    return found or abort(404)
