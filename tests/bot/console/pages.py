"""What tests of pages share: a console of some pages, and what its audit says."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from flask import Blueprint
from flask.testing import FlaskClient

from bot.console.knowledge import routes as knowledge
from bot.console.knowledge.asking import Finding
from bot.console.operators import Operator
from bot.console.parts import Piece
from bot.console.permissions import open_to_all
from bot.settings import Settings
from bot.wiring.knowledge import build_knowledge
from db.database import Database
from tests.bot.console.conftest import add_operator, app_of, client_of
from tests.db.sql import rows

HOSTILE = '<img src=x onerror="alert(1)">\u202egnp.exe'


def a_login() -> Piece:
    """Stand where the log-in's pages are: every page leads there."""
    routes = Blueprint("login", __name__)

    @open_to_all
    def show() -> str:
        return "Log in."

    routes.get("/login", endpoint="show")(show)
    routes.post("/logout", endpoint="log_out")(show)
    return Piece(routes=routes)


def of_knowledge() -> Piece:
    """Return the pages about knowledge, where no embeddings are set."""
    build = partial(build_knowledge, Settings.from_env({}))
    return knowledge.piece(Finding(build, by_meaning=False))


def console_for(
    database: Database, role: str, *pieces: Piece
) -> tuple[FlaskClient, Operator]:
    """Return a browser in which somebody of that role is logged in, and who it is."""
    operator = add_operator(database, role, f"Olga {role}")
    app = app_of(database, [a_login(), *pieces], [operator])
    return client_of(app, operator), operator


def audited(database: Database) -> Sequence[tuple[Any, ...]]:
    """Return what was written into the audit: what, to whom, and what else."""
    return rows(database, "SELECT action, subject_id, details FROM audit_log")


def assert_harmless(page: str) -> None:
    """Check that hostile text stands in a page as text, without its tricks."""
    assert "<img" not in page
    assert "&lt;img" in page
    assert "\u202e" not in page
