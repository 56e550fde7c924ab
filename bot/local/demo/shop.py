"""The demo bakery's orders, and the tools of `make run`, while it knows the bakery.

They lie in a database of their own beside the bot's, as a shop's would: backups and
restores of the bot's have nothing to do with it.
"""

import json
import logging
import secrets
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from psycopg import sql

from bot.settings import Settings
from db.address import with_login
from db.beside.owner import hash_password
from db.database import Database
from db.files import write_whole
from db.outages import FAILURES, reason_of
from db.pool import Limits

log = logging.getLogger(__name__)

FOLDER = Path(__file__).parent
NAME, ROLE = "demo_shop", "demo_tools"
# In the data's folder, while a run offers them.
ANNOUNCED = "demo-tools.json"
LIMITS = Limits(connections=1, statement_seconds=60.0)
IS_THERE = "SELECT EXISTS (SELECT FROM pg_database WHERE datname = %(name)s)"
IS_ROLE = "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = %(name)s)"
HOW_TO_TRY = (
    "  Tools      It looks up orders (+15551230001 has 1041 and 1042), tells opening"
    " hours\n             and books tables: bot tools list"
)


def is_wanted(settings: Settings) -> bool:
    """Tell whether the demo's tools are offered: no others are set, nor a real Twilio.

    Real customers shall not book tables that there are not.
    """
    return not settings.tools.are_set and settings.twilio is None


def open_shop(url: str, folder: Path) -> Mapping[str, str]:
    """Make the orders if they are not there; return the settings of the demo's tools.

    `url` is a superuser's on the server that `make run` brings along. The role gets
    another password at each start, which stands in a file of `folder` for commands
    beside this run. Empty where it can't be done, which the log tells.
    """
    password = secrets.token_urlsafe(24)
    try:
        with (
            closing(Database(url, LIMITS)) as bots,
            closing(bots.beside(NAME, LIMITS)) as shop,
        ):
            _make(bots, password)
            shop.count((FOLDER / "shop.sql").read_text())
            address = with_login(shop.url, ROLE, password)
    except FAILURES as error:
        log.warning("the demo has no tools: %s", reason_of(error))
        return {}
    offered = {
        "BOT_TOOLS": "bot.local.demo.tools",
        "BOT_SQL_TOOLS": str(FOLDER / "sql"),
        "TOOLS_DATABASE_URL": address,
    }
    write_whole(folder / ANNOUNCED, json.dumps(offered))
    return offered


def find_announced(folder: Path) -> Mapping[str, str]:
    """Return the settings of a run's tools; those of a killed one lead nowhere."""
    try:
        found: dict[str, str] = json.loads((folder / ANNOUNCED).read_text())
    except FileNotFoundError:
        return {}
    return found


def _make(bots: Database, password: str) -> None:
    """Make database and role where they are missing; nobody else may come in."""
    role, name = sql.Identifier(ROLE), sql.Identifier(NAME)
    with bots.transaction() as connection:
        verb = "ALTER" if connection.scalar(IS_ROLE, {"name": ROLE}) else "CREATE"
        verifier = hash_password(connection, ROLE, password)
        words = sql.SQL(verb + " ROLE {} LOGIN CONNECTION LIMIT 10 PASSWORD {}")
        connection.count(words.format(role, sql.Literal(verifier)))
    if not bots.scalar(IS_THERE, {"name": NAME}):
        bots.count(sql.SQL("CREATE DATABASE {}").format(name))
    bots.count(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    bots.count(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(name, role))
