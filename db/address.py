"""A database's address: read, changed, and shown without its password."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

DRIVER = "postgresql+psycopg"
OURS = ("postgres://", "postgresql://", f"{DRIVER}://")


def parse_url(url: str) -> "URL":
    """Return the URL for psycopg 3; `postgres://`, as Heroku writes it, is fine.

    Raises sqlalchemy.exc.ArgumentError.
    """
    from sqlalchemy.engine import make_url  # noqa: PLC0415  (0.3 s; --help needs none)

    if url.startswith("postgres://"):
        url = "postgresql://" + url.removeprefix("postgres://")
    return make_url(url).set(drivername=DRIVER)


def is_address(url: str) -> bool:
    """Tell whether a text is the address of a PostgreSQL database."""
    from sqlalchemy.exc import ArgumentError  # noqa: PLC0415  (as above)

    try:
        port = parse_url(url).port or 5432
    except ArgumentError:
        return False
    return url.startswith(OURS) and 1 <= port <= 65535


def build_url(
    host: str, port: int, database: str, user: str, password: str | None
) -> str:
    """Return the address made of its pieces, password included."""
    from sqlalchemy.engine import URL  # noqa: PLC0415  (as above)

    return plain(URL.create(DRIVER, user, password, host, port, database))


def plain(url: "str | URL") -> str:
    """Return an address as libpq reads it, password included."""
    parsed = parse_url(url) if isinstance(url, str) else url
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
