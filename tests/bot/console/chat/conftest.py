"""A console with the chat page, a supporter, an admin, and a customer who wrote."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bot.console.chat.routes import piece
from bot.console.chat.templates_setting import ReplyTemplate
from bot.console.operators import Operator
from bot.console.parts import Piece
from bot.console.permissions import open_to_all
from db.chats import PostgresChatStore
from db.database import Database
from db.records import InboundMessage
from tests.bot.console.conftest import add_operator, app_of, client_of
from tests.db.sql import take_in, value
from tests.records import ANA, said

TEMPLATE = ReplyTemplate("HX" + "0" * 32, "Wake up", "Hello {{1}}, your {{2}} is here.")


def _login() -> Piece:
    """Stand where the log-in's pages are."""
    routes = Blueprint("login", __name__)

    @open_to_all
    def show() -> str:
        return "log in"

    routes.get("/login")(show)
    routes.add_url_rule("/logout", "log_out", show, methods=["POST"])
    return Piece(routes=routes)


@dataclass(frozen=True, slots=True)
class Desk:
    """An operator's browser at one customer's chat."""

    client: FlaskClient
    operator: Operator
    user_id: UUID

    @property
    def path(self) -> str:
        """The page's path."""
        return f"/chats/{self.user_id}"

    def page(self, query: str = "") -> str:
        """Load the page."""
        answer = self.client.get(self.path + query)
        assert answer.status_code == 200, answer.text
        return answer.text

    def version(self) -> str:
        """Return the version that the page carries now."""
        return self.page().split('name="version" value="')[1].split('"')[0]

    def post(self, what: str, **form: Any) -> TestResponse:
        """Post a form as the page carries it, if nothing else is said."""
        known = {"version": form.pop("version", None) or self.version(), **form}
        return self.client.post(f"{self.path}/{what}", data=known)

    def reply(self, text: str, **form: Any) -> TestResponse:
        """Send a reply; by default with a new id."""
        reference_id = form.pop("reference_id", None) or uuid4()
        return self.post("reply", text=text, reference_id=reference_id, **form)


Seat = Callable[[Operator], Desk]


@pytest.fixture
def olga(database: Database) -> Operator:
    return add_operator(database, "supporter")


@pytest.fixture
def pete(database: Database) -> Operator:
    return add_operator(database, "admin", "Pete")


@pytest.fixture
def app(database: Database, olga: Operator, pete: Operator) -> Flask:
    app = app_of(database, [piece(), _login()], [olga, pete])
    console = app.extensions["console"]
    app.extensions["console"] = replace(console, templates=(TEMPLATE,))
    return app


@pytest.fixture
def first(pg: PostgresChatStore) -> InboundMessage:
    """What Ana wrote first."""
    message = said("When do you open?", profile_name="Ana")
    take_in(pg, message)
    return message


@pytest.fixture
def ana(database: Database, first: InboundMessage) -> UUID:
    """Ana, who wrote."""
    assert first.address == ANA
    query = "SELECT user_id FROM users WHERE phone_number = %(address)s"
    found: UUID = value(database, query, address=ANA)
    return found


@pytest.fixture
def seat(app: Flask, ana: UUID) -> Seat:
    """Sit an operator down at Ana's chat."""
    return lambda operator: Desk(client_of(app, operator), operator, ana)


@pytest.fixture
def desk(seat: Seat, olga: Operator) -> Desk:
    """Olga at Ana's chat."""
    return seat(olga)


def long_ago(message: InboundMessage) -> InboundMessage:
    """Return a message as it came in two days ago."""
    stamp = datetime.now(UTC) - timedelta(days=2)
    return replace(message, turn=replace(message.turn, timestamp=stamp))
