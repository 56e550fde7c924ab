"""An office for each test."""

import pytest

from db.database import Database
from tests.bot.relay.office import Office, Person


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)


@pytest.fixture
def ana(office: Office) -> Person:
    return office.customer("Ana", 1)


@pytest.fixture
def ben(office: Office) -> Person:
    return office.customer("Ben", 2)


@pytest.fixture
def olga(office: Office) -> Person:
    """An operator with a phone, whose service window is open."""
    return office.operator("Olga", 9001)


@pytest.fixture
def alerted(office: Office, ana: Person, ben: Person, olga: Person) -> Person:
    """Olga, who was told that Ana waits, and then that Ben does; `last` is Ben's."""
    for customer in (ana, ben):
        office.queue(customer)
        office.tell(customer)
        olga.reads()
    return olga
