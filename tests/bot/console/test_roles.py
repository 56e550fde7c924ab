"""What each role may do: as the document says, asked of the running console."""

from pathlib import Path

import pytest
from flask import Blueprint

from bot.console.parts import Piece
from bot.console.permissions import ALLOWED, May, needs
from db.database import Database
from db.records.support import OPERATORS, ROLES
from tests.bot.console.conftest import add_operator, app_of, client_of

DOCUMENT = Path(__file__).parents[3] / "docs" / "console.md"


def told() -> dict[str, list[str]]:
    """Return the document's table: what may be done, and who may."""
    lines = DOCUMENT.read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    heading = next(row for row in rows if row[0] == "to")
    ends = {"yes": True, "no": False}
    return {
        row[0]: [role for role, cell in zip(heading[1:], row[1:], strict=True)
                 if ends[cell]]
        for row in rows if len(row) == len(heading) and row[1] in ends
    }  # fmt: skip


def every_permission() -> Piece:
    """Return a page for each thing that may be allowed."""
    routes = Blueprint("each", __name__)
    for permission in May:
        view = needs(permission)(lambda: "shown")
        routes.add_url_rule(f"/{permission.name}", permission.name, view)
    return Piece(routes=routes)


@pytest.mark.parametrize("role", ROLES)
def test_each_role_may_do_what_the_document_says(database: Database, role: str) -> None:
    operator = add_operator(database, role)
    client = client_of(app_of(database, [every_permission()], [operator]), operator)
    table = told()
    assert set(table) == set(May)
    for permission in May:
        expected = 200 if role in table[permission] else 403
        assert client.get(f"/{permission.name}").status_code == expected, permission


def test_a_higher_role_may_do_all_that_a_lower_one_may() -> None:
    assert tuple(ALLOWED) == ROLES
    for lower, higher in zip(ROLES, OPERATORS, strict=False):
        assert ALLOWED[lower] < ALLOWED[higher]
