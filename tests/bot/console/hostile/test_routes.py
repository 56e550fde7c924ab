"""Each route, asked by those who may not, and by forms that are none of ours."""

import html
import re
from collections.abc import Iterator

import pytest

from bot.console.permissions import May, may
from tests.bot.console.conftest import ORIGIN
from tests.bot.console.hostile.conftest import ROLES, Place
from tests.bot.console.walking import Walker

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
OPEN, CHATS, REPLY, NOTE, TEACH = None, May.SEE_CHATS, May.REPLY, May.NOTE, May.TEACH
PEOPLE, ERASE, TEXTS = May.SEE_PEOPLE, May.ERASE, May.SET_TEXTS
OPERATORS = May.MANAGE_OPERATORS
CHAT, PERSON, ONE = "/chats/{user_id}", "/people/{user_id}", "/knowledge/{document_id}"
OTHER, PROPOSAL = "/settings/operators/{user_id}", "/knowledge/proposals/{proposal}"
# Every route there is, and what it needs: a new one is to be thought of here.
GETS = {
    "/login": OPEN, "/second-factor": OPEN, "/invitation/{token}": OPEN,
    "/": CHATS, "/inbox/poll": CHATS, CHAT: CHATS, f"{CHAT}/news": CHATS,
    f"{CHAT}/canned/{{canned_id}}": REPLY, f"{CHAT}/correct/{{reference_id}}": TEACH,
    f"{CHAT}/came/SM0/0": CHATS, f"{CHAT}/sent/{{reference_id}}/0": CHATS,
    "/account": CHATS, "/account/second-factor": CHATS,
    "/people": PEOPLE, PERSON: PEOPLE, f"{PERSON}/erasing": ERASE,
    "/knowledge": TEACH, ONE: TEACH, "/knowledge/products": TEACH,
    "/knowledge/gaps": TEACH, "/knowledge/ask": TEACH, "/numbers": May.SEE_NUMBERS,
    "/knowledge/proposals": TEACH, PROPOSAL: TEACH,
    "/settings": TEXTS, "/settings/replies": TEXTS, "/settings/texts": TEXTS,
    "/settings/operators": OPERATORS, "/settings/audit": May.SEE_AUDIT,
}  # fmt: skip
POSTS = {
    "/login": OPEN, "/second-factor": OPEN, "/invitation/{token}": OPEN,
    "/logout": CHATS, "/account/password": CHATS, "/account/sessions": CHATS,
    "/account/second-factor": CHATS, "/account/second-factor/confirm": CHATS,
    "/account/second-factor/remove": CHATS,
    **{f"{CHAT}/{what}": REPLY
       for what in ("reply", "template", "take", "give", "resolve", "snooze")},
    **{f"{CHAT}/{what}": NOTE
       for what in ("note", "assign", "priority", "labels", "subject")},
    f"{CHAT}/correct/{{reference_id}}": TEACH,
    f"{CHAT}/rate/{{reference_id}}": May.RATE,
    f"{CHAT}/calls/{{reference_id}}": May.ALLOW,
    f"{PERSON}/export": PEOPLE, f"{PERSON}/active": PEOPLE, f"{PERSON}/erase": ERASE,
    "/knowledge": TEACH, f"{ONE}/refresh": TEACH, f"{ONE}/remove": TEACH,
    "/knowledge/products": TEACH, "/knowledge/gaps/{gap_id}": TEACH,
    "/knowledge/proposals": TEACH,
    **{f"{PROPOSAL}/{what}": TEACH for what in ("apply", "undo", "dismiss")},
    "/settings/replies": TEXTS, "/settings/replies/{canned_id}": TEXTS,
    "/settings/replies/{canned_id}/remove": TEXTS,
    "/settings/operators": OPERATORS, f"{OTHER}/role": OPERATORS,
    f"{OTHER}/active": OPERATORS, f"{OTHER}/sessions/end": OPERATORS,
    f"{OTHER}/factor/reset": OPERATORS,
}  # fmt: skip
# What would do something, if the form were ours.
FORM = {
    "text": "Hello", "to": "queue", "title": "x", "body": "x", "typed": "+15551230001",
    "active": "off", "role": "user", "email": "new@shop.example", "answer": "x",
    "question": "x", "version": "1", "labels": "x", "subject": "x", "ticket": "1",
    "reference_id": "00000000-0000-4000-8000-000000000001",
}  # fmt: skip


@pytest.fixture(autouse=True)
def unchanged(place: Place) -> Iterator[None]:
    """Check that nothing came of it."""
    before = place.state()
    yield
    assert place.state() == before


def test_every_route_is_here(place: Place) -> None:
    walker = Walker(place.app)
    routes = place.app.url_map.bind("127.0.0.1")
    for method, paths in (("GET", GETS), ("POST", POSTS)):
        for path in paths:
            endpoint, _ = routes.match(place.filled(path), method)
            walker.seen.add((endpoint, method))
    assert walker.unseen() == set()


@pytest.mark.parametrize(("path", "needed"), GETS.items())
def test_a_page_is_shown_to_whom_it_is_for(
    place: Place, path: str, needed: May | None
) -> None:
    at = place.filled(path)
    nobody = place.ask(None, at)
    if needed is not OPEN:
        assert nobody.status_code == 302
        assert nobody.location.startswith("/login?after=")
        assert place.ask(None, at, "HEAD").status_code == 302
    for role in ROLES:
        answer = place.ask(role, at)
        refused = needed is not OPEN and not may(role, needed)
        assert (answer.status_code == 403) == refused, role
        assert ("Your role does not allow this." in answer.text) == refused
        assert answer.status_code < 500
    head = place.ask("supporter", at, "HEAD")
    assert (head.status_code == 403, head.data) == (not allows(needed), b"")
    for method in ("DELETE", "PATCH", "PUT", "TRACE"):
        assert place.ask("super_admin", at, method).status_code in {400, 405}


@pytest.mark.parametrize(("path", "needed"), POSTS.items())
def test_a_form_counts_only_from_our_page_and_from_who_may(
    place: Place, path: str, needed: May | None
) -> None:
    at = place.filled(path)
    if needed is not OPEN:
        nobody = place.ask(None, at, "POST", data=FORM)
        assert nobody.status_code == 302
        assert nobody.location.startswith("/login")
    for role in ROLES:
        answer = place.ask(role, at, "POST", data=FORM)
        refused = needed is not OPEN and not may(role, needed)
        assert answer.status_code == (403 if refused else 400), role
    client = place.client("super_admin")
    own = token_in(client.get("/account", base_url=ORIGIN).text)
    for token in ("", "x", "null", token_of(place, "admin"), "é" * 99, own[:-1]):
        forged = {**FORM, "csrf_token": token}
        assert client.post(at, base_url=ORIGIN, data=forged).status_code == 400
    form = {**FORM, "csrf_token": own}
    for origin in ("null", "", "https://evil.example", f"{ORIGIN}.evil.example",
                   "http://127.0.0.1:9999", "https://127.0.0.1:8002"):  # fmt: skip
        foreign = {"Origin": origin}
        answer = client.post(at, base_url=ORIGIN, data=form, headers=foreign)
        assert answer.status_code == 403, origin


def allows(needed: May | None) -> bool:
    return needed is OPEN or may("supporter", needed)


def token_of(place: Place, role: str) -> str:
    """Return the token of another browser's page."""
    return token_in(place.ask(role, "/account").text)


def token_in(page: str) -> str:
    found = TOKEN.search(page)
    assert found is not None
    return html.unescape(found[1])
