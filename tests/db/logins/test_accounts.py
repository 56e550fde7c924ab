"""Accounts, their passwords and roles, and links to become an operator."""

from contextlib import nullcontext

import pytest
from argon2 import PasswordHasher

from db.database import Database
from db.errors import OperatorError
from db.logins.accounts import (
    change_role,
    find_account,
    list_operators,
    outgrow_password,
    set_password,
)
from db.logins.audit import read_audit
from db.logins.invitations import (
    NoInvitationError,
    accept_at_once,
    accept_with_password,
    find_invitation,
    invite,
    invite_newcomer,
)
from db.logins.password_rules import WeakPasswordError
from db.logins.passwords import Passwords
from db.logins.sessions import find_session, list_sessions, open_session
from tests.db.logins.cheap import BETTER, CHEAP, GOOD, add_account, reload
from tests.db.sql import change, value, values

NEW = "nina@shop.example"
PHONE = "whatsapp:+15550007"


def send(database: Database, email: str = NEW, **known: str) -> str:
    with database.transaction() as connection:
        return invite(connection, email, known.pop("role", "supporter"), **known)  # type: ignore[arg-type]


def accept(database: Database, token: str, password: str = BETTER) -> str:
    with database.transaction() as connection:
        done = accept_with_password(connection, CHEAP, token, password, "127.0.0.1")
        return done.role


def test_the_last_five_passwords_are_not_taken_again(database: Database) -> None:
    olga = add_account(database)
    for number in range(5):
        with database.transaction() as connection:
            set_password(connection, CHEAP, olga, f"{number} {BETTER}")
    for earlier, is_taken in (
        (f"0 {BETTER}", False),
        (f"4 {BETTER}", False),
        (GOOD, True),
    ):
        refused = pytest.raises(WeakPasswordError, match="last 5")
        with nullcontext() if is_taken else refused, database.transaction() as opened:
            set_password(opened, CHEAP, olga, earlier)
    query = "SELECT jsonb_array_length(password_history) FROM users"
    assert values(database, query) == [5]
    assert {row.action for row in read_audit(database)} == {"password set"}


def test_a_hash_is_made_anew_when_parameters_grew(database: Database) -> None:
    olga = add_account(database)
    outgrow_password(database, CHEAP, olga, GOOD)
    assert reload(database, olga.user_id) == olga
    grown = Passwords(PasswordHasher(time_cost=2, memory_cost=8, parallelism=1))
    outgrow_password(database, grown, olga, GOOD)
    after = reload(database, olga.user_id)
    assert grown.fits(GOOD, after.hashed_password)
    assert not grown.is_outgrown(str(after.hashed_password))
    outgrow_password(database, CHEAP, olga, BETTER)  # of what is not stored any more
    assert reload(database, olga.user_id) == after


def test_a_new_password_or_role_ends_all_sessions(database: Database) -> None:
    olga = add_account(database)
    token = open_session(database, olga.user_id, None, None)
    with database.transaction() as connection:
        set_password(connection, CHEAP, olga, BETTER)
    assert find_session(database, token) is None
    token = open_session(database, olga.user_id, None, None)
    with database.transaction() as connection:
        assert not change_role(connection, olga, "supporter", None)
        assert find_session(connection, token)
        assert change_role(connection, olga, "admin", None)
    assert find_session(database, token) is None
    assert read_audit(database)[0].details == {"from": "supporter", "to": "admin"}


def test_another_role_ends_the_links_of_before(database: Database) -> None:
    olga = add_account(database, "admin")
    token = send(database, olga.email, role="admin")
    with database.transaction() as connection:
        change_role(connection, olga, "supporter", None)
    assert find_invitation(database, token) is None


def test_the_last_super_admin_stays_one(database: Database) -> None:
    first = add_account(database, "super_admin")
    with (
        pytest.raises(OperatorError, match="invite another"),
        database.transaction() as connection,
    ):
        change_role(connection, first, "admin", None)
    add_account(database, "super_admin", "second@shop.example")
    with database.transaction() as connection:
        assert change_role(connection, first, "user", None)
    assert not reload(database, first.user_id).may_log_in
    with pytest.raises(OperatorError, match="no such role"):
        change_role(database, first, "king", None)  # type: ignore[arg-type]


def test_a_link_sets_password_and_role_once(database: Database) -> None:
    token = send(database, "Nina@Shop.example ", name="Nina", role="admin")
    assert value(database, "SELECT role FROM users") == "user"
    stored = value(database, "SELECT token_hash FROM invitations")
    assert token.encode() not in stored
    found = find_invitation(database, token)
    assert found is not None
    assert (found.email, found.name, found.role) == (NEW, "Nina", "admin")
    with pytest.raises(WeakPasswordError):
        accept(database, token, "nina@shop.example")
    assert accept(database, token) == "admin"
    for gone in (token, "", "x" * 500, "\x00"):
        assert find_invitation(database, gone) is None
        with pytest.raises(NoInvitationError, match="ask for another"):
            accept(database, gone)
    account = find_account(database, NEW.upper())
    assert account is not None
    assert CHEAP.fits(BETTER, account.hashed_password)
    (listed,) = list_operators(database)
    assert (listed.email, listed.has_password, listed.has_factor) == (NEW, True, False)


def test_a_link_ends_after_a_day_and_by_a_newer_one(database: Database) -> None:
    first, second = send(database), send(database)
    assert find_invitation(database, first) is None
    assert find_invitation(database, second)
    change(database, "UPDATE invitations SET expires_at = expires_at - interval '24h'")
    assert find_invitation(database, second) is None
    with pytest.raises(NoInvitationError):
        accept(database, second)


def test_a_link_of_make_run_logs_in_and_no_other_does(database: Database) -> None:
    with database.transaction() as connection:
        token, other = invite_newcomer(connection), invite(connection, NEW, "admin")
    with pytest.raises(NoInvitationError):
        accept(database, token)
    with pytest.raises(NoInvitationError):
        at_once(database, other)
    assert at_once(database, token) == "super_admin"
    with pytest.raises(NoInvitationError):
        at_once(database, token)


def at_once(database: Database, token: str) -> str:
    with database.transaction() as connection:
        return accept_at_once(connection, token, None).role


def test_who_writes_to_the_bot_becomes_an_operator(database: Database) -> None:
    with pytest.raises(OperatorError, match="let them write once"):
        send(database, phone=PHONE)
    add = """
        INSERT INTO users (phone_number, full_name) VALUES (%(p)s, 'N')
        RETURNING user_id
    """
    nina = value(database, add, p=PHONE)
    other = value(database, add, p="whatsapp:+15550008")
    accept(database, send(database, phone=PHONE))
    account = reload(database, nina)
    assert (account.email, account.role, account.name) == (NEW, "supporter", "N")
    accept(database, send(database, phone=PHONE), GOOD)  # the same again is no fault
    with pytest.raises(OperatorError, match="by another e-mail address"):
        send(database, "n@shop.example", phone=PHONE)
    with pytest.raises(OperatorError, match="Somebody else has this"):
        send(database, phone="whatsapp:+15550008")
    assert other != nina


def test_who_was_deactivated_is_not_let_in(database: Database) -> None:
    token = send(database)
    change(database, "UPDATE users SET is_active = false")
    assert find_invitation(database, token) is None
    with pytest.raises(NoInvitationError):
        accept(database, token)
    with pytest.raises(OperatorError, match="activate them"):
        send(database)


@pytest.mark.parametrize(
    "email", ["", "nina", "a b@c.example", "a@b\n@c", "x" * 255 + "@c"]
)
def test_what_is_no_address_is_not_invited(database: Database, email: str) -> None:
    with pytest.raises(OperatorError, match="no e-mail address"):
        send(database, email)


def test_sessions_of_others_are_not_seen(database: Database) -> None:
    olga = add_account(database)
    other = add_account(database, "admin", "other@shop.example")
    open_session(database, olga.user_id, "127.0.0.1", "Browser")
    assert list_sessions(database, other.user_id) == []
    assert len(list_sessions(database, olga.user_id)) == 1
