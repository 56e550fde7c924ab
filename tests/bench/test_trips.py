"""What an answer asks of PostgreSQL, as a relay counts it."""

import asyncio
from contextlib import closing

import psycopg

from db.database import Database
from tests.bench.trips import Answers, Trips, counted
from tests.db.sql import value
from tests.house import eventually

LIVING = "SELECT count(*) FROM pg_stat_activity WHERE pid = %(pid)s"


def test_round_trips_are_counted_however_the_bytes_come() -> None:
    ready = b"Z\x00\x00\x00\x05I"
    row = b"D\x00\x00\x00\x0bZZZZZZZ"
    inside = b"Z\x00\x00\x00\x05T"
    trips = Trips()
    answers = Answers(trips)
    answers.feed(b"N")
    for byte in ready + row + inside + row + ready:
        answers.feed(bytes([byte]))
    answers.feed(row + ready)
    assert trips == Trips(round_trips=4, transactions=3)


def test_no_session_outlives_its_relay(database: Database, database_url: str) -> None:
    """What is measured next may need the database for itself."""

    async def connect() -> psycopg.Connection:
        async with counted(database_url, Trips()) as address:
            return await asyncio.to_thread(psycopg.connect, address)

    with closing(asyncio.run(connect())) as client:
        pid = client.info.backend_pid
        eventually(lambda: value(database, LIVING, pid=pid) == 0)
