"""A restore of an older backup gives no money back."""

from dataclasses import replace
from datetime import timedelta

from db.backups.since.money import COLUMNS, keep_spent
from db.chats import PostgresChatStore
from db.database import Database
from db.embedded.server import EmbeddedPostgres
from db.models.money.spendings import spendings
from db.money.ledger import PostgresLedger
from tests.conftest import new_database
from tests.db.money.test_ledger import SPENDING, SUM, user
from tests.db.sql import opened, rows, value


def test_all_that_is_known_of_a_spending_is_kept() -> None:
    kept = {name.strip() for name in COLUMNS.split(",")}
    others = {"id", "user_id", "chat_id", "message_sid"}
    assert kept | others == set(spendings.columns.keys())


def test_what_was_spent_since_stays_spent_and_budgets_are_added_up_again(
    postgres: EmbeddedPostgres, migrated: str, database: Database, pg: PostgresChatStore
) -> None:
    in_use = PostgresLedger(database)
    mine = replace(SPENDING, user_id=user(database, pg), message_sid="SM1")
    assert in_use.reserve(mine, {"day": 1000}).spending_id
    with (
        new_database(postgres, f"TEMPLATE {migrated} STRATEGY file_copy") as url,
        opened(url) as restored,
    ):
        ledger = PostgresLedger(restored)
        assert ledger.reserve(SPENDING, {"day": 100}).spending_id
        for kept in (1, 0):
            with database.transaction() as witness, restored.transaction() as told:
                assert keep_spent(witness, told) == kept
        assert value(restored, SUM) == 200
        found = rows(restored, "SELECT user_id, message_sid FROM spendings")
        assert found == [(None, None), (None, None)], "she is not known there"
        assert ledger.reserve(SPENDING, {"day": 299}).beyond == "day"
        assert ledger.reserve(SPENDING, {"day": 300}).beyond is None
        assert ledger.settle_left(timedelta()) == 3
