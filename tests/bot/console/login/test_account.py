"""One's own account: password, second factor, sessions."""

import re
from collections.abc import Callable

import pyotp

from db.database import Database
from db.logins.audit import read_audit
from tests.bot.console.login.conftest import Browser
from tests.db.logins.cheap import BETTER, GOOD, add_account, reload
from tests.db.sql import change, value


def test_another_password_ends_what_the_old_one_opened(
    visitor: Browser, database: Database, another: Callable[[], Browser]
) -> None:
    add_account(database)
    other = another()
    for each in (visitor, other):
        each.log_in()
    before = visitor.cookie()
    form = {"password": BETTER, "again": BETTER}
    for spoilt, told in (
        ({"current": "wrong"}, "The password is wrong."),
        ({"current": GOOD, "again": GOOD}, "new passwords differ"),
        ({"current": GOOD, "password": "short", "again": "short"}, "12 characters"),
        ({"current": GOOD, "password": GOOD, "again": GOOD}, "last 5 passwords"),
    ):
        visitor.post("/account", "/account/password", **{**form, **spoilt})
        assert told in visitor.get("/account").text
    assert other.get("/").status_code == 200
    visitor.post("/account", "/account/password", current=GOOD, **form)
    assert visitor.get("/").status_code == 200
    assert visitor.cookie() != before
    assert other.get("/").status_code == 302
    assert other.log_in(GOOD).status_code == 403
    assert other.log_in(BETTER).status_code == 303


def begin_factor(visitor: Browser) -> pyotp.TOTP:
    """Begin a second factor; return what an app makes of it."""
    visitor.post("/account", "/account/second-factor")
    shown = visitor.get("/account/second-factor").text
    assert "<svg" in shown
    assert "style=" not in shown
    found = re.search(r'<code class="secret">([A-Z2-7 ]+)</code>', shown)
    assert found is not None
    return pyotp.TOTP(found[1].replace(" ", ""))


def test_a_second_factor_is_set_up_by_password_and_code(
    visitor: Browser, database: Database, another: Callable[[], Browser]
) -> None:
    olga = add_account(database)
    visitor.log_in()
    assert visitor.get("/account/second-factor").location == "/account"
    code, path = begin_factor(visitor).now, "/account/second-factor/confirm"
    wrong = [{"current": "wrong", "code": code()}, {"current": GOOD, "code": "1"}]
    for form in wrong:
        visitor.post("/account/second-factor", path, **form)
        assert not reload(database, olga.user_id).has_factor
    other = another()
    other.log_in()
    visitor.post("/account/second-factor", path, current=GOOD, code=code())
    assert "asked at each log-in" in visitor.get("/account").text
    assert other.get("/").status_code == 302  # it came in without a code
    visitor.post("/account", "/account/second-factor")
    assert visitor.get("/account/second-factor").location == "/account"
    assert "second factor set" in {row.action for row in read_audit(database)}


def test_a_second_factor_is_removed_by_password_and_code(
    visitor: Browser, database: Database
) -> None:
    olga = add_account(database)
    visitor.log_in()
    code, path = begin_factor(visitor).now, "/account/second-factor"
    visitor.post(path, f"{path}/confirm", current=GOOD, code=code())
    change(database, "UPDATE second_factors SET last_step = last_step - 5")
    visitor.post("/account", f"{path}/remove", current=GOOD, code="000000")
    assert reload(database, olga.user_id).has_factor
    visitor.post("/account", f"{path}/remove", current=GOOD, code=code())
    assert not reload(database, olga.user_id).has_factor
    assert visitor.get("/").status_code == 200
    assert read_audit(database)[0].action == "second factor reset"


def test_sessions_are_seen_and_ended(
    visitor: Browser, database: Database, another: Callable[[], Browser]
) -> None:
    add_account(database)
    others = [another(), another()]
    for each in (*others, visitor):
        each.log_in()
    shown = visitor.get("/account").text
    assert shown.count("this one") == 1
    numbers = re.findall(r'name="number" value="([0-9a-f]+)"', shown)
    assert len(numbers) == 2
    visitor.post("/account", "/account/sessions", number=numbers[0])
    assert sorted(each.get("/").status_code for each in others) == [200, 302]
    visitor.post("/account", "/account/sessions")
    assert [each.get("/").status_code for each in (*others, visitor)] == [302, 302, 200]
    assert read_audit(database)[0].details == {"ended": 1}


def test_what_a_browser_says_of_itself_is_shown_without_tricks(
    visitor: Browser, database: Database
) -> None:
    add_account(database)
    visitor.client.environ_base["HTTP_USER_AGENT"] = "<script>x\u202e".encode().decode(
        "latin-1"
    )
    visitor.log_in()
    shown = visitor.get("/account").text
    assert "&lt;script&gt;" in shown
    assert "<script>x" not in shown
    assert "\u202e" not in shown


def test_a_page_that_was_left_open_does_not_keep_the_session(
    visitor: Browser, database: Database
) -> None:
    add_account(database)
    visitor.log_in()
    idle = "UPDATE login_sessions SET seen_at = now() - interval '7h 59m'"
    seen = "SELECT count(*) FROM login_sessions WHERE seen_at > now() - interval '1h'"
    change(database, idle)
    assert visitor.get("/", **{"Sec-Fetch-Dest": "empty"}).status_code == 200
    assert value(database, seen) == 0
    assert visitor.get("/", **{"Sec-Fetch-Dest": "document"}).status_code == 200
    assert value(database, seen) == 1
