"""What a SQL tool may read, and its role may do: else it is not offered."""

import re
from pathlib import Path

import pytest

from tests.bot.tools.sql.shop_database import BEN, Shop, ask, toolbox_of

REFUSED = {
    "plain": ("SELECT * FROM shop.products", "shop.products has no row security"),
    "inner": (
        "SELECT (SELECT max(sku) FROM shop.products) FROM shop.orders",
        "shop.products has no row security",
    ),
    "gone": ("SELECT * FROM shop.nowhere", "shop.nowhere"),
    "misspelt": ("SELECT numbr FROM shop.orders", "numbr"),
    "typed": ("-- parameter: n text\nSELECT 1 FROM shop.orders WHERE number = :n",
              "operator does not exist"),
    "catalog": ("-- shared: yes\nSELECT usename FROM pg_catalog.pg_user",
                "PostgreSQL's own"),
    "update": ("UPDATE shop.orders SET what = ''", "syntax error"),
    "deep": ("WITH gone AS (DELETE FROM shop.orders RETURNING *) SELECT * FROM gone",
             "must be at the top level"),
    "locks": ("SELECT number FROM shop.orders FOR UPDATE", "permission denied|locks"),
    "closes": ("SELECT 1) AS x; DELETE FROM shop.orders", "one statement"),
    "identity": (
        "SELECT number FROM shop.orders, set_config('bot.address', what, true)",
        "set_config",
    ),
    "quoted": ('SELECT "set_config" (\'bot.address\', what, true) FROM shop.orders',
               "set_config"),
    "text": ("-- parameter: q text\nSELECT query_to_xml(:q, true, true, '')",
             "query_to_xml"),
    "whole": ("SELECT table_to_xml('shop.orders', true, true, '')", "table_to_xml"),
    "sleeps": ("SELECT pg_sleep(3)", "pg_sleep"),
    "definer": ("SELECT * FROM shop.all_orders()", "shop.all_orders"),
    "of_a_row": ("SELECT orders.telling FROM shop.orders", "calls telling"),
    "between": (
        """SELECT '"' AS a, (SELECT max(what) FROM shop.all_orders()), '"' AS b""",
        "shop.all_orders",
    ),
    "identity_between": (
        """SELECT what || '"', set_config('bot.address', what, true), '"'
        FROM shop.orders""",
        "set_config",
    ),
    "cut": (f"SELECT shop.{'a' * 70}()", "shop.aaa"),
    "odd_letters": ("SELECT shop.Ä€()", "shop.*Ä€"),
    "operator": ("SELECT OPERATOR(shop.@@@) orders FROM shop.orders",
                 "the operator shop.@@@"),
    "view_of_operator": ("SELECT * FROM shop.operated", "the operator shop.@@@"),
    "view": ("SELECT * FROM shop.every", "shop.every reads with its owner's rights"),
    "stored": ("SELECT * FROM shop.stored", "shop.stored has no row security"),
    "open": ("SELECT * FROM shop.opened", "policy everybody of shop.opened"),
    "part": ("SELECT * FROM shop.parts_1", "shop.parts_1 has no row security"),
    "bots": ("-- shared: yes\nSELECT * FROM shop.chats", "the bot's own"),
}  # fmt: skip
HOLES = """
CREATE FUNCTION shop.all_orders() RETURNS SETOF shop.orders LANGUAGE sql
  SECURITY DEFINER AS 'SELECT * FROM shop.orders';
CREATE FUNCTION public.telling(shop.orders) RETURNS text LANGUAGE sql
  SECURITY DEFINER AS 'SELECT string_agg(what, '','') FROM shop.orders';
CREATE FUNCTION shop.{long}() RETURNS text LANGUAGE sql SECURITY DEFINER
  AS 'SELECT string_agg(what, '','') FROM shop.orders';
CREATE FUNCTION shop."Ä€"() RETURNS text LANGUAGE sql SECURITY DEFINER
  AS 'SELECT string_agg(what, '','') FROM shop.orders';
CREATE OPERATOR shop.@@@ (rightarg = shop.orders, function = public.telling);
CREATE VIEW shop.operated WITH (security_invoker = true) AS
  SELECT OPERATOR(shop.@@@) orders FROM shop.orders;
CREATE VIEW shop.every AS SELECT * FROM shop.orders;
CREATE VIEW shop.chats AS SELECT chat_id FROM public.userchats;
CREATE VIEW shop.safe WITH (security_invoker = true) AS SELECT * FROM shop.orders;
CREATE MATERIALIZED VIEW shop.stored AS SELECT * FROM shop.orders;
CREATE TABLE shop.opened (address text);
ALTER TABLE shop.opened ENABLE ROW LEVEL SECURITY;
CREATE POLICY everybody ON shop.opened USING (true);
CREATE TABLE shop.parts (address text, n int) PARTITION BY LIST (n);
CREATE TABLE shop.parts_1 PARTITION OF shop.parts FOR VALUES IN (1);
ALTER TABLE shop.parts ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.parts USING (address = current_setting('bot.address', true));
GRANT SELECT ON ALL TABLES IN SCHEMA shop TO {role};
""".replace("{long}", "a" * 63)


@pytest.fixture(scope="module")
def holes(shop: Shop) -> None:
    shop.run(HOLES)


def test_what_row_security_does_not_hold_for_is_not_offered(
    shop: Shop, holes: None, tmp_path: Path
) -> None:
    wrong = {name: text for name, (text, _) in REFUSED.items() if name != "closes"}
    with toolbox_of(tmp_path, shop.url, wrong) as toolbox:
        found = toolbox.faults()
    for name in wrong:
        assert re.search(REFUSED[name][1], found.get(name, "")), (name, found)


def test_what_is_under_the_tables_row_security_is_offered(
    shop: Shop, holes: None, tmp_path: Path
) -> None:
    good = {
        "safe": "SELECT number FROM shop.safe ORDER BY number",
        "parts": "SELECT n FROM shop.parts",
        "function": "SELECT upper(what), now() FROM shop.orders",
        "text": "SELECT 'set_config(''x'')' AS a, what FROM shop.orders",
    }
    shop.run("REVOKE SELECT ON shop.parts_1 FROM {role}")
    shop.run("INSERT INTO shop.parts VALUES ('whatsapp:+15551230002', 1)")
    with toolbox_of(tmp_path, shop.url, good) as toolbox:
        assert toolbox.faults() == {}
        assert ask(toolbox, "safe", BEN) == '{"number":2}'
        assert ask(toolbox, "parts", BEN) == '{"n":1}'
        assert ask(toolbox, "parts") == "Nothing was found for this user."


A_CAST = (
    "CREATE CAST (shop.orders AS text) WITH FUNCTION public.telling(shop.orders)",
    "DROP CAST (shop.orders AS text); GRANT EXECUTE ON FUNCTION"
    " public.telling(shop.orders) TO PUBLIC",
)


def test_a_cast_by_an_unknown_function_is_not_come_to(
    shop: Shop, holes: None, tmp_path: Path
) -> None:
    told = {"cast": "SELECT orders::text AS all FROM shop.orders"}
    plain = {"plain": "SELECT number FROM shop.orders"}
    with (
        shop.changed(*A_CAST),
        toolbox_of(tmp_path, shop.url, told | plain) as toolbox,
    ):
        assert "cast from shop.orders to text" in toolbox.faults()["cast"]
        shop.run("REVOKE EXECUTE ON FUNCTION public.telling(shop.orders) FROM PUBLIC")
        toolbox.look()
        assert "plain" not in toolbox.faults()


DOMAINS = (
    """
CREATE FUNCTION shop.is_fine(text) RETURNS boolean LANGUAGE sql SECURITY DEFINER
  AS 'SELECT EXISTS (SELECT FROM shop.orders WHERE what = $1)';
CREATE OPERATOR shop.%%% (rightarg = text, function = shop.is_fine);
CREATE DOMAIN shop.fine AS text CHECK (VALUE IS NULL OR shop.is_fine(VALUE));
CREATE DOMAIN shop.finer AS shop.fine;
CREATE DOMAIN shop.signed AS text CHECK (OPERATOR(shop.%%%) VALUE);
CREATE DOMAIN shop.short AS text CHECK (length(VALUE) < 10 AND VALUE ~ '^[a-z]+$');
CREATE TYPE shop.two AS (one shop.fine, other int);
CREATE TABLE shop.marked (address text, marks shop.fine[]);
ALTER TABLE shop.marked ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.marked USING (address = current_setting('bot.address', true));
GRANT SELECT ON shop.marked TO {role};
""",
    """
DROP TABLE shop.marked; DROP TYPE shop.two; DROP DOMAIN shop.short;
DROP DOMAIN shop.signed; DROP DOMAIN shop.finer; DROP DOMAIN shop.fine;
DROP OPERATOR shop.%%% (NONE, text); DROP FUNCTION shop.is_fine(text);
""",
)
COME_TO = {
    "named": ("SELECT 'a'::shop.fine AS n", "shop.fine"),
    "quoted": ("""SELECT CAST('a' AS "shop"."fine") AS n""", "shop.fine"),
    "built_on": ("SELECT 'a'::shop.finer AS n", "shop.fine"),
    "by_a_sign": ("SELECT 'a'::shop.signed AS n", "shop.signed"),
    "many": ("SELECT array_length('{}'::shop.fine[], 1) AS n", "shop.fine"),
    "in_a_row": ("SELECT (NULL::shop.two).other AS n", "shop.fine"),
    "of_a_table": ("SELECT marks = '{}' AS n FROM shop.marked", "shop.fine"),
    "by_its_text": ("SELECT pg_input_is_valid('a', 'shop.fine') AS n", "shop.fine"),
}


def test_a_domain_that_is_checked_by_an_unknown_function_is_not_come_to(
    shop: Shop, tmp_path: Path
) -> None:
    wrong = {name: text for name, (text, _) in COME_TO.items()}
    good = {
        "known": "SELECT 'a'::shop.short AS n",
        "plain": "SELECT number FROM shop.orders",
    }
    with (
        shop.changed(*DOMAINS),
        toolbox_of(tmp_path, shop.url, wrong | good) as toolbox,
    ):
        found = toolbox.faults()
        assert found.keys() == wrong.keys()
        for name, (_, domain) in COME_TO.items():
            assert f"the domain {domain}, by shop.is_fine(text)" in found[name]
        shop.run("REVOKE EXECUTE ON FUNCTION shop.is_fine(text) FROM PUBLIC")
        toolbox.look()
        assert "of_a_table" not in toolbox.faults()
        assert "permission denied" in toolbox.faults()["named"]


CASTS = """
CREATE TABLE shop.mine (user_id uuid, what text);
INSERT INTO shop.mine VALUES
  ('00000000-0000-0000-0000-000000000001', 'bread'),
  ('00000000-0000-0000-0000-000000000002', 'cake');
ALTER TABLE shop.mine ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON shop.mine TO {role};
CREATE POLICY own ON shop.mine TO {role}
  USING (user_id = current_setting('bot.user_id', true)::uuid);
"""


def test_a_policy_may_cast_who_asks(shop: Shop, tmp_path: Path) -> None:
    mine = {"mine": "SELECT what FROM shop.mine"}
    with (
        shop.changed(CASTS, "DROP TABLE shop.mine"),
        toolbox_of(tmp_path, shop.url, mine) as toolbox,
    ):
        assert toolbox.faults() == {}
        assert ask(toolbox, "mine") == '{"what":"bread"}'


MIGHTY = {
    "is a superuser": ("ALTER ROLE {role} SUPERUSER", "ALTER ROLE {role} NOSUPERUSER"),
    "has BYPASSRLS": ("ALTER ROLE {role} BYPASSRLS", "ALTER ROLE {role} NOBYPASSRLS"),
    "may make roles": (
        "ALTER ROLE {role} CREATEROLE",
        "ALTER ROLE {role} NOCREATEROLE",
    ),
    "the server's files": (
        "GRANT pg_read_server_files TO {role}",
        "REVOKE pg_read_server_files FROM {role}",
    ),
    "owns shop.orders": (
        "ALTER TABLE shop.orders OWNER TO {role}",
        "ALTER TABLE shop.orders OWNER TO CURRENT_USER; GRANT SELECT ON shop.orders"
        " TO {role}",
    ),
    "may write shop.orders": (
        "GRANT UPDATE (what) ON shop.orders TO {role}",
        "REVOKE UPDATE (what) ON shop.orders FROM {role}",
    ),
    "may write the schema shop": (
        "GRANT CREATE ON SCHEMA shop TO {role}",
        "REVOKE CREATE ON SCHEMA shop FROM {role}",
    ),
    "the bot's own tool_calls": (
        "GRANT SELECT (result) ON tool_calls TO {role}",
        "REVOKE SELECT (result) ON tool_calls FROM {role}",
    ),
    "the bot's own chat_overview": (
        "GRANT SELECT ON chat_overview TO {role}",
        "REVOKE SELECT ON chat_overview FROM {role}",
    ),
}


def test_a_role_that_may_do_more_than_read_is_not_used(
    shop: Shop, tmp_path: Path
) -> None:
    with toolbox_of(tmp_path, shop.url, {"all": "SELECT 1 AS n"}) as toolbox:
        for told, (grant, back) in MIGHTY.items():
            with shop.changed(grant, back):
                toolbox.look()
                assert told in toolbox.faults()["all"]
                assert toolbox.offered() == []
        toolbox.look()
        assert len(toolbox.offered()) == 1
