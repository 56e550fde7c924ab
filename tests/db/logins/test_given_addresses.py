"""An e-mail address that somebody only told the bot opens no door."""

import pytest

from db.chats import PostgresChatStore
from db.database import Database
from db.errors import OperatorError
from db.logins.accounts import find_account, load_account, require_account
from db.logins.audit import read_audit
from db.logins.invitations import accept_with_password, find_invitation, invite
from db.privacy.erasure import erase_person
from db.queries.people import find_person
from db.records import Deed
from db.support.telling.alerts import EMAILS
from tests.db.logins.cheap import BETTER, CHEAP
from tests.db.sql import change, rows, take_in, value, values
from tests.records import ANA, BEN, answer_to, said

OWNER = "owner@shop.example"
CLAIMED = "SELECT email, email_is_given, role FROM users WHERE phone_number IS NOT NULL"


@pytest.fixture
def claimed(database: Database, pg: PostgresChatStore) -> Database:
    """A database in which Ben said that the owner's address is his."""
    message = said(f"I am {OWNER}", BEN, profile_name="Ben")
    told = (Deed("keep_lead", {"email": OWNER}),)
    assert pg.record_reply(take_in(pg, message), answer_to(message, deeds=told))
    assert rows(database, CLAIMED) == [(OWNER, True, "user")]
    return database


def test_it_is_nobody_s_log_in_and_gets_no_role_by_it(claimed: Database) -> None:
    ben = value(claimed, "SELECT user_id FROM users")
    assert find_account(claimed, OWNER) is None
    assert load_account(claimed, ben) is None
    with pytest.raises(OperatorError, match="Nobody has this"):
        require_account(claimed, OWNER)


def test_who_is_invited_by_it_has_it_alone_and_the_audit_tells(
    claimed: Database,
) -> None:
    ben = value(claimed, "SELECT user_id FROM users")
    with claimed.transaction() as connection:
        token = invite(connection, OWNER, "super_admin")
    invited = find_invitation(claimed, token)
    assert invited
    assert invited.user_id != ben
    assert rows(claimed, CLAIMED) == [(None, False, "user")]
    with claimed.transaction() as connection:
        owner = accept_with_password(connection, CHEAP, token, BETTER, None)
    assert (owner.role, owner.user_id == ben) == ("super_admin", False)
    taken = [row for row in read_audit(claimed) if row.action == "e-mail taken away"]
    assert [(row.subject_id, row.subject) for row in taken] == [(ben, "Ben")]


def test_who_is_invited_by_their_phone_takes_it_from_another_and_keeps_their_own(
    claimed: Database, pg: PostgresChatStore
) -> None:
    take_in(pg, said("hi", ANA))
    with claimed.transaction() as connection:
        invite(connection, OWNER, "admin", phone=ANA)
    by_phone = f"{CLAIMED} ORDER BY phone_number"
    assert rows(claimed, by_phone) == [(OWNER, False, "user"), (None, False, "user")]
    gives = """UPDATE users SET email = 'ben@x.example', email_is_given = true
               WHERE phone_number = %(ben)s"""
    change(claimed, gives, ben=BEN)
    with claimed.transaction() as connection:
        invite(connection, "ben@work.example", "supporter", phone=BEN)
    assert rows(claimed, by_phone)[1] == ("ben@work.example", False, "user")
    assert find_account(claimed, "ben@work.example") is not None


def test_no_alert_goes_to_it_and_nobody_is_found_or_erased_by_it(
    claimed: Database,
) -> None:
    ben = value(claimed, "SELECT user_id FROM users")
    change(claimed, "UPDATE users SET role = 'supporter'")  # by hand, in psql
    asked = {"user_id": None, "most": 9}
    assert claimed.rows(EMAILS.replace("<> %(user_id)s", "IS NOT NULL"), asked) == []
    change(claimed, "UPDATE users SET role = 'user'")
    with claimed.transaction() as connection, pytest.raises(OperatorError):
        find_person(connection, f"mailto:{OWNER}")
    erased = erase_person(claimed, ben, b"k" * 32)
    assert erased
    assert len(erased.tombstones) == 1, "their number's alone"
    assert values(claimed, "SELECT user_id FROM users") == []
