"""The worker's own /metrics: nobody keeps others from it."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest
import requests

from bot.worker.metrics import MOST_AT_ONCE, MetricsServer
from tests.house import PATIENCE, eventually

TOKEN = "a-token-of-the-tests"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def server() -> Iterator[MetricsServer]:
    server = MetricsServer("127.0.0.1", 0, TOKEN)
    server.start()
    yield server
    server.shutdown()
    server.server_close()


def asked(server: MetricsServer, headers: dict[str, str]) -> int:
    """Return the status, 0 for a connection that is closed."""
    url = f"http://127.0.0.1:{server.server_address[1]}/metrics"
    try:
        return requests.get(url, headers=headers, timeout=PATIENCE).status_code
    except requests.ConnectionError:
        return 0


def test_the_numbers_are_for_who_bears_the_token(server: MetricsServer) -> None:
    assert asked(server, BEARER) == 200
    assert asked(server, {}) == 401


def test_who_asks_nothing_is_cut_off_and_others_are_answered(
    server: MetricsServer,
) -> None:
    with ExitStack() as stack:
        for _ in range(MOST_AT_ONCE):
            address = ("127.0.0.1", server.server_address[1])
            client = stack.enter_context(closing(socket.create_connection(address)))
            client.sendall(b"GET ")
        assert eventually(lambda: asked(server, BEARER) == 200)
