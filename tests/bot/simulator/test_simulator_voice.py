"""Voice messages, recorded on the chat page in a real browser."""

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from tests.bot.simulator.browser import CHROMIUM, LOADS_SOUND, open_as
from tests.bot.simulator.desk import Desk
from tests.bot.simulator.scripted_bot import ScriptedBot

# The clock went on, however long ago: nobody sees each of its seconds for sure.
RUNS = re.compile(r"Recording 0:(0[1-9]|[1-5]\d)")

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium is installed")

# The browser's question waits until a test answers it, and what the page does with
# sound can be seen.
WATCH = """() => {
  Object.assign(window, { asked: 0, microphones: [], recorders: [] });
  const answered = new Promise((resolve) => { window.allow = resolve; });
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (what) => {
    window.asked += 1;
    await answered;
    const sound = await ask(what);
    microphones.push(...sound.getTracks());
    return sound;
  };
  window.MediaRecorder = class extends MediaRecorder {
    constructor(...all) { super(...all); recorders.push(this); }
  };
}"""
ALL_ARE_OFF = """() =>
  microphones.length && microphones.every((track) => track.readyState === "ended")"""


def open_watched(page: Page, desk: Desk, address: str) -> None:
    page.context.grant_permissions(["microphone"])
    open_as(page, desk, address)
    page.evaluate(WATCH)


def test_a_voice_message_is_recorded(
    chat_page: Page, desk: Desk, bot: ScriptedBot, address: str
) -> None:
    chat_page.context.grant_permissions(["microphone"])
    open_as(chat_page, desk, address)
    chat_page.get_by_role("button", name="Record a voice message").click()
    expect(chat_page.get_by_text(RUNS)).to_be_visible()
    chat_page.get_by_role("button", name="Discard the recording").click()
    assert bot.inbound_from(address) == []
    chat_page.get_by_role("button", name="Record a voice message").click()
    expect(chat_page.get_by_text(RUNS)).to_be_visible()
    chat_page.get_by_role("button", name="Send", exact=True).click()
    sent = chat_page.locator(".bubble.inbound")
    expect(sent.locator("audio")).to_be_visible()
    expect(sent.get_by_label("Delivered")).to_be_visible()
    form = bot.inbound_from(address)[-1].form
    assert form["MessageType"] == "audio"
    assert form["MediaContentType0"] in {"audio/ogg", "audio/webm", "audio/mp4"}
    assert sent.locator("audio").evaluate(LOADS_SOUND)


def test_two_clicks_ask_for_one_microphone(
    chat_page: Page, desk: Desk, address: str
) -> None:
    open_watched(chat_page, desk, address)
    record = chat_page.get_by_role("button", name="Record a voice message")
    record.click()
    record.click()
    chat_page.evaluate("allow()")
    expect(chat_page.get_by_text(RUNS)).to_be_visible()
    chat_page.get_by_role("button", name="Discard the recording").click()
    chat_page.wait_for_function(ALL_ARE_OFF)
    assert chat_page.evaluate("asked") == 1
    record.click()
    expect(chat_page.get_by_text(RUNS)).to_be_visible()


def test_nothing_is_recorded_in_a_conversation_that_did_not_ask(
    chat_page: Page, desk: Desk, address: str
) -> None:
    open_watched(chat_page, desk, address)
    chat_page.get_by_role("button", name="Record a voice message").click()
    other = f"{address}0"
    chat_page.evaluate("to => { location.hash = to; }", quote(other, safe=""))
    expect(chat_page.get_by_text(f"You are {other[9:]}")).to_be_visible()
    chat_page.evaluate("allow()")
    chat_page.wait_for_function(ALL_ARE_OFF)
    expect(chat_page.get_by_text("Recording")).to_be_hidden()
    chat_page.get_by_role("button", name="Record a voice message").click()
    expect(chat_page.get_by_text(RUNS)).to_be_visible()


def test_what_was_recorded_before_the_microphone_went_away_is_sent(
    chat_page: Page, desk: Desk, bot: ScriptedBot, address: str
) -> None:
    open_watched(chat_page, desk, address)
    chat_page.evaluate("allow()")
    chat_page.get_by_role("button", name="Record a voice message").click()
    expect(chat_page.get_by_text(RUNS)).to_be_visible()
    chat_page.evaluate("microphones[0].stop()")
    chat_page.wait_for_function("recorders[0].state === 'inactive'")
    chat_page.get_by_role("button", name="Send", exact=True).click()
    sent = chat_page.locator(".bubble.inbound")
    expect(sent.locator("audio")).to_be_visible()
    expect(sent.get_by_label("Delivered")).to_be_visible()
    assert sent.locator("audio").evaluate(LOADS_SOUND)
