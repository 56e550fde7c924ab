"""The console's borders, whatever its pages are."""

import pytest
from flask import Blueprint

from bot.console.parts import Piece
from bot.console.permissions import May, needs, open_to_all
from db.database import Database
from tests.bot.console.conftest import add_operator, app_of, client_of


def a_piece() -> Piece:
    routes = Blueprint("trial", __name__)

    @needs(May.ERASE)
    def erase() -> str:
        return "erased"

    def forgotten() -> str:
        return "said nothing of permissions"

    @open_to_all
    def hello() -> str:
        return "hello"

    routes.get("/erase")(erase)
    routes.get("/forgotten")(forgotten)
    routes.get("/hello")(hello)
    return Piece(routes=routes)


@pytest.mark.parametrize(
    ("role", "status"), [("supporter", 403), ("admin", 403), ("super_admin", 200)]
)
def test_a_view_is_shown_to_whom_the_table_allows_it(
    database: Database, role: str, status: int
) -> None:
    operator = add_operator(database, role)
    client = client_of(app_of(database, [a_piece()], [operator]), operator)
    assert client.get("/erase").status_code == status
    assert client.get("/forgotten").status_code == 403
    assert client.get("/hello").status_code == 200


def test_another_name_and_another_site_are_refused(database: Database) -> None:
    client = client_of(app_of(database, [a_piece()], []), None)
    assert client.get("/hello", headers={"Host": "evil.example"}).status_code == 403
    foreign = {"Origin": "https://evil.example"}
    assert client.get("/hello", headers=foreign).status_code == 403
    answer = client.get("/hello")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
