"""Which addresses the driver refuses before it connects anywhere."""

import asyncio

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from db.access.shell import open_shell
from db.address import find_refused, is_address, parse_url, split_password
from db.pool import conninfo
from db.queue.app import build_queue
from tests.db.sql import opened, value

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
        "sslmode=require&pgbouncer=true",
        "passfile=/no/such/file&password=planted&user=x",
    ],
)
def test_what_the_driver_takes_passes(query: str) -> None:
    assert find_refused(f"{ADDRESS}?{query}") is None


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("pgbouncer=planted", "pgbouncer must be true"),
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


@pytest.mark.parametrize("name", ["schema", "sslmode", "sslnegotiation"])
def test_the_driver_agrees(name: str) -> None:
    refused = pytest.raises(psycopg.Error, match=name)
    with opened(f"postgresql://bot@127.0.0.1:9/x?{name}=planted") as database, refused:
        database.scalar("SELECT 1")


@pytest.mark.parametrize(
    ("address", "hosts", "ports"),
    [
        ("bot:a@one:5432,two:5433/x?sslmode=require", "one,two", "5432,5433"),
        ("bot:a,b/c@one,two/x", "one,two", None),
        ("one,two:5433", "one,two", ",5433"),
        ("bot@[::1]:5432,[fe80::2]/x", "::1,fe80::2", "5432,"),
        ("bot@/x?host=one:5432&host=two:5433", "one,two", "5432,5433"),
        ("bot@/x?host=one,two&port=5432,5433", "one,two", "5432,5433"),
    ],
)
def test_several_hosts_may_be_written_as_libpq_or_sqlalchemy_do(
    address: str, hosts: str, ports: str | None
) -> None:
    url = f"postgres://{address}"
    assert is_address(url)
    assert find_refused(url) is None
    known = conninfo_to_dict(conninfo(url))
    assert (known["host"], known.get("port")) == (hosts, ports)
    assert parse_url(url).password in {None, "a", "a,b/c"}
    shown, _ = split_password(url)
    assert conninfo_to_dict(shown)["host"] == hosts


@pytest.mark.parametrize("hosts", ["one:x,two", "one:1:2,two", "one:70000,two:1"])
def test_ports_that_are_none_make_no_address(hosts: str) -> None:
    assert not is_address(f"postgresql://bot@{hosts}/x")


def test_ports_that_fit_no_host_are_told() -> None:
    refused = str(find_refused("postgresql://bot@/x?host=one,two&port=1,2,3"))
    assert "a port for each host" in refused


def test_all_that_connects_finds_the_host_that_takes_writes(
    database_url: str,
) -> None:
    parsed = parse_url(database_url)
    at = f"127.0.0.1:{parsed.port}"
    url = f"{database_url.replace(at, f'127.0.0.1:9,{at}')}?target_session_attrs="
    url += "read-write"
    with opened(url) as database:
        assert value(database, "SELECT 1") == 1
        assert database.name == parsed.database
    with psycopg.connect(conninfo(url)) as connection:
        assert connection.info.port == parsed.port
    assert asyncio.run(_reaches_the_queue(url))
    assert open_shell(url, ("-X", "-c", "SELECT 1")) == 0


async def _reaches_the_queue(url: str) -> bool:
    queue = build_queue(url, connections=1)
    async with queue.open_async():
        return await queue.check_connection_async()
