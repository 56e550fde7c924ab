"""Why the database did not do something, in words that hold no secret and no class."""

import re
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest
from psycopg import errors
from psycopg_pool import PoolTimeout
from sqlalchemy import exc

from db import schema
from db.address import parse_url
from db.database import Database
from db.embedded.server import EmbeddedPostgres
from db.errors import OperatorError, StoreUnavailableError
from db.outages import LostConnectionError, explained, outages, reason_of
from tests.conftest import run_on_server, url_of
from tests.db.access.logins import three_roles
from tests.db.sql import opened

CLASS_NAME = re.compile(r"[A-Z][a-z]+[A-Z][a-z]+|Error\b")


def fault_of(url: str) -> str:
    with opened(url) as database:
        fault = schema.find_fault(database)
    assert fault is not None
    assert not CLASS_NAME.search(fault), fault
    return fault


@pytest.fixture
def closed(postgres: EmbeddedPostgres) -> Iterator[str]:
    """Logins and databases that the server turns away; its address."""
    made = (
        "CREATE ROLE turned_away LOGIN PASSWORD 'planted' CONNECTION LIMIT 0",
        "CREATE ROLE stranger LOGIN PASSWORD 'planted'",
        "CREATE DATABASE closed ALLOW_CONNECTIONS false",
        "CREATE DATABASE private",
        "REVOKE ALL ON DATABASE private FROM PUBLIC",
    )
    for statement in made:
        run_on_server(postgres, statement)
    address = url_of(postgres, "postgres").rpartition("@")[2]
    yield address
    for gone in ("DATABASE closed", "DATABASE private", "ROLE turned_away, stranger"):
        run_on_server(postgres, f"DROP {gone}")


def test_each_reason_why_no_connection_is_made_is_told(
    postgres: EmbeddedPostgres, closed: str
) -> None:
    good = url_of(postgres, "postgres")
    user, _, address = good.partition("//")[2].rpartition("@")
    word = user.partition(":")[2]
    private = closed.replace("/postgres", "/private")
    told = {
        f"postgresql://bot:planted@{address}": "refuses the user or the password",
        f"postgresql://nobody:planted@{address}": "refuses the user or the password",
        url_of(postgres, "none"): "no database of that name",
        url_of(postgres, "closed"): "takes no connections now",
        f"postgresql://turned_away:planted@{closed}": "are taken: stop what holds them",
        f"postgresql://stranger:planted@{private}": "may not connect to this database",
        f"postgresql://{user}@127.0.0.1:1/x": "Connection refused",
        f"postgresql://{user}@no-such-host.invalid/x": "name is not known",
        f"postgresql://{user}@/x?host=/no/such/folder": "is PostgreSQL started",
        f"{good}?sslmode=require": "the server has no TLS",
    }
    for url, reason in told.items():
        fault = fault_of(url)
        assert fault.startswith("the database can't be reached: "), url
        assert reason in fault, fault
        assert "planted" not in fault
        assert word not in fault


@contextmanager
def silent_server() -> Iterator[int]:
    """A port that lets everybody in and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_server_that_says_nothing_is_told() -> None:
    with silent_server() as port:
        fault = fault_of(f"postgresql://bot@127.0.0.1:{port}/x")
    assert "does not answer in time" in fault


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        # As libpq says it; a try with TLS and one without it fail one after the other.
        (
            'FATAL: no pg_hba.conf entry for host "::1", user "u", no encryption',
            "add ?sslmode=require",
        ),
        (
            'FATAL: no pg_hba.conf entry for host "::1", user "u", SSL encryption\n'
            'FATAL: no pg_hba.conf entry for host "::1", user "u", no encryption',
            "does not let this user in",
        ),
        ("SSL error: certificate verify failed", "TLS fails"),
        ('server certificate for "a" does not match host name "b"', "TLS fails"),
        ('root certificate file "/x" does not exist', "TLS fails"),
        ("FATAL: sorry, too many clients already", "raise max_connections"),
        ("FATAL: remaining connection slots are reserved", "raise max_connections"),
        ("FATAL: no more connections allowed (max_client_conn)", "max_connections"),
        ("FATAL: the database system is starting up", "starting or stopping"),
        (
            'connection to server at "10.0.0.2", port 5432 failed: session is read-only'
            "\nMultiple connection attempts failed. All failures were:\n"
            "- host: '10.0.0.1': Connection refused\n- host: '10.0.0.2': session is",
            "is its standby not promoted yet?",
        ),
        ("FATAL: unsupported startup parameter: options", "connect directly"),
        ("server closed the connection unexpectedly", "closed the connection"),
        ("failed: No route to host", "no way to the host"),
        ("fe_sendauth: no password supplied", "the user or the password"),
        ("FATAL: Passwort-Authentifizierung", "in PostgreSQL's log"),
    ],
)
def test_what_libpq_says_has_its_words(said: str, reason: str) -> None:
    assert reason in reason_of(psycopg.OperationalError(f"connection failed: {said}"))


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (errors.UndefinedTable("planted"), "missing or others"),
        (errors.InvalidSchemaName("planted"), "missing or others"),
        (errors.DiskFull("planted"), "disk is full"),
        (errors.SerializationFailure("planted"), "the standby cut the query off"),
        (errors.ReadOnlySqlTransaction("planted"), "only reading is allowed"),
        (errors.QueryCanceled("planted"), "took too long"),
        (errors.AdminShutdown("planted"), "ended the connection"),
        (errors.LockNotAvailable("planted"), "somebody else holds"),
        (errors.UniqueViolation("planted"), "(SQLSTATE 23505)"),
        (LostConnectionError("SSL planted"), "the connection broke"),
        (LostConnectionError("no answer within 2.4 s"), "not answer in time"),
        (PoolTimeout("couldn't get a connection after 1 sec"), "not answer in time"),
        (exc.TimeoutError("planted"), "all connections of this process"),
        (exc.OperationalError("planted", None, errors.DiskFull()), "disk is full"),
    ],
)
def test_what_the_server_refuses_has_its_words(error: Exception, reason: str) -> None:
    told = reason_of(error)
    assert reason in told
    assert "planted" not in told
    assert not CLASS_NAME.search(told.replace("SQLSTATE", ""))
    with pytest.raises(StoreUnavailableError, match=re.escape(told)), outages():
        raise error


def test_where_there_are_no_words_of_ours_its_first_line_is_told() -> None:
    told = pytest.raises(OperatorError, match="the copy failed: database exists")
    with told, explained("the copy"):
        raise errors.DuplicateDatabase("database exists\nDETAIL: planted")


def test_a_role_that_may_not_is_told_which_one_may(database_url: str) -> None:
    with three_roles(database_url) as urls:
        prefix = str(parse_url(urls["app"]).username).removesuffix("_app")
        refused_to = {"readonly": "SELECT FROM users", "app": "TRUNCATE users"}
        for role, next_one in (("readonly", "app"), ("app", "owner")):
            words = f"{prefix}_{role} may not do this: {prefix}_{next_one} may"
            refused = pytest.raises(StoreUnavailableError, match=words)
            with opened(urls[role]) as database, refused, outages():
                database.count(refused_to[role])
            assert words in in_words(urls[role], lambda d: schema.downgrade(d, "base"))
        assert f"{prefix}_app may" in fault_of(urls["readonly"])


def in_words(url: str, work: Callable[[Database], object]) -> str:
    with opened(url) as database, pytest.raises(OperatorError) as told:
        work(database)
    return str(told.value)


def test_an_owner_of_another_name_is_described(database: Database) -> None:
    refused = errors.InsufficientPrivilege("permission denied")
    assert "`bot db roles` calls bot_owner" in reason_of(refused)
