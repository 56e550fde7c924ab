"""Failed tries: pauses that grow, whoever is asked for."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from db.database import Database
from db.logins import attempts
from db.logins.attempts import account_key, address_key, begin_try, end_try
from tests.db.sql import change, value

OLGA = account_key("olga@shop.example")
LATER = "UPDATE login_attempts SET last_at = last_at - %(s)s * interval '1 second'"


def test_the_pause_grows_up_to_a_quarter_of_an_hour(database: Database) -> None:
    assert begin_try(database, [OLGA]) == 0
    pauses = []
    for _ in range(13):
        assert begin_try(database, [OLGA]) == 0
        pause = begin_try(database, [OLGA])
        pauses.append(pause)
        change(database, LATER, s=pause)
    assert pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]


def test_success_forgets_and_so_does_a_day(database: Database) -> None:
    for _ in range(2):
        for _ in range(2):
            assert begin_try(database, [OLGA]) == 0
        assert begin_try(database, [OLGA]) > 0
        end_try(database, [OLGA])
    for _ in range(2):
        begin_try(database, [OLGA])
    change(database, LATER, s=86_401)
    assert [begin_try(database, [OLGA]) for _ in range(2)] == [0, 0]
    assert value(database, "SELECT count(*) FROM login_attempts") == 1


def test_an_address_has_more_free_and_is_not_forgotten_by_one_success(
    database: Database,
) -> None:
    here = address_key("203.0.113.9")
    for number in range(11):
        assert begin_try(database, [account_key(f"{number}@x.example"), here]) == 0
    assert begin_try(database, [OLGA, here]) > 0
    end_try(database, [here])
    assert value(database, "SELECT failures FROM login_attempts WHERE key = %(k)s",
                 k=here.digest) == 10  # fmt: skip
    assert begin_try(database, [OLGA]) == 0  # the refused one was not counted


def test_of_many_tries_at_once_only_the_free_ones_are_made(database: Database) -> None:
    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(lambda _: begin_try(database, [OLGA]), range(8)))
    assert waits.count(0) == 2


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("203.0.113.9", "203.0.113.8", False),
        ("2001:db8::1", "2001:db8::ffff:2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:203.0.113.9", "203.0.113.9", True),
        ("fe80::1%eth0", "fe80::2", True),
        ("", "unix:", False),
    ],
)
def test_addresses_are_told_apart_by_who_has_them(
    first: str, second: str, same: bool
) -> None:
    assert (address_key(first) == address_key(second)) is same


def test_the_table_stays_small(database: Database) -> None:
    change(
        database,
        "INSERT INTO login_attempts (key, failures, last_at) SELECT int4send(n), 1,"
        " now() - CASE WHEN n <= 50 THEN interval '25h' ELSE n * interval '1 ms' END"
        " FROM generate_series(1, %(most)s + 100) AS n",
        most=attempts.MOST_ROWS,
    )
    begin_try(database, [OLGA])
    kept = value(database, "SELECT count(*) FROM login_attempts")
    assert kept <= attempts.MOST_ROWS + 1
