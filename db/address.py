"""A database's address: read, changed, and shown without its password."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

DRIVER = "postgresql+psycopg"
# Parameters of other drivers and of poolers' adapters, which stand in many an address.
OTHERS = re.compile(
    "adapter|charset|command_timeout|connection_limit|conn_max_age|currentSchema"
    "|encoding|pool|pool_max_conns|pool_timeout|prepareThreshold|schema"
    "|prepared_statement_cache_size|socket_timeout|ssl|sslaccept|sslidentity"
    "|ssl_require|statement_cache_size|supa|uselibpqcompat"
)
# Ours: PgBouncer, or its like, stands in between and pools transactions.
POOLED = "pgbouncer"
COUNTS = ("keepalives", "keepalives_count", "keepalives_interval")
FILES = ("sslcert", "sslkey", "sslcrl")
NOWHERE = "/dev/null"  # no folder: no connection is ever made there
OURS = ("postgres://", "postgresql://", f"{DRIVER}://")
# Several hosts as libpq writes them, which SQLAlchemy does not read.
HOSTS = re.compile(
    r"(?P<before>[\w+]+://(?>(?:[^:/]*(?::[^@]*)?@)?))(?P<hosts>[^/?@]*,[^/?@]*)"
    r"(?P<after>.*)",
    re.DOTALL,
)
PLACE = re.compile(r"(?:\[(?P<six>[^]]+)\]|(?P<host>[^]:[]*))(?::(?P<port>\d*))?")


def parse_url(url: str) -> "URL":
    """Return the URL for psycopg 3; `postgres://`, as Heroku writes it, is fine.

    Several hosts, written as libpq or as SQLAlchemy does, become the one form that both
    read: ?host=a,b&port=1,2. Raises sqlalchemy.exc.ArgumentError.
    """
    from sqlalchemy.engine import make_url  # noqa: PLC0415  (0.3 s; --help needs none)

    if url.startswith("postgres://"):
        url = "postgresql://" + url.removeprefix("postgres://")
    found = HOSTS.fullmatch(url)
    parsed = make_url(found["before"] + found["after"] if found else url)
    places = found["hosts"].split(",") if found else parsed.query.get("host", "")
    if not isinstance(places, str):
        parsed = parsed.update_query_dict(_listed(places))
    return parsed.set(drivername=DRIVER)


def _listed(places: Sequence[str]) -> dict[str, str]:
    """Return hosts and ports apart; an empty port is the usual one."""
    from sqlalchemy.exc import ArgumentError  # noqa: PLC0415  (as above)

    found = [PLACE.fullmatch(place) for place in places]
    pairs = [(p["six"] or p["host"], p["port"] or "") for p in found if p]
    if len(pairs) < len(found):
        raise ArgumentError("a host and its port are written HOST:PORT")
    hosts, ports = (",".join(column) for column in zip(*pairs, strict=True))
    return {"host": hosts, "port": ports} if ports.strip(",") else {"host": hosts}


def is_address(url: str) -> bool:
    """Tell whether a text is the address of a PostgreSQL database."""
    from sqlalchemy.exc import ArgumentError  # noqa: PLC0415  (as above)

    try:
        ports = _ports_of(parse_url(url))
    except (ArgumentError, ValueError):
        return False
    return url.startswith(OURS) and all(1 <= port <= 65535 for port in ports)


def _ports_of(url: "URL") -> list[int]:
    listed = str(url.query.get("port", "")).split(",")
    return [int(port) for port in (url.port, *listed) if port]


def find_refused(url: str) -> str | None:
    """Say which parameter of an address the driver refuses; None if it takes them all.

    libpq itself is asked; no connection is made. No value is told, and of names only
    known ones: what stands behind a ? may be the rest of a password.
    """
    from psycopg.pq import Conninfo  # noqa: PLC0415  (as above)

    query = parse_url(url).query
    known = {option.keyword.decode() for option in Conninfo.get_defaults()}
    for name, value in query.items():
        if name not in {*known, POOLED}:
            return f"{_tellable(name, known)} is no parameter of it"
        if fault := _find_fault(name, value):
            return f"{name} {fault}"
    if not _are_pairs(query):
        return "there must be a port for each host, or one for all"
    apart = {"host", "port", POOLED}
    return _ask_libpq({n: v for n, v in query.items() if n not in apart})


def _find_fault(name: str, value: object) -> str | None:
    if not isinstance(value, str) and name not in {"host", "port"}:
        return "stands there more than once"
    if name == POOLED and value != "true":
        return "must be true, where it is set"
    if name in COUNTS and not str(value).isdecimal():
        return "must be a whole number"
    if name in FILES and not Path(str(value)).is_file():
        return "must name a file that is there"
    return None


def _are_pairs(query: Mapping[str, Any]) -> bool:
    hosts, ports = (str(query.get(n, "")).split(",") for n in ("host", "port"))
    return len(ports) in {1, len(hosts)}


def _tellable(name: str, known: set[str]) -> str:
    if name.lower() in known:
        return f"{name} (it is written {name.lower()})"
    return name if OTHERS.fullmatch(name) else "what stands behind the ?"


def _ask_libpq(given: Mapping[str, Any]) -> str | None:
    from psycopg.conninfo import make_conninfo  # noqa: PLC0415  (as above)
    from psycopg.pq import PGconn  # noqa: PLC0415  (as above)

    elsewhere = {"user": "x", **given, "host": NOWHERE, "hostaddr": "", "password": ""}
    probe = PGconn.connect_start(make_conninfo(**elsewhere).encode())
    said = probe.error_message.decode(errors="replace")
    probe.finish()
    if said.startswith("connection to server"):
        return None
    name = next((n for n in given if re.search(rf"\b{n}\b", said)), "a parameter")
    return f"{name} has a value that it does not know, or that goes with no other"


def is_pooled(url: "str | URL") -> bool:
    """Tell whether each transaction may get another connection of the server's."""
    return POOLED in (parse_url(url) if isinstance(url, str) else url).query


def for_driver(url: str) -> "URL":
    """Return the address with nothing in it but what the driver knows."""
    return parse_url(url).difference_update_query([POOLED])


def build_url(
    host: str, port: int, database: str, user: str, password: str | None
) -> str:
    """Return the address made of its pieces, password included."""
    from sqlalchemy.engine import URL  # noqa: PLC0415  (as above)

    return plain(URL.create(DRIVER, user, password, host, port, database))


def plain(url: "str | URL") -> str:
    """Return an address as libpq reads it, password included."""
    parsed = for_driver(url) if isinstance(url, str) else url
    shown = parsed.set(drivername="postgresql").render_as_string(hide_password=False)
    # SQLAlchemy leaves blanks in a password as they are, and libpq wants none.
    return shown.replace(" ", "%20")


def database_of(url: str) -> str:
    """Return the database's name."""
    parsed = parse_url(url)
    return parsed.database or parsed.username or "postgres"


def with_database(url: str, name: str) -> str:
    """Return the address of another database on the same server."""
    return plain(parse_url(url).set(database=name))


def with_login(url: str, user: str, password: str) -> str:
    """Return the address as another role reaches it."""
    mine = parse_url(url).difference_update_query(["password"])
    return plain(mine.set(username=user, password=password))


def split_password(url: str) -> tuple[str, str | None]:
    """Return the address without its password, and the password.

    For arguments of programs, which are for everyone to see.
    """
    parsed = parse_url(url)
    password = parsed.password or parsed.query.get("password")
    shown = parsed._replace(password=None).difference_update_query(["password"])
    return plain(shown), str(password) if password else None


def pgpass_line(url: str) -> str:
    """Return the line of a password file that lets libpq in.

    https://www.postgresql.org/docs/16/libpq-pgpass.html
    """
    parsed = parse_url(url)
    fields = (parsed.host, None, None, parsed.username, parsed.password)
    return ":".join(_escape(field) if field else "*" for field in fields) + "\n"


def _escape(field: str) -> str:
    return field.replace("\\", r"\\").replace(":", r"\:")
