"""One simulator and one scripted bot for all; every test has its own address."""

import itertools
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.bot.simulator.browser import CHROMIUM, FLAGS
from tests.bot.simulator.desk import Desk, desk_at
from tests.bot.simulator.scripted_bot import ScriptedBot, scripted_bot
from tests.house import PATIENCE

numbers = itertools.count(15_551_000_000)


@pytest.fixture(scope="session")
def running_bot() -> Iterator[ScriptedBot]:
    with scripted_bot() as bot:
        yield bot


@pytest.fixture(scope="session")
def running_desk(running_bot: ScriptedBot) -> Iterator[Desk]:
    with desk_at(running_bot.webhook_url) as desk:
        yield desk


@pytest.fixture
def bot(running_bot: ScriptedBot) -> ScriptedBot:
    running_bot.will_answer()
    return running_bot


@pytest.fixture
def desk(running_desk: Desk) -> Desk:
    running_desk.phone("DELETE", "faults")
    return running_desk


@pytest.fixture
def address() -> str:
    return f"whatsapp:+{next(numbers)}"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def chat_page(chromium: Browser) -> Iterator[Page]:
    with chromium.new_context() as context:
        page = context.new_page()
        page.set_default_timeout(1000 * PATIENCE)
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda said: complaints.append(said.text) if said.type == "error" else None,
        )
        yield page
        assert complaints == []
