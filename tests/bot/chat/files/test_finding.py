"""When a user's own files are looked through, and how they share a prompt."""

from dataclasses import replace

from bot.chat.files.finding import FilesFound
from bot.chat.files.joining import with_own
from bot.chat.sources.asking import question_of
from bot.chat.sources.material import Material
from db.records import Found, Passage, SeenMedia
from tests.bot.chat.sources.shelf import PRICES
from tests.bot.chat.transcripts import bot_said, chat_of, user_says


def test_a_talk_without_files_asks_the_database_for_nothing() -> None:
    asked: list[object] = []
    found = FilesFound(lambda *of: asked.append(of) or [], lambda *_: {})  # type: ignore[func-returns-value]
    batch = (user_says("What does the contract say?", "2"),)
    before = user_says("Look", "1", "application/pdf")
    chat = chat_of(before, bot_said("I see.", "1"), *batch)
    question = question_of(chat, batch, 1500)
    assert (found.find(chat, batch, question), asked) == (Found(), [])
    seen = SeenMedia(
        message_sid="1", position=0, state="read", media_type="application/pdf"
    )
    found.find(replace(chat, seen={("1", 0): seen}), batch, question)
    assert asked == [(chat.user_id, [("1", 0)])]


def test_both_kinds_of_material_share_the_room() -> None:
    def passages(own: bool) -> tuple[Passage, ...]:
        return tuple(
            replace(PRICES, chunk_id=at, text="word " * 100, is_own=own)
            for at in range(8)
        )

    business = Material.of(Found(passages=passages(own=False), confidence=0.9))
    own = Found(passages=passages(own=True), confidence=0.5)
    alone = with_own(Material.of(Found()), own, 1500)
    both = with_own(business, own, 1500).within(1500)
    counted = [passage.is_own for passage in both.passages]
    assert len(alone.passages) > sum(counted) > counted.count(False) > 0
    assert counted == sorted(counted, reverse=True)
