"""Pictures, sounds and files: a customer's to the operator, the operator's back."""

from dataclasses import replace
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import pytest

from bot.chat.relay import sentences
from bot.media.fetching import NotYetFetchedError
from bot.relay.alerts import LaterError
from bot.relay.media import LEAST_SECONDS, fetch_all
from db.records import SeenMedia, Turn
from tests.bot.media.outgoing import files
from tests.bot.relay.office import Office, Person
from tests.db import sql
from tests.records import said

CAKE = "https://api.twilio.com/cake.png"


def brings(url: str = CAKE, media_type: str = "image/png") -> tuple[dict[str, Any]]:
    return ({"type": media_type, "url": url},)


def stored(content: bytes, name: str) -> list[str]:
    return [f"stored:{sha256(content).hexdigest()}", f"name:{name}"]


@pytest.fixture
def quoted(office: Office, ben: Person, alerted: Person) -> str:
    office.twilio.files |= {
        CAKE: files.PNG,
        "https://api.twilio.com/voice.ogg": files.ogg(),
        "https://api.twilio.com/page.html": files.HTML,
        "https://api.twilio.com/huge.mp4": None,
    }
    return alerted.last


def test_a_quoted_reply_goes_along_with_its_picture_once(
    office: Office, ben: Person, alerted: Person, quoted: str
) -> None:
    alerted.says("Like *this*", quoting=quoted, media=brings())
    assert alerted.reads()[0].startswith("Sent to Ben")
    assert ben.reads() == ["Like *this*"]
    assert ben.gets() == [stored(files.PNG, "cake.png")]
    assert office.twilio.asked == [CAKE]


def test_a_picture_alone_and_a_voice_note_are_words_in_the_transcript(
    office: Office, ben: Person, alerted: Person, quoted: str
) -> None:
    alerted.says("", quoting=quoted, media=brings())
    voice = brings("https://api.twilio.com/voice.ogg", "audio/ogg")
    alerted.says("And this", quoting=quoted, media=voice)
    assert ben.reads() == ["", "And this", ""]
    assert ben.gets() == [
        stored(files.PNG, "cake.png"), stored(files.ogg(), "voice.ogg")
    ]  # fmt: skip
    said = (
        "SELECT string_agg(turn ->> 'content', '|' ORDER BY n) FROM userchats,"
        " jsonb_array_elements(messages) WITH ORDINALITY AS turns (turn, n)"
        " WHERE customer_id = %(user_id)s AND turn ? 'author'"
    )
    told = sql.value(office.database, said, user_id=ben.user_id)
    assert told == "[picture]|And this"


@pytest.mark.parametrize("name", ["page.html", "huge.mp4", "late.png"])
def test_what_cannot_go_along_is_told(
    office: Office, ben: Person, alerted: Person, quoted: str, name: str
) -> None:
    media = brings(f"https://api.twilio.com/{name}", "text/html")
    alerted.says("", quoting=quoted, media=media)
    assert sentences.NO_MEDIA in alerted.reads()[0]
    assert ben.reads() == []
    alerted.says("Look", quoting=quoted, media=media)
    assert sentences.ONLY_SOME in alerted.reads()[0]
    assert (ben.reads(), ben.gets()) == (["Look"], [])


def test_an_operator_who_talks_to_the_bot_has_nothing_fetched(office: Office) -> None:
    olga = office.operator("Olga", 9001)
    olga.says("What is this?", media=brings())
    assert olga.reads()[0].startswith("I am the bot.")
    assert office.twilio.asked == []


def test_what_a_customer_sends_to_a_person_reaches_their_phone(
    office: Office, ben: Person, alerted: Person, quoted: str
) -> None:
    ben.says("This cake", media=brings())
    ben.says("", media=brings("https://api.twilio.com/page.html", "text/html"))
    office.pass_seconds(60)
    assert office.tell(ben) == 1
    words, caption = alerted.reads()
    assert words.endswith("> This cake\n> [picture]\n> [file]")
    assert caption == f"#{office.ticket_of(ben)} Ben:"
    assert alerted.gets() == [stored(files.PNG, "cake.png")]
    alerted.says("Nice", quoting=alerted.last)
    assert ben.reads() == ["Nice"]
    office.pass_seconds(60)
    assert office.tell(ben) == 0
    assert office.twilio.asked.count(CAKE) == 1


def test_what_is_late_is_waited_for_and_then_told_in_words(
    office: Office, ben: Person, alerted: Person, quoted: str
) -> None:
    late = "https://api.twilio.com/late.png"
    ben.says("Look", media=brings(late))
    office.pass_seconds(60)
    with pytest.raises(LaterError):
        office.tell(ben)
    office.twilio.files[late] = files.JPEG
    assert office.tell(ben) == 1
    alerted.reads()
    assert alerted.gets() == [stored(files.JPEG, "late.png")]


def test_what_never_comes_holds_no_words_up(
    office: Office, ben: Person, alerted: Person
) -> None:
    ben.says("Look", media=brings("https://api.twilio.com/never.png"), minutes=5)
    office.pass_seconds(60)
    assert office.tell(ben) == 1
    assert alerted.reads()[0].endswith("> Look\n> [picture]")


def test_however_much_is_passed_on_it_takes_no_longer() -> None:
    given: list[float] = []

    def fetch(_user_id: UUID, _turn: Turn, seconds: float) -> list[SeenMedia]:
        given.append(seconds)
        raise NotYetFetchedError("away")

    photo = {"type": "image/jpeg", "url": "x"}
    turns = [replace(said("Hi").turn, media=(photo,)) for _ in range(50)]
    assert fetch_all(fetch, uuid4(), turns, seconds=0) == ({}, True)
    assert given == [LEAST_SECONDS] * 50
