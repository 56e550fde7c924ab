"""Addresses, headers, cookies and numbers that nobody sends by mistake."""

from urllib.parse import quote, unquote, urlsplit

import pytest

from db.logins.sessions import end_session, open_session
from tests.bot.console.conftest import ORIGIN
from tests.bot.console.hostile.conftest import Place, tricks_in
from tests.bot.console.hostile.test_routes import token_in
from tests.db.logins.cheap import GOOD

HOSTS = (
    "evil.example", "127.0.0.1.evil.example", "127.0.0.1:8002.evil.example",
    "127.0.0.1@evil.example", "evil.example:8002", "[::1", "[::1]:8002", "",
    "127.0.0.1:8002@evil.example", "127.0.0.1 evil.example", "127.0.0.1\\evil.example",
    "127.0.0.1:x", "127.0.0.1:99999999", "2130706433", "xn--evil",
    "127.0.0.1/evil.example",
)  # fmt: skip


@pytest.mark.parametrize("host", HOSTS)
def test_another_name_is_no_name_of_ours(place: Place, host: str) -> None:
    answer = place.ask("super_admin", "/", headers={"Host": host})
    assert answer.status_code in {400, 403}
    assert "evil" not in answer.text


@pytest.mark.parametrize(
    "name",
    ["X-Forwarded-Host", "Forwarded", "X-Host", "X-Original-URL", "X-Rewrite-URL"],
)
def test_what_a_proxy_might_say_changes_no_address(place: Place, name: str) -> None:
    said = "host=evil.example" if name == "Forwarded" else "evil.example"
    for path in ("/", "/people", "/login"):
        answer = place.ask("super_admin", path, headers={name: said})
        assert "evil" not in answer.text + str(answer.headers)
    for path in ("/people", "/settings/audit"):
        sneaked = place.ask("supporter", path, headers={name: "/login"})
        assert sneaked.status_code == 403


ELSEWHERE = (
    "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example",
    "/\t/evil.example", "/\n/evil.example", "https://evil.example",
    "javascript:alert(1)",
    "data:text/html,x", "/%0d%0aSet-Cookie:x=1\r\nSet-Cookie: x=1", " //evil.example",
    "evil.example", "http:evil.example", "\x00//evil.example", "/x\u202egpj", "?//evil",
    "/\u2025/evil", "https:///evil.example", "/" + "x" * 9 + "\\..\\evil.example",
)  # fmt: skip


@pytest.mark.parametrize("after", ELSEWHERE)
def test_a_log_in_leads_nowhere_else(place: Place, after: str) -> None:
    answer = place.ask("admin", f"/login?after={quote(after)}")
    assert (answer.status_code, answer.location) == (303, "/")
    page = place.ask(None, f"/login?after={quote(after)}").text
    assert 'name="after" value="/"' in page
    from_elsewhere = {"Sec-Fetch-Site": "cross-site"}
    again = place.ask(None, f"/login?after={quote(after)}", headers=from_elsewhere).text
    assert 'href="/login?after=/"' in again
    assert place.ask(None, f"/second-factor?after={quote(after)}").status_code == 303


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example/", "///evil.example/people", "//evil.example/%2e%2e",
        "/%2f%2fevil.example/", "/%5cevil.example", "//evil.example//people",
        "/..%2f..%2fetc%2fpasswd", "/static/..%2fapp.py", "/static/%2e%2e/app.py",
        "/static/..%5capp.py", "/static/../app.py", "/static//etc/passwd",
        "/static/console.css%00.html", "/static/", "/people/..%2fnumbers",
        "/chats/{user_id}%00", "/chats/{user_id}/../../people", "/chats//{user_id}",
        "/invitation/..%2f..%2fpeople", "/invitation/%00", "/invitation/%ff%fe",
        "/invitation/" + "x" * 5000, "/%00", "/%ff", "/.git/config", "/metrics",
        "/chats/%7B{user_id}%7D", "/people/urn:uuid:{user_id}", "/knowledge/1e3",
        "/knowledge/-1", "/knowledge/0x1", "/settings/replies/1;--",
    ],
)  # fmt: skip
def test_no_path_leads_out(place: Place, path: str) -> None:
    for role in (None, "super_admin"):
        asked = unquote(place.filled(path), "latin-1")  # as a server passes it on
        answer = place.ask(role, "/", environ_overrides={"PATH_INFO": asked})
        assert answer.status_code in {302, 308, 400, 404, 405}
        leads_to = urlsplit(answer.location or ORIGIN)
        assert leads_to.netloc in {"", "127.0.0.1:8002"}
        assert not (answer.location or "").startswith(("//", "/\\"))
        assert "evil.example" not in answer.text
        assert tricks_in(answer.text) == []


UNKNOWN = "/chats/00000000-0000-4000-8000-00000000dead"
HUGE = "9" * 40


@pytest.mark.parametrize(
    ("role", "path", "status"),
    [
        # A supporter sees what goes on, and of that person alone.
        ("supporter", "/chats/{ben}?chat={closed}", 403),
        ("supporter", "/chats/{user_id}?chat={closed}", 403),
        ("supporter", "/chats/{ben}?chat={chat_id}", 403),
        ("admin", "/chats/{ben}?chat={closed}", 200),
        ("admin", "/chats/{user_id}?chat={closed}", 404),
        ("admin", "/chats/{ben}?chat={chat_id}", 404),
        ("admin", "/chats/{ben}/correct/{reference_id}", 404),
        ("supporter", "/chats/{me}", 200),
        ("supporter", UNKNOWN, 404),
        ("supporter", f"{UNKNOWN}/news", 404),
        ("supporter", f"{UNKNOWN}/canned/1", 404),
        ("supporter", "/chats/c37a4f14-e97c-11f1-b1ef-02fc00000001", 404),
        ("supporter", "/chats/00000000-0000-0000-0000-000000000000", 404),
        ("supporter", "/chats/ffffffff-ffff-ffff-ffff-ffffffffffff", 404),
        ("supporter", "/chats/1", 404),
        ("supporter", "/chats/' OR 1=1 --", 404),
        ("supporter", "/chats/{user_id}?chat=%00", 400),
        ("admin", "/chats/{user_id}?chat=%00", 400),
        ("admin", "/chats/{user_id}?chat=' OR '1'='1", 404),
        ("admin", "/chats/{user_id}?chat=%ff%fe%ed%a0%80", 404),
        ("admin", "/chats/{user_id}?before=999999999", 200),
        ("admin", f"/chats/{{user_id}}?before={HUGE}&canned={HUGE}", 200),
        ("admin", "/chats/{user_id}?before=-1&canned=-1", 200),
        ("admin", "/chats/{user_id}?before=0&canned=0", 200),
        ("admin", "/chats/{user_id}?before=%D9%A1&canned=%C2%B2", 200),
        ("admin", "/chats/{user_id}/news?state=%00", 200),
        ("admin", f"/chats/{{user_id}}/canned/{HUGE}", 200),
        ("admin", "/people/00000000-0000-4000-8000-00000000dead", 404),
        ("admin", "/people?page=-1", 200),
        ("admin", f"/people?page={HUGE}", 200),
        ("admin", "/people?page=999999", 200),
        ("admin", "/people?page=%D9%A1", 200),
        ("admin", "/people?page=%C2%B2", 200),
        ("admin", "/people?q=%00", 200),
        ("admin", "/people?q=%25%25__%5c%5c'--", 200),
        ("admin", "/people?q=(a%2B)%2B$&inactive=on", 200),
        ("admin", "/people?q=" + "x" * 9000, 200),
        ("admin", "/people?q=%ff%fe", 200),
        ("admin", f"/knowledge/{HUGE}", 404),
        ("admin", "/knowledge/9223372036854775808", 404),
        ("admin", f"/knowledge?page={HUGE}", 200),
        ("admin", "/knowledge/products?q=%00'%22%5c%25", 200),
        ("admin", "/knowledge/gaps?page=999999&all=%00", 200),
        ("admin", "/knowledge/ask?q=%00", 200),
        ("admin", "/knowledge/ask?q=" + "a%20OR%20" * 400, 200),
        ("admin", f"/numbers?days={HUGE}", 200),
        ("admin", f"/settings/audit?before={HUGE}", 200),
        ("admin", "/settings/audit?before=-1&days=-1&by=x&to=%00&action=%00", 200),
        ("admin", "/settings/audit?before=%C2%B2", 200),
        ("admin", "/settings/audit?before=%D9%A1", 200),
        ("supporter", "/?state=evil", 400),
        ("supporter", "/?state=%00", 400),
        ("supporter", "/?assignee=' OR 1=1", 400),
        ("supporter", "/?label=%00", 200),
        ("supporter", "/?q=%00", 200),
        ("supporter", "/?q=%22", 200),
        ("supporter", "/?q=*", 200),
        ("supporter", "/?q=%25__%5c%5c'%3B DROP TABLE users --", 200),
        ("supporter", "/?q=(a%2B)%2B%24%5b%7b", 200),
        ("supporter", "/?q=" + "x*%20" * 2000, 200),
        ("supporter", "/?q=%ff%fe%ed%a0%80", 200),
        ("supporter", "/?state=queue&after=x", 400),
        ("supporter", "/?state=queue&after=1~2026-01-01~x", 400),
        ("supporter", "/?state=queue&after=-1~2026-01-01T00:00:00%2B00:00~x", 400),
        ("supporter", "/?state=queue&after=1~0001-01-01T00:00:00%2B14:00~%00", 400),
        ("supporter", "/?state=queue&after=1~0001-01-01T00:00:00%2B14:00~x", 400),
        ("supporter", "/?state=bot&after=1~9999-12-31T23:59:59-14:00~x", 200),
        ("supporter", "/?state=bot&after=1~2026-01-01T00:00:00%2B00:00~' OR 1", 200),
        ("supporter", f"/?state=mine&after={HUGE}~2026-01-01T00:00:00%2B00:00~x", 400),
        ("supporter", "/inbox/poll?since=%00&state=resolved", 200),
    ],
)  # fmt: skip
def test_an_odd_question_is_answered_or_refused(
    place: Place, role: str, path: str, status: int
) -> None:
    place.ids["me"] = place.operators[role]
    answer = place.ask(role, place.filled(path))
    assert answer.status_code == status
    assert tricks_in(answer.text) == []


def test_a_supporter_finds_nothing_of_closed_chats(place: Place) -> None:
    found = {role: place.ask(role, "/?q=closed+words").text for role in place.cookies}
    link = f"/chats/{place.ids['ben']}"
    assert link not in found["supporter"]
    assert link in found["admin"]
    assert link in place.ask("supporter", "/?q=active+words").text


@pytest.mark.parametrize(
    "cookie",
    [
        "", "x" * 43, "x" * 90_000, "' OR 1=1 --", "%00", "\xff", "null", "[]",
        "eyJ1c2VyX2lkIjoxfQ.x.y",
    ],
)  # fmt: skip
def test_a_cookie_that_we_did_not_give_is_nobodys(place: Place, cookie: str) -> None:
    for name in ("login", "console", "remember_token", "__Host-login"):
        headers = {"Cookie": f"{name}={cookie}"}
        answer = place.ask(None, "/", headers=headers)
        assert answer.status_code == 302
        assert answer.location == "/login?after=/?"


def test_an_ended_log_in_and_its_forms_are_worth_nothing(place: Place) -> None:
    mine = place.operators["supporter"]
    token = open_session(place.database, mine, "127.0.0.1", None)
    client = place.client(None)
    client.set_cookie("login", token, domain="127.0.0.1")
    csrf = token_in(client.get("/account", base_url=ORIGIN).text)
    with place.database.transaction() as connection:
        end_session(connection, token)
    sent = {"csrf_token": csrf, "text": "Hello"}
    for path in ("/account", place.filled("/chats/{user_id}/note")):
        answer = client.post(path, base_url=ORIGIN, data=sent)
        assert answer.status_code in {302, 405}
    assert client.get("/", base_url=ORIGIN).status_code == 302


def test_a_session_that_was_there_before_is_not_theirs_after(place: Place) -> None:
    """Whoever plants cookies of their own in a browser is not let in by them."""
    thief = place.ask(None, "/login")
    client = place.client("admin")  # the thief's own log-in, planted
    planted = place.cookies["admin"]
    client.set_cookie("login", "planted" * 6, domain="127.0.0.1")
    csrf = token_in(client.get("/login", base_url=ORIGIN).text)
    form = {"email": "supporter@shop.example", "password": GOOD, "csrf_token": csrf}
    answer = client.post("/login", base_url=ORIGIN, data=form)
    assert answer.status_code == 303
    cookie = client.get_cookie("login", domain="127.0.0.1")
    assert cookie is not None
    assert cookie.value not in {planted, "planted" * 6}
    assert (cookie.http_only, cookie.same_site) == (True, "Strict")
    client.set_cookie("login", "planted" * 6, domain="127.0.0.1")
    assert client.get("/", base_url=ORIGIN).status_code == 302
    after = client.post("/logout", base_url=ORIGIN, data={"csrf_token": csrf})
    assert after.status_code in {302, 400}  # a token of before is none of now
    assert thief.status_code == 200
