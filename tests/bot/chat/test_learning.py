"""What teachers send with /learn is learned; from anybody else it is a message."""

from collections import deque
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.chat import sentences
from bot.chat.learning.taught import Taught
from bot.chat.rules import next_batch
from bot.knowledge.taking_in.lessons import (
    FetchedFile,
    Learned,
    Lesson,
    NotLearnedError,
    NotYetError,
    School,
)
from db.in_memory import MemoryChatStore
from db.records import Userchat
from tests.bot.chat.conversation import Conversation, Waits
from tests.bot.chat.transcripts import chat_of, user_says

PDF = {
    "NumMedia": "1",
    "MediaContentType0": "application/pdf",
    "MediaUrl0": "https://api.twilio.com/x",
}
PRICES = FetchedFile(b"Rye 3.20", "prices.pdf", "application/pdf")


class TeachersStore(MemoryChatStore):
    """Everybody teaches."""

    def load_chat(self, chat_id: str) -> Userchat | None:
        chat = super().load_chat(chat_id)
        return chat and replace(chat, is_teacher=True)


class Shelf:
    """Documents by place; each is read at the second look, as far as it can be."""

    def __init__(self, refusal: str | None = None, looks: int = 2) -> None:
        self.documents: dict[str, bytes] = {}
        self.refusal = refusal
        self.looks = looks
        self.title = ""

    def put(self, file: FetchedFile, place: str, title: str | None) -> int:
        self.documents[place] = file.content
        self.title = title or "What it says"
        return 1

    def look(self, document_id: int) -> Learned:
        self.looks -= 1
        is_done = self.looks <= 0
        error = self.refusal if is_done else None
        return Learned(title=self.title, is_read=is_done and not error, error=error)


class Class:
    """A conversation with a bot that goes to school."""

    def __init__(
        self,
        *fetched: FetchedFile | Exception,
        shelf: Shelf | None = None,
        is_teacher: bool = True,
    ) -> None:
        store = TeachersStore if is_teacher else MemoryChatStore
        self.ana = Conversation(store=store(timedelta(days=1)))
        self.shelf = shelf or Shelf()
        self.fetched = deque(fetched or [PRICES])
        self.lessons: list[Lesson] = []
        self.waits = Waits()
        school = School(
            fetch=self._fetch, shelf=self.shelf, stopping=self.waits, read_seconds=0.05
        )
        answering = Taught(self.ana.talk.answering, school)
        self.ana.talk = replace(self.ana.talk, answering=answering)

    def _fetch(self, lesson: Lesson, seconds: float) -> FetchedFile:
        self.lessons.append(lesson)
        more = len(self.fetched) > 1
        found = self.fetched.popleft() if more else self.fetched[0]
        if isinstance(found, Exception):
            raise found
        return found


def test_a_teachers_document_is_learned_without_the_llm() -> None:
    lesson = Class()
    lesson.ana.says("/learn  Price list\n2026", 0, **PDF)
    assert lesson.ana.hears() == [sentences.LEARNED.format(what='"Price list 2026"')]
    assert lesson.shelf.documents == {"whatsapp:price list 2026": b"Rye 3.20"}
    assert lesson.ana.thoughts.prompts == []
    assert lesson.ana.last.command == "learn"
    assert lesson.ana.hears() == [], "said once"


def test_without_a_title_the_file_has_its_own() -> None:
    lesson = Class()
    lesson.ana.says("/LEARN", 0, **PDF)
    assert lesson.ana.hears() == [sentences.LEARNED.format(what='"prices"')]
    assert list(lesson.shelf.documents) == ["whatsapp:prices.pdf"]


def test_what_has_no_name_at_all_is_known_by_its_content() -> None:
    lesson = Class(FetchedFile(b"a"), FetchedFile(b"b"), FetchedFile(b"a"))
    for _ in range(3):
        lesson.ana.says("/learn", 0, **PDF)
    told = sentences.LEARNED.format(what='"What it says"')
    assert lesson.ana.hears() == [told] * 3
    assert sorted(lesson.shelf.documents.values()) == [b"a", b"b"]


def test_from_anybody_else_it_is_a_message() -> None:
    lesson = Class(is_teacher=False)
    lesson.ana.says("Hi")
    lesson.ana.says("/learn Price list", 0, **PDF)
    [said] = lesson.ana.hears()
    assert said.startswith("Yes.")
    assert "/learn Price list" in lesson.ana.llm_saw()[-1]
    assert (lesson.lessons, lesson.shelf.documents) == ([], {})


@pytest.mark.parametrize(
    ("fields", "answer"),
    [
        ({}, sentences.LEARN_NEEDS_FILE),
        ({**PDF, "MediaContentType0": "image/jpeg"}, sentences.LEARN_NO_DOCUMENT),
        ({**PDF, "MediaContentType0": "audio/ogg"}, sentences.LEARN_NO_DOCUMENT),
        ({**PDF, "MediaUrl0": ""}, sentences.LEARN_NO_DOCUMENT),
        ({**PDF, "NumMedia": "2"}, sentences.LEARN_ONE_FILE),
    ],
    ids=["no file", "picture", "voice", "no address", "two"],
)
def test_what_brings_no_document_is_told_what_to_send(
    fields: dict[str, str], answer: str
) -> None:
    lesson = Class()
    lesson.ana.says("/learn", 0, **fields)
    assert lesson.ana.hears() == [answer]
    assert lesson.lessons == []


def test_a_lesson_is_answered_alone_and_in_its_turn() -> None:
    turns = (user_says("Hi", "1"), user_says("/learn A", "2"), user_says("Open?", "3"))
    chat = chat_of(*turns, is_teacher=True)
    assert [turn.message_sid for turn in next_batch(chat)] == ["1"]
    assert len(next_batch(replace(chat, is_teacher=False))) == 3


def test_what_takes_longer_is_told_to_come() -> None:
    nameless = Class(FetchedFile(b"x"), shelf=Shelf(looks=10**9))
    nameless.ana.says("/learn", 0, **PDF)
    assert nameless.ana.hears() == [sentences.LEARNING.format(what="your document")]
    lesson = Class(shelf=Shelf(looks=10**9))
    lesson.ana.says("/learn Manual", 0, **PDF)
    assert lesson.ana.hears() == [sentences.LEARNING.format(what='"Manual"')]


@pytest.mark.parametrize("title", ["Manual", ""])
def test_why_it_could_not_be_learned_is_told(title: str) -> None:
    lesson = Class(NotLearnedError("it is larger than 16 MB"))
    lesson.ana.says(f"/learn {title}", 0, **PDF)
    [said] = lesson.ana.hears()
    assert said.startswith("Sorry")
    assert said.endswith("it is larger than 16 MB")
    unread = Class(shelf=Shelf(refusal="it asks for a password"))
    unread.ana.says("/learn Manual", 0, **PDF)
    assert unread.ana.hears()[0].endswith('"Manual": it asks for a password')


def test_what_may_come_later_is_tried_again_and_then_given_up() -> None:
    lesson = Class(NotYetError("away"), PRICES)
    lesson.ana.says("/learn A", 0, **PDF)
    assert lesson.ana.is_kept_waiting()
    assert lesson.ana.hears() == [sentences.LEARNED.format(what='"A"')]
    gone = Class(NotYetError("HTTP 404", most_tries=2))
    gone.ana.says("/learn A", 0, **PDF)
    assert gone.ana.is_kept_waiting()
    assert gone.ana.hears() == [sentences.GIVEN_UP]


def test_many_documents_at_once_stop_nobody() -> None:
    lesson = Class(shelf=Shelf(looks=0))
    for number in range(15):
        lesson.ana.says(f"/learn {number}", 0, **PDF)
    lesson.ana.says("Do you know them?")
    heard = lesson.ana.hears()
    assert len(lesson.shelf.documents) == 15
    assert heard[-1] == "Yes."
