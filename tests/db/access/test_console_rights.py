"""What the console's role may do, and what it may not, whatever its pages say."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from db import schema
from db.access.console import HIDDEN, TABLES
from db.chats import PostgresChatStore
from db.database import Database
from db.embedded.server import EmbeddedPostgres
from db.logins.accounts import change_role, outgrow_password, set_password
from db.logins.attempts import account_key, begin_try, end_try
from db.logins.audit import read_audit
from db.logins.erasing import request_erasure
from db.logins.invitations import accept_with_password, invite
from db.logins.second_factors import begin_factor, reset_factor, take_code
from db.logins.sessions import end_session, find_session, open_session
from db.records import PersonReply
from db.support.owners import change_owner
from db.support.replies import record_person_reply
from tests.conftest import new_database
from tests.db.access.logins import refusal, three_roles
from tests.db.logins.cheap import BETTER, CHEAP, add_account
from tests.db.sql import opened, take_in, value, values
from tests.records import ANA, as_parts, said

DENIED = "42501"


@pytest.fixture(scope="module")
def shared(postgres: EmbeddedPostgres, migrated: str) -> Iterator[str]:
    """The console's URL on a database that no test changes."""
    options = f"TEMPLATE {migrated} STRATEGY file_copy"
    with new_database(postgres, options) as url, three_roles(url) as urls:
        yield urls["console"]


@pytest.mark.parametrize(
    "statement",
    [
        *("DELETE FROM users", "DELETE FROM userchats", "DELETE FROM reply_parts"),
        *("DELETE FROM support_tickets", "DELETE FROM support_messages"),
        *("DELETE FROM inbound_messages", "DELETE FROM opt_outs"),
        *("DELETE FROM audit_log", "UPDATE audit_log SET action = 'x'"),
        *("TRUNCATE audit_log", "SELECT FROM erasures", "SELECT FROM erased_sids"),
        "UPDATE users SET phone_number = 'whatsapp:+1'",
        "UPDATE users SET user_id = gen_random_uuid()",
        "INSERT INTO users (phone_number) VALUES ('whatsapp:+1')",
        "UPDATE reply_parts SET body = 'another'",
        "UPDATE userchats SET customer_id = gen_random_uuid()",
        "UPDATE userchats_archive SET messages = '[]'",
        "INSERT INTO inbound_messages (message_sid) VALUES ('SM1')",
        "UPDATE procrastinate.procrastinate_jobs SET args = '{}'",
        "DELETE FROM procrastinate.procrastinate_jobs",
        "UPDATE alembic_version SET version_num = '9999'",
        *("CREATE TABLE notes ()", "CREATE TEMPORARY TABLE notes ()"),
        *("DROP TABLE users", "SELECT FROM pg_authid", "SET ROLE bot"),
        *("SELECT FROM masked.chat_messages", "SELECT lo_create(0)"),
    ],
)
def test_the_console_may_not(shared: str, statement: str) -> None:
    assert refusal(shared, statement) == DENIED


def test_every_table_of_ours_was_thought_of(database: Database) -> None:
    """A new table gives the console nothing: is that what its pages need?"""
    query = """
        SELECT relname FROM pg_class WHERE relkind IN ('r', 'p')
          AND relnamespace = 'public'::regnamespace
    """
    queues = {name for name in TABLES if name.startswith("procrastinate_")}
    assert set(values(database, query)) == (set(TABLES) | HIDDEN) - queues


@pytest.fixture
def console(database_url: str) -> Iterator[Database]:
    """The database, as the console opens it."""
    with three_roles(database_url) as urls, opened(urls["console"]) as found:
        yield found


def test_operators_are_invited_log_in_and_are_looked_after(
    console: Database, database: Database
) -> None:
    assert schema.find_fault(console) is None
    add_account(database, "super_admin")
    with console.transaction() as connection:
        token = invite(connection, "nina@shop.example", "admin", name="Nina")
        nina = accept_with_password(connection, CHEAP, token, BETTER, None)
    keys = [account_key(nina.email)]
    assert begin_try(console, keys) == 0
    end_try(console, keys)
    outgrow_password(console, CHEAP, nina, BETTER)
    token = open_session(console, nina.user_id, "127.0.0.1", None)
    assert find_session(console, token)
    end_session(console, token)
    begin_factor(console, nina.user_id)
    assert not take_code(console, nina.user_id, "000000")
    with console.transaction() as connection:
        reset_factor(connection, nina.user_id, None)
        set_password(connection, CHEAP, nina, "another otter waltzes by noon")
        change_role(connection, nina, "supporter", None)
    assert len(read_audit(console)) >= 4


def test_chats_are_taken_answered_and_given_back(
    console: Database, database: Database, pg: PostgresChatStore
) -> None:
    take_in(pg, said("Hello", ANA))
    ana: UUID = value(console, "SELECT user_id FROM users")
    olga = add_account(database).user_id
    change_owner(console, ana, "queue", operator=None, why="asked")
    change_owner(console, ana, "human", operator=olga, why="by hand")
    reply = PersonReply(
        user_id=ana, author_id=olga, reference_id=uuid4(), text="It is I.",
        parts=as_parts("It is I."), lasts=timedelta(hours=1),
    )  # fmt: skip
    with console.transaction() as connection:
        assert record_person_reply(connection, reply).is_new
    with console.transaction() as connection:
        assert request_erasure(connection, ana, olga)
    change_owner(console, ana, "bot", operator=None, why="by hand")
    sent = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'send_parts'"
    assert value(console, sent) == 1
