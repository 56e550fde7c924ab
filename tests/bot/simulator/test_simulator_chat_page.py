"""The chat page in a real browser."""

import shutil
import struct
import zlib
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from flask import Response
from playwright.sync_api import Browser, Page, expect, sync_playwright

from bot.simulator.server import create_simulator
from tests.bot.simulator.desk import Desk, config_for
from tests.bot.simulator.scripted_bot import ScriptedBot, served

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 390, "height": 844}

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium is installed")


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
        page.set_default_timeout(8000)
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda said: complaints.append(said.text) if said.type == "error" else None,
        )
        yield page
        assert complaints == []


def open_as(page: Page, desk: Desk, address: str) -> None:
    page.goto(f"{desk.url}/#{quote(address, safe='')}")
    expect(page.get_by_label("Messages", exact=True)).to_be_visible()
    expect(page.get_by_text(f"You are {address[9:]}")).to_be_visible()


def write(page: Page, text: str) -> None:
    page.get_by_label("Message", exact=True).fill(text)
    page.keyboard.press("Enter")


def test_the_empty_page_explains_itself(chat_page: Page, desk: Desk) -> None:
    chat_page.goto(desk.url)
    expect(chat_page.get_by_text("This page stands in for WhatsApp")).to_be_visible()


def test_someone_writes_and_is_answered(
    chat_page: Page, desk: Desk, bot: ScriptedBot, address: str
) -> None:
    chat_page.goto(desk.url)
    number = chat_page.get_by_label("Number to write as")
    number.fill("no number")
    chat_page.get_by_role("button", name="Open", exact=True).click()
    expect(chat_page.get_by_role("alert")).to_contain_text("country code")
    number.fill(f"{address[9:14]} {address[14:]}")
    chat_page.get_by_label("Name of the phone's owner").fill("Zoë")
    chat_page.get_by_role("button", name="Open", exact=True).click()
    write(chat_page, "Are you open?")
    mine = chat_page.locator(".bubble.inbound")
    expect(mine.locator(".body")).to_have_text("Are you open?")
    expect(mine.get_by_label("Delivered")).to_be_visible()
    [got] = bot.inbound_from(address)
    assert (got.form["Body"], got.form["ProfileName"]) == ("Are you open?", "Zoë")
    desk.bot_types(got.form["MessageSid"])
    expect(chat_page.get_by_label("The bot is typing")).to_be_visible()
    expect(mine.get_by_label("Read")).to_be_visible()
    sid = desk.bot_sends(address, "Yes, *until six*.")["sid"]
    expect(chat_page.locator(f"[data-sid={sid}] strong")).to_have_text("until six")
    expect(chat_page.get_by_label("The bot is typing")).to_have_count(0)
    conversations = chat_page.get_by_label("Conversations")
    listed = conversations.locator(f"[data-address='{address}']")
    expect(listed).to_contain_text("Yes, until six.")


def test_formatting_is_shown_and_markup_is_not_run(
    chat_page: Page, desk: Desk, address: str
) -> None:
    text = (
        "*b* _i_ ~s~ `c*d*` snake_case 2 * 3 * 4 <img src=x onerror=alert(1)>\n"
        "> quote\n- one\n- two\n3. three\nhttps://example.com/a_b_c.\n"
        "```\ncode _x_\n```"
    )
    desk.bot_sends(address, text)
    open_as(chat_page, desk, address)
    body = chat_page.locator(".bubble.outbound .body")
    texts = {"strong": "b", "em": "i", "s": "s", "p code": "c*d*"}
    texts |= {"blockquote": "quote", "ol": "three", "pre": "code _x_"}
    for selector, expected in texts.items():
        expect(body.locator(selector)).to_have_text(expected)
    expect(body.locator("ul li")).to_have_text(["one", "two"])
    expect(body.locator("a")).to_have_attribute("href", "https://example.com/a_b_c")
    expect(body.locator("img")).to_have_count(0)
    expect(body).to_contain_text("snake_case 2 * 3 * 4 <img src=x")


def test_a_picture_is_sent_and_shown(chat_page: Page, desk: Desk, address: str) -> None:
    open_as(chat_page, desk, address)
    picture = {"name": "dot.png", "mimeType": "image/png", "buffer": dot()}
    chat_page.locator("#file").set_input_files(picture)  # type: ignore[arg-type]
    expect(chat_page.get_by_text("dot.png")).to_be_visible()
    chat_page.get_by_role("button", name="Send", exact=True).click()
    shown = chat_page.get_by_role("img", name="dot.png")
    expect(shown).to_be_visible()
    assert shown.evaluate("picture => picture.decode().then(() => true)")


def test_a_bot_that_refuses_is_told(
    chat_page: Page, desk: Desk, bot: ScriptedBot, address: str
) -> None:
    open_as(chat_page, desk, address)
    bot.will_answer(Response("no", status=503))
    write(chat_page, "Hello?")
    expect(chat_page.get_by_role("alert").last).to_have_text(
        "The bot answered 503: not delivered."
    )
    expect(chat_page.get_by_label("Failed, error 11200")).to_be_visible()


def test_a_reply_that_failed_shows_its_code(
    chat_page: Page, desk: Desk, address: str
) -> None:
    open_as(chat_page, desk, address)
    desk.bot_sends(address, "You never wrote to me")
    expect(chat_page.get_by_label("Failed, error 63016")).to_be_visible()


def test_shift_and_enter_make_a_new_line(
    chat_page: Page, desk: Desk, bot: ScriptedBot, address: str
) -> None:
    open_as(chat_page, desk, address)
    chat_page.get_by_label("Message", exact=True).press_sequentially("one")
    chat_page.keyboard.press("Shift+Enter")
    chat_page.keyboard.type("two")
    chat_page.keyboard.press("Enter")
    expect(chat_page.locator(".bubble.inbound .body")).to_have_text("one\ntwo")
    expect(chat_page.get_by_label("Delivered")).to_be_visible()
    assert bot.inbound_from(address)[0].form["Body"] == "one\ntwo"


def test_on_a_phone_the_list_and_the_talk_take_turns(
    chat_page: Page, desk: Desk, address: str
) -> None:
    chat_page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    desk.user_says(address, profile_name="Ana")
    open_as_named = f"{desk.url}/#{quote(address, safe='')}"
    chat_page.goto(open_as_named)
    expect(chat_page.locator(".bubble.inbound")).to_be_visible()
    expect(chat_page.get_by_label("Conversations", exact=True)).to_be_hidden()
    chat_page.get_by_role("button", name="Back to the conversations").click()
    expect(chat_page.get_by_label("Conversations", exact=True)).to_be_visible()


def test_the_page_finds_a_restarted_simulator_again(
    chromium: Browser, bot: ScriptedBot, address: str
) -> None:
    first, second = (create_simulator(config_for(bot.webhook_url)) for _ in range(2))
    with chromium.new_context() as context:
        chat_page = context.new_page()
        with served(first) as origin:
            open_as(chat_page, Desk(origin), address)
            first.extensions["switchboard"].close()
        with served(second, int(origin.rpartition(":")[2])):
            Desk(origin).user_says(address, "Still there?")
            shown = chat_page.locator(".bubble.inbound .body")
            expect(shown).to_have_text("Still there?", timeout=8000)
            second.extensions["switchboard"].close()


def dot() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        checksum = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    pixel = chunk(b"IDAT", zlib.compress(b"\0\x0b\x8f\x6c"))
    return b"\x89PNG\r\n\x1a\n" + header + pixel + chunk(b"IEND", b"")
