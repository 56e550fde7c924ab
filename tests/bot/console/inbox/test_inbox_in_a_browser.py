"""The inbox in a real browser: what is new appears, and nothing else moves."""

import threading
from collections.abc import Iterator

import pytest
from flask import Blueprint
from playwright.sync_api import Page, expect, sync_playwright
from werkzeug.serving import make_server

from bot.console.inbox.routes import piece
from bot.console.parts import Piece
from bot.console.permissions import May, needs
from db.chats import PostgresChatStore
from db.database import Database
from tests.bot.console.conftest import add_operator, app_of
from tests.bot.simulator.browser import CHROMIUM, FLAGS, PHONE
from tests.db.sql import load, take_in
from tests.records import BEN, said

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium is installed")


def chats() -> Piece:
    """Stand in for the chats' pages, so that rows lead somewhere."""
    routes = Blueprint("chats", __name__)

    @needs(May.SEE_CHATS)
    def show(user_id: str) -> str:
        return f'<link rel="icon" href="data:,">the chat of {user_id}'

    routes.get("/chats/<uuid:user_id>")(show)
    return Piece(routes=routes, under="inbox")


@pytest.fixture
def inbox(database: Database) -> Iterator[Page]:
    """The inbox on a phone; nothing may complain in the browser's console."""
    olga = add_operator(database, "supporter")
    app = app_of(database, [piece(), chats()], [olga])
    app.config["SERVER_NAME"] = None
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    known = {"X-Test-Operator": str(olga.user_id)}
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context(viewport=PHONE, extra_http_headers=known)  # type: ignore[arg-type]
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text))
        page.goto(f"http://127.0.0.1:{server.server_port}/")
        yield page
        browser.close()
    server.shutdown()
    assert complaints == []


def test_what_is_new_appears_and_the_focus_stays(
    inbox: Page, pg: PostgresChatStore, database: Database
) -> None:
    expect(inbox.get_by_text("Nobody waits for a person.")).to_be_visible()
    take_in(pg, said("Do you have rye?", profile_name="<b>Ana</b>"))
    ana = inbox.get_by_role("link", name="<b>Ana</b>")
    expect(ana).to_contain_text("Do you have rye?")
    ana.focus()
    chat_id = take_in(pg, said("A person, please", BEN, profile_name="Ben"))
    user_id = load(pg, chat_id).user_id
    database.scalar(
        "SELECT change_owner(%(u)s, 'queue', NULL, '/human', NULL)", {"u": user_id}
    )
    waiting = inbox.get_by_role("region", name="Waiting for a person")
    expect(waiting.get_by_role("link", name="Ben")).to_contain_text("/human")
    expect(inbox).to_have_title("(1) Inbox")
    expect(inbox.get_by_role("navigation", name="Areas")).to_contain_text("1 waiting")
    expect(ana).to_be_focused()
    wider = inbox.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wider <= 0
    inbox.keyboard.press("Enter")
    expect(inbox.get_by_text("the chat of")).to_be_visible()
