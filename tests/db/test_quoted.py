"""The archive is looked into only where a quoted message is nowhere else."""

import pytest

from db.chats import FIND_QUOTED, PostgresChatStore
from db.database import Database
from tests.db import sql
from tests.records import said


@pytest.mark.parametrize(("missing", "looked"), [([], False), (["SM1"], True)])
def test_the_archive_costs_nothing_where_all_is_found(
    database: Database, pg: PostgresChatStore, missing: list[str], looked: bool
) -> None:
    message = said("Hello")
    chat = sql.load(pg, sql.take_in(pg, message))
    plan = sql.values(
        database,
        f"EXPLAIN (ANALYZE, COSTS OFF) {FIND_QUOTED}",
        user_id=chat.user_id,
        sids=[message.message_sid, *missing],
    )
    scans = [line for line in plan if "userchats_archive" in line and "Scan" in line]
    assert scans, plan
    assert all(("never executed" not in scan) is looked for scan in scans)
