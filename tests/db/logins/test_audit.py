"""Who did what to whom and when."""

from uuid import uuid4

import pytest

from db.database import Database
from db.logins.audit import Action, read_audit, record_audit
from tests.db.sql import change, value

ADD = "INSERT INTO users (email) VALUES (%(email)s) RETURNING user_id"


def test_rows_are_read_newest_first_and_by_who_and_what(database: Database) -> None:
    olga, cara = (value(database, ADD, email=f"{n}@shop.example") for n in "oc")
    record_audit(database, actor_id=olga, action=Action.READ_CHAT, subject_id=cara)
    record_audit(
        database, actor_id=olga, action=Action.REPLIED, subject_id=cara, ticket_id=7,
        address="127.0.0.1" * 100, details={"parts": 2},
    )  # fmt: skip
    record_audit(database, actor_id=None, action=Action.LOGIN_FAILED)
    everything = read_audit(database)
    assert [row.action for row in everything] == [
        "log-in failed",
        "replied",
        "read chat",
    ]
    replied = everything[1]
    assert (replied.actor, replied.subject) == ("o@shop.example", "c@shop.example")
    assert (replied.ticket_id, replied.details) == (7, {"parts": 2})
    assert len(replied.address or "") == 200
    assert (
        read_audit(database, actor_id=olga, action=Action.READ_CHAT) == everything[2:]
    )
    assert read_audit(database, before=replied.id) == everything[2:]
    assert read_audit(database, subject_id=olga) == []
    assert read_audit(database, most=1) == everything[:1]


def test_a_row_stays_when_the_person_goes(database: Database) -> None:
    cara = value(database, ADD, email="cara@shop.example")
    record_audit(database, actor_id=None, action=Action.ERASED, subject_id=cara)
    change(database, "DELETE FROM users WHERE user_id = %(cara)s", cara=cara)
    (row,) = read_audit(database)
    assert (row.subject_id, row.subject) == (cara, None)


def test_an_action_that_nobody_knows_is_not_stored(database: Database) -> None:
    with pytest.raises(ValueError, match="sang"):
        record_audit(database, actor_id=uuid4(), action="sang")
    assert read_audit(database) == []
