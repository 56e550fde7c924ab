"""An operator's own query for whom a broadcast is: it reads, and nothing else."""

from collections.abc import Iterator

from psycopg.rows import tuple_row

from db.database import Database
from db.outages import explained, in_time

SECONDS = 60.0
LOT = 1000


def read_query(database: Database, query: str) -> Iterator[list[str]]:
    """Yield the names of the columns, then the rows, NULL as "".

    In a transaction that changes nothing, with a minute for each statement; a cursor
    takes one SELECT alone. Raises OperatorError.
    """
    with (
        explained("The query"),
        in_time(SECONDS),
        database.transaction(SECONDS, snapshot=True, idle_seconds=SECONDS) as reading,
        reading.driver.cursor("wanted", row_factory=tuple_row) as cursor,
    ):
        cursor.itersize = LOT
        cursor.execute(query.strip().rstrip(";"))
        yield [column.name for column in cursor.description or ()]
        for row in cursor:
            yield ["" if value is None else str(value) for value in row]
