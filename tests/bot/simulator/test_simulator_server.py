"""The simulator as a process of its own, under gunicorn."""

import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest
import requests

from tests.bot.simulator.desk import ACCOUNT, TOKEN, Desk
from tests.bot.simulator.scripted_bot import ScriptedBot
from tests.house import PATIENCE, eventually
from tests.ports import free_port

SERVE = """
import sys
from bot.simulator.records import SimulatorConfig
from bot.simulator.server import serve
account, token, webhook_url, port = sys.argv[1:]
serve(SimulatorConfig(account, token, webhook_url), int(port))
"""


def start(webhook_url: str, port: int) -> subprocess.Popen[str]:
    arguments = [ACCOUNT, TOKEN, webhook_url, str(port)]
    command = [sys.executable, "-c", SERVE, *arguments]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True)


@pytest.fixture(scope="module")
def process(running_bot: ScriptedBot) -> Iterator[tuple[subprocess.Popen[str], Desk]]:
    port = free_port()
    with start(running_bot.webhook_url, port) as running:
        desk = Desk(f"http://127.0.0.1:{port}")
        eventually(lambda: _answers(desk))
        yield running, desk
        running.kill()


def _answers(desk: Desk) -> bool:
    try:
        return desk.rest("GET", "/healthz", auth=None).ok
    except requests.ConnectionError:
        return False


@pytest.fixture
def server(process: tuple[subprocess.Popen[str], Desk]) -> Desk:
    return process[1]


def test_a_conversation_goes_through_it(
    server: Desk, bot: ScriptedBot, address: str
) -> None:
    assert server.user_says(address)["webhook_status"] == 200
    sid = server.bot_sends(address, "Hi", StatusCallback=f"{bot.origin}/status")["sid"]
    bot.wait_until(lambda: bot.statuses_of(sid) == ["sent", "delivered"])


def test_media_lie_under_its_own_origin(
    server: Desk, bot: ScriptedBot, address: str
) -> None:
    files = {"file": ("a.png", b"png", "image/png")}
    server.phone("POST", "messages", data={"from": address}, files=files)
    [got] = bot.inbound_from(address)
    assert got.form["MediaUrl0"].startswith(f"{server.url}/2010-04-01/")


def test_it_drops_connections_on_order(server: Desk, address: str) -> None:
    server.order({"on": "create", "kind": "drop", "after_accepting": True})
    with pytest.raises(requests.ConnectionError):
        server.create(To=address, Body="accepted")
    assert server.bodies(address) == ["accepted"]


def test_a_taken_port_is_told(
    process: tuple[subprocess.Popen[str], Desk], bot: ScriptedBot
) -> None:
    port = int(process[1].url.rpartition(":")[2])
    with start(bot.webhook_url, port) as second:
        _, complaint = second.communicate(timeout=PATIENCE)
    assert second.returncode == 1
    assert f"Port {port} is taken" in complaint


def test_it_stops_on_sigterm_though_pages_are_open(
    process: tuple[subprocess.Popen[str], Desk], address: str
) -> None:
    running, desk = process
    asks = {"params": {"address": address}, "headers": {"Connection": "close"}}
    with desk.phone("GET", "events", stream=True, **asks) as page:
        running.send_signal(signal.SIGTERM)
        assert b"event: goodbye" in page.content
    assert running.wait(PATIENCE) == 0
    assert running.stderr is not None
    assert running.stderr.read() == ""
