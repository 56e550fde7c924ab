"""What the chat page sends and shows beside text, in a browser of a phone's size."""

import json

import pytest
from flask import Response
from playwright.sync_api import FilePayload, Page, expect

from bot.simulator.content.choices import CONTENT_SIDS
from tests.bot.simulator.browser import CHROMIUM, CUT_OFF, LOADS_SOUND, dot, open_as
from tests.bot.simulator.browser import PHONE as SIZE
from tests.bot.simulator.desk import Desk
from tests.bot.simulator.scripted_bot import ScriptedBot

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium is installed")


@pytest.fixture
def phone(chat_page: Page, desk: Desk, address: str) -> Page:
    chat_page.set_viewport_size(SIZE)  # type: ignore[arg-type]
    open_as(chat_page, desk, address)
    return chat_page


def picture(name: str) -> FilePayload:
    return {"name": name, "mimeType": "image/png", "buffer": dot()}


def choose(page: Page, what: str) -> None:
    page.get_by_label("Attach", exact=True).click()
    page.get_by_role("button", name=what).click()


def fill(page: Page, send: str, **values: str) -> None:
    for label, value in values.items():
        page.locator(f"#{label}").fill(value)
    page.get_by_role("button", name=send).click()


def send_pictures(phone: Page) -> None:
    phone.locator("#file").set_input_files([picture("1.png"), picture("2.png")])
    expect(phone.get_by_text("1.png, 2.png")).to_be_visible()
    phone.get_by_label("Message", exact=True).fill("Our garden")
    phone.keyboard.press("Enter")
    expect(phone.locator(".picture img")).to_have_count(2)
    phone.locator("#sticker").set_input_files(picture("smile.png"))
    expect(phone.locator(".bubble.sticker img")).to_be_visible()


def send_the_rest(phone: Page) -> None:
    choose(phone, "A contact")
    numbered = {"contact-name": "Zo\u00eb; Ltd", "contact-number": "+1 555 123"}
    fill(phone, "Send contact", **numbered)
    choose(phone, "A button or list choice")
    fill(phone, "Send choice", **{"choice-text": "Yes", "choice-payload": "yes-7"})
    phone.get_by_label("Attach", exact=True).click()
    phone.locator("#forwarded").select_option("often")
    phone.get_by_role("button", name="A location").click()
    fill(phone, "Send location", latitude="52,5", longitude="13.4", label="Caf\u00e9")
    expect(phone.locator(".bubble .forwarded")).to_have_text("Forwarded many times")
    choose(phone, "An advert, form or order")
    phone.get_by_role("button", name="Send with these").click()


def test_choices_are_tapped(
    phone: Page, desk: Desk, bot: ScriptedBot, address: str
) -> None:
    desk.user_says(address, "Bread, please")
    variables = json.dumps({"1": "Bread?", "2": "Rye", "3": "r", "4": "Oat", "5": "o"})
    form = {"ContentSid": CONTENT_SIDS[2], "ContentVariables": variables}
    assert desk.create(To=address, **form).status_code == 201
    phone.get_by_role("group", name="Choices").get_by_text("Oat").click()
    bot.wait_until(lambda: len(bot.inbound_from(address)) == 2)
    got = bot.inbound_from(address)[1]
    assert (got.form["Body"], got.form["ButtonPayload"]) == ("Oat", "o")
    assert got.form["OriginalRepliedMessageSid"]
    expect(phone.locator(".bubble.inbound .body").last).to_have_text("Oat")
    assert phone.evaluate(CUT_OFF) == []


def test_whatever_a_phone_sends_reaches_the_bot(
    phone: Page, bot: ScriptedBot, address: str
) -> None:
    send_pictures(phone)
    send_the_rest(phone)
    bot.wait_until(lambda: len(bot.inbound_from(address)) == 7)
    forms = [got.form for got in bot.inbound_from(address)]
    assert [(form["MessageType"], form["Body"]) for form in forms] == [
        ("image", "Our garden"), ("image", ""), ("sticker", ""), ("contacts", ""),
        ("interactive", "Yes"), ("location", ""), ("text", ""),
    ]  # fmt: skip
    assert forms[2]["MediaContentType0"] == "image/webp"
    assert forms[4]["ButtonPayload"] == "yes-7"
    assert (forms[5]["Latitude"], forms[5]["FrequentlyForwarded"]) == ("52.5", "true")
    assert "Forwarded" not in forms[6]
    assert forms[6]["ReferralHeadline"] == "Roses"
    expect(phone.locator(".fields-told").last).to_contain_text("ReferralHeadlineRoses")
    assert phone.evaluate(CUT_OFF) == []


def test_a_message_is_reacted_to_and_that_is_taken_back(
    phone: Page, desk: Desk, bot: ScriptedBot, address: str
) -> None:
    sid = desk.bot_sends(address, "We have roses.")["sid"]
    said = phone.locator(f"[data-sid={sid}]")
    said.hover()
    said.get_by_role("button", name="React", exact=True).click()
    said.get_by_role("button", name="React with \U0001f44d").click()
    badge = said.get_by_label("You reacted with \U0001f44d")
    expect(badge).to_be_visible()
    phone.reload()
    expect(badge).to_be_visible()
    expect(phone.locator(".bubble")).to_have_count(1)
    said.hover()
    said.get_by_role("button", name="React", exact=True).click()
    said.get_by_role("button", name="Take the reaction back").click()
    expect(badge).to_have_count(0)
    bot.wait_until(lambda: len(bot.inbound_from(address)) == 2)
    bodies = [(got.form["Body"], got.form["MessageType"]) for got in
              bot.inbound_from(address)]  # fmt: skip
    assert bodies == [("\U0001f44d", "reaction"), ("", "reaction")]


def test_a_voice_and_a_file_of_the_bot_s_are_played_and_kept(
    phone: Page, desk: Desk, bot: ScriptedBot, address: str
) -> None:
    desk.user_says(address)
    bot.files["a"] = Response(silence(), content_type="audio/wav")
    bot.files["b"] = Response(b"%PDF" + bytes(1496), content_type="application/pdf")
    desk.bot_sends(address, "", MediaUrl=f"{bot.origin}/files/a")
    desk.bot_sends(address, "", MediaUrl=f"{bot.origin}/files/b")
    player = phone.locator(".bubble.outbound audio")
    expect(player).to_be_visible()
    assert player.evaluate(LOADS_SOUND)
    expect(phone.get_by_role("link", name="Download")).to_be_visible()
    expect(phone.get_by_role("link", name="b 1.5 KB")).to_be_visible()


def silence() -> bytes:
    """Return a tenth of a second of it, as WAV."""
    data = bytes(1600)
    form = b"fmt " + bytes.fromhex("10000000 0100 0100 401f0000 803e0000 0200 1000")
    inner = b"WAVE" + form + b"data" + len(data).to_bytes(4, "little") + data
    return b"RIFF" + len(inner).to_bytes(4, "little") + inner
