"""One web process and one database for all hostile requests."""

import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from db.database import Database
from db.embedded.server import EmbeddedPostgres
from tests.bot.whatsapp.twilio_calls import text_form
from tests.conftest import new_database
from tests.db.sql import PATIENT
from tests.hostile.ledger import Ledger, added
from tests.hostile.processes import WebProcess
from tests.hostile.raw_http import Answer, post

# In every hostile request; nowhere in what comes back or is logged.
PLANTED = "planted"
NUMBER = re.compile(r"(?:\+|%2B|whatsapp:)[0-9]{6,}")
KNOWN_FIELDS = {
    "time", "level", "logger", "message", "path", "message_sid", "chat_id", "known",
    "error_code",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Target:
    """The web process that is attacked, and what is stored behind it."""

    web: WebProcess
    ledger: Ledger

    def refuses(self, request: bytes) -> Answer:
        """Return the answer to a request that must change nothing."""
        answer, new = self.takes(request)
        assert new == {}
        return answer

    def takes(self, request: bytes) -> tuple[Answer, dict[str, int]]:
        """Return the answer, and how many rows were added by table.

        Whatever the request: no other row changed, and nothing of it was told.
        """
        self.web.new_lines()
        before = self.ledger.read()
        answer = self.web.ask(request)
        self.holds_back(answer.text + str(answer.headers))
        for line in self.web.new_lines():
            assert set(line) <= KNOWN_FIELDS, "a forged or unknown field"
            is_told_loudly = line["message"].startswith("refused a signed webhook")
            assert line["level"] in {"INFO", "WARNING"} or is_told_loudly
            self.holds_back(str(line))
        return answer, added(before, self.ledger.read())

    @staticmethod
    def holds_back(told: str) -> None:
        assert PLANTED not in told
        assert "Traceback" not in told
        assert "evil" not in told
        assert ".py" not in told
        assert not NUMBER.search(told)


SLOW = {
    "half a head": post(text_form())[:90],
    "half a body": post(text_form())[:-20],
    "no more than a byte": b"P",
    "chunks without an end": post(
        text_form(), headers=[("Transfer-Encoding", "chunked")], body=b"5\r\nBody="
    ),
}


@pytest.fixture(scope="session")
def target(
    postgres: EmbeddedPostgres, migrated: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Target]:
    """The web process, with the chat of somebody else in its database."""
    folder = tmp_path_factory.mktemp("hostile")
    with new_database(postgres, f"TEMPLATE {migrated} STRATEGY file_copy") as url:
        database = Database(url, PATIENT)
        web = WebProcess(folder, url)
        try:
            web.wait_until_it_answers()
            others = text_form("Not for strangers", From="whatsapp:+15550001111")
            assert web.ask(post(others)).status == 200
            yield Target(web, Ledger(database))
        finally:
            web.close()
            database.close()


@pytest.fixture(scope="session", autouse=True)
def slow_clients(target: Target) -> Iterator[dict[str, socket.socket]]:
    """Clients who began a request before all others did, and say nothing more."""
    with ExitStack() as stack:
        clients = {}
        for kind, beginning in SLOW.items():
            clients[kind] = stack.enter_context(target.web.connect())
            clients[kind].sendall(beginning)
        yield clients
