"""Tickets, log-ins, alerts and the audit: erased, exported, and kept no longer."""

import json
from uuid import UUID

import pytest

from db.chats import PostgresChatStore
from db.database import Database
from db.privacy.erasure import apply_tombstones, erase_person
from db.privacy.export import export_person
from db.privacy.tombstones import read_tombstones
from db.support import tickets
from db.support.owners import change_owner
from tests.db.access.logins import three_roles
from tests.db.privacy.aging import run
from tests.db.sql import change, opened, rows, take_in, value, values
from tests.records import ANA, said

KEY = b"the key of the tests"
WORDS = "where is my bread"
ALERT = UUID("00000000-0000-4000-8000-0000000000bb")
OLGA = """
INSERT INTO users (email, full_name, role, hashed_password)
VALUES ('Olga@shop.example', 'Olga', 'admin', 'a hash') RETURNING user_id
"""
# What she was told on WhatsApp stands in a chat of hers, as it was sent.
TOLD = """
UPDATE users SET phone_number = 'whatsapp:+15550009999' WHERE user_id = %(olga)s;
INSERT INTO userchats (chat_id, customer_id, messages)
SELECT '00000000000000bb', %(olga)s, jsonb_build_array(
  jsonb_build_object('role', 'user', 'content', 'Good morning'),
  jsonb_build_object('role', 'assistant', 'reference_id', %(alert)s::text,
                     'content', 'Told of ticket 1.'));
INSERT INTO reply_parts (reference_id, chat_id, user_id, position, address, body,
                         status)
VALUES (%(alert)s, '00000000000000bb', %(olga)s, 0, 'whatsapp:+15550009999', %(words)s,
        'delivered');
INSERT INTO support_alerts (reference_id, ticket_id, user_id, operator_id, about)
SELECT %(alert)s, id, user_id, %(olga)s, 'SM1' FROM support_tickets;
INSERT INTO support_sessions (operator_id, user_id)
SELECT %(olga)s, user_id FROM support_tickets
"""


@pytest.fixture
def olga(database: Database) -> UUID:
    found: UUID = value(database, OLGA)
    return found


@pytest.fixture
def ana(database: Database, pg: PostgresChatStore, olga: UUID) -> UUID:
    """A customer whom Olga has, with a note of hers and an alert to her."""
    take_in(pg, said(WORDS, ANA))
    query = "SELECT user_id FROM users WHERE phone_number = %(address)s"
    found: UUID = value(database, query, address=ANA)
    change_owner(database, found, "human", operator=olga, why="asked")
    with database.transaction() as connection:
        ticket = tickets.find_open(connection, found)
        assert ticket
        tickets.add_note(connection, ticket.id, olga, "Bakes at home.")
    for statement in TOLD.split(";\n"):
        change(database, statement, olga=olga, alert=ALERT, words=f"Ana: {WORDS}")
    return found


def audited(database: Database, actor: UUID, subject: UUID) -> None:
    change(
        database,
        "INSERT INTO audit_log (actor_id, action, subject_id, address)"
        " VALUES (%(actor)s, 'transcript', %(subject)s, '192.0.2.7')",
        actor=actor, subject=subject,
    )  # fmt: skip


def exported(database: Database, user_id: UUID) -> dict[str, list[dict[str, object]]]:
    found: dict[str, list[dict[str, object]]] = json.loads(
        "".join(export_person(database, user_id))
    )
    return found


def test_a_customers_words_go_from_what_operators_were_told(
    database: Database, ana: UUID, olga: UUID
) -> None:
    assert erase_person(database, ana, KEY) is not None
    [kept] = values(database, "SELECT messages FROM userchats")
    assert [turn["content"] for turn in kept] == ["Good morning", "Told of ticket 1."]
    for table in ("reply_parts", "support_tickets", "support_messages",
                  "support_alerts", "support_sessions"):  # fmt: skip
        assert value(database, f"SELECT count(*) FROM {table}") == 0  # noqa: S608
    assert values(database, "SELECT user_id FROM users") == [olga]


def test_an_operator_goes_and_what_they_did_for_others_stays_without_a_name(
    database: Database, ana: UUID, olga: UUID
) -> None:
    assert erase_person(database, olga, KEY) is not None
    kept = "SELECT body, author_id FROM support_messages ORDER BY id"
    assert rows(database, kept) == [("taken", None), ("Bakes at home.", None)]
    assert values(database, "SELECT assignee_id FROM support_tickets") == [None]
    assert rows(database, "SELECT user_id, owner, owner_id FROM users") == [
        (ana, "human", None)
    ]


def test_who_only_logs_in_is_known_again_by_the_e_mail_address(
    database: Database, olga: UUID
) -> None:
    backup = rows(database, "SELECT created_at FROM users")
    assert erase_person(database, olga, KEY) is not None
    tombstones = list(read_tombstones(database))
    assert len(tombstones) == 1
    again = OLGA.replace("Olga@", "olga@")
    change(database, again)
    assert apply_tombstones(database, KEY, tombstones) == 0  # invited anew
    change(database, "UPDATE users SET created_at = %(at)s", at=backup[0][0])
    assert apply_tombstones(database, KEY, tombstones) == 1


def test_the_audit_outlives_who_is_in_it_and_names_nobody(
    database: Database, ana: UUID, olga: UUID
) -> None:
    audited(database, olga, ana)
    assert erase_person(database, ana, KEY) is not None
    assert rows(database, "SELECT actor_id, action, subject_id FROM audit_log") == [
        (olga, "transcript", ana)
    ]
    known = "SELECT count(*) FROM audit_log JOIN users ON user_id = subject_id"
    assert value(database, known) == 0


def test_an_export_has_what_is_theirs_and_of_others_only_that_it_was_done(
    database: Database, ana: UUID, olga: UUID
) -> None:
    audited(database, olga, ana)
    hers = exported(database, ana)
    assert [said["body"] for said in hers["support_messages"]] == [
        "taken", "Bakes at home."
    ]  # fmt: skip
    (part,) = hers["reply_parts"]
    assert part["body"] == f"Ana: {WORDS}"
    assert "address" not in part
    assert "address" not in hers["audit_log"][0]
    olgas = exported(database, olga)
    assert "Bakes" not in str(olgas["support_messages"])
    assert len(olgas["support_messages"]) == 2
    assert olgas["audit_log"][0]["address"] == "192.0.2.7"
    assert "a hash" not in str(olgas)


def test_what_opens_doors_is_in_no_export(database: Database, olga: UUID) -> None:
    for statement in (
        "INSERT INTO invitations (token_hash, user_id, role)"
        " VALUES ('xylograph', %(olga)s, 'admin')",
        "INSERT INTO login_sessions (token_hash, user_id)"
        " VALUES ('xylograph', %(olga)s)",
        "INSERT INTO second_factors (user_id, secret) VALUES (%(olga)s, 'xylograph')",
    ):
        change(database, statement, olga=olga)
    found = exported(database, olga)
    assert [len(found[table]) for table in (
        "invitations", "login_sessions", "second_factors")] == [1, 1, 1]  # fmt: skip
    assert "xylograph" not in str(found)
    assert "\\x78796c6f" not in json.dumps(found)


OLD = """
UPDATE support_tickets
SET status = 'resolved', resolved_at = now() - interval '731 days';
INSERT INTO support_tickets (user_id, status, resolved_at)
SELECT user_id, 'resolved', now() - interval '729 days' FROM support_tickets;
UPDATE support_sessions SET seen_at = now() - interval '731 days';
INSERT INTO audit_log (action, at) VALUES
  ('login', now() - interval '732 days'), ('reply', now() - interval '729 days');
INSERT INTO login_attempts (key, failures, last_at) VALUES
  ('old', 3, now() - interval '25 hours'), ('young', 3, now() - interval '23 hours');
INSERT INTO login_sessions (token_hash, user_id, created_at)
SELECT 'old', user_id, now() - interval '8 days' FROM users WHERE role = 'admin';
INSERT INTO login_sessions (token_hash, user_id, created_at)
SELECT 'young', user_id, now() - interval '6 days' FROM users WHERE role = 'admin';
INSERT INTO invitations (token_hash, user_id, role, expires_at, used_at)
SELECT token, user_id, 'admin', expires, used FROM users CROSS JOIN (VALUES
  ('used'::bytea, now() + interval '1 hour', now() - interval '25 hours'),
  ('over', now() - interval '25 hours', NULL), ('open', now() + interval '1 hour', NULL)
) AS invited (token, expires, used) WHERE users.role = 'admin'
"""
LEFT = """
SELECT encode(token_hash, 'escape') FROM login_sessions UNION ALL
SELECT encode(token_hash, 'escape') FROM invitations UNION ALL
SELECT encode(key, 'escape') FROM login_attempts UNION ALL
SELECT action FROM audit_log
"""


def test_what_is_over_goes_as_the_bots_own_role(
    database: Database, database_url: str, ana: UUID
) -> None:
    for statement in OLD.split(";\n"):
        change(database, statement)
    due = {
        "resolved tickets deleted": 1,
        "looks at chats dropped": 1,
        "invitations dropped": 2,
        "ended log-ins dropped": 1,
        "failed log-ins forgotten": 1,
        "audit rows dropped": 1,
    }
    with three_roles(database_url) as urls, opened(urls["app"]) as app:
        assert run(app, dry_run=True) == due
        assert run(app) == due
        assert run(app) == {}
    assert values(database, LEFT) == ["young", "open", "young", "reply"]
    assert value(database, "SELECT count(*) FROM support_tickets") == 1


def test_an_alert_goes_with_its_message_once_that_is_settled(
    database: Database, ana: UUID
) -> None:
    change(
        database, "UPDATE support_alerts SET created_at = now() - interval '31 days'"
    )
    change(database, "UPDATE reply_parts SET status = 'sending'")
    assert run(database) == {}
    change(database, "UPDATE reply_parts SET status = 'sent'")
    assert run(database) == {"alerts to operators dropped": 1}
    assert value(database, "SELECT count(*) FROM reply_parts") == 0


def test_the_audit_keeps_what_is_young_whoever_asks(
    database: Database, database_url: str
) -> None:
    change(database, "INSERT INTO audit_log (action) VALUES ('login')")
    with three_roles(database_url) as urls, opened(urls["app"]) as app:
        app.scalar("SELECT drop_old_audit(ARRAY(SELECT id FROM audit_log))")
        app.count("INSERT INTO audit_log (action) VALUES ('reply')")
    assert values(database, "SELECT action FROM audit_log") == ["login", "reply"]
