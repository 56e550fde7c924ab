"""Codes of an app, as a second factor."""

import pyotp
import pytest

from db.database import Database
from db.logins.audit import read_audit
from db.logins.second_factors import (
    begin_factor,
    describe_factor,
    find_begun,
    reset_factor,
    take_code,
)
from db.logins.sessions import find_session, open_session
from tests.db.logins.cheap import add_account, reload

SECRET = "JBSWY3DPEHPK3PXP" * 2
NOON = 1_800_000_000.0  # a step begins then


def test_a_code_confirms_is_taken_once_and_never_an_older_one(
    database: Database,
) -> None:
    olga = add_account(database)
    assert begin_factor(database, olga.user_id)
    secret = find_begun(database, olga.user_id)
    assert secret is not None
    code = pyotp.TOTP(secret).at
    assert not reload(database, olga.user_id).has_factor
    assert not take_code(database, olga.user_id, code(NOON - 60), at=NOON)
    assert take_code(
        database, olga.user_id, f" {code(NOON)[:3]} {code(NOON)[3:]}", at=NOON
    )
    assert reload(database, olga.user_id).has_factor
    assert not take_code(database, olga.user_id, code(NOON), at=NOON)
    assert not take_code(database, olga.user_id, code(NOON - 30), at=NOON)
    assert take_code(database, olga.user_id, code(NOON + 30), at=NOON)  # a clock ahead
    assert not take_code(database, olga.user_id, code(NOON + 30), at=NOON + 30)
    assert take_code(database, olga.user_id, code(NOON + 60), at=NOON + 89)  # behind
    assert find_begun(database, olga.user_id) is None
    assert not begin_factor(database, olga.user_id)  # nobody replaces one that is used
    assert take_code(database, olga.user_id, code(NOON + 120), at=NOON + 120)


@pytest.mark.parametrize("odd", ["", "12345", "1234567", "\uff11" * 6, "abcdef"])
def test_what_is_no_code_is_none(database: Database, odd: str) -> None:
    olga = add_account(database)
    assert not take_code(database, olga.user_id, odd)
    begin_factor(database, olga.user_id)
    assert not take_code(database, olga.user_id, odd)


def test_a_reset_asks_for_no_code_and_ends_sessions(database: Database) -> None:
    olga = add_account(database)
    with database.transaction() as connection:
        assert not reset_factor(connection, olga.user_id, None)
        begin_factor(connection, olga.user_id)
    token = open_session(database, olga.user_id, None, None)
    with database.transaction() as connection:
        assert reset_factor(connection, olga.user_id, None)
    assert find_session(database, token) is None
    assert [row.action for row in read_audit(database)] == ["second factor reset"]


def test_the_app_is_told_whose_and_of_what_it_is() -> None:
    told = describe_factor(SECRET, "olga@shop.example", "Console: shop")
    assert told.startswith("otpauth://totp/")
    assert f"secret={SECRET}" in told
