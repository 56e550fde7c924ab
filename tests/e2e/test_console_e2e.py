"""Two operators in real browsers and a customer's phone, all at once."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from db.logins.invitations import invite
from tests.bot.simulator.browser import CHROMIUM, FLAGS, PHONE
from tests.db import sql
from tests.house import House, Phone
from tests.scripted_llm import Script

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium is installed")

DESKTOP = {"width": 1280, "height": 800}
PASSWORD = "seven loaves of rye bread"
OPENING_HOURS = "We open at seven."


@pytest.fixture
def house(database_house: House) -> Iterator[House]:
    database_house.llm.reset()
    database_house.start_console()
    yield database_house
    database_house.stop("console")


@pytest.fixture
def chromium(house: House) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield found
        found.close()


@contextmanager
def operator(
    house: House, chromium: Browser, name: str, role: str, size: dict[str, int]
) -> Iterator[Page]:
    """Invite somebody, who sets a password and is in the inbox then.

    Nothing may complain in the browser's console, a refused form besides.
    """
    email = f"{name.lower()}@bakery.example"
    with (
        sql.opened(house.database_url or "") as database,
        database.transaction() as connection,
    ):
        word = invite(connection, email, role, name=name)
    complaints: list[str] = []
    context = chromium.new_context(viewport=size)  # type: ignore[arg-type]
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text))
    page.goto(f"{house.console_url}/invitation/{word}")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("The same again").fill(PASSWORD)
    page.get_by_role("button", name="Set password").click()
    expect(page).to_have_title(re.compile("Inbox"))
    yield page
    context.close()
    assert [said for said in complaints if "409 (CONFLICT)" not in said] == []


def stay(page: Page) -> None:
    """Mark a page, to see later that it was not loaded anew."""
    page.evaluate("window.stayed = true")


def stayed(page: Page) -> bool:
    return page.evaluate("window.stayed === true") is True


def send(page: Page, text: str) -> None:
    page.get_by_label("Reply to").fill(text)
    page.get_by_role("button", name="Send", exact=True).click()


def shows_who_waits(page: Page) -> None:
    """See the customer come, without loading anything anew; open the chat."""
    waiting = page.get_by_role("region", name="Waiting for a person")
    row = waiting.get_by_role("link", name="Ana Lima")
    expect(row).to_contain_text("asked")
    assert stayed(page)
    row.click()
    expect(page.get_by_role("log")).to_contain_text("a cake for Sunday?")
    expect(page.get_by_text("Waits for a person")).to_be_visible()
    stay(page)


def is_refused(page: Page, text: str) -> None:
    """Send what somebody began before their colleague took the chat: it is kept."""
    page.get_by_role("button", name="Send", exact=True).click()
    told = "Another operator has this chat"
    expect(page.get_by_role("alert")).to_contain_text(told)
    expect(page.get_by_text("Olga has this chat")).to_be_visible()
    expect(page.get_by_label("Reply to")).to_have_value(text)
    stay(page)


def talk(house: House, ana: Phone, olga: Page, otto: Page) -> None:
    ana.says("Is there a cake for Sunday?", profile_name="Ana Lima")
    ana.hears()
    ana.says("/human", profile_name="Ana Lima")
    assert "I pass you on to a person" in ana.hears()[0]
    asked = len(house.llm.prompts)
    shows_who_waits(olga)
    shows_who_waits(otto)

    otto.get_by_label("Reply to").fill("Which cake?")
    send(olga, "Yes: which size?")
    assert ana.hears() == ["Yes: which size?"]
    expect(olga.get_by_text("You have this chat")).to_be_visible()
    stay(olga)
    expect(otto.get_by_role("log")).to_contain_text("Yes: which size?")
    assert stayed(otto)
    is_refused(otto, "Which cake?")

    ana.says("For ten people, please.")
    for page in (olga, otto):
        expect(page.get_by_role("log")).to_contain_text("For ten people, please.")
        assert stayed(page)
    assert ana.hears_nothing_more()
    assert len(house.llm.prompts) == asked


def test_two_operators_and_a_customer_at_once(house: House, chromium: Browser) -> None:
    ana = house.phone()
    with (
        operator(house, chromium, "Olga", "admin", PHONE) as olga,
        operator(house, chromium, "Otto", "supporter", DESKTOP) as otto,
    ):
        stay(olga)
        stay(otto)
        talk(house, ana, olga, otto)

        olga.get_by_role("button", name="Resolve").click()
        for page in (olga, otto):
            expect(page.get_by_text("The bot answers.")).to_be_visible()
        house.llm.always(Script(text=OPENING_HOURS))
        ana.says("And when do you open?")
        assert ana.hears() == [OPENING_HOURS]
        expect(olga.get_by_role("log")).to_contain_text(OPENING_HOURS)

        olga.get_by_role("link", name="Account").click()
        here = olga.get_by_role("navigation", name="Areas").get_by_text("Account")
        expect(here).to_be_in_viewport(ratio=1)  # of a menu that is wider than a phone
