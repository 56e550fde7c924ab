"""The one way to speak to the database: statements, transactions, lost connections."""

from dataclasses import dataclass

import psycopg
import pytest
from psycopg import errors, sql
from sqlalchemy import func, insert, select

from db.database import Database
from db.errors import OperatorError, StoreUnavailableError
from db.models import users
from db.outages import LostConnectionError
from db.pool import Limits
from tests.db.cutting_proxy import cutting_proxy
from tests.db.sql import end_backend, opened, value
from tests.house import eventually

ADD = "INSERT INTO users (phone_number) VALUES (%(address)s)"
PEOPLE = "SELECT phone_number FROM users ORDER BY 1"
PID, LIVING = "SELECT pg_backend_pid()", "SELECT pid FROM pg_stat_activity"
NONSENSE = "SELECT 1 / 0"


@dataclass(frozen=True, slots=True)
class Person:
    phone_number: str
    is_active: bool


def people(database: Database) -> list[str]:
    return database.column(PEOPLE)


def test_a_statement_is_a_transaction(database: Database) -> None:
    assert database.count(ADD, {"address": "ana"}) == 1
    both = "WITH added AS (INSERT INTO users (phone_number) VALUES ('ben')) SELECT 1 / "
    with pytest.raises(errors.DivisionByZero):
        database.scalar(both + "count(*) FROM users WHERE phone_number = 'nobody'")
    assert people(database) == ["ana"]
    with database.transaction() as other:
        assert other.column(PEOPLE) == ["ana"]


def test_rows_come_as_they_are_asked_for(database: Database) -> None:
    for address in ("ana", "ben"):
        database.count(ADD, {"address": address})
    query = "SELECT phone_number, is_active FROM users ORDER BY 1"
    ana, ben = Person("ana", is_active=True), Person("ben", is_active=True)
    assert database.read(Person, query) == [ana, ben]
    assert [row.phone_number for row in database.rows(query)] == ["ana", "ben"]
    assert database.first(query).is_active is True
    assert database.scalar(query) == "ana"
    assert database.column(query) == ["ana", "ben"]
    nobody = "SELECT phone_number FROM users WHERE phone_number = %(address)s"
    given = {"address": "nobody"}
    assert database.first(nobody, given) is None
    assert database.scalar(nobody, given) is None
    assert database.rows(nobody, given) == []


def test_a_percent_sign_is_one_where_nothing_is_given(database: Database) -> None:
    assert database.scalar("SELECT 'a%' LIKE '%'") is True
    assert database.scalar("SELECT %(a)s LIKE '%%'", {"a": "a"}) is True


def test_statements_may_be_composed(database: Database) -> None:
    query = sql.SQL("SELECT {} FROM {}").format(sql.Literal("it's"), _a_row())
    assert database.scalar(query) == "it's"


def _a_row() -> sql.Composable:
    return sql.SQL("(VALUES (1)) AS {}").format(sql.Identifier("a row"))


def test_statements_of_sqlalchemy_core_run_too(database: Database) -> None:
    add = insert(users).values(phone_number="100%", full_name="Ana")
    assert database.count(add) == 1
    named = select(users.c.phone_number, users.c.is_active).where(
        users.c.full_name.in_(["Ana", "Ben"]), users.c.phone_number.like("100%")
    )
    assert database.read(Person, named.limit(1)) == [Person("100%", is_active=True)]
    with database.transaction() as connection:
        assert connection.scalar(select(func.count()).select_from(users)) == 1
        found = [row.phone_number for row in connection.stream(named)]
    assert found == ["100%"]


def test_a_transaction_is_all_or_nothing(database: Database) -> None:
    with database.transaction() as connection:
        connection.count(ADD, {"address": "ana"})
        assert people(database) == []  # on another connection
        connection.count(ADD, {"address": "ben"})
    assert people(database) == ["ana", "ben"]
    told = pytest.raises(ValueError, match="midway")
    with told, database.transaction() as half:
        half.count(ADD, {"address": "cleo"})
        raise ValueError("midway")
    assert people(database) == ["ana", "ben"]


def test_a_failure_that_was_swallowed_does_not_look_like_success(
    database: Database,
) -> None:
    swallowed = pytest.raises(errors.InFailedSqlTransaction)
    with swallowed, database.transaction() as connection:
        connection.count(ADD, {"address": "ana"})
        with pytest.raises(errors.DivisionByZero):
            connection.scalar(NONSENSE)
    assert people(database) == []


def test_a_commit_that_is_refused_is_told(database: Database) -> None:
    database.count(
        "CREATE TABLE pairs (address text UNIQUE DEFERRABLE INITIALLY DEFERRED)"
    )
    twice = "INSERT INTO pairs VALUES ('ana'), ('ana')"
    with pytest.raises(errors.UniqueViolation), database.transaction() as connection:
        connection.count(twice)
    assert database.scalar("SELECT count(*) FROM pairs") == 0


def test_whoever_stops_reading_leaves_the_connection_clean(database_url: str) -> None:
    with opened(database_url, Limits(connections=1)) as database:
        database.count(ADD, {"address": "ana"})

        def read() -> object:
            with database.transaction() as connection:
                yield from connection.stream("SELECT generate_series(1, 100) AS n")

        reading = iter(read())  # type: ignore[call-overload]
        assert next(reading).n == 1
        reading.close()
        pid = database.scalar(PID)
        assert database.count(ADD, {"address": "ben"}) == 1
        with database.transaction() as connection:
            assert len(list(connection.stream(PEOPLE))) == 2
        assert database.scalar(PID) == pid


def test_a_half_read_copy_is_no_connection_for_others(database_url: str) -> None:
    copying = "COPY (SELECT generate_series(1, 1000000)) TO STDOUT"
    with opened(database_url, Limits(connections=1)) as database:
        before = database.scalar(PID)
        told = pytest.raises(ValueError, match="enough")
        with told, database.transaction() as connection:
            connection.driver.pgconn.send_query(copying.encode())
            raise ValueError("enough")
        assert database.scalar(PID) != before


def test_a_stream_holds_a_lot_at_a_time(database: Database) -> None:
    with database.transaction() as connection:
        rows = connection.stream("SELECT n FROM generate_series(1, 45) AS n", lot=10)
        first = next(rows).n
        fetched = "SELECT statement FROM pg_cursors WHERE name = 'stream'"
        assert "generate_series(1, 45)" in connection.scalar(fetched)
        assert [first, *(row.n for row in rows)] == list(range(1, 46))
        assert connection.scalar(fetched) is None


def test_a_snapshot_sees_one_moment_and_changes_nothing(database: Database) -> None:
    with database.transaction(snapshot=True) as connection:
        assert connection.column(PEOPLE) == []
        database.count(ADD, {"address": "ana"})
        assert connection.column(PEOPLE) == []
    refused = pytest.raises(errors.ReadOnlySqlTransaction)
    with refused, database.transaction(snapshot=True) as connection:
        connection.count(ADD, {"address": "ben"})
    assert database.count(ADD, {"address": "ben"}) == 1  # the next one may write


def test_a_dead_connection_is_replaced_and_all_older_ones_with_it(
    database: Database, database_url: str
) -> None:
    with opened(database_url, Limits(connections=3)) as pooled:
        with pooled.transaction() as one, pooled.transaction() as two:
            pids = {one.scalar(PID), two.scalar(PID)}
        assert len(pids) == 2
        for pid in pids:
            end_backend(database, pid)
        with pytest.raises(LostConnectionError):
            pooled.scalar(PID)
        for _ in range(3):  # none of them meets the other dead one
            assert pooled.scalar(PID) not in pids


def test_no_connection_stays_with_a_server_that_takes_no_writes(
    database_url: str,
) -> None:
    with opened(database_url, Limits(connections=1)) as pooled:
        pooled.count("SET default_transaction_read_only = on")
        with pytest.raises(errors.ReadOnlySqlTransaction):
            pooled.count(ADD, {"address": "ana"})
        assert pooled.count(ADD, {"address": "ana"}) == 1


def test_a_transaction_begins_on_a_connection_that_lives(
    database: Database, database_url: str
) -> None:
    with opened(database_url, Limits(connections=3)) as pooled:
        with pooled.transaction() as one, pooled.transaction() as two:
            pids = [one.scalar(PID), two.scalar(PID)]
        for pid in pids:
            end_backend(database, pid)
        with pooled.transaction() as connection:
            assert connection.scalar(PID) not in pids


def test_a_connection_that_dies_in_a_transaction_takes_it_along(
    database: Database, database_url: str
) -> None:
    with opened(database_url, Limits(connections=1)) as pooled:
        lost = pytest.raises(LostConnectionError)
        with lost, pooled.transaction() as connection:
            connection.count(ADD, {"address": "ana"})
            end_backend(database, connection.scalar(PID))
            connection.scalar(PID)
        assert people(pooled) == []


def test_a_commit_whose_answer_is_lost_is_a_lost_connection(
    database: Database, database_url: str
) -> None:
    lost = pytest.raises(LostConnectionError)
    with (
        cutting_proxy(database_url) as (proxy, url),
        opened(url) as cut_off,
        lost,
        cut_off.transaction() as connection,
    ):
        connection.count(ADD, {"address": "ana"})
        proxy.word = b"COMMIT"
    assert people(database) == ["ana"]  # it was done: nobody knows but the server


def test_a_statement_takes_as_long_as_its_transaction_says(database_url: str) -> None:
    with opened(database_url, Limits(connections=1, statement_seconds=0.2)) as hasty:
        with pytest.raises(errors.QueryCanceled):
            hasty.scalar("SELECT pg_sleep(30)")
        with hasty.transaction(30) as connection:
            connection.scalar("SELECT pg_sleep(0.7)")  # the client waits as well
        assert hasty.scalar("SHOW statement_timeout") == "200ms"
        with pytest.raises(errors.QueryCanceled):
            hasty.scalar("SELECT pg_sleep(30)")
    with opened(database_url) as patient:
        with pytest.raises(errors.QueryCanceled), patient.transaction(0.1) as hurried:
            hurried.scalar("SELECT pg_sleep(30)")
        assert patient.scalar("SHOW statement_timeout") == "30s"


def test_a_pause_in_a_transaction_is_bounded_too(database: Database) -> None:
    lost = pytest.raises(LostConnectionError)
    with lost, database.transaction(idle_seconds=0.05) as connection:
        pid = connection.scalar(PID)
        eventually(lambda: pid not in database.column(LIVING))
        connection.scalar(PID)
    assert value(database, "SELECT 1") == 1


def test_a_reader_is_told_in_words(database_url: str) -> None:
    with opened(database_url) as database:
        too_long = pytest.raises(OperatorError, match=r"over 0 s .*: ask for less")
        with too_long, database.reading(seconds=0.1) as connection:
            connection.scalar("SELECT pg_sleep(30)")
    away = "postgresql://bot@127.0.0.1:9/nowhere"
    told = pytest.raises(StoreUnavailableError, match="the database is away")
    with opened(away) as database, told, database.reading():
        pass


def test_a_query_that_a_standby_cut_off_may_be_tried_again(database_url: str) -> None:
    cut_off = "RAISE 'canceling statement' USING ERRCODE = '40001';"
    told = pytest.raises(OperatorError, match=r"^the standby cut .*try again")
    with opened(database_url) as standby, told, standby.reading() as connection:
        connection.scalar(f"DO $$ BEGIN {cut_off} END $$")


def test_it_tells_its_name_and_no_password() -> None:
    with opened("postgresql://bot:s3cret@127.0.0.1:9/chats") as database:
        assert repr(database) == "Database('chats')"
        assert database.beside("other", Limits()).name == "other"


def test_another_database_of_the_server_is_reached_where_one_lets_us_in(
    database: Database,
) -> None:
    with database.maintenance(Limits()) as beside:
        assert beside.scalar("SELECT current_database()") == "postgres"
        with beside.maintenance(Limits()) as third:
            assert third.scalar("SELECT current_database()") == "template1"
    with opened("postgresql://bot@127.0.0.1:9/nowhere") as away:
        refused = pytest.raises(psycopg.OperationalError, match="refused")
        with refused, away.maintenance(Limits()):
            pass


def test_psycopg_errors_are_what_statements_raise(database: Database) -> None:
    with pytest.raises(psycopg.errors.UndefinedTable):
        database.rows("SELECT FROM nothing_of_ours")
