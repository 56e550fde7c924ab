from typing import Any
from urllib.parse import urlsplit

import pytest

from bot.simulator.mailbox import Mailbox
from bot.simulator.phone.writing import MOST_FILE_BYTES
from bot.simulator.records import Media, PhoneMessage, new_sid
from tests.bot.simulator.desk import Desk
from tests.bot.simulator.scripted_bot import ScriptedBot

PICTURE = b"\x89PNG not really \x00\xff"


def send_file(desk: Desk, address: str, name: str, data: bytes, kind: str) -> Any:
    form = {"from": address, "body": "See this"}
    files = {"file": (name, data, kind)}
    return desk.phone("POST", "messages", data=form, files=files)


def test_a_picture_goes_to_the_bot_and_back_to_the_page(
    desk: Desk, bot: ScriptedBot, address: str
) -> None:
    said = send_file(desk, address, "cat.png", PICTURE, "image/png").json()
    assert said["message_sid"].startswith("MM")
    [got] = bot.inbound_from(address)
    assert (got.form["NumMedia"], got.form["MessageType"]) == ("1", "image")
    assert got.form["MediaContentType0"] == "image/png"
    assert got.form["MediaUrl0"].startswith(desk.url)
    downloaded = desk.rest("GET", urlsplit(got.form["MediaUrl0"]).path)
    assert downloaded.content == PICTURE
    assert downloaded.headers["Content-Type"] == "image/png"
    [message] = desk.conversation(address)["messages"]
    [media] = message["media"]
    assert (media["type"], media["name"]) == ("image/png", "cat.png")
    assert desk.rest("GET", media["url"], auth=None).content == PICTURE


def test_media_lie_in_a_store_whose_address_is_good_without_a_login(
    desk: Desk, bot: ScriptedBot, address: str
) -> None:
    send_file(desk, address, "cat.png", PICTURE, "image/png")
    path = urlsplit(bot.inbound_from(address)[0].form["MediaUrl0"]).path
    led = desk.rest("GET", path, allow_redirects=False)
    assert led.status_code == 307
    stored = led.headers["Location"]
    assert desk.rest("GET", stored, auth=None).content == PICTURE
    place, _, _ = stored.partition("?")
    later = stored.replace("Expires=", "Expires=9")
    for forged in (place, f"{stored}0", later, f"{place}?Expires=x&Signature=y"):
        assert desk.rest("GET", forged, auth=None).status_code == 403


def test_media_need_credentials(desk: Desk, bot: ScriptedBot, address: str) -> None:
    send_file(desk, address, "cat.png", PICTURE, "image/png")
    path = urlsplit(bot.inbound_from(address)[0].form["MediaUrl0"]).path
    assert desk.rest("GET", path, auth=None).status_code == 401


@pytest.mark.parametrize(
    ("kind", "message_type"),
    [
        ("audio/ogg", "audio"),
        ("video/mp4", "video"),
        ("application/pdf", "document"),
        ("text/vcard", "contacts"),
    ],
)
def test_files_have_their_message_type(
    desk: Desk, bot: ScriptedBot, address: str, kind: str, message_type: str
) -> None:
    send_file(desk, address, "file", b"data", kind)
    [got] = bot.inbound_from(address)
    assert got.form["MessageType"] == message_type


def test_a_web_page_that_was_sent_is_not_opened_as_one(
    desk: Desk, address: str
) -> None:
    send_file(desk, address, "x.html", b"<script>alert(1)</script>", "text/html")
    [message] = desk.conversation(address)["messages"]
    answer = desk.rest("GET", message["media"][0]["url"], auth=None)
    assert answer.headers["Content-Disposition"] == "attachment"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_deleted_media_is_gone(desk: Desk, bot: ScriptedBot, address: str) -> None:
    send_file(desk, address, "cat.png", PICTURE, "image/png")
    path = urlsplit(bot.inbound_from(address)[0].form["MediaUrl0"]).path
    assert desk.rest("DELETE", f"{path}.json").status_code == 204
    assert desk.rest("GET", path).status_code == 404


def test_a_file_over_the_limit_is_refused(desk: Desk, address: str) -> None:
    data = bytes(MOST_FILE_BYTES + 1)
    answer = send_file(desk, address, "film.mp4", data, "video/mp4")
    assert answer.status_code == 400
    assert "16 MB" in answer.json()["error"]


def written(size: int = 0) -> PhoneMessage:
    sid = new_sid("MM")
    media = Media(new_sid("ME"), sid, "image/png", "cat.png")
    address = "whatsapp:+15550000000"
    return PhoneMessage(sid, address, media=media, content=bytes(size))


def test_only_the_newest_messages_are_kept() -> None:
    box = Mailbox(most_messages=3)
    messages = [written().as_message() for _ in range(5)]
    for message in messages:
        box.add(message)
    assert box.messages_with(messages[0].address) == messages[2:]
    assert box.newest_first() == messages[:1:-1]
    assert box.find(messages[0].sid) is None


@pytest.mark.parametrize(("most", "most_bytes"), [(2, 10_000), (10, 250)])
def test_only_the_newest_files_are_kept(most: int, most_bytes: int) -> None:
    box = Mailbox(most_media=most, most_media_bytes=most_bytes)
    sent = [written(size=100) for _ in range(4)]
    for each in sent:
        box.add(each.as_message(), each.content)
    kept = [box.content(each.media.sid) is not None for each in sent if each.media]
    assert kept == [False, False, True, True]
