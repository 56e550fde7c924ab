"""Every sentence that users read is there in every language, with its gaps."""

import ast
import re
from pathlib import Path

import pytest
from babel.messages import Catalog

from bot.languages.__main__ import ROOT, extract, update
from bot.languages.names import ENGLISH, LANGUAGES
from bot.languages.pofiles import FOLDER, find_faults, read_catalogue

OTHERS = [code for code in LANGUAGES if code != ENGLISH]
# What a user has to write as it stands.
COMMAND = re.compile(r"(?<![\w/])/[a-z]+|\b[A-Z]{4,}\b")
SHOUTED = {"HTML"}


@pytest.fixture(scope="module")
def marked() -> Catalog:
    return extract()


def commands_in(text: str) -> set[str]:
    return set(COMMAND.findall(text)) - SHOUTED


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_is_translated_with_its_gaps_and_commands(
    language: str, marked: Catalog
) -> None:
    catalogue = read_catalogue(FOLDER / f"{language}.po", language)
    said = {message.id: message for message in catalogue if message.id}
    assert set(said) == {message.id for message in marked if message.id}
    for words, message in said.items():
        assert list(find_faults(message, catalogue.num_plurals)) == [], words
        told = [message.string] if isinstance(message.string, str) else message.string
        assert all(told or [""]), words
        english = words if isinstance(words, str) else words[1]
        for text in told or ():
            assert commands_in(text) == commands_in(english), words
    assert len(said) > 40


@pytest.mark.parametrize("language", OTHERS)
def test_the_files_are_as_the_command_writes_them(
    language: str, marked: Catalog, tmp_path: Path
) -> None:
    file = tmp_path / f"{language}.po"
    file.write_bytes((FOLDER / file.name).read_bytes())
    assert update(language, marked, tmp_path) == []
    assert file.read_bytes() == (FOLDER / file.name).read_bytes()


def test_a_new_sentence_is_told_and_an_old_one_goes(
    marked: Catalog, tmp_path: Path
) -> None:
    (tmp_path / "es.po").write_text('msgid "Gone"\nmsgstr "Ido"\n')
    faults = update("es", marked, tmp_path)
    assert len(faults) == len(marked)
    assert all(fault.endswith("is not translated") for fault in faults)
    assert "Gone" not in (tmp_path / "es.po").read_text()


def test_what_is_spoken_is_marked(marked: Catalog) -> None:
    """A sentence that is named where it is said stands in the catalogues."""
    known = {message.id for message in marked}
    constants = dict(
        constant
        for file in (ROOT / "bot").rglob("sentences.py")
        for constant in read_constants(file)
    )
    spoken = [
        name
        for file in (ROOT / "bot").rglob("*.py")
        if "speak(" in (source := file.read_text())
        for name in read_spoken(source)
        if name in constants
    ]
    assert len(spoken) > 20
    assert [name for name in spoken if not known & constants[name]] == []


def read_constants(file: Path) -> list[tuple[str, set[object]]]:
    """Names of a file's constants, with the texts in each, in any file of that name."""
    found: list[tuple[str, set[object]]] = []
    for node in ast.parse(file.read_text()).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            texts = (n.value for n in ast.walk(node) if isinstance(n, ast.Constant))
            found.append((node.targets[0].id, set(texts)))
    return found


def read_spoken(source: str) -> list[str]:
    """The names that a source gives to speak() as the sentence."""
    nodes = ast.walk(ast.parse(source))
    calls = (node for node in nodes if isinstance(node, ast.Call))
    return [
        getattr(call.args[1], "attr", getattr(call.args[1], "id", ""))
        for call in calls
        if getattr(call.func, "id", "") == "speak" and len(call.args) > 1
    ]
