"""Whole talks in German and Arabic: commands, limits, handoff, and what went wrong."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import product
from typing import Literal

import pytest

from bot.chat import sentences
from bot.chat.commands import sentences as commands
from bot.chat.commands.dress import as_word
from bot.chat.facts import sentences as facts
from bot.chat.facts.commands import QUESTIONS as ABOUT_FACTS
from bot.chat.handoff.policy import HandoffPolicy
from bot.chat.language.choosing import Choosing
from bot.chat.lead import sentences as lead
from bot.chat.limits import sentences as limits
from bot.chat.limits.allowance import Allowance
from bot.chat.media import sentences as troubles
from bot.chat.media.seeing import unreadable_sentences
from bot.chat.preferences.settings import QUESTIONS as ABOUT_SETTINGS
from bot.languages.detecting import detect
from bot.languages.names import LANGUAGES
from bot.languages.speaking import every_wording, speak
from bot.media.troubles import Trouble, tell_trouble
from db.chats import PostgresChatStore
from db.database import Database
from db.delivery.answered import AnswersOfLate
from db.memory.facts import Facts
from db.memory.knowing import People
from db.memory.languages import remember_language
from db.records import Fact, SeenMedia
from tests.bot.chat.conversation import ADDRESS, Conversation
from tests.bot.chat.transcripts import chat_of, user_says
from tests.db.sql import value, values

Ana = Callable[..., Conversation]
BOTH = pytest.mark.parametrize("language", ["de", "ar"])
GREETING = {
    "de": "Guten Tag, wann haben Sie morgen geöffnet?",
    "ar": "مرحبا، متى تفتحون غدا؟",
}
MINE = "SELECT user_id FROM users WHERE phone_number = %(address)s"
ERASING = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'erase_person'"
TYPES = ("audio/ogg", "image/png", "text/vcard", "application/pdf", "video/mp4")
TOLD_AT = datetime.now(UTC) - timedelta(days=1)


@pytest.fixture
def meet(database: Database, pg: PostgresChatStore) -> Ana:
    def meet(language: str, handoff: HandoffPolicy | None = None) -> Conversation:
        ana = Conversation("OK", store=pg, handoff=handoff)
        remember = partial(remember_language, database)
        know, choosing = (
            People(database).know,
            Choosing(detect=detect, remember=remember),
        )
        counts = AnswersOfLate(database)
        ana.talk = replace(ana.talk, know=know, languages=choosing, counts=counts)
        assert tell(ana, GREETING[language]) == "OK"
        return ana

    return meet


def tell(ana: Conversation, text: str) -> str:
    ana.says(text)
    return "\n".join(ana.hears())


def english() -> Iterator[str]:
    """Sentences of ours that nobody should meet in another language."""
    for module in (sentences, commands, facts, lead, limits, troubles):
        for name, said in vars(module).items():
            if name.isupper() and isinstance(said, str) and len(said) > 20:
                yield said.partition("{")[0]


@BOTH
def test_commands_say_nothing_in_english(meet: Ana, language: str) -> None:
    ana = meet(language, HandoffPolicy())
    asked: tuple[str, ...] = (
        "/help",
        "/settings",
        "/settings length",
        "/me",
        "/me email x",
        "/memory",
    )
    asked += ("/forget 7", "/feedback", "/language", "/bot", "/human", "/new", "STOP")
    heard = [tell(ana, text) for text in asked]
    assert all(heard)
    known = [each for each in english() if len(each) > 20]
    assert len(known) > 40
    assert [each for each in known if any(each in said for said in heard)] == []
    assert f": {LANGUAGES[language][1]}" in heard[3].splitlines()[4]
    assert heard[10].startswith(speak(language, sentences.PASSED_ON)[:40])


@BOTH
def test_limits_are_told_in_their_language_and_are_no_answers(
    meet: Ana, language: str
) -> None:
    ana = meet(language)
    ana.talk = replace(ana.talk, allowance=Allowance(per_person=2))
    assert tell(ana, GREETING[language]) == "OK"
    beyond = speak(language, limits.TOO_MANY_OF_YOURS)
    assert tell(ana, GREETING[language]) == beyond
    assert tell(ana, GREETING[language]) == "", "told once a day"
    ana.talk = replace(ana.talk, allowance=Allowance(per_person=3))
    assert tell(ana, GREETING[language]) == "OK", "the word itself was no answer"


@BOTH
def test_being_forgotten_takes_the_words_of_their_language_or_another(
    database: Database, meet: Ana, language: str
) -> None:
    ana = meet(language)
    yes = speak(language, facts.YES_FORGET)
    assert f"{yes}" in tell(ana, "/forget")
    assert tell(ana, f"{yes} x") == "OK", "anything else leaves all as it is"
    assert tell(ana, yes) == "OK", "nothing is asked any more"
    assert value(database, ERASING) == 0
    tell(ana, "/forget")
    assert tell(ana, f"*{yes.lower()}*!") == speak(language, facts.ERASED)
    assert value(database, ERASING) == 1


def test_an_answer_is_known_in_whichever_language_it_is_given(meet: Ana) -> None:
    ana = meet("de")
    tell(ana, "/settings length")
    assert "breve" not in tell(ana, "breve"), "it is Spanish, the talk German"
    assert "*kurz*" in tell(ana, "/settings")
    tell(ana, "/settings الطول طويل")
    assert "*lang*" in tell(ana, "/settings")
    assert tell(ana, "/me البريد الإلكتروني: ana@example.com").endswith(
        "E-Mail: ana@example.com"
    )


def test_no_word_answers_a_question_in_two_ways() -> None:
    for question in (*ABOUT_SETTINGS, *ABOUT_FACTS[1:]):
        said = [
            word
            for entry in question.answers
            for word in {as_word(each) for each in every_wording(entry.spoken)}
        ]
        assert len(said) > len(question.answers)
        assert len(said) == len(set(said)), question.name


def test_what_is_listed_from_right_to_left_is_forgotten_by_its_number(
    database: Database, meet: Ana
) -> None:
    ana = meet("ar")
    fact = Fact(text="يحب الخبز", kind="person", message_sid="SM1", told_at=TOLD_AT)
    Facts(database).keep(value(database, MINE, address=ADDRESS), [fact])
    listed = tell(ana, "/memory").splitlines()[1]
    assert listed == f"1. يحب الخبز (\u2068{TOLD_AT.date()}\u2069)"
    assert "يحب الخبز" in tell(ana, "/forget 1")
    assert values(database, "SELECT text FROM user_facts") == []


@BOTH
def test_whatever_could_not_be_read_is_told_in_their_language(language: str) -> None:
    known = set(english()) | set(troubles.BROKEN.values())
    errors = [tell_trouble(trouble, "why") for trouble in Trouble]
    turn = user_says("", "1", "audio/ogg")
    for media_type, error in product(TYPES, (*errors, "", None)):
        state: Literal["fetched", "read", "unreadable"] = "read"
        state = "unreadable" if error else "fetched" if error is None else state
        seen = SeenMedia(
            message_sid="1", position=0, state=state, media_type=media_type, error=error
        )  # fmt: skip
        chat = chat_of(turn, seen={("1", 0): seen}, language=language)
        said = unreadable_sentences(chat, [turn])
        assert said or state == "read", (media_type, error)
        assert not said or said not in known
        ours = unreadable_sentences(replace(chat, language="en"), [turn])
        assert speak(language, ours) == said
