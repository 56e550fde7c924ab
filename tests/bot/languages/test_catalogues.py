"""Every sentence that users read is there in every language, with its gaps."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages import Catalog

from bot.chat.facts.sentences import YES_FORGET
from bot.languages.__main__ import ROOT, extract, update
from bot.languages.names import ENGLISH, LANGUAGES
from bot.languages.pofiles import FOLDER, find_faults, read_catalogue

OTHERS = [code for code in LANGUAGES if code != ENGLISH]
# What a user has to write as it stands.
COMMAND = re.compile(r"(?<![\w/])/[a-z]+|\b[A-Z]{4,}\b")
SPEAKS = re.compile(r"\bspeak(?:_of)?\(")
SHOUTED = {"HTML"}
# Words that users write as each language has them.
IN_EVERY_LANGUAGE = {YES_FORGET}
# What a module names that speaks, but does not speak itself: notes, and layouts.
UNSPOKEN = {"NOT_ANSWERED", "NOT_ANSWERED_HANDOFF", "LINE", "SETTING", "EXAMPLES"}
UNSPOKEN |= {"HEARD_SIGN", "SOURCES"}


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
        for text in told or () if words not in IN_EVERY_LANGUAGE else ():
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
    """What a module names that speaks stands in the catalogues, whole dicts too."""
    known = {text for message in marked for text in _forms(message.id)}
    named = {
        (file.relative_to(ROOT).as_posix(), name): texts
        for file in (ROOT / "bot").rglob("*.py")
        if file.name != "sentences.py" and SPEAKS.search(source := file.read_text())
        for name, texts in read_named(ast.parse(source))
        if name not in UNSPOKEN
    }
    assert len(named) > 60
    assert [each for each, texts in named.items() if not texts <= known] == []


def _forms(words: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (words,) if isinstance(words, str) else tuple(words)


def read_named(source: ast.Module) -> Iterator[tuple[str, set[str]]]:
    """What a module names of the files with sentences, and the texts in each."""
    nodes = list(ast.walk(source))
    files: dict[str, dict[str, set[str]]] = {}
    alone: dict[str, set[str]] = {}
    for given in (node for node in nodes if isinstance(node, ast.ImportFrom)):
        for each in given.names:
            name = each.asname or each.name
            if each.name == "sentences":
                files[name] = read_constants(f"{given.module}.sentences")
            elif str(given.module).endswith(".sentences"):
                alone[name] = read_constants(str(given.module)).get(each.name, set())
    yield from alone.items()
    for node in (n for n in nodes if isinstance(n, ast.Attribute)):
        if isinstance(node.value, ast.Name) and node.value.id in files:
            yield node.attr, files[node.value.id][node.attr]


def read_constants(module: str) -> dict[str, set[str]]:
    """The texts in each constant of a module; of a dict, in its values."""
    file = ROOT / f"{module.replace('.', '/')}.py"
    assigned = (
        n for n in ast.parse(file.read_text()).body if isinstance(n, ast.Assign)
    )
    return {ast.unparse(node.targets[0]): set(_texts(node.value)) for node in assigned}


def _texts(value: ast.expr) -> Iterator[str]:
    keys = set(value.keys) if isinstance(value, ast.Dict) else set()
    for node in ast.walk(value):
        if isinstance(node, ast.Constant) and node not in keys:
            yield str(node.value)
