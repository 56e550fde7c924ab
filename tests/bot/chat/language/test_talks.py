"""Users are answered in their language: in what they write, said last, or chose."""

from dataclasses import replace
from datetime import UTC
from functools import partial
from uuid import uuid4

import pytest

from bot.chat import sentences
from bot.chat.handoff.hours import read_hours
from bot.chat.handoff.policy import HandoffPolicy
from bot.chat.language.choosing import Choosing
from bot.chat.language.disclosing import Disclosing
from bot.languages.calling_codes import SPOKEN, language_of_number
from bot.languages.detecting import detect
from bot.languages.speaking import speak
from db.chats import PostgresChatStore
from db.database import Database
from db.memory.knowing import People
from db.memory.languages import remember_language
from db.records import SeenMedia
from tests.bot.chat.conversation import AWAY, Conversation
from tests.bot.chat.transcripts import chat_of, user_says
from tests.db.sql import change, values

VOICE = {"NumMedia": "1", "MediaUrl0": "https://t/1", "MediaContentType0": "audio/ogg"}
MADRID = {"From": "whatsapp:+34600111222"}
SEEN = "SELECT language_seen FROM user_preferences"
CHOOSING = Choosing(detect=detect)


def meet(*thoughts: object, **given: object) -> Conversation:
    ana = Conversation(*thoughts, **given)  # type: ignore[arg-type]
    ana.talk = replace(ana.talk, languages=CHOOSING)
    return ana


def tell(ana: Conversation, text: str, **fields: str) -> list[str]:
    ana.says(text, 0, **fields)
    return ana.hears(seconds=5)


@pytest.fixture
def ana(database: Database, pg: PostgresChatStore) -> Conversation:
    remember = partial(remember_language, database)
    ana = Conversation("Claro.", store=pg)
    talk = replace(ana.talk, know=People(database).know)
    ana.talk = replace(talk, languages=Choosing(detect=detect, remember=remember))
    return ana


def test_they_are_answered_in_what_they_write() -> None:
    ana = meet(AWAY)
    sorry = [speak(code, sentences.GIVEN_UP) for code in ("es", "de")]
    assert tell(ana, "¿Dónde está mi pedido?") == sorry[:1]
    assert tell(ana, "ok") == sorry[:1], "what shows nothing changes nothing"
    assert tell(ana, "Entschuldigung, wo ist meine Bestellung? Danke!") == sorry[1:]


def test_a_voice_note_that_cannot_be_heard_is_answered_where_it_comes_from() -> None:
    ana = meet()
    assert tell(ana, "", **VOICE, **MADRID) == [
        "Todavía no puedo escuchar mensajes de voz. Por favor, escríbalo."
    ]


def test_what_was_heard_counts_as_written() -> None:
    turn = user_says("", "1", "audio/ogg")
    heard = SeenMedia(
        message_sid="1", position=0, state="read", media_type="audio/ogg",
        text="Bonjour, je voudrais réserver une table",
    )  # fmt: skip
    chat = chat_of(turn, seen={("1", 0): heard})
    assert CHOOSING.choose(chat) == "fr"
    assert CHOOSING.choose(chat_of(turn)) == "en", "a number of the USA"
    assert CHOOSING.choose(chat_of(turn, language="hi")) == "hi"
    chosen = replace(chat, preferences={"language": "pt-BR"})
    assert CHOOSING.choose(chosen) == "pt"
    foreign = replace(chat_of(turn), address="whatsapp:+81312345678")
    assert CHOOSING.choose(foreign) is None


def test_opening_hours_are_told_in_their_language() -> None:
    hours = read_hours("2099-01-05 09:00-10:00", UTC)
    ana = meet("Ja.", handoff=HandoffPolicy(hours=hours))
    [told] = tell(ana, "Ich möchte bitte mit einem Menschen sprechen")
    assert told.startswith("Ich gebe Sie an einen Menschen aus unserem Team weiter.")
    assert "später" in told


def test_calling_codes_lead_to_languages() -> None:
    codes = [code for codes in SPOKEN.values() for code in codes]
    assert len(codes) == len(set(codes))
    told = {
        "+34600111222": "es", "+525512345678": "es", "+5511912345678": "pt",
        "+351912345678": "pt", "+4915123456": "de", "+436601234": "de",
        "+33612345": "fr",
        "+966501234567": "ar", "+971501234567": "ar", "+6281234567": "id",
        "+919876543210": "en", "+18095551234": "es", "+15551230000": "en",
        "+390612345": None, "+79161234567": None, "+8613812345678": None,
    }  # fmt: skip
    found = {number: language_of_number(f"whatsapp:{number}") for number in told}
    assert found == told
    assert language_of_number("whatsapp:US.1A2B") is None


def test_what_they_wrote_last_is_kept_for_when_it_does_not_show(
    database: Database, ana: Conversation
) -> None:
    tell(ana, "hola, ¿a qué hora abren?")
    assert values(database, SEEN) == ["es"]
    assert tell(ana, "/new") == [speak("es", sentences.NEW_CHAT)]
    assert tell(ana, "STOP") == [speak("es", sentences.STOPPED)]
    assert tell(ana, "START") == [speak("es", sentences.STARTED)]
    assert tell(ana, "", **VOICE) == [speak("es", sentences.UNREADABLE["audio"])]
    tell(ana, "Vielen Dank, und wann macht ihr morgen auf? Ich komme gerne vorbei.")
    assert values(database, SEEN) == ["de"]
    change(database, "DELETE FROM userchats")
    change(database, "DELETE FROM users")
    remember_language(database, uuid4(), "es")
    assert values(database, SEEN) == [], "of who was erased nothing is kept"


def test_they_choose_by_language(database: Database, ana: Conversation) -> None:
    [choices] = tell(ana, "/language")
    assert "/language es" in choices
    assert "\nde: Deutsch\n" in choices
    german = "Ab jetzt antworte ich Ihnen in dieser Sprache: Deutsch."
    assert tell(ana, "/language Alemán") == [german]
    assert tell(ana, "/language klingon") == [
        choices.replace(
            "In which language shall I answer? Write /language es, or one of these:",
            "In welcher Sprache soll ich antworten? Schreiben Sie /language en oder "
            "eines davon:",
        ).replace("as you write", "wie Sie schreiben")
    ]
    tell(ana, "When do you open tomorrow?")
    system = str(ana.thoughts.prompts[-1][0].content)
    assert system.endswith("Answer in German: the user chose it.")
    assert values(database, SEEN) == [None], "what they chose holds"
    [automatic] = tell(ana, "/idioma auto")
    assert automatic.endswith("in der Sprache, in der Sie schreiben.")
    assert tell(ana, "/new") == ["Done: we start afresh. How can I help you?"]
    tell(ana, "When do you open tomorrow?")
    assert "Answer in" not in str(ana.thoughts.prompts[-1][0].content)
    assert "/language: the language of my answers" in tell(ana, "/help")[0]


def test_help_is_laid_out_from_right_to_left() -> None:
    ana = meet()
    tell(ana, "متى تفتحون غدا؟")
    [told] = tell(ana, "/help")
    lines = told.splitlines()
    what = "نسيان هذه المحادثة وبدء محادثة جديدة"
    assert lines[1] == f"\u200f\u2068/new\u2069: \u2068{what}\u2069"
    assert lines[-1] == "أنا مساعد آلي."


def test_the_first_answer_in_a_chat_says_what_answers() -> None:
    ana = meet("Claro.", "A las nueve.")
    ana.talk = replace(ana.talk, answering=Disclosing(ana.talk.answering))
    told = "Está hablando con un asistente automático.\n\nClaro."
    assert tell(ana, "Hola, buenas tardes") == [told]
    assert tell(ana, "¿Cuándo abren?") == ["A las nueve."]
    tell(ana, "/new")
    assert tell(ana, "Hola, ¿abren hoy?")[0].startswith("Está hablando con")
