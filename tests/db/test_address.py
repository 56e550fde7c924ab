"""Which addresses the driver refuses before it connects anywhere."""

import psycopg
import pytest

from db.address import find_refused
from tests.db.sql import opened

ADDRESS = "postgresql://bot:planted@no-such-host.invalid/x"


@pytest.mark.parametrize(
    "query",
    [
        "",
        "sslmode=verify-full&sslrootcert=/etc/ssl/rds.pem",
        "sslmode=verify-full&sslrootcert=system",
        "options=-cjit%3Doff&application_name=two%20words",
        "connect_timeout=5&keepalives_count=3&target_session_attrs=read-write",
        "host=one:5432&host=two:5432",
        "host=/var/run/postgresql",
        "passfile=/no/such/file&password=planted&user=x",
    ],
)
def test_what_the_driver_takes_passes(query: str) -> None:
    assert find_refused(f"{ADDRESS}?{query}") is None


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("pgbouncer=true", "pgbouncer is no parameter of it"),
        ("sslmode=require&schema=public", "schema is no parameter of it"),
        ("ssl=true", "ssl is no parameter of it"),
        ("sslMode=require", "it is written sslmode"),
        ("planted=1", "what stands behind the ? is no parameter of it"),
        ("sslmode=planted", "sslmode has a value that it does not know"),
        ("sslrootcert=system&sslmode=require", "that goes with no other"),
        ("target_session_attrs=planted", "target_session_attrs has a value"),
        ("sslmode=require&sslmode=disable", "sslmode stands there more than once"),
        ("keepalives_count=planted", "keepalives_count must be a whole number"),
        ("sslkey=/planted", "sslkey must name a file"),
        ("service=planted", "service has a value"),
    ],
)
def test_what_it_refuses_is_named_and_never_its_value(query: str, told: str) -> None:
    refused = str(find_refused(f"{ADDRESS}?{query}"))
    assert told in refused
    assert "planted" not in refused


def test_the_rest_of_a_password_with_a_question_mark_is_not_told() -> None:
    refused = str(find_refused("postgresql://bot@h/x?planted@db/x=1"))
    assert refused == "what stands behind the ? is no parameter of it"


@pytest.mark.parametrize("name", ["pgbouncer", "sslmode", "sslnegotiation"])
def test_the_driver_agrees(name: str) -> None:
    refused = pytest.raises(psycopg.Error, match=name)
    with opened(f"postgresql://bot@127.0.0.1:9/x?{name}=planted") as database, refused:
        database.scalar("SELECT 1")
