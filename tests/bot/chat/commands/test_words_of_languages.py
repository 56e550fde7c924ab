"""STOP and its kin hold in every language; what customers say every day is no command.

Of everyday's messages none may be one: see everyday.py.
"""

# ruff: noqa: RUF001  (words of many alphabets)

import pytest

from bot.chat.commands import words
from bot.chat.commands.entries import Command
from bot.chat.commands.finding import find_command
from tests.bot.chat.commands.everyday import MESSAGES, SAID

DRESSES = [
    "{}", "“{}”", "*{}*", "{} 🛑", "{}!!!", "«{}».", "🙏🏽 {} 🙏🏽", "({})", "> {}",
]  # fmt: skip
POLITE = [
    "please stop",
    "parar por favor",
    "Por favor, parar!",
    "pare, por favor",
    "bitte stopp",
    "Stopp bitte!",
    "arrêt svp",
    "Arrêtez, s’il vous plaît.",
    "tolong berhenti",
    "कृपया रोकें",
    "رجاء توقف",
    "STOP, pls ❌",
]  # fmt: skip
WITHOUT_ACCENTS = [
    "arret", "desabonner", "no mas mensajes", "ايقاف", "الغاء الاشتراك",
    "cancelar inscricao",
]  # fmt: skip
AGAIN = [word for told in words.START_AGAIN.values() for word in told]
NO_CONSENT = [
    "yes",
    "Yes!",
    "yes please",
    "continue",
    "start over",
    "resume",
    "sí",
    "sim",
    "ja",
    "oui",
    "ya",
    "हाँ",
    "نعم",
    "ok",
    "go on",
    "new",
    "/yes",
    "hello",
    "cancel",
]


@pytest.mark.parametrize("dress", DRESSES)
@pytest.mark.parametrize("language", words.STOP)
def test_stop_and_its_kin_hold_in_any_dress(language: str, dress: str) -> None:
    for word in ("stop", *words.STOP[language]):
        for said in (word, word.upper(), word.capitalize()):
            found = find_command(dress.format(said))
            assert found == Command.STOP, dress.format(said)


@pytest.mark.parametrize("said", POLITE)
def test_stop_is_heard_from_who_is_polite(said: str) -> None:
    assert find_command(said) == Command.STOP


@pytest.mark.parametrize(
    "said",
    [
        "arret",
        "désabonner",
        "desabonner",
        "no mas mensajes",
        "ايقاف",
        "الغاء الاشتراك",
        "cancelar inscricao",
    ],
)
def test_accents_may_be_left_out(said: str) -> None:
    assert find_command(said) == Command.STOP


def test_two_hundred_everyday_messages_are_no_command() -> None:
    assert len(MESSAGES) >= 200
    assert set(SAID) == set(words.STOP)
    found = {said: find_command(said) for _, said in MESSAGES}
    assert {said: command for said, command in found.items() if command} == {}


@pytest.mark.parametrize("said", AGAIN)
def test_who_stopped_starts_again_in_their_language(said: str) -> None:
    assert find_command(said, opted_out=True) == Command.START
    assert find_command(f"“{said}” 🙂", opted_out=True) == Command.START
    assert find_command(said) is None


@pytest.mark.parametrize("said", NO_CONSENT)
def test_what_may_mean_anything_is_no_consent(said: str) -> None:
    assert find_command(said, opted_out=True) is None


@pytest.mark.parametrize(
    "said", ["/nuevo", "/neu", "/नया", "/جديد", "/reset", "/Novo!"]
)
def test_a_new_chat_is_opened_in_ones_own_language(said: str) -> None:
    assert find_command(said) == Command.NEW
    assert find_command(said.removeprefix("/")) is None


@pytest.mark.parametrize("said", ["/ayuda", "/hilfe", "/मदद", "/مساعدة", "help"])
def test_help_is_found_in_ones_own_language(said: str) -> None:
    assert find_command(said) == Command.HELP
