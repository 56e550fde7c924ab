"""An operator's file: what its bytes are counts, and what WhatsApp takes is sent."""

from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest
from werkzeug.test import TestResponse

from db.database import Database
from tests.bot.console.chat.conftest import Desk
from tests.bot.media.outgoing import files
from tests.db.sql import rows, value

PARTS = "SELECT body, media FROM reply_parts ORDER BY sequence"
SAID = "SELECT messages -> -1 ->> 'content' FROM userchats"
KEPT = "SELECT count(*) FROM media_contents"


def send(desk: Desk, content: bytes, name: str, text: str = "") -> TestResponse:
    return desk.reply(text, file=(BytesIO(content), name))


def stored(content: bytes, name: str) -> list[str]:
    return [f"stored:{sha256(content).hexdigest()}", f"name:{name}"]


@pytest.mark.parametrize(
    ("content", "name", "text", "sent"),
    [
        (files.PNG, "cake.png", "The cake", ["The cake"]),
        (files.PDF, "offer.pdf", "", [""]),
        (files.ogg(), "hi.ogg", "Listen", ["Listen", ""]),
    ],
    ids=["picture", "file", "sound"],
)
def test_a_file_is_sent_with_its_words(
    desk: Desk, content: bytes, name: str, text: str, sent: list[str]
) -> None:
    assert send(desk, content, name, text).status_code == 303
    database = desk.client.application.extensions["console"].database
    found = rows(database, PARTS)
    assert [body for body, _ in found] == sent
    assert found[-1][1] == stored(content, name)
    assert value(database, SAID) == (text or f"[file: {name}]")
    assert "/sent/" in desk.page()


def test_a_name_says_nothing_of_where_it_lay_nor_what_it_is(
    desk: Desk, database: Database
) -> None:
    assert send(desk, files.PDF, "C:\\tmp\\../Offer 2026.exe").status_code == 303
    assert rows(database, PARTS) == [("", stored(files.PDF, "Offer 2026.pdf"))]
    assert value(database, SAID) == "[file: Offer 2026.pdf]"


def keep_in(desk: Desk, folder: Path) -> None:
    extensions = desk.client.application.extensions
    extensions["console"] = replace(extensions["console"], media_folder=folder)


def test_a_file_lies_in_the_folder_and_is_shown_from_there(
    desk: Desk, database: Database, tmp_path: Path
) -> None:
    keep_in(desk, tmp_path)
    assert send(desk, files.PNG, "a.png", "The cake").status_code == 303
    assert value(database, "SELECT content FROM media_contents") is None
    reference = value(database, "SELECT reference_id FROM reply_parts")
    shown = desk.client.get(f"{desk.path}/sent/{reference}/0")
    assert (shown.status_code, shown.data) == (200, files.PNG)


def test_a_folder_that_takes_nothing_is_told_and_nothing_is_sent(
    desk: Desk, database: Database, tmp_path: Path
) -> None:
    (tmp_path / "full").write_text("a file where a folder should be")
    keep_in(desk, tmp_path / "full")
    answer = send(desk, files.PNG, "a.png", "The cake")
    assert answer.status_code == 409
    assert "The file can&#39;t be kept, so nothing was sent" in answer.text
    assert "The cake" in answer.text, "what was typed is there still"
    assert (rows(database, PARTS), value(database, KEPT)) == ([], 0)
    assert desk.reply("The cake").status_code == 303


def test_a_long_text_stands_before_its_picture(desk: Desk, database: Database) -> None:
    assert send(desk, files.PNG, "a.png", "word " * 300).status_code == 303
    (words, none), (empty, media) = rows(database, PARTS)
    assert (none, empty, media) == (None, "", stored(files.PNG, "a.png"))
    assert words.startswith("word word")


@pytest.mark.parametrize(
    ("content", "name", "why"),
    [
        (files.HTML, "picture.jpg", "WhatsApp takes no such file"),
        (files.SVG, "drawing.svg", "WhatsApp takes no such file"),
        (b"MZ\x90", "invoice.pdf", "WhatsApp takes no such file"),
        (b"", "empty.pdf", "The file is empty"),
        (files.WEBP + bytes(100 * 1024), "large.webp", "WEBP up to 100 KB"),
    ],
    ids=["page", "drawing", "program", "empty", "large"],
)
def test_what_whatsapp_does_not_take_is_refused(
    desk: Desk, database: Database, content: bytes, name: str, why: str
) -> None:
    answer = send(desk, content, name, "Look at <this>")
    assert answer.status_code == 409
    assert why in answer.text
    assert "Look at &lt;this&gt;</textarea>" in answer.text
    assert rows(database, PARTS) == []
    assert value(database, KEPT) == 0


def test_what_is_larger_than_any_file_is_not_read(desk: Desk) -> None:
    form, kind = bytes(17 * 2**20), "multipart/form-data; boundary=x"
    answer = desk.client.post(f"{desk.path}/reply", data=form, content_type=kind)
    assert answer.status_code == 413
    assert "a file for a customer 16 MB" in answer.text


def test_a_form_that_is_sent_again_sends_nothing_twice(
    desk: Desk, database: Database
) -> None:
    reference_id = uuid4()
    for _ in range(2):
        file = (BytesIO(files.PDF), "a.pdf")
        answer = desk.reply("", reference_id=reference_id, file=file)
        assert answer.status_code == 303
    assert len(rows(database, PARTS)) == 1


def test_a_chat_that_changed_hands_keeps_words_and_asks_for_the_file(
    desk: Desk, database: Database
) -> None:
    version = int(desk.version()) + 1
    file = (BytesIO(files.PDF), "a.pdf")
    answer = desk.reply("Here", version=str(version), file=file)
    assert answer.status_code == 409
    assert "Choose the file again." in answer.text
    assert value(database, KEPT) == 0
