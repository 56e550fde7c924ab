"""What came beside text, and what was sent: shown and served by the console."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest

from bot.console.operators import Operator
from bot.media.outgoing.refs import StoredRef
from db.chats import PostgresChatStore
from db.database import Database
from db.media.contents import MediaContents
from db.records import InboundMessage, PartContent
from tests.bot.console.chat.conftest import Desk, Seat
from tests.bot.media.outgoing import files
from tests.db.sql import change, take_in
from tests.records import answer_to, said

TWILIO = "https://api.twilio.com/2010-04-01/Accounts/AC/Messages/MM/Media/ME"
Came = Callable[..., str]


@pytest.fixture
def came(pg: PostgresChatStore, database: Database, ana: UUID) -> Came:
    """Have Ana send something; return the path of its bytes."""

    def send(content: bytes | None, media_type: str, **known: object) -> str:
        message = said("Look", address="whatsapp:+15551230001")
        media = ({"type": media_type, "url": TWILIO},)
        take_in(pg, replace(message, turn=replace(message.turn, media=media)))
        sha256 = content and MediaContents(database).put(content, media_type)
        row = {"sid": message.message_sid, "user_id": ana, "type": media_type}
        row |= {"sha256": sha256, "name": None, "text": None, "error": None}
        change(
            database,
            "INSERT INTO media (user_id, message_sid, position, state, media_type,"
            " file_name, sha256, text, error) VALUES (%(user_id)s, %(sid)s, 0, 'read',"
            " %(type)s, %(name)s, decode(%(sha256)s, 'hex'), %(text)s, %(error)s)",
            **{**row, **known},
        )
        return f"/chats/{ana}/came/{message.message_sid}/0"

    return send


@pytest.mark.parametrize(
    ("content", "media_type", "element"),
    [
        (files.JPEG, "image/jpeg", '<img class="bubble-picture" src="{}"'),
        (files.ogg(), "audio/ogg", '<audio controls preload="none" src="{}"'),
        (files.mp4(), "video/mp4", '<video class="bubble-picture" controls'),
        (files.PDF, "application/pdf", '<a href="{}" download>'),
    ],
    ids=["picture", "voice", "video", "file"],
)
def test_what_came_is_shown_and_served(
    desk: Desk, came: Came, content: bytes, media_type: str, element: str
) -> None:
    path = came(content, media_type, text="Two <b>please</b>")
    page = desk.page()
    assert element.format(path) in page
    assert "Two &lt;b&gt;please&lt;/b&gt;" in page
    assert "api.twilio.com" not in page
    answer = desk.client.get(path, headers={"Range": "bytes=0-3"})
    assert (answer.status_code, answer.data) == (206, content[:4])
    assert answer.headers["Content-Type"] == media_type
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (files.HTML, "text/html"),
        (files.SVG, "image/svg+xml"),
        (files.HTML, "application/pdf\r\nX-Evil: 1"),
    ],
    ids=["page", "drawing", "forged"],
)
def test_what_a_browser_could_run_is_a_file_to_save(
    desk: Desk, came: Came, content: bytes, media_type: str
) -> None:
    path = came(content, media_type, name='x"><script>.html\r\nSet-Cookie: a')
    page = desk.page()
    assert f'<a href="{path}" download>' in page
    assert "<script>." not in page
    answer = desk.client.get(path)
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert not {"X-Evil", "Set-Cookie"} & set(answer.headers.keys())


def test_what_was_not_had_is_told_in_words(desk: Desk, came: Came) -> None:
    path = came(None, "audio/ogg", error="it is larger than 16 MB")
    assert "a voice message or sound (audio/ogg): it is larger than 16 MB" in (
        desk.page()
    )
    assert desk.client.get(path).status_code == 404


def test_a_supporter_sees_what_came_in_the_active_chat_alone(
    seat: Seat, olga: Operator, pete: Operator, came: Came, database: Database
) -> None:
    path = came(files.JPEG, "image/jpeg")
    stranger = path.replace(path.split("/")[2], str(olga.user_id))
    assert seat(pete).client.get(stranger).status_code == 404
    assert seat(olga).client.get(path).status_code == 200
    change(database, "UPDATE userchats SET is_active = false")
    assert seat(olga).client.get(path).status_code == 404
    assert seat(pete).client.get(path).status_code == 200


def test_what_was_sent_is_shown(
    pg: PostgresChatStore, desk: Desk, first: InboundMessage, database: Database
) -> None:
    ref = StoredRef(MediaContents(database).put(files.PDF, "application/pdf"))
    parts = (
        PartContent("The offer", media=ref.called("Offer 2026.pdf")),
        PartContent("The menu", media=("file:menu.pdf",)),
        PartContent("Gone", media=(str(StoredRef("0" * 64)),)),
    )
    reply = answer_to(first, parts=parts)
    assert pg.record_reply(take_in(pg, said("?")), reply)
    path = f"{desk.path}/sent/{reply.turn.reference_id}/0"
    page = desk.page()
    assert f'<a href="{path}" download>Offer 2026.pdf</a>' in page
    assert "a file of MEDIA_OUT: menu.pdf" in page
    assert "a file, no longer kept" in page
    answer = desk.client.get(path)
    assert answer.data == files.PDF
    assert 'filename="Offer 2026.pdf"' in answer.headers["Content-Disposition"]
    assert desk.client.get(f"{path}1").status_code == 404


def test_the_page_changes_when_something_was_fetched(
    desk: Desk, came: Came, database: Database
) -> None:
    came(None, "image/jpeg")
    state = desk.page().split('data-state="')[1].split('"')[0]
    news = f"{desk.path}/news?state={state}"
    assert desk.client.get(news).status_code == 204
    sha256 = MediaContents(database).put(files.JPEG, "image/jpeg")
    change(
        database,
        "UPDATE media SET read_at = now(), sha256 = decode(%(sha256)s, 'hex')",
        sha256=sha256,
    )
    assert "bubble-picture" in desk.client.get(news).text
