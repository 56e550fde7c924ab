"""Statuses that come at about the same time: stored at once, and each for itself."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier, get_ident
from uuid import uuid4

import psycopg
import pytest

from db.chats import PostgresChatStore
from db.database import Database, Parameters
from db.delivery import statements as sql
from db.gathering import Gathering
from db.outbox import PostgresOutbox
from db.pool import Limits
from db.records import Part
from tests.db.parts import replied, told
from tests.db.sql import holding, opened, rows, value
from tests.records import new_sid

A_MOMENT = 1.0  # in which all threads come, however busy the machine is
A_BREATH = 0.002
ROUNDS = 100
STATUSES = "SELECT status, count(*) FROM reply_parts GROUP BY status ORDER BY status"
DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"


@pytest.fixture
def parts(pg: PostgresChatStore, outbox: PostgresOutbox) -> list[Part]:
    """Parts of six replies, none of them sent."""
    return [replied(pg, outbox, f"part {number}")[0] for number in range(6)]


def asked(part: Part, status: str = "sent", sid: str | None = None) -> Parameters:
    """Return what is bound for a part's status."""
    moved = {"status": status, "reached": sql.before(status), "error_code": None}
    known = sid or f"SM{part.part_id.hex}"
    return {**moved, "part_id": part.part_id, "message_sid": known}


def at_once(
    count: Callable[[Parameters], int], each: Sequence[Parameters]
) -> list[Future[int]]:
    """Have a thread for each call it at the same time."""
    together = Barrier(len(each))

    def call(parameters: Parameters) -> int:
        together.wait()
        return count(parameters)

    with ThreadPoolExecutor(len(each)) as threads:
        return [threads.submit(call, parameters) for parameters in each]


def gathering(database: Database, seconds: float = A_MOMENT) -> Gathering:
    return Gathering(database, sql.ADVANCE_PART, "part_id", seconds)


def transactions(database: Database) -> int:
    return int(value(database, "SELECT count(DISTINCT xmin::text) FROM reply_parts"))


def test_what_comes_together_is_one_transaction(
    database: Database, parts: list[Part]
) -> None:
    assert transactions(database) == len(parts)
    found = at_once(gathering(database).count, [asked(part) for part in parts])
    assert [each.result() for each in found] == [1] * len(parts)
    assert transactions(database) == 1
    query = (
        "SELECT DISTINCT status, message_sid = 'SM' || replace(part_id::text, '-', '')"
    )
    assert rows(database, f"{query} FROM reply_parts") == [("sent", True)]


def test_each_hears_of_its_own_part(database: Database, parts: list[Part]) -> None:
    known, unknown, another = parts[:3]
    wrong = {**asked(unknown), "part_id": uuid4()}
    found = at_once(gathering(database).count, [asked(known), wrong, asked(another)])
    assert [each.result() for each in found] == [1, 0, 1]


def test_two_statuses_of_one_part_come_in_any_order(
    database: Database, parts: list[Part]
) -> None:
    said = ["read", "sent", "delivered", "queued"]
    each = [asked(part, status) for part in parts[:2] for status in said]
    found = at_once(gathering(database).count, each)
    assert [one.result() for one in found] == [1] * len(each)
    assert rows(database, STATUSES) == [("pending", 4), ("read", 2)]


def test_what_is_wrong_with_one_is_no_others_trouble(
    database: Database, parts: list[Part]
) -> None:
    each = [asked(part) for part in parts]
    each[2] = asked(parts[2], sid="SM\0")  # PostgreSQL has no place for it
    found = at_once(gathering(database).count, each)
    with pytest.raises(psycopg.DataError):
        found[2].result()
    others = [one.result() for one in (*found[:2], *found[3:])]
    assert others == [1] * (len(parts) - 1)
    assert rows(database, STATUSES) == [("pending", 1), ("sent", 5)]


def test_a_part_that_somebody_holds_keeps_the_others_up_only_for_a_while(
    database: Database, database_url: str, parts: list[Part]
) -> None:
    held = f"SELECT FROM reply_parts WHERE part_id = '{parts[3].part_id}' FOR UPDATE"
    short = Limits(connections=8, statement_seconds=0.5)
    with opened(database_url, short) as web, holding(database, held):
        found = at_once(gathering(web).count, [asked(part) for part in parts])
        with pytest.raises(psycopg.errors.QueryCanceled):
            found[3].result()
    others = [one.result() for one in (*found[:3], *found[4:])]
    assert others == [1] * (len(parts) - 1)
    assert rows(database, STATUSES) == [("pending", 1), ("sent", 5)]


def test_processes_that_store_the_same_parts_never_wait_for_each_other(
    database: Database, database_url: str, parts: list[Part]
) -> None:
    statuses = [asked(part, "delivered") for part in parts]
    with opened(database_url) as other, ThreadPoolExecutor(2) as processes:
        for _ in range(ROUNDS):
            one = processes.submit(
                at_once, gathering(database, A_BREATH).count, statuses
            )
            two = processes.submit(
                at_once, gathering(other, A_BREATH).count, statuses[::-1]
            )
            found = [*one.result(), *two.result()]
            assert [each.result() for each in found] == [1] * len(found)
    database.scalar("SELECT pg_stat_force_next_flush()")
    assert value(database, DEADLOCKS) == 0


def test_the_outbox_gathers_what_is_told_of_parts(
    database: Database, parts: list[Part]
) -> None:
    aside = list[int]()
    outbox = PostgresOutbox(database, aside=lambda: aside.append(get_ident()))
    failed = replace(told(new_sid(), "failed", parts[0]), error_code=63024)
    each = [failed, *(told(new_sid(), "sent", part) for part in parts[1:])]
    with ThreadPoolExecutor(len(each)) as threads:
        assert list(threads.map(outbox.record_delivery_status, each)) == [True] * 6
    assert rows(database, STATUSES) == [("failed", 1), ("sent", 5)]
    assert len(aside) == len(each)  # so others may go on while these wait
    assert get_ident() not in aside
    assert not outbox.record_delivery_status(told(new_sid(), "sent"))
