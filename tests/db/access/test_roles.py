"""The four roles: made, mended, kept secret, and by whom."""

import os
import subprocess
from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest

from db import schema
from db.access.roles import set_up_roles, write_script
from db.address import parse_url
from db.chats import PostgresChatStore
from db.database import Database
from db.embedded.programs import bin_folder
from db.embedded.server import EmbeddedPostgres
from db.errors import OperatorError
from tests.conftest import new_database, run_on_server, url_of
from tests.db.access.logins import gone_after, new_prefix, refusal, three_roles
from tests.db.sql import change, holding, opened, rows, take_in, value, values
from tests.records import answer_to, said

DENIED = "42501"
ACLS = """
    SELECT 'table', oid::regclass::text, relacl::text, relowner FROM pg_class
    WHERE relnamespace::regnamespace::text IN ('public', 'procrastinate', 'masked')
    UNION ALL
    SELECT 'function', oid::regprocedure::text, proacl::text, proowner FROM pg_proc
    WHERE pronamespace::regnamespace::text IN ('public', 'procrastinate', 'masked')
    UNION ALL
    SELECT 'schema', nspname, nspacl::text, nspowner FROM pg_namespace
    UNION ALL
    SELECT 'database', datname, datacl::text, datdba FROM pg_database
    WHERE datname = current_database()
    UNION ALL
    SELECT 'default', defaclobjtype::text || defaclnamespace, defaclacl::text, 0
    FROM pg_default_acl
    ORDER BY 1, 2
"""


@pytest.fixture
def roles(database_url: str) -> Iterator[dict[str, str]]:
    """The roles' URLs on a database of the test's own."""
    with three_roles(database_url) as urls:
        yield urls


def test_nobody_else_may_connect(postgres: EmbeddedPostgres, database_url: str) -> None:
    prefix = new_prefix()
    with gone_after(database_url, prefix), three_roles(database_url):
        run_on_server(postgres, f"CREATE ROLE {prefix}_stranger LOGIN PASSWORD 'x'")
        plain = parse_url(database_url).set(drivername="postgresql", password="x")
        stranger = plain.set(username=f"{prefix}_stranger")
        with pytest.raises(psycopg.OperationalError, match="permission denied"):
            psycopg.connect(stranger.render_as_string(hide_password=False))


def test_the_owner_migrates_down_and_up_and_the_bot_still_works(
    database: Database, database_url: str
) -> None:
    prefix = new_prefix()
    with gone_after(database_url, prefix):
        owner, app, *_ = (str(r.url) for r in set_up_roles(database, prefix))
        with opened(owner) as owned:
            schema.downgrade(owned, "base")
            schema.upgrade(owned)
        set_up_roles(database, prefix)
        assert refusal(app, "SELECT FROM users") is None
        query = "SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class"
        where = (
            " WHERE relnamespace IN ('public'::regnamespace, 'masked'::regnamespace)"
        )
        assert values(database, query + where) == [f"{prefix}_owner"]


def test_what_a_later_migration_makes_is_covered(roles: dict[str, str]) -> None:
    makes = "CREATE TABLE notes (note_id int GENERATED ALWAYS AS IDENTITY, note text)"
    assert refusal(roles["owner"], makes) is None
    view = "CREATE VIEW masked.notes AS SELECT note_id FROM notes"
    assert refusal(roles["owner"], view) is None
    assert refusal(roles["app"], "INSERT INTO notes (note) VALUES ('hello')") is None
    assert refusal(roles["app"], "TRUNCATE notes") == DENIED
    assert refusal(roles["readonly"], "SELECT FROM masked.notes") is None
    assert refusal(roles["readonly"], "SELECT FROM public.notes") == DENIED


def test_running_it_again_changes_nothing(
    database: Database, database_url: str
) -> None:
    prefix = new_prefix()
    with gone_after(database_url, prefix):
        set_up_roles(database, prefix)
        before = rows(database, ACLS)
        again = set_up_roles(database, prefix)
        assert rows(database, ACLS) == before
        assert [login.url for login in again] == [None] * 4


def test_running_it_again_mends_what_was_changed_by_hand(
    database: Database, database_url: str
) -> None:
    prefix = new_prefix()
    with gone_after(database_url, prefix):
        _, app, _, readonly = (str(r.url) for r in set_up_roles(database, prefix))
        change(database, f"GRANT ALL ON users TO {prefix}_app, {prefix}_readonly")
        change(database, "ALTER TABLE opt_outs OWNER TO CURRENT_USER")
        assert refusal(app, "TRUNCATE users CASCADE, opt_outs, user_aliases") != "42P01"
        set_up_roles(database, prefix)
        assert refusal(app, "TRUNCATE users") == DENIED
        assert refusal(readonly, "SELECT FROM public.users") == DENIED
        query = (
            "SELECT pg_get_userbyid(relowner) FROM pg_class WHERE relname = %(name)s"
        )
        assert value(database, query, name="opt_outs") == f"{prefix}_owner"


def test_passwords_are_kept_given_or_made_anew(
    database: Database, database_url: str
) -> None:
    prefix = new_prefix()
    with gone_after(database_url, prefix):
        _, app, _, readonly = (str(r.url) for r in set_up_roles(database, prefix))
        given = {f"{prefix}_app": "a word/of:one's own%"}
        changed = set_up_roles(database, prefix, given)
        assert refusal(readonly, "SELECT 1") is None
        assert refusal(str(changed[1].url), "SELECT 1") is None
        assert parse_url(str(changed[1].url)).password == given[f"{prefix}_app"]
        with pytest.raises(psycopg.OperationalError, match="authentication failed"):
            psycopg.connect(app)
        set_up_roles(database, prefix, renew=True)
        with pytest.raises(psycopg.OperationalError, match="authentication failed"):
            psycopg.connect(readonly)


def test_the_server_and_our_own_objects_tell_no_password(
    postgres: EmbeddedPostgres, database: Database, database_url: str
) -> None:
    prefix = new_prefix()
    run_on_server(postgres, "ALTER ROLE bot SET log_statement = 'all'")
    try:
        with gone_after(database_url, prefix):
            logins = set_up_roles(database, prefix)
            query = (
                "SELECT rolpassword FROM pg_authid WHERE starts_with(rolname, %(p)s)"
            )
            kept = values(database, query, p=prefix)
    finally:
        run_on_server(postgres, "ALTER ROLE bot RESET log_statement")
    log = postgres.cluster.log_file.read_text()
    assert f'CREATE ROLE "{prefix}_app"' in log
    for login in logins:
        password = str(parse_url(str(login.url)).password)
        assert len(password) > 30
        assert password not in log + repr(login)
    assert [verifier[:14] for verifier in kept] == ["SCRAM-SHA-256$"] * 4


def test_a_managed_hosts_first_user_can_set_it_up(postgres: EmbeddedPostgres) -> None:
    admin, prefix = new_prefix(), new_prefix()
    run_on_server(postgres, f"CREATE ROLE {admin} LOGIN CREATEROLE PASSWORD 'x'")
    with new_database(postgres, f"OWNER {admin}") as root:
        plain = parse_url(root).set(drivername="postgresql", password="x")
        url = plain.set(username=admin).render_as_string(hide_password=False)
        with gone_after(root, admin), gone_after(root, prefix):
            with opened(url) as own:
                schema.upgrade(own)
                _, app, _, readonly = (str(r.url) for r in set_up_roles(own, prefix))
                set_up_roles(own, prefix)
            assert refusal(app, "DELETE FROM users") is None
            assert refusal(app, "TRUNCATE users") == DENIED
            assert refusal(readonly, "SELECT FROM chat_messages") is None


def test_whoever_may_not_make_roles_is_told_what_to_do(roles: dict[str, str]) -> None:
    told = pytest.raises(OperatorError, match=r"CREATEROLE.*roles --print")
    with opened(roles["owner"]) as owned, told:
        set_up_roles(owned, new_prefix())


def test_the_printed_script_does_the_same(
    database: Database, database_url: str
) -> None:
    prefix = new_prefix()
    with gone_after(database_url, prefix):
        script = list(write_script(database, prefix))
        query = "SELECT count(*) FROM pg_roles WHERE starts_with(rolname, %(p)s)"
        assert value(database, query, p=prefix) == 0
        end = script.index("COMMIT;") + 1
        assert script[end:] == [
            rf"\password {prefix}_{role}"
            for role in ("owner", "app", "console", "readonly")
        ]
        run_psql(database_url, "\n".join(script[:end]))
        change(database, f"REVOKE {prefix}_owner FROM CURRENT_USER")
        by_hand = rows(database, ACLS)
        set_up_roles(database, prefix)
        assert rows(database, ACLS) == by_hand


def run_psql(url: str, script: str) -> None:
    parsed = parse_url(url).set(drivername="postgresql")
    environment = {**os.environ, "PGPASSWORD": parsed.password or ""}
    shown = parsed._replace(password=None).render_as_string()
    command = [str(bin_folder() / "psql"), "-X", "-v", "ON_ERROR_STOP=1", shown]
    subprocess.run(
        command, env=environment, input=script, text=True, check=True, timeout=60,
        capture_output=True,
    )  # fmt: skip


def test_a_database_that_is_not_migrated_is_left_alone(empty_database_url: str) -> None:
    told = pytest.raises(OperatorError, match="bot db upgrade")
    with opened(empty_database_url) as empty, told:
        set_up_roles(empty, new_prefix())


@pytest.mark.parametrize("prefix", ["", "Bot", "1bot", "bot-x", 'bot"; --', "b" * 42])
def test_an_odd_prefix_is_refused(database: Database, prefix: str) -> None:
    with pytest.raises(OperatorError, match="prefix"):
        set_up_roles(database, prefix)


def test_a_password_for_an_unknown_role_is_refused(database: Database) -> None:
    with pytest.raises(OperatorError, match="bot_ap"):
        set_up_roles(database, "bot", {"bot_ap": "word"})


def test_a_superuser_of_that_name_is_not_taken_for_the_bot(
    postgres: EmbeddedPostgres, database: Database, database_url: str
) -> None:
    prefix = new_prefix()
    with gone_after(database_url, prefix):
        run_on_server(postgres, f"CREATE ROLE {prefix}_app SUPERUSER")
        with pytest.raises(OperatorError, match="another --prefix"):
            set_up_roles(database, prefix)


def test_a_database_that_is_away_is_told_without_its_password(
    postgres: EmbeddedPostgres,
) -> None:
    away = url_of(postgres, "no_such_database")
    refused = pytest.raises(OperatorError, match="can't be reached")
    with opened(away) as database, refused as told:
        set_up_roles(database, new_prefix())
    assert str(parse_url(away).password) not in str(told.value)


def test_a_table_that_is_held_is_not_waited_for_in_vain(
    database: Database, database_url: str
) -> None:
    prefix = new_prefix()
    with (
        gone_after(database_url, prefix),
        holding(database, "LOCK TABLE userchats IN ROW EXCLUSIVE MODE"),
        pytest.raises(OperatorError, match="nothing was changed"),
    ):
        set_up_roles(database, prefix, patience=0.05)
    assert (
        value(database, "SELECT count(*) FROM pg_roles WHERE rolname ~ %(p)s", p=prefix)
        == 0
    )


def test_the_store_works_as_the_bot(roles: dict[str, str]) -> None:
    database = Database(roles["app"])
    pg = PostgresChatStore(database, timedelta(days=1))
    question = said("Hello", profile_name="Ana")
    reply = answer_to(question, opts_out=True, error="none, but marked")
    assert pg.record_reply(take_in(pg, question), reply)
    assert schema.find_fault(database) is None
    database.close()
