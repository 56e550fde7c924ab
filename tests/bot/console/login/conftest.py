"""A console with its log-in, as it is run: cookies, CSRF and all."""

import html
import re
from collections.abc import Callable

import pytest
from flask import Blueprint, Flask
from werkzeug.test import TestResponse

from bot.console.app import build_console_app
from bot.console.login.routes import find_operator, piece
from bot.console.operators import operator
from bot.console.parts import Console, Piece
from bot.console.permissions import May, needs
from db.database import Database
from tests.db.logins.cheap import CHEAP, GOOD

ORIGIN = "http://127.0.0.1:8002"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
EMAIL = "olga@shop.example"


def build(database: Database, origin: str = ORIGIN) -> Flask:
    """Build a console of the log-in and a start page."""
    home = Blueprint("inbox", __name__)

    @needs(May.SEE_CHATS)
    def show() -> str:
        return f"the inbox of {operator().name}"

    home.get("/")(show)
    parts = [Piece(routes=home, label="Inbox", endpoint="inbox.show"), piece(CHEAP)]
    console = Console(database=database, secret_key="k" * 32, origin=origin)
    return build_console_app(console, parts, find_operator)


class Browser:
    """One with a cookie jar: forms are sent with the token of the page they are on."""

    def __init__(self, app: Flask, origin: str = ORIGIN) -> None:
        self.client = app.test_client()
        self.origin = origin
        self.from_where = "203.0.113.9"
        self.forwarded: str | None = None

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(path, **self._about(headers))

    def post(
        self, page: str, path: str | None = None, csrf: str | None = None, **form: str
    ) -> TestResponse:
        """Send a form of a page: to its own path, or to another one."""
        found = TOKEN.search(self.get(page).text)
        token = csrf if csrf is not None else (found[1] if found else "")
        data = {"csrf_token": html.unescape(token), **form}
        about = self._about({"Origin": self.origin})
        return self.client.post(path or page, data=data, **about)

    def log_in(
        self, password: str = GOOD, email: str = EMAIL, **form: str
    ) -> TestResponse:
        return self.post("/login", email=email, password=password, **form)

    def cookie(self, name: str = "login") -> str | None:
        found = self.client.get_cookie(name, domain="127.0.0.1")
        return found.value if found else None

    def _about(self, headers: dict[str, str]) -> dict[str, object]:
        if self.forwarded:
            headers["X-Forwarded-For"] = self.forwarded
        return {
            "headers": headers,
            "base_url": self.origin,
            "environ_base": {"REMOTE_ADDR": self.from_where},
        }


@pytest.fixture
def visitor(database: Database) -> Browser:
    """A browser on a console that nobody is logged in to."""
    return Browser(build(database))


@pytest.fixture
def another(visitor: Browser) -> Callable[[], Browser]:
    """Opens further browsers on the same console."""
    return lambda: Browser(visitor.client.application)
