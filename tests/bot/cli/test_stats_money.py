"""`bot stats --money`: what was spent, to the millionth."""

import json

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from db.database import Database
from db.money.costs import amount_of
from tests.db.sql import change

SPENT = """
INSERT INTO users (phone_number) VALUES ('whatsapp:+15551230001');
INSERT INTO spendings (user_id, chat_id, message_sid, purpose, model, state, micros,
                       currency, priced_on, day, is_estimated, is_unknown)
SELECT user_id, chat, 'SM' || chat, purpose, model, state, micros, 'EUR', current_date,
       current_date, model = 'odd', model = 'odd'
FROM users, (VALUES
  ('a', 'answer', 'dear', 'settled', 1200001), ('a', 'question', 'small', 'settled', 9),
  ('b', 'answer', 'odd', 'reserved', 300000), ('b', 'answer', 'dear', 'released', 0)
) AS spent (chat, purpose, model, state, micros);
INSERT INTO budgets (scope, starts_on, limit_micros, spent_micros)
VALUES ('day', current_date, 2000000, 1500010)
"""
DAYS = """
UPDATE spendings
SET day = (now() AT TIME ZONE %(zone)s)::date - (model <> 'small')::int
"""


def bot(url: str, *arguments: str, **environment: str) -> Result:
    given = ["stats", "--money", *arguments]
    known = {"DATABASE_URL": url, "COLUMNS": "100", **environment}
    return CliRunner().invoke(main, given, env=known)


@pytest.fixture
def spent(database: Database) -> None:
    for statement in SPENT.split(";\n"):
        change(database, statement)


@pytest.mark.usefixtures("spent")
def test_tables_tell_what_was_spent(database_url: str) -> None:
    told = bot(database_url).stdout
    assert told.startswith(
        "1.50001 EUR for 3 calls; 1 estimated, 1 without a price of their own, 1 under"
        " way\n2 chats: 0.750005 EUR each, 1.20001 the dearest\nBudget of the day from "
    )
    assert ": 1.50001 of 2.00 (75 %)" in told
    lines = [" ".join(line.split()) for line in told.splitlines()]
    assert "answer 2 1.500001 EUR" in lines
    assert "small 1 0.000009 EUR" in lines
    assert "whatsapp:+15551230001 3 1.50001 EUR" in lines


@pytest.mark.usefixtures("spent")
def test_programs_get_whole_millionths(database_url: str) -> None:
    told = json.loads(bot(database_url, "--json").stdout)
    assert [total["micros"] for total in told["totals"]] == [1_500_010]
    assert [model["name"] for model in told["models"]] == ["dear", "odd", "small"]


@pytest.mark.usefixtures("spent")
def test_what_is_billed_in_another_currency_stands_apart(
    database: Database, database_url: str
) -> None:
    billed = """UPDATE spendings SET told_micros = 5000, told_currency = 'USD'
        WHERE model = 'small'"""
    change(database, billed)
    told = bot(database_url).stdout
    assert told.startswith("1.50001 EUR for 3 calls;")
    assert "Twilio billed 0.005 USD for 1 of the messages, which count in EUR" in told


# At any time it is another day than UTC's in one of them.
@pytest.mark.parametrize("zone", ["Etc/GMT+12", "Pacific/Kiritimati"])
@pytest.mark.usefixtures("spent")
def test_today_is_that_of_the_time_zone(
    database: Database, database_url: str, zone: str
) -> None:
    change(database, DAYS, zone=zone)
    told = json.loads(bot(database_url, "--json", "--days", "1", TIMEZONE=zone).stdout)
    assert [total["micros"] for total in told["totals"]] == [9]


def test_who_counts_nothing_is_told_how(database_url: str) -> None:
    assert "set PRICES" in bot(database_url).stdout
    assert "leave --plot out" in bot(database_url, "--plot", "x.svg").stderr


def test_amounts_are_exact() -> None:
    told = [amount_of(micros) for micros in (0, 1, 1_000_000, 1_234_500_000)]
    assert told == ["0.00", "0.000001", "1.00", "1,234.50"]
