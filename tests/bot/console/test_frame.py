"""The console's borders, whatever its pages are."""

import pytest
from flask import Blueprint
from psycopg.errors import InsufficientPrivilege

from bot.console.app import build_console_app
from bot.console.parts import Console, Piece
from bot.console.permissions import May, needs, open_to_all
from bot.console.shown import pages_of
from bot.serving.health import health_routes
from db.database import Database
from db.errors import OperatorError, StoreUnavailableError
from tests.bot.console.conftest import add_operator, app_of, client_of


@open_to_all
def broken() -> str:
    raise RuntimeError("planted")


@open_to_all
def stale() -> str:
    raise OperatorError("Somebody else has it: <b>look</b>.")


@open_to_all
def away() -> str:
    raise StoreUnavailableError("planted: the address of the database")


@open_to_all
def barred() -> str:
    raise StoreUnavailableError("planted") from InsufficientPrivilege("planted")


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

    for view in (erase, forgotten, hello, broken, stale, away, barred):
        methods = ["GET"] if view is hello else ["GET", "POST"]
        routes.route(f"/{view.__name__}", methods=methods)(view)
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


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/nowhere", 404, "There is nothing here"),
        ("/hello?post", 405, "go back, and use its buttons"),
        ("/broken", 500, "Something broke"),
        ("/stale", 409, "Somebody else has it: &lt;b&gt;look&lt;/b&gt;."),
        ("/away", 503, "Nothing is lost"),
        ("/barred", 500, "It is our fault"),
    ],
)
def test_refusals_and_failures_are_pages_in_words(
    database: Database, path: str, status: int, words: str
) -> None:
    operator = add_operator(database, "supporter")
    client = client_of(app_of(database, [a_piece()], [operator]), operator)
    ask = client.post if "post" in path else client.get
    answer = ask(path)
    assert answer.status_code == status
    assert words in answer.text
    assert "planted" not in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_an_area_tells_no_more_of_a_database_that_is_away(database: Database) -> None:
    routes = pages_of("area", __name__)
    for view in (away, barred, stale):
        routes.get(f"/{view.__name__}")(view)
    client = client_of(app_of(database, [Piece(routes=routes)], []), None)
    for path, status in (("/away", 503), ("/barred", 500), ("/stale", 409)):
        answer = client.get(path)
        assert answer.status_code == status
        assert "planted" not in answer.text


def test_a_form_without_its_token_is_refused_in_words(database: Database) -> None:
    app = app_of(database, [a_piece()], [])
    app.config["WTF_CSRF_ENABLED"] = True
    answer = client_of(app, None).post("/stale")
    assert answer.status_code == 400
    assert "That could not be understood" in answer.text


def test_a_supervisor_asks_by_any_name_and_is_told_nothing_else(
    database: Database,
) -> None:
    health = health_routes(lambda: None, "about", None)
    console = Console(
        database=database, secret_key="k" * 32, origin="https://c.example"
    )
    app = build_console_app(console, [a_piece()], lambda _: None, health)
    client = app.test_client()
    for path in ("/healthz", "/readyz"):
        assert client.get(path, headers={"Host": "10.0.0.7:8002"}).status_code == 200
    assert client.get("/hello", headers={"Host": "10.0.0.7"}).status_code == 403
