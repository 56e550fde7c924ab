"""The pages of settings: what is set, canned replies, operators, the audit."""

import re

import pytest
from flask.testing import FlaskClient

from bot.console.permissions import ALLOWED, May
from bot.console.settings.routes import piece
from bot.console.settings.seen import HARMLESS, see
from bot.environment import PROJECT
from bot.settings import Settings
from bot.wiring.console import see_settings
from db.database import Database
from db.logins.invitations import find_invitation
from db.logins.sessions import open_session
from tests.bot.console.conftest import add_operator
from tests.bot.console.pages import HOSTILE, assert_harmless, audited, console_for
from tests.db.sql import change, value, values

PAGES = {
    "/settings": May.SET_TEXTS,
    "/settings/replies": May.SET_TEXTS,
    "/settings/texts": May.SET_TEXTS,
    "/settings/operators": May.MANAGE_OPERATORS,
    "/settings/audit": May.SEE_AUDIT,
}


@pytest.mark.parametrize("role", ["supporter", "admin", "super_admin"])
def test_each_page_is_shown_to_whom_the_table_allows_it(
    database: Database, role: str
) -> None:
    other = add_operator(database, "admin", "Other")
    client, _ = console_for(database, role, piece())
    for path, permission in PAGES.items():
        allowed = permission in ALLOWED[role]
        assert client.get(path).status_code == (200 if allowed else 403), path
    at = f"/settings/operators/{other.user_id}"
    for path, permission, good in (
        ("/settings/replies", May.SET_TEXTS, 303),
        ("/settings/replies/1/remove", May.SET_TEXTS, 303),
        ("/settings/operators", May.MANAGE_OPERATORS, 200),
        (f"{at}/sessions/end", May.MANAGE_OPERATORS, 303),
        (f"{at}/factor/reset", May.MANAGE_OPERATORS, 303),
        (f"{at}/active", May.MANAGE_OPERATORS, 303),
        (f"{at}/role", May.MANAGE_OPERATORS, 303),
    ):
        sent = {"title": "Hello", "body": "Hello {name}", "email": "new@shop.example"}
        answer = client.post(path, data={**sent, "role": "supporter"})
        allowed = permission in ALLOWED[role]
        assert answer.status_code == (good if allowed else 403), path


def test_the_bots_own_words_are_shown_in_each_language(database: Database) -> None:
    client, _ = console_for(database, "admin", piece())
    german = client.get("/settings/texts?language=de").text
    assert "Welcome back!" in german
    assert "Schön, dass Sie wieder da sind!" in german
    assert 'dir="rtl"' in client.get("/settings/texts?language=ar").text
    unknown = client.get("/settings/texts?language=%22%3E").text
    assert unknown.count("the bot&#39;s") > 100


def test_what_is_set_is_told_and_no_secret(database: Database) -> None:
    secrets = dict.fromkeys(("OPENAI_API_KEY", "SYSTEM_PROMPT"), "s3cret")
    known = {"LOG_LEVEL": "DEBUG", "OPENING_HOURS": "Mon-Fri 09:00-17:00", **secrets}
    settings = see([*known, "DATABASE_URL", "PORT"], known)
    client, _ = console_for(database, "admin", piece(settings))
    page = client.get("/settings").text
    assert "s3cret" not in page
    assert "Mon-Fri 09:00-17:00" in page
    rows = dict(re.findall(r"<code>(\w+)</code></th><td[^>]*>(\w+)<", page))
    assert rows == {
        **dict.fromkeys(known, "set"),
        "DATABASE_URL": "default",
        "PORT": "default",
    }
    assert audited(database) == [("settings read", None, None)]


def test_what_may_be_seen_is_no_secret_whatever_stands_in_it() -> None:
    """What the settings take for it is refused where it is none of its kind."""
    read = {seen.name for seen in see_settings()}
    assert {"PORT", "ERASURE_KEY"} <= read
    for name in HARMLESS & read:
        with pytest.raises(Exception, match=name):
            Settings.from_env({name: "sk-a-secret-in-the-wrong-place?"})
    documented = (PROJECT / ".env.example").read_text()
    assert all(name in documented for name in HARMLESS & read)


def save(client: FlaskClient, title: str, body: str, at: str = "") -> int:
    sent = {"title": title, "body": body}
    return client.post(f"/settings/replies{at}", data=sent).status_code


def test_canned_replies_are_kept(database: Database) -> None:
    client, _ = console_for(database, "admin", piece())
    assert save(client, "Hours", "We open at nine, {name}.") == 303
    canned_id = value(database, "SELECT id FROM canned_replies")
    assert save(client, "Hours", "We open at ten.", f"/{canned_id}") == 303
    assert "We open at ten." in client.get("/settings/replies").text
    assert client.post(f"/settings/replies/{canned_id}/remove").status_code == 303
    assert client.post(f"/settings/replies/{2**70}/remove").status_code == 303
    told = [details["what"] for _, _, details in audited(database)]
    assert told == ["added", "changed", "removed"]


def test_a_canned_reply_that_is_not_stored_is_not_lost(database: Database) -> None:
    client, _ = console_for(database, "admin", piece())
    assert save(client, "Hours", HOSTILE) == 303
    page = client.get("/settings/replies").text
    # Where it is changed it stands as it is, and turns nothing around it.
    assert_harmless(re.sub("<textarea.*?</textarea>", "", page, flags=re.DOTALL))
    assert "&lt;img" in page.partition("<textarea")[2]
    sent = {"title": "Hours", "body": "<b>Long text"}
    refused = client.post("/settings/replies", data=sent)
    assert refused.status_code == 409
    assert "&lt;b&gt;Long text" in refused.text
    assert save(client, "Gone", "Text", "/999") == 409
    assert save(client, "", "Text") == 409
    assert value(database, "SELECT count(*) FROM canned_replies") == 1


def test_an_invitation_is_shown_once(database: Database) -> None:
    client, operator = console_for(database, "super_admin", piece())
    sent = {"email": "New@Shop.example", "role": "supporter", "name": HOSTILE}
    page = client.post("/settings/operators", data=sent).text
    (token,) = re.findall(r'value="http://127.0.0.1:8002/invitation/([^"]+)"', page)
    found = find_invitation(database, token)
    assert found is not None
    assert (found.email, found.role) == ("new@shop.example", "supporter")
    assert token not in client.get("/settings/operators").text
    assert audited(database) == [("invited", found.user_id, {"role": "supporter"})]
    assert values(database, "SELECT actor_id FROM audit_log") == [operator.user_id]
    for wrong in ({"email": "no address"}, {"role": "user"}, {"role": "king"}):
        assert client.post("/settings/operators", data=sent | wrong).status_code == 409


def test_an_operator_is_given_another_role_and_kept_out(database: Database) -> None:
    other = add_operator(database, "supporter", HOSTILE)
    open_session(database, other.user_id, None, None)
    client, operator = console_for(database, "super_admin", piece())
    at = f"/settings/operators/{other.user_id}"
    assert_harmless(client.get("/settings/operators").text)
    assert client.post(f"{at}/role", data={"role": "admin"}).status_code == 303
    assert value(database, "SELECT count(*) FROM login_sessions") == 0
    open_session(database, other.user_id, None, None)
    assert client.post(f"{at}/active", data={"active": "off"}).status_code == 303
    assert value(database, "SELECT count(*) FROM login_sessions") == 0
    assert "kept out" in client.get("/settings/operators").text
    assert client.post(f"{at}/active", data={"active": "on"}).status_code == 303
    told = [(action, to) for action, to, _ in audited(database)]
    done = ("role changed", "deactivated", "activated")
    assert told == [(action, other.user_id) for action in done]
    mine = f"/settings/operators/{operator.user_id}"
    assert client.post(f"{mine}/active", data={"active": "off"}).status_code == 409
    assert client.post(f"{mine}/role", data={"role": "user"}).status_code == 409


def test_nobody_who_writes_is_made_an_operator_by_their_id(database: Database) -> None:
    change(database, "INSERT INTO users (phone_number) VALUES ('whatsapp:+15550001')")
    ana = value(database, "SELECT user_id FROM users")
    client, _ = console_for(database, "super_admin", piece())
    at = f"/settings/operators/{ana}"
    assert client.post(f"{at}/role", data={"role": "admin"}).status_code == 404
    assert client.post(f"{at}/active", data={"active": "off"}).status_code == 404


def test_the_audit_is_filtered_and_goes_on(database: Database) -> None:
    client, operator = console_for(database, "admin", piece())
    change(
        database,
        "INSERT INTO audit_log (actor_id, action, details) SELECT %(by)s, 'replied',"
        " jsonb_build_object('n', 'row ' || n || '.') FROM generate_series(1, 150) n",
        by=operator.user_id,
    )
    first = client.get(f"/settings/audit?action=replied&by={operator.user_id}&days=7")
    assert "row 150." in first.text
    assert "row 50." not in first.text
    (older,) = re.findall(r'rel="next" href="([^"]+)"', first.text)
    second = client.get(older.replace("&amp;", "&")).text
    assert "row 50." in second
    assert "row 51." not in second
    nothing = client.get("/settings/audit?action=erased").text
    assert "Nothing of that kind was done" in nothing
    for odd in (
        "by=x",
        "to=x",
        "days=0",
        "before=-1",
        "before=" + "9" * 30,
        "action=x",
    ):
        assert client.get(f"/settings/audit?{odd}").status_code == 200
    assert "audit read" in values(database, "SELECT action FROM audit_log")


def test_the_audit_shows_names_as_text(database: Database) -> None:
    other = add_operator(database, "supporter", HOSTILE)
    change(
        database,
        "UPDATE users SET email = NULL, phone_number = 'x' WHERE user_id = %(o)s",
        o=other.user_id,
    )
    client, _ = console_for(database, "admin", piece())
    change(
        database,
        "INSERT INTO audit_log (actor_id, subject_id, action)"
        " VALUES (%(o)s, %(o)s, 'replied')",
        o=other.user_id,
    )
    assert_harmless(client.get("/settings/audit").text)
