"""Refusals and failures in the console's look, in words."""

import logging

from flask import Flask, Response, g, make_response, render_template, request
from werkzeug.exceptions import HTTPException, InternalServerError

from db.errors import OperatorError, StoreUnavailableError
from db.outages import FAILURES, REFUSED_DATA, is_away

log = logging.getLogger(__name__)

TITLES = {
    400: "That could not be understood",
    403: "That is not yours to do",
    404: "There is nothing here",
    405: "That is no way to ask for it",
    409: "Something changed meanwhile",
    413: "That is too large",
    415: "That kind of file is not taken",
    429: "Too often",
    500: "Something broke",
    503: "The database is away",
}
# What Werkzeug would say is written for programmers.
WORDS = {
    400: "Something in it is no text or number that can be kept. Go back, and look at "
    "what you wrote.",
    404: "The address leads nowhere: perhaps the person was erased, or the chat is "
    "closed.",
    405: "The page cannot be asked for like this: go back, and use its buttons.",
    413: "A form takes 1 MB at once, a file for a customer 16 MB, a document or a "
    "product list 32 MB: send less.",
    500: "It is our fault, not yours, and stands in the console's log. Perhaps what "
    "you did was not stored: look before you do it again.",
    503: "Nothing is lost: messages are taken in as soon as it is back. Try again in a "
    "moment.",
}


def register_errors(app: Flask) -> None:
    """Have every refusal and failure shown as a page."""
    app.register_error_handler(HTTPException, _refuse)
    for kind in (StoreUnavailableError, *FAILURES):
        app.register_error_handler(kind, fail)
    for kind in REFUSED_DATA:
        app.register_error_handler(kind, _misunderstand)
    app.register_error_handler(OperatorError, _tell)
    app.register_error_handler(Exception, _break)


def _refuse(error: HTTPException) -> Response:
    if error.response is not None:
        return make_response(error.response)
    status = error.code or 500
    told = error.description or ""
    is_ours = told != type(error).description
    response = _page(status, told if is_ours else WORDS.get(status, told))
    for name, value in error.get_headers():
        if name.lower() in {"allow", "retry-after"}:
            response.headers[name] = value
    return response


def _tell(error: Exception) -> Response:
    """Show what speaks to an operator: they asked for what is not so any more."""
    return _page(409, str(error))


def fail(error: Exception) -> Response:
    """Tell that the database is away, or that we are at fault where it is not."""
    told = error.__cause__ if isinstance(error, StoreUnavailableError) else error
    if told is not None and not is_away(told):
        return _break(error)  # such as what its role may not do: waiting mends nothing
    log.warning("a page was not made, the database is away: %s", request.endpoint)
    return _page(503, WORDS[503])


def _misunderstand(_error: Exception) -> Response:
    """Refuse what no text of a database can hold, or no number of its."""
    return _page(400, WORDS[400])


def _break(error: Exception) -> Response:
    log.error("a page broke: %s", request.endpoint, exc_info=error)
    return _page(InternalServerError.code, WORDS[500])


def _page(status: int, words: str) -> Response:
    g.without_menu = status >= 500  # who asks may be what could not be found out
    title = TITLES.get(status, "That did not work")
    page = render_template("error.html", status=status, title=title, words=words)
    return make_response(page, status)
