"""A desk that sends, and the Twilio that it sends to."""

from collections.abc import Iterator

import pytest

from db.database import Database
from tests.bot.whatsapp.desk import Desk
from tests.bot.whatsapp.scripted_twilio import Exchange, ScriptedTwilio, exchange
from tests.bot.whatsapp.waiting import HOLDING, WaitingDesk


@pytest.fixture(scope="package")
def rest_server() -> Iterator[Exchange]:
    with exchange() as server:
        yield server


@pytest.fixture
def twilio(rest_server: Exchange) -> ScriptedTwilio:
    rest_server.twilio = ScriptedTwilio()
    return rest_server.twilio


@pytest.fixture
def desk(database: Database, rest_server: Exchange) -> Desk:
    return Desk(database, rest_server.url)


@pytest.fixture
def desk_that_holds(database: Database, rest_server: Exchange) -> WaitingDesk:
    return WaitingDesk(database, rest_server.url, holding=HOLDING)
