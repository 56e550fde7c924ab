"""Several pictures, each a message of its own, are one turn."""

from bot.chat.patience import Pace
from db.chats import PostgresChatStore
from db.database import Database
from db.records import Turn
from tests.bot.chat.conversation import Waits
from tests.bot.chat.media.eyes import PHOTO, Given, Sees, SightedConversation, sighted
from tests.bot.chat.transcripts import user_says
from tests.db.sql import value

PATIENT = Pace(quiet_seconds=1, quiet_media_seconds=8)


def test_three_pictures_and_a_text_get_one_answer(
    pg: PostgresChatStore, database: Database
) -> None:
    coming = ["b", "c", "Which is best?"]

    def next_comes() -> None:
        one = coming.pop(0) if coming else ""
        if len(one) == 1:
            ana.sends("image/jpeg", one)
        elif one:
            ana.says(one)

    waits = Waits(next_comes)
    lie = {name: PHOTO + name.encode() for name in "abc"}
    senses = {"image": Sees("words")}
    ana: SightedConversation = sighted(
        pg, database, lie, senses, "C.", pace=PATIENT, waits=waits
    )
    ana.sends("image/jpeg", "a")
    assert ana.hears() == ["C."]
    assert len(ana.last.in_reply_to) == 4
    assert ana.fetched == ["a", "b", "c"]
    assert len(ana.thoughts.prompts) == 1
    assert [seconds > 3 for seconds in waits.seconds[:4]] == [True, True, True, False]


def test_a_picture_that_comes_while_another_is_fetched_is_looked_at_too(
    pg: PostgresChatStore, database: Database
) -> None:
    def slow() -> bytes:
        ana.sends("image/jpeg", "b")
        return PHOTO

    lie: dict[str, Given] = {"a": slow, "b": PHOTO + b"b"}
    ana = sighted(pg, database, lie, {"image": Sees("words")}, "Two.")
    ana.sends("image/jpeg", "a")
    assert ana.hears() == ["Two."]
    assert len(ana.last.in_reply_to) == 2
    assert len(ana.thoughts.prompts) == 1
    assert value(database, "SELECT count(*) FROM media WHERE state = 'read'") == 2


def test_a_picture_that_comes_while_the_llm_works_is_looked_at_too(
    pg: PostgresChatStore, database: Database
) -> None:
    def thinks() -> str:
        ana.sends("image/jpeg", "b")
        return "One."

    lie = {"a": PHOTO, "b": PHOTO + b"b"}
    ana = sighted(pg, database, lie, {"image": Sees("words")}, thinks, "Two.")
    ana.sends("image/jpeg", "a")
    assert ana.hears() == ["Two."]
    assert value(database, "SELECT count(*) FROM media WHERE state = 'read'") == 2


def test_how_long_it_is_quiet_depends_on_what_came() -> None:
    photo = user_says("", "1", "image/jpeg")
    captioned = user_says("These?", "2", "image/jpeg")
    voice = user_says("", "3", "audio/ogg")
    text = user_says("Which?", "4")
    old = user_says("", "5", "image/jpeg", minutes=1)

    def left(*batch: Turn, looks: bool = True) -> int:
        return round(PATIENT.quiet_left(batch, looks=looks))

    assert (left(photo), left(captioned), left(voice), left(text)) == (8, 3, 1, 1)
    assert (left(photo, text), left(photo, voice)) == (3, 8)
    assert left(photo, looks=False) == 1, "who can't look has nothing to wait for"
    assert left(old) < 0
