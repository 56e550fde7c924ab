"""The chat page in a real browser."""

from urllib.parse import quote

import pytest
from flask import Response
from playwright.sync_api import Browser, Page, expect

from tests.bot.simulator.browser import (
    CHROMIUM,
    CUT_OFF,
    PHONE,
    dot,
    open_as,
)
from tests.bot.simulator.desk import NUMBER, Desk, desk_at
from tests.bot.simulator.scripted_bot import ScriptedBot
from tests.ports import free_port

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium is installed")


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
    expect(chat_page.get_by_label("The chosen picture")).to_be_visible()
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


def test_a_complaint_goes_once_the_bot_answers(
    chat_page: Page, desk: Desk, bot: ScriptedBot, address: str
) -> None:
    open_as(chat_page, desk, address)
    bot.will_answer(Response("no", status=503))
    write(chat_page, "Hello?")
    complaint = chat_page.get_by_text("The bot answered 503: not delivered.")
    expect(complaint).to_be_visible()
    desk.bot_sends(address, "Here I am")
    expect(chat_page.locator(".bubble.outbound .body")).to_have_text("Here I am")
    expect(complaint).to_be_hidden()


def test_a_message_is_replied_to_with_an_emoji(
    chat_page: Page, desk: Desk, bot: ScriptedBot, address: str
) -> None:
    desk.user_says(address, "Hello")
    sid = desk.bot_sends(address, "Rye or *wheat*?")["sid"]
    open_as(chat_page, desk, address)
    asked = chat_page.locator(f"[data-sid={sid}]")
    asked.hover()
    asked.get_by_role("button", name="Reply").click()
    expect(chat_page.locator("#quoting")).to_have_text("Bot Rye or wheat?")
    chat_page.get_by_label("Message", exact=True).fill("Rye ")
    chat_page.get_by_role("button", name="Insert an emoji").click()
    chat_page.get_by_role("button", name="🍞").click()
    chat_page.keyboard.press("Enter")
    answer = chat_page.locator(".bubble.inbound").last
    expect(answer.locator(".quote")).to_have_text("BotRye or wheat?")
    expect(answer.get_by_label("Delivered")).to_be_visible()
    expect(chat_page.locator("#quoting")).to_be_hidden()
    form = bot.inbound_from(address)[-1].form
    assert (form["Body"], form["OriginalRepliedMessageSid"]) == ("Rye 🍞", sid)
    assert form["OriginalRepliedMessageSender"] == NUMBER


def test_a_place_is_sent(
    chat_page: Page, desk: Desk, bot: ScriptedBot, address: str
) -> None:
    open_as(chat_page, desk, address)
    chat_page.get_by_role("button", name="Attach").click()
    chat_page.get_by_role("button", name="A location").click()
    chat_page.get_by_label("Latitude").fill("91")
    chat_page.get_by_label("Longitude").fill("13,405")
    chat_page.get_by_role("button", name="Send location").click()
    expect(chat_page.get_by_role("alert").last).to_contain_text("Write degrees")
    chat_page.get_by_label("Latitude").fill("52.52")
    chat_page.get_by_label("Name of the place").fill("Bakery")
    chat_page.get_by_role("button", name="Send location").click()
    shown = chat_page.locator(".bubble.inbound")
    expect(shown).to_contain_text("Bakery52.52, 13.405")
    expect(shown.get_by_label("Delivered")).to_be_visible()
    form = bot.inbound_from(address)[-1].form
    assert (form["Latitude"], form["Longitude"]) == ("52.52", "13.405")
    assert (form["Label"], form["MessageType"]) == ("Bakery", "location")


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


def test_on_a_phone_names_stand_beside_nothing_and_in_their_own_direction(
    chat_page: Page, desk: Desk, address: str
) -> None:
    name = "\u0641\u0627\u0637\u0645\u0629 \u0627\u0644\u0632\u0647\u0631\u0627\u0621"
    chat_page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    desk.user_says(address, "\u0645\u0631\u062d\u0628\u0627 abc", profile_name=name)
    open_as_named = f"{desk.url}/#{quote(address, safe='')}"
    chat_page.goto(open_as_named)
    who = chat_page.locator("#self")
    expect(who).to_have_text(f"You are {name}, {address[9:]}")
    expect(who.locator("bdi")).to_have_text([name, address[9:]])
    expect(chat_page.locator(".bubble .body p")).to_have_attribute("dir", "auto")
    number = chat_page.get_by_role("heading", name="+14155238886").bounding_box()
    mine = who.bounding_box()
    assert number
    assert mine
    assert number["y"] + number["height"] <= mine["y"]
    desk.user_says(address, profile_name="Grete von der Langen Straße " * 4)
    chat_page.reload()
    expect(who).to_contain_text(f"Langen Straße , {address[9:]}")
    assert chat_page.evaluate(CUT_OFF) == []


def test_the_page_finds_a_restarted_simulator_again(
    chromium: Browser, bot: ScriptedBot, address: str
) -> None:
    with chromium.new_context() as context:
        chat_page = context.new_page()
        port = free_port()
        with desk_at(bot.webhook_url, port) as first:
            open_as(chat_page, first, address)
        with desk_at(bot.webhook_url, port) as second:
            second.user_says(address, "Still there?")
            shown = chat_page.locator(".bubble.inbound .body")
            expect(shown).to_have_text("Still there?")
