"""Media of ours on their way: named in the store, addressed just before the send."""

from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from bot.media.outgoing.addresses import MediaAddresses
from bot.media.outgoing.folder import MediaFolder
from bot.media.outgoing.refs import FileRef, StoredRef
from db.database import Database
from db.media.contents import MediaContents
from db.records import PartContent
from tests.bot.media.outgoing import files
from tests.bot.whatsapp.desk import Desk
from tests.bot.whatsapp.scripted_twilio import BROKEN, Exchange, ScriptedTwilio
from tests.db.sql import change

SHOP = "https://shop.example/1.png"


@pytest.fixture
def desk(database: Database, rest_server: Exchange, tmp_path: Path) -> Desk:
    (tmp_path / "menu.pdf").write_bytes(files.PDF)
    return Desk(database, rest_server.url, MediaFolder(tmp_path))


@pytest.fixture
def voice(database: Database) -> str:
    return str(StoredRef(MediaContents(database).put(files.ogg(), "audio/ogg")))


def test_a_ref_becomes_an_address_that_leads_to_it(
    desk: Desk, twilio: ScriptedTwilio, voice: str
) -> None:
    desk.stores(PartContent("the menu", media=("file:menu.pdf",)))
    desk.stores(PartContent("", media=(voice,)), PartContent("one", media=(SHOP,)))
    desk.stores(PartContent("", media=(voice, "name:../Our song.exe")))
    desk.sends_now()
    assert desk.statuses == ["sent"] * 4
    assert twilio.bodies == ["the menu", "", "one", ""]
    (menu,), (spoken,), (shop,), (song,) = (form["MediaUrl"] for form in twilio.forms)
    assert shop == SHOP
    assert menu.startswith("https://bot.example/media/")
    assert "Body" not in twilio.forms[1]
    reading = MediaAddresses(["token"])
    assert reading.read(token_of(menu)) == FileRef("menu.pdf")
    assert str(reading.read(token_of(spoken))) == voice
    assert unquote(urlsplit(spoken).path).endswith("/voice.ogg")
    assert unquote(urlsplit(song).path).endswith("/Our song.ogg")


def token_of(address: str) -> str:
    return urlsplit(address).path.split("/")[2]


def test_a_send_without_an_answer_is_recognised_by_its_words(
    desk: Desk, twilio: ScriptedTwilio, voice: str
) -> None:
    desk.stores(PartContent("", media=(voice,)))
    twilio.answers.append(BROKEN)
    desk.sends_now()
    sent = {"to": "whatsapp:+15551230001", "direction": "outbound-api", "body": None}
    twilio.taken.append({**sent, "sid": "MM" + "1" * 32, "status": "sent"})
    desk.passes(60)
    desk.sends_later()
    assert desk.statuses == ["sent"]
    assert len(twilio.forms) == 1


@pytest.mark.parametrize("media", ["file:none.pdf", "stored:" + "0" * 64, "stored:x"])
def test_what_is_not_there_leaves_its_words_alone(
    desk: Desk, twilio: ScriptedTwilio, media: str
) -> None:
    desk.stores(PartContent("the menu", media=(media,)))
    desk.stores(PartContent("", media=(media,)))
    desk.stores("later")
    desk.sends_now()
    assert desk.statuses == ["sent", "failed", "sent"]
    assert [form.get("MediaUrl") for form in twilio.forms] == [None, None]
    assert twilio.bodies == ["the menu", "later"]


def test_what_whatsapp_would_refuse_is_not_sent(
    desk: Desk, twilio: ScriptedTwilio, database: Database
) -> None:
    page = StoredRef(MediaContents(database).put(files.HTML, "text/html"))
    large = StoredRef(MediaContents(database).put(files.JPEG, "image/jpeg"))
    change(database, "UPDATE media_contents SET size = 6000000 WHERE size < 50")
    desk.stores(*(PartContent("words", media=(str(one),)) for one in (page, large)))
    desk.sends_now()
    assert [form.get("MediaUrl") for form in twilio.forms] == [None, None]


def test_without_a_folder_its_files_are_not_sent(
    database: Database, rest_server: Exchange, twilio: ScriptedTwilio
) -> None:
    desk = Desk(database, rest_server.url)
    content = PartContent("words", media=("file:menu.pdf",))
    desk.stores(content, replace(content, media=(SHOP,)))
    desk.sends_now()
    assert [form.get("MediaUrl") for form in twilio.forms] == [None, [SHOP]]
