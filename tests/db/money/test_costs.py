"""What an answer cost, as its page tells it: all that was asked for its messages."""

from uuid import uuid4

from db.database import Database
from db.money.costs import read_costs
from tests.db.sql import change

SPENT = """
INSERT INTO spendings (message_sid, purpose, model, state, micros, currency, priced_on,
                       day)
VALUES (%(sid)s, 'answer', 'm', %(state)s, %(micros)s, %(currency)s, current_date,
        current_date)
"""


def test_an_answer_costs_what_its_messages_did(database: Database) -> None:
    spent = (
        ("SM1", "settled", 10, "EUR"),
        ("SM2", "settled", 5, "EUR"),
        ("SM2", "released", 7, "EUR"),
        ("SM3", "reserved", 30, "USD"),
    )
    for sid, state, micros, currency in spent:
        told = {"sid": sid, "state": state, "micros": micros, "currency": currency}
        change(database, SPENT, **told)
    both, other, free = uuid4(), uuid4(), uuid4()
    answers = [(both, ("SM1", "SM2")), (other, ("SM3",)), (free, ("SM4",))]
    with database.transaction() as connection:
        assert read_costs(connection, answers) == {
            str(both): "0.000015 EUR",
            str(other): "0.00003 USD",
        }
        assert read_costs(connection, []) == {}
