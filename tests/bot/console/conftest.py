"""A console on the test's own database, and operators who are logged in to it."""

from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from bot.console.app import build_console_app
from bot.console.operators import Operator
from bot.console.parts import Console, Piece
from db.database import Database
from tests.db.sql import value

ORIGIN = "http://127.0.0.1:8002"
Login = Callable[..., FlaskClient]


def add_operator(database: Database, role: str, name: str = "Olga") -> Operator:
    """Make a user of a role."""
    email = f"{name.lower()}@shop.example"
    user_id: UUID = value(
        database,
        "INSERT INTO users (email, full_name, role)"
        " VALUES (%(email)s, %(name)s, %(role)s) RETURNING user_id",
        email=email, name=name, role=role,
    )  # fmt: skip
    return Operator(user_id=user_id, name=name, email=email, role=role)


def client_of(app: Flask, operator: Operator | None) -> FlaskClient:
    """Return a browser in which that operator is logged in; None: nobody."""
    headers = {"X-Test-Operator": str(operator.user_id)} if operator else {}
    client = app.test_client()
    client.environ_base.update(
        {f"HTTP_{name.upper().replace('-', '_')}": v for name, v in headers.items()}
    )
    return client


def app_of(database: Database, pieces: list[Piece], operators: list[Operator]) -> Flask:
    """Build a console whose operators are known by a header of the tests'."""
    known = {str(operator.user_id): operator for operator in operators}

    def find_operator(_console: Console) -> Operator | None:
        return known.get(request.headers.get("X-Test-Operator", ""))

    console = Console(database=database, secret_key="k" * 32, origin=ORIGIN)
    app = build_console_app(console, pieces, find_operator)
    app.config["WTF_CSRF_ENABLED"] = False  # tests of the frame show that it is asked
    app.config["SERVER_NAME"] = "127.0.0.1:8002"
    return app


@pytest.fixture
def supporter(database: Database) -> Operator:
    """One who answers chats."""
    return add_operator(database, "supporter")
