"""A shop's tables beside the bot's, and the role that its SQL tools read by."""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from bot.tools.protocol import Caller
from bot.tools.sql.files import load_sql_tools
from bot.tools.sql.toolbox import SqlTools
from db.address import with_login
from db.database import Database
from db.tools.lookups.asking import LookupDatabase
from tests.db.access.logins import new_prefix

ANA, BEN, EVA, DAN = (
    Caller(user_id=UUID(int=at), address=f"whatsapp:+1555123000{at}", chat_id="c")
    for at in (1, 2, 3, 4)
)
KEY = UUID(int=7)
SCHEMA = """
CREATE SCHEMA shop;
CREATE TABLE shop.orders (
  number int PRIMARY KEY, address text NOT NULL, user_id uuid, what text NOT NULL,
  ready_on date, at time, price numeric, is_paid boolean);
INSERT INTO shop.orders VALUES
  (1, 'whatsapp:+15551230001', '00000000-0000-0000-0000-000000000001', 'two rye breads',
   '2026-12-01', '08:00', 8.40, true),
  (2, 'whatsapp:+15551230002', '00000000-0000-0000-0000-000000000002', 'a secret cake',
   '2026-12-02', '09:00', 30, false),
  (3, 'whatsapp:+15551230001', NULL, '100% rye_bread', NULL, NULL, NULL, NULL);
INSERT INTO shop.orders (number, address, what)
SELECT 100 + n, 'whatsapp:+15551230003', repeat('x', 10) FROM generate_series(1, 60) n;
INSERT INTO shop.orders (number, address, what)
SELECT 200 + n, 'whatsapp:+15551230004', repeat('é', 4000) FROM generate_series(1, 3) n;
CREATE TABLE shop.products (sku text, price numeric);
INSERT INTO shop.products VALUES ('rye', 4.20);
GRANT USAGE ON SCHEMA shop TO {role};
GRANT SELECT ON ALL TABLES IN SCHEMA shop TO {role};
ALTER TABLE shop.orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.orders TO {role}
  USING (address = current_setting('bot.address', true));
"""
HEAD = "-- name: {name}\n-- description: Tell of it.\n"


class Shop:
    """The database, opened by its owner, and the address of the role."""

    def __init__(self, owner: Database, role: str) -> None:
        self.owner = owner
        self.role = role
        self.url = with_login(owner.url, role, "a-password")

    def run(self, statements: str) -> None:
        """Change it as its owner; {role} is the role's name."""
        self.owner.count(statements.replace("{role}", self.role))

    @contextmanager
    def changed(self, statements: str, back: str) -> Iterator[None]:
        """Change it for a while."""
        self.run(statements)
        try:
            yield
        finally:
            self.run(back)


@contextmanager
def shop_in(owner: Database) -> Iterator[Shop]:
    shop = Shop(owner, f"{new_prefix()}_tools")
    shop.run("CREATE ROLE {role} LOGIN PASSWORD 'a-password'")
    shop.run(SCHEMA)
    try:
        yield shop
    finally:
        shop.run("DROP OWNED BY {role}; DROP ROLE {role}")


@contextmanager
def toolbox_of(
    folder: Path, url: str | None, tools: Mapping[str, str]
) -> Iterator[SqlTools]:
    """Yield the toolbox of files that say so, by the tools' names, looked at once.

    A text that begins with -- has its own lines of the head above the statement.
    """
    for name, text in tools.items():
        (folder / f"{name}.sql").write_text(HEAD.format(name=name) + text)
    lookups = LookupDatabase(url) if url else None
    with closing(SqlTools(load_sql_tools(folder), lookups)) as toolbox:
        toolbox.look()
        yield toolbox


def ask(
    tools: SqlTools, name: str, whose: Caller = ANA, seconds: float = 5, **given: Any
) -> str:
    return tools.call(name, given, whose, KEY, seconds)
