"""Logging in and out, as browsers do, and as those who should not."""

from collections.abc import Callable

import pyotp
import pytest
from argon2 import PasswordHasher

from bot.console.app import behind_proxies
from db.database import Database
from db.logins.audit import read_audit
from db.logins.passwords import Passwords
from db.logins.second_factors import begin_factor, find_begun, take_code
from tests.bot.console.login.conftest import EMAIL, ORIGIN, Browser, build
from tests.db.logins.cheap import BETTER, CHEAP, GOOD, add_account, reload
from tests.db.sql import change, value

LATER = "UPDATE login_attempts SET last_at = last_at - interval '901 seconds'"
# A pause of a second is over before a busy machine has tried again: have it last.
LASTING = """
UPDATE login_attempts SET last_at = now() + interval '20 seconds'
WHERE last_at > now() - interval '5 minutes'
"""


def test_in_and_out_again(visitor: Browser, database: Database) -> None:
    olga = add_account(database)
    asked = visitor.get("/chats?q=1")
    assert asked.status_code == 404  # a page that there is not is no secret
    asked = visitor.get("/")
    assert asked.status_code == 302
    assert asked.location == "/login?after=/?"
    shown = visitor.get("/login").text
    for told in ('autocomplete="username"', 'autocomplete="current-password"'):
        assert told in shown
    done = visitor.log_in(email=" OLGA@shop.example")
    assert (done.status_code, done.location) == (303, "/")
    assert visitor.get("/").text == "the inbox of Olga"
    assert visitor.get("/login?after=/account").location == "/account"
    token = visitor.cookie()
    assert visitor.post("/account", "/logout").location == "/login"
    assert visitor.get("/").status_code == 302
    visitor.client.set_cookie("login", str(token), domain="127.0.0.1")
    assert visitor.get("/").status_code == 302
    found = read_audit(database)
    assert [row.action for row in found] == ["logged out", "logged in"]
    assert (found[1].actor_id, found[1].address) == (olga.user_id, "203.0.113.9")


@pytest.mark.parametrize(
    "what",
    ["nobody", "password", "no password", "deactivated", "role", "long", "no address"],
)
def test_whoever_may_not_is_told_the_same(
    visitor: Browser, database: Database, what: str
) -> None:
    olga = add_account(database)
    spoilt = {
        "no password": "UPDATE users SET hashed_password = NULL",
        "deactivated": "UPDATE users SET is_active = false",
        "role": "UPDATE users SET role = 'user'",
    }
    if what in spoilt:
        change(database, spoilt[what])
    typed = {"nobody": "eve@shop.example", "no address": "x" * 999 + "\x00"}
    email = typed.get(what, EMAIL)
    password = {"password": BETTER, "long": GOOD + "x" * 9999}.get(what, GOOD)
    done = visitor.log_in(password, email)
    assert done.status_code == 403
    assert "E-mail address or password is wrong." in done.text
    assert password not in done.text
    assert visitor.cookie() is None
    (row,) = read_audit(database)
    whose = None if email != EMAIL else olga.user_id
    assert (row.action, row.subject_id, row.actor_id) == ("log-in failed", whose, None)
    assert row.details == {"why": "password"}


def test_guessing_is_slowed_down_for_names_known_and_unknown_alike(
    database: Database, another: Callable[[], Browser]
) -> None:
    add_account(database)
    told = []
    for email in (EMAIL, "eve@shop.example"):
        guesser = another()
        statuses = [guesser.log_in(f"wrong {n}", email).status_code for n in range(2)]
        change(database, LASTING)
        statuses.append(guesser.log_in("wrong", email).status_code)
        right = guesser.log_in(GOOD, email)
        told.append([*statuses, right.status_code])
        pause = right.headers["Retry-After"]
        assert 1 <= int(pause) <= 20 + 1
        assert f"Too many tries failed: wait {pause} s" in right.text
    assert told == [[403, 403, 429, 429]] * 2
    change(database, LATER)
    assert another().log_in().status_code == 303


def test_a_name_from_elsewhere_is_paused_and_an_address_for_all_names(
    database: Database, another: Callable[[], Browser]
) -> None:
    add_account(database)
    for number in range(2):
        far = another()
        far.from_where = f"198.51.100.{number}"
        assert far.log_in("wrong").status_code == 403
    change(database, LASTING)
    assert another().log_in().status_code == 429
    change(database, LATER)
    for number in range(11):
        another().log_in("wrong", f"{number}@shop.example")
    change(database, LASTING)
    assert another().log_in().status_code == 429
    near = another()
    near.from_where = "198.51.100.9"
    assert near.log_in().status_code == 303


@pytest.mark.parametrize("proxies", [0, 1, 2])
def test_behind_proxies_who_asks_is_whom_they_saw(
    database: Database, proxies: int
) -> None:
    add_account(database)
    proxied = Browser(behind_proxies(build(database), proxies))
    proxied.forwarded = "192.0.2.7, 192.0.2.8, 192.0.2.9"  # the first may be made up
    assert proxied.log_in().status_code == 303
    (entry, *_) = read_audit(database)
    seen = {0: "203.0.113.9", 1: "192.0.2.9", 2: "192.0.2.8"}
    assert entry.address == seen[proxies]


def test_a_cookie_that_somebody_planted_is_not_taken_over(
    visitor: Browser, database: Database, another: Callable[[], Browser]
) -> None:
    add_account(database)
    eve = another()
    add_account(database, email="eve@shop.example")
    eve.log_in(email="eve@shop.example")
    planted = {name: str(eve.cookie(name)) for name in ("login", "console")}
    for name, word in planted.items():
        visitor.client.set_cookie(name, word, domain="127.0.0.1")
    visitor.post("/account", "/login", email=EMAIL, password=GOOD)
    assert visitor.get("/").text == "the inbox of Olga"
    assert visitor.cookie() != planted["login"]
    assert visitor.cookie("console") != planted["console"]
    assert eve.get("/").status_code == 302  # what was planted is worth nothing now


@pytest.mark.parametrize(
    "path",
    [
        *("/login", "/second-factor", "/logout", "/invitation/x", "/account/password"),
        *("/account/sessions", "/account/second-factor"),
        *("/account/second-factor/confirm", "/account/second-factor/remove"),
    ],
)
def test_no_form_is_taken_without_its_token_or_from_elsewhere(
    visitor: Browser, database: Database, path: str
) -> None:
    add_account(database)
    visitor.log_in()
    for csrf in ("", "forged"):
        assert visitor.post("/account", path, csrf=csrf).status_code == 400
    visitor.origin = "https://evil.example"
    assert visitor.client.post(path, base_url=ORIGIN, headers={"Origin": visitor.origin}
                               ).status_code == 403  # fmt: skip
    assert value(database, "SELECT count(*) FROM login_sessions") == 1


def test_cookies_are_kept_from_scripts_other_sites_and_plain_connections(
    database: Database,
) -> None:
    add_account(database)
    for origin, name, secure in (
        (ORIGIN, "login", False),
        ("https://console.shop.example", "__Host-login", True),
    ):
        done = Browser(build(database, origin), origin).log_in()
        (cookie,) = [
            c for c in done.headers.getlist("Set-Cookie") if c.startswith(name)
        ]
        flags = {flag.strip() for flag in cookie.split(";")[1:]}
        assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= flags
        assert ("Secure" in flags) is secure
        assert not any(flag.startswith("Domain") for flag in flags)


@pytest.mark.parametrize(
    "after",
    [
        *("https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil"),
        *("javascript:alert(1)", "/x\r\nSet-Cookie: a=b", "/\t/evil.example", "evil"),
        *("///evil.example", "/ü"),
    ],
)
def test_nobody_is_sent_elsewhere(
    visitor: Browser, database: Database, after: str
) -> None:
    add_account(database)
    assert visitor.log_in(after=after).location == "/"
    assert visitor.get("/login?" + "after=" + after.replace("\r\n", "%0d%0a")
                       ).location == "/"  # fmt: skip
    assert another_path(visitor, database) == "/chats/1?x=2#y"


def another_path(visitor: Browser, database: Database) -> str | None:
    change(database, "DELETE FROM login_sessions")
    return visitor.log_in(after="/chats/1?x=2#y").location


def test_a_link_from_elsewhere_asks_once_more_before_it_asks_who(
    visitor: Browser,
) -> None:
    shown = visitor.get("/login?after=/chats/1", **{"Sec-Fetch-Site": "cross-site"})
    assert 'http-equiv="refresh" content="0; url=/login?after=/chats/1"' in shown.text
    assert "Set-Cookie" not in shown.headers  # what the browser has is not replaced


def with_factor(database: Database) -> pyotp.TOTP:
    olga = add_account(database)
    begin_factor(database, olga.user_id)
    totp = pyotp.TOTP(str(find_begun(database, olga.user_id)))
    assert take_code(database, olga.user_id, totp.now())
    change(database, "UPDATE second_factors SET last_step = last_step - 5")
    return totp


def test_the_code_is_asked_after_the_password_and_never_taken_twice(
    visitor: Browser, database: Database, another: Callable[[], Browser]
) -> None:
    totp = with_factor(database)
    assert visitor.get("/second-factor").location == "/login"
    half = visitor.log_in(after="/account")
    assert half.location == "/second-factor?after=/account"
    assert visitor.get("/").status_code == 302  # half is not in
    assert 'autocomplete="one-time-code"' in visitor.get("/second-factor").text
    wrong = visitor.post("/second-factor", code="000000")
    assert (wrong.status_code, "code is wrong" in wrong.text) == (403, True)
    code = totp.now()
    done = visitor.post("/second-factor", code=code, after="/account")
    assert (done.status_code, done.location) == (303, "/account")
    assert visitor.get("/").status_code == 200
    other = another()
    other.log_in()
    assert other.post("/second-factor", code=code).status_code == 403
    assert [row.details for row in read_audit(database, action="log-in failed")] == [
        {"why": "code"}, {"why": "code"},
    ]  # fmt: skip


def test_codes_are_guessed_as_slowly_whatever_the_password(
    visitor: Browser, database: Database
) -> None:
    with_factor(database)
    for _ in range(2):
        visitor.log_in()
        assert visitor.post("/second-factor", code="000000").status_code == 403
    change(database, LASTING)
    visitor.log_in()
    assert visitor.post("/second-factor", code="000000").status_code == 429


def test_half_a_log_in_is_worth_nothing_after_the_password_changed(
    visitor: Browser, database: Database
) -> None:
    totp = with_factor(database)
    visitor.log_in()
    change(
        database, "UPDATE users SET hashed_password = %(new)s", new=CHEAP.hash(BETTER)
    )
    done = visitor.post("/second-factor", code=totp.now())
    assert done.status_code == 400  # the form is not shown any more
    assert visitor.get("/second-factor").location == "/login"
    assert visitor.cookie() is None


def test_a_hash_of_weaker_parameters_is_made_anew(
    visitor: Browser, database: Database
) -> None:
    olga = add_account(database)
    weak = Passwords(PasswordHasher(time_cost=2, memory_cost=8, parallelism=1))
    change(database, "UPDATE users SET hashed_password = %(h)s", h=weak.hash(GOOD))
    assert visitor.log_in().status_code == 303
    assert not CHEAP.is_outgrown(str(reload(database, olga.user_id).hashed_password))
    assert visitor.get("/").status_code == 200
