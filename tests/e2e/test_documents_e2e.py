"""A document that is replaced while workers are killed: wholly old or wholly new."""

import random
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from db.database import Database
from db.knowledge.documents import Documents
from db.records import NewDocument
from tests.db.sql import opened, rows
from tests.house import House, NewHouse, eventually

KILLS = 1
LINES = 1500
PRICE = re.compile(r": (\d+) euros")
# One statement, so that it sees one moment.
LOOK = """
SELECT sha256, (SELECT string_agg(chunk_text, ' ' ORDER BY chunk_index)
                FROM document_chunks WHERE document_id = documents.id)
FROM documents
"""


def version(price: int) -> NewDocument:
    """A price list in which every line tells the same price."""
    lines = (f"- Bread number {number}: {price} euros\n" for number in range(LINES))
    text = "# Prices\n\n" + "".join(lines)
    return NewDocument(content=text.encode(), file_path="/srv/prices.md")


class Reader:
    """Looks at the document, again and again, and holds what it must be."""

    def __init__(self, database: Database) -> None:
        self.newest = 0
        self.looks = 0
        self.faults: list[str] = []
        self._database = database

    def look(self) -> None:
        for sha256, text in rows(self._database, LOOK):
            self.looks += 1
            found = [int(price) for price in PRICE.findall(text or "")]
            if sha256 is None and not found:
                continue  # nothing was taken in yet
            price = found[0] if found else 0
            if found != [price] * LINES or sha256 != version(price).sha256:
                self.faults.append(f"{len(found)} lines, prices {sorted(set(found))}")
            if price < self.newest:
                self.faults.append(f"{price} came back after {self.newest}")
            self.newest = max(self.newest, price)


@contextmanager
def repeating(call: Callable[[], None]) -> Iterator[None]:
    ended = threading.Event()

    def run() -> None:
        while not ended.wait(0.01):
            call()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def replace_while_killing(house: House, kills: int) -> Reader:
    """Add version after version, and kill the worker at random instants."""
    price = 0
    with opened(house.database_url or "") as database:
        documents, reader = Documents(database), Reader(database)
        with repeating(reader.look):
            for _ in range(kills):
                for _ in range(2):
                    price += 1
                    documents.add(version(price))
                    # From before the job is taken until after it is done.
                    threading.Event().wait(random.uniform(0, 2))  # noqa: S311
                house.kill("worker")
                house.start_worker()
            eventually(lambda: reader.newest == price, seconds=60)
            left = "SELECT count(*) FROM document_uploads"
            assert rows(database, left) == [(0,)]
    return reader


def test_a_document_is_wholly_old_or_wholly_new_whenever_its_worker_is_killed(
    new_house: NewHouse,
) -> None:
    with new_house() as house:
        reader = replace_while_killing(house, KILLS)
    assert reader.faults == []
    assert reader.looks > 0
