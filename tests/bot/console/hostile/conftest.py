"""One console for all hostile requests: a customer whose every word is a trick."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bot.console.app import build_console_app
from bot.console.chat import routes as chat
from bot.console.inbox import routes as inbox
from bot.console.knowledge.proposals import READING
from bot.console.login import routes as login
from bot.console.numbers import routes as numbers
from bot.console.parts import Console, Piece
from bot.console.people import routes as people
from bot.console.settings import routes as settings
from db.chats import PostgresChatStore
from db.database import Database
from db.embedded.server import EmbeddedPostgres
from db.evaluation.proposals.keeping import find_proposals
from db.logins.sessions import open_session
from db.records import Gap
from db.support.owners import change_owner
from tests.bot.console.conftest import ORIGIN
from tests.bot.console.pages import of_knowledge
from tests.bot.console.walking import Walker
from tests.conftest import SESSION_TIMEOUT, new_database
from tests.db.knowledge.storing import store
from tests.db.logins.cheap import CHEAP, add_account
from tests.db.sql import change, opened, take_in, value
from tests.records import ANA, BEN, answer_to, said

# Out of an element, an attribute, a comment; round the corner; past a line's end.
TRICK = (
    "'\"></title></textarea></script>--><img src=x onerror=alert(1)>\u202egpj\u2066\x07"
)
ROLES = ("supporter", "admin", "super_admin")
TURNS_AROUND = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
STATE = """
SELECT md5(concat_ws(' ', (SELECT count(*) FROM documents),
  (SELECT count(*) FROM products), (SELECT sum(id) FROM canned_replies),
  (SELECT string_agg(concat(id, state), ' ' ORDER BY id) FROM proposals),
  (SELECT count(*) FROM invitations), (SELECT count(*) FROM support_messages),
  (SELECT count(*) FROM reply_parts), (SELECT count(*) FROM login_sessions),
  (SELECT count(*) FROM second_factors), (SELECT count(*) FROM procrastinate_jobs),
  (SELECT string_agg(concat(role, is_active, owner_version, hashed_password), ' '
                     ORDER BY user_id) FROM users)))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The console, who is logged in to it (a cookie a role), and what it shows."""

    app: Flask
    database: Database
    operators: dict[str, UUID]
    cookies: dict[str, str]
    ids: dict[str, Any] = field(default_factory=dict)

    def client(self, role: str | None) -> FlaskClient:
        """Open a browser in which somebody of that role is logged in; None: nobody."""
        client = self.app.test_client()
        if role:
            client.set_cookie("login", self.cookies[role], domain="127.0.0.1")
        return client

    def walker(self, role: str) -> Walker:
        """Open a browser that sends forms as their pages carry them."""
        walker = Walker(self.app)
        walker.client = self.client(role)
        return walker

    def ask(
        self, role: str | None, path: str, method: str = "GET", **how: Any
    ) -> TestResponse:
        """Ask for something as a browser of that role does."""
        return self.client(role).open(
            path, method=method, **{"base_url": ORIGIN, **how}
        )

    def filled(self, path: str) -> str:
        """Return a path with the ids of what is here."""
        return path.format(**self.ids)

    def state(self) -> str:
        """Return what changes with everything that a request may change."""
        found: str = value(self.database, STATE)
        return found


@pytest.fixture(scope="module")
def place(postgres: EmbeddedPostgres, migrated: str) -> Iterator[Place]:
    """The console on one database, which forms change: one for each module."""
    options = f"TEMPLATE {migrated} STRATEGY file_copy"
    with new_database(postgres, options) as url, opened(url) as database:
        yield build(database)


def all_pieces() -> list[Piece]:
    areas = (inbox, chat, people, numbers, settings)
    return [*(area.piece() for area in areas), of_knowledge(), login.piece(CHEAP)]


def build(database: Database) -> Place:
    pieces = all_pieces()
    console = Console(database=database, secret_key="k" * 32, origin=ORIGIN)
    app = build_console_app(console, pieces, login.find_operator)
    operators = {
        role: add_account(database, role, f"{role}@shop.example").user_id
        for role in ROLES
    }
    cookies = {
        role: open_session(database, user_id, "127.0.0.1", TRICK)
        for role, user_id in operators.items()
    }
    place = Place(app=app, database=database, operators=operators, cookies=cookies)
    fill(place)
    return place


def fill(place: Place) -> None:
    """Have a customer, and everybody, write tricks into all that is kept."""
    database, pg = place.database, PostgresChatStore(place.database, SESSION_TIMEOUT)
    closed = take_in(pg, said("closed words", BEN))
    change(database, "UPDATE userchats SET is_active = false")
    take_in(pg, said("active words", BEN))
    first = said(TRICK, ANA, profile_name=TRICK)
    chat_id = take_in(pg, first)
    reply = answer_to(first, text=TRICK, gap=Gap(TRICK, (TRICK,)))
    assert pg.record_reply(chat_id, reply)
    take_in(pg, with_everything(first.message_sid))
    ana, ben = (
        value(database, "SELECT user_id FROM users WHERE phone_number = %(a)s", a=a)
        for a in (ANA, BEN)
    )
    change_owner(database, ana, "queue", operator=None, why=TRICK[:60], about=TRICK)
    document = store(database, TRICK, title=TRICK)
    spoil(database)
    with database.transaction() as connection:
        find_proposals(connection, datetime.now(UTC) - timedelta(days=1), READING)
    place.ids.update(
        user_id=ana, ben=ben, closed=closed, chat_id=chat_id, document_id=document,
        gap_id=value(database, "SELECT id FROM knowledge_gaps"),
        canned_id=value(database, "SELECT id FROM canned_replies"),
        proposal=value(database, "SELECT min(id) FROM proposals"),
        reference_id=reply.turn.reference_id, token="x" * 43,
        ticket=value(database, "SELECT max(id) FROM support_tickets"),
    )  # fmt: skip


def with_everything(sid: str) -> Any:
    """Return a message that has all that a customer controls besides its text."""
    message = said("What now?", ANA)
    beside = {
        "OriginalRepliedMessageSid": sid, "ButtonText": TRICK, "ButtonPayload": TRICK,
        "ListTitle": TRICK, "ProfileName": TRICK,
    }  # fmt: skip
    media = (
        {"url": "https://api.twilio.com/x", "type": TRICK, "filename": TRICK},
        {"type": "location", "label": TRICK, "address": TRICK, "latitude": TRICK},
    )
    turn = replace(message.turn, beside=beside, media=media)
    return replace(message, turn=turn)


SPOIL = (
    "UPDATE users SET full_name = %(t)s",
    "UPDATE users SET email = user_id || %(t)s WHERE role <> 'supporter'",
    "UPDATE support_tickets SET subject = left(%(t)s, 100), reason = right(%(t)s, 60),"
    " labels = ARRAY['\">' || right(%(t)s, 30)]",
    "INSERT INTO support_messages (ticket_id, user_id, kind, body)"
    " SELECT id, user_id, 'note', %(t)s FROM support_tickets",
    # What is sent is edited as it was written: the business's own words may turn round.
    "INSERT INTO canned_replies (title, body) VALUES ('<img src=x>', '\"><img src=x>')",
    "INSERT INTO products (sku, name, description, document_id)"
    " SELECT %(t)s, %(t)s, %(t)s, id FROM documents",
    "UPDATE documents SET description = %(t)s, error = %(t)s, file_path = %(t)s",
    "INSERT INTO audit_log (action, address, details)"
    " VALUES ('replied', NULL, jsonb_build_object(%(t)s::text, %(t)s::text))",
    "UPDATE knowledge_gaps SET answered_by = NULL",
)


def spoil(database: Database) -> None:
    for statement in SPOIL:
        change(database, statement, t=TRICK)


class Tags(HTMLParser):
    """Collects what a page has of what only a trick may bring into it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._script = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self._script = tag in {"script", "style"}
        if tag in {"img", "iframe", "object", "style"}:
            self.found.append(tag)
        self.found += [name for name in named if name.startswith("on")]
        self.found += [name for name in named if name == "style"]
        url = (named.get("href") or named.get("src") or "").strip().lower()
        if url.startswith(("javascript:", "data:", "//")):
            self.found.append(url)

    def handle_endtag(self, tag: str) -> None:
        self._script = False

    def handle_data(self, data: str) -> None:
        if self._script and data.strip():
            self.found.append(data)


def tricks_in(page: str) -> list[str]:
    """Return what of a page would act, or turn the text around."""
    signs = {
        f"U+{ord(sign):04X}"
        for sign in page
        if sign in TURNS_AROUND
        or (unicodedata.category(sign) == "Cc" and sign not in "\n\t\r")
    }
    return [*Tags(page).found, *sorted(signs)]
