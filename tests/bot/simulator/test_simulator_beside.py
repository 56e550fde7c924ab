"""What a phone sends beside text, as Twilio tells it; what the bot sends is shown."""

from typing import Any

import pytest
from flask import Response

from tests.bot.simulator.desk import NUMBER, Desk
from tests.bot.simulator.scripted_bot import ScriptedBot
from tests.house import eventually

THUMB = "\U0001f44d"


def told(bot: ScriptedBot, address: str) -> dict[str, str]:
    return bot.inbound_from(address)[-1].form


def test_a_reaction_names_its_message_and_is_taken_back(
    desk: Desk, bot: ScriptedBot, address: str
) -> None:
    sid = desk.bot_sends(address, "Hello")["sid"]
    about = {"OriginalRepliedMessageSid": sid, "OriginalRepliedMessageSender": NUMBER}
    for reaction, body in ((THUMB, THUMB), ("none", "")):
        desk.user_says(address, "", reaction=reaction, reply_to=sid)
        form = told(bot, address)
        assert (form["MessageType"], form["Body"]) == ("reaction", body)
        assert about.items() <= form.items()
    assert [m["reacts"] for m in desk.conversation(address)["messages"]] == [
        False, True, True,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("written", "fields"),
    [
        (
            {"choice": {"kind": "button", "text": "Yes", "payload": "yes-7"}},
            {"Body": "Yes", "ButtonText": "Yes", "ButtonPayload": "yes-7",
             "MessageType": "interactive"},
        ),
        (
            {"choice": {"kind": "list", "text": "Roses", "payload": "sku-2"}},
            {"Body": "Roses", "ListTitle": "Roses", "ListId": "sku-2"},
        ),
        (
            {"body": "Old", "forwarded": "once"},
            {"Body": "Old", "Forwarded": "true", "FrequentlyForwarded": "false"},
        ),
        ({"body": "Old", "forwarded": "often"}, {"FrequentlyForwarded": "true"}),
        (
            {"location": {"latitude": 1.5, "longitude": 2, "address": "Street 1"}},
            {"Latitude": "1.5", "Longitude": "2.0", "Address": "Street 1", "Body": ""},
        ),
    ],
)  # fmt: skip
def test_what_is_no_text_is_told_by_twilio_s_names(
    desk: Desk,
    bot: ScriptedBot,
    address: str,
    written: dict[str, Any],
    fields: dict[str, str],
) -> None:
    desk.user_says(address, **{"body": "", **written})
    assert fields.items() <= told(bot, address).items()


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ({"reaction": THUMB}, "A reaction names a message"),
        ({"choice": {"kind": "wish", "text": "x"}}, "'choice' needs 'kind'"),
        ({"choice": {"kind": "list"}}, "'choice' needs 'kind'"),
        ({"choice": {"kind": ["list"], "text": "x"}}, "'choice' needs 'kind'"),
        ({"location": {"latitude": 10**400, "longitude": 0}}, "'location' needs"),
        ({"body": "x", "forwarded": "twice"}, "'forwarded' must be once or often."),
        ({"choice": {"kind": "list", "text": "\ud800"}}, "lone surrogate"),
    ],
)
def test_what_no_phone_writes_is_refused(
    desk: Desk, address: str, written: dict[str, Any], why: str
) -> None:
    answer = desk.phone("POST", "messages", json={"from": address, **written})
    assert answer.status_code == 400
    assert why in answer.json()["error"]


def last_media(desk: Desk, address: str) -> dict[str, Any]:
    [media] = desk.conversation(address)["messages"][-1]["media"]
    return dict(media)


def test_what_the_bot_sends_is_loaded_from_it_and_shown(
    desk: Desk, bot: ScriptedBot, address: str
) -> None:
    desk.user_says(address)
    bot.files["voice"] = Response(b"OggS1234", content_type="audio/ogg; codecs=opus")
    desk.bot_sends(address, "", MediaUrl=f"{bot.origin}/files/voice")
    eventually(lambda: desk.statuses(address)[-1] == "delivered")
    media = last_media(desk, address)
    assert (media["type"], media["size"]) == ("audio/ogg", 8)
    part = desk.rest("GET", media["url"], auth=None, headers={"Range": "bytes=4-"})
    assert (part.status_code, part.content) == (206, b"1234")


def test_what_the_bot_names_and_has_not_fails(
    desk: Desk, bot: ScriptedBot, address: str
) -> None:
    desk.user_says(address)
    desk.bot_sends(address, "See", MediaUrl=f"{bot.origin}/files/none.png")
    eventually(lambda: desk.statuses(address)[-1] == "failed")
    assert desk.conversation(address)["messages"][-1]["error_code"] == 63019


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9/a.png",
        "https://127.0.0.1:9/a.png",
        "https://a.invalid/a.png",
    ],
)
def test_what_lies_elsewhere_is_a_link(desk: Desk, address: str, url: str) -> None:
    desk.user_says(address)
    desk.bot_sends(address, "See", MediaUrl=url)
    eventually(lambda: desk.statuses(address)[-1] == "delivered")
    media = last_media(desk, address)
    assert (media["url"], media["size"], media["type"]) == (url, None, "image/png")


def media_path(desk: Desk, bot: ScriptedBot, address: str) -> str:
    files = {"file": ("cat.png", b"\x89PNG 12", "image/png")}
    form = {"from": address, "body": ""}
    assert desk.phone("POST", "messages", data=form, files=files).status_code == 201
    return told(bot, address)["MediaUrl0"].removeprefix(desk.url)


def test_media_come_too_early_in_drops_or_from_elsewhere(
    desk: Desk, bot: ScriptedBot, address: str
) -> None:
    path = media_path(desk, bot, address)
    desk.order(
        {"on": "media_lead", "kind": "404"},
        {"on": "media_lead", "kind": "elsewhere"},
        {"on": "media", "kind": "drip", "seconds": 0.5},
    )
    assert desk.rest("GET", path).status_code == 404
    led = desk.rest("GET", path, allow_redirects=False)
    assert (led.status_code, led.headers["Location"][:22]) == (
        307, "http://169.254.169.254",
    )  # fmt: skip
    stored = desk.rest("GET", path, allow_redirects=False).headers["Location"]
    dripping = desk.rest("GET", stored, auth=None, stream=True)
    assert dripping.headers["Content-Length"] == "7"
    assert dripping.raw.read(9, decode_content=False) == b"\x89P"
    assert desk.rest("GET", path).content == b"\x89PNG 12"
