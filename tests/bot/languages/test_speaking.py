"""Sentences in a user's language: which one, its gaps, what an operator changes."""

import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from bot.chat import sentences
from bot.languages.dates import name_date, name_weekday
from bot.languages.finding import find_named
from bot.languages.names import LANGUAGES
from bot.languages.pofiles import read_changes
from bot.languages.shelf import Shelf, shelf
from bot.languages.speaking import speak, speak_of

ONE, MANY = "Your request is {number} minute old.", "It is {number} minutes old."
ARABIC_FORMS = (
    "صفر",
    "دقيقة",
    "دقيقتان",
    "{number} دقائق",
    "{number} دقيقة",
    "{number} من",
)


@pytest.fixture
def as_ours() -> Iterator[Shelf]:
    """What this process says; said as before afterwards."""
    yield shelf
    shelf.install("en", {})


def test_a_sentence_is_said_in_the_language_or_the_default(as_ours: Shelf) -> None:
    hello = sentences.WELCOME_TO_QUEUE
    spanish, english = "¡Qué bueno tenerle de vuelta!", "Welcome back!"
    assert [speak(code, hello) for code in ("es", "es-MX", "ES_ar")] == [spanish] * 3
    assert [speak(code, hello) for code in ("en", None, "xx", "")] == [english] * 4
    as_ours.install("es", {})
    assert [speak(code, hello) for code in (None, "xx", "en-GB")] == [
        spanish, spanish, english,
    ]  # fmt: skip
    assert speak("de", "Not in any catalogue: {what}", what="x") == (
        "Not in any catalogue: x"
    )


def test_braces_in_what_fills_a_gap_are_only_text() -> None:
    told = speak("fr", sentences.NOT_LEARNED, what="{why}", why="{0}")
    assert told == "Désolé, je n'ai pas pu lire {why} : {0}"


def test_arabic_isolates_what_fills_its_gaps() -> None:
    told = speak("ar", sentences.NOT_LEARNED, what="Preise.pdf", why="x")
    assert "\u2068Preise.pdf\u2069" in told
    assert "\u2068/human\u2069" in speak("ar", sentences.UNKNOWN_HERE)
    assert "\u2068" not in speak("es", sentences.NOT_LEARNED, what="a", why="b")


def test_numbers_are_counted_as_the_language_does(as_ours: Shelf) -> None:
    as_ours.install("en", {"ar": {(ONE, MANY): ARABIC_FORMS}})
    numbers = (0, 1, 2, 3, 11, 100)
    told = [speak_of("ar", (ONE, MANY), number) for number in numbers]
    assert told == [
        form.replace("{number}", f"\u2068{number}\u2069")
        for form, number in zip(ARABIC_FORMS, numbers, strict=True)
    ]
    assert [speak_of("en", (ONE, MANY), number) for number in (1, 2)] == [
        "Your request is 1 minute old.", "It is 2 minutes old.",
    ]  # fmt: skip


def test_catalogues_are_read_by_many_threads_at_once() -> None:
    fresh, told = Shelf(), []

    def ask() -> None:
        for code in LANGUAGES:
            told.append(fresh.translations(code).gettext(sentences.WELCOME_TO_QUEUE))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == 8 * len(LANGUAGES)
    assert set(told) == {speak(code, sentences.WELCOME_TO_QUEUE) for code in LANGUAGES}


def test_days_have_their_names() -> None:
    day = date(2026, 12, 24)
    assert [name_weekday(code, day) for code in ("en", "es", "ar")] == [
        "Thursday", "jueves", "الخميس",
    ]  # fmt: skip
    assert [name_date(code, day) for code in ("en", "de", "pt")] == [
        "24 December", "24. Dezember", "24 de dezembro",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "language"),
    [("es", "es"), ("ES", "es"), ("pt-BR", "pt"), ("Spanish", "es"), ("español", "es"),
     ("Espagnol.", "es"), ("espanol", "es"), ("Deutsch", "de"), ("alemão", "de"),
     ("हिन्दी", "hi"), ("hindi", "hi"), ("العربية", "ar"), ("indonesia", "id"),
     ("Bahasa Indonesia", "id"), ("Klingon", None), ("", None), ("e", None),
     ("es muss", None), ("x" * 1000, None)],
)  # fmt: skip
def test_a_language_is_known_by_code_and_name(said: str, language: str | None) -> None:
    assert find_named(said) == language


def test_an_operator_says_any_sentence_otherwise(
    tmp_path: Path, as_ours: Shelf
) -> None:
    write(tmp_path / "es.po", ("Welcome back!", "¡Hola otra vez!"))
    write(tmp_path / "en.po", ("Welcome back!", "Hi again!"), ("later", ""))
    changed, problems = read_changes(tmp_path)
    assert problems == []
    as_ours.install("en", changed)
    hello = sentences.WELCOME_TO_QUEUE
    assert [speak(code, hello) for code in ("es", "en", "de")] == [
        "¡Hola otra vez!", "Hi again!", "Schön, dass Sie wieder da sind!",
    ]  # fmt: skip
    assert speak("es", sentences.LATER) == "más tarde"
    assert speak("en", sentences.LATER) == "later"


def test_what_is_wrong_with_it_is_told_by_file_and_line(tmp_path: Path) -> None:
    page = ("page {page}", "página")
    at = ("today at {time}", "{a} {time}")
    write(tmp_path / "es.po", ("Welcome", "Hola"), page, at)
    (tmp_path / "it.po").write_text("")
    (tmp_path / "fr.po").write_bytes(b'msgid "later"\nmsgstr "\xff"\n')
    (tmp_path / "pt.po").write_text('msgid "later"\nmsgstr depois\n')
    (tmp_path / "de.po").write_text('#, fuzzy\nmsgid "later"\nmsgstr "{"\n')
    _, problems = read_changes(tmp_path)
    assert problems == [
        "de.po, line 2: it is marked fuzzy: check it, and take the mark away",
        "de.po, line 2: a brace that opens no gap is written twice: {{ or }}",
        "es.po, line 1: no sentence of the bot's has this msgid",
        "es.po, line 4: the gap {page} is missing",
        "es.po, line 7: it has no gap {a}",
        "fr.po: must be a gettext file in UTF-8 that can be read",
        f"it.po: is no language of the bot's: {', '.join(LANGUAGES)}",
        "pt.po, line 2: is not as .po files are written",
    ]
    assert read_changes(tmp_path / "none")[1] == [
        "must be a folder with files such as es.po"
    ]


def write(file: Path, *told: tuple[str, str]) -> None:
    lines = (f'msgid "{words}"\nmsgstr "{said}"\n' for words, said in told)
    file.write_text("\n".join(lines), encoding="utf-8")


def test_nothing_is_said_as_nothing() -> None:
    """An empty sentence is the head of a catalogue to gettext."""
    assert [speak(code, "") for code in LANGUAGES] == [""] * len(LANGUAGES)
