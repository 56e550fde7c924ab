"""What the documents name is there: files, commands, words; and README stays short."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import click
import pytest

from bot.cli import main

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
DOCUMENTS = [README, *sorted((ROOT / "docs").rglob("*.md"))]
GLOSSARY = ROOT / "docs" / "glossary.md"
MOST_LINES_OF_README = 300

BLOCK = re.compile(r"^ *```.*?^ *```$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
PATH = re.compile(r"(?:bot|db|tests|docs)/[\w./-]*")
# A command where one stands: at the beginning, after a prompt, or as a file in .venv.
COMMAND = re.compile(
    r"(?:(?:^|\$ |/)(?:bot|python -m bot)|run --rm (?:backup|admin|worker))"
    r"((?: [a-z]+(?:-[a-z]+)*)+)"
)
HOUSE = re.compile(r"^```\n(bot/\n.*?)^```$", re.MULTILINE | re.DOTALL)
ROOM = re.compile(r"\w+(?:\.py|/)")
CODE = [
    file
    for folder in ("bot", "db")
    for pattern in ("*.py", "*.sql")
    for file in sorted((ROOT / folder).rglob(pattern))
]

documents = pytest.mark.parametrize(
    "document", DOCUMENTS, ids=lambda file: str(file.relative_to(ROOT))
)


def prose(document: Path) -> str:
    return BLOCK.sub("", document.read_text())


def spans(document: Path) -> list[str]:
    return SPAN.findall(prose(document))


def anchors(document: Path) -> set[str]:
    """The anchors of a document's headings, as GitHub makes them."""
    headings = HEADING.findall(prose(document))
    plain = (re.sub(r"[^\w -]", "", heading.lower()) for heading in headings)
    return {heading.replace(" ", "-") for heading in plain}


def is_there(document: Path, link: str) -> bool:
    path, _, anchor = unquote(link).partition("#")
    target = (document.parent / path).resolve() if path else document
    if not target.is_relative_to(ROOT) or not target.exists():
        return False
    return not anchor or anchor in anchors(target)


def test_readme_is_short_enough_to_be_read() -> None:
    assert len(README.read_text().splitlines()) <= MOST_LINES_OF_README


@documents
def test_every_link_leads_somewhere(document: Path) -> None:
    links = [link for link in LINK.findall(prose(document)) if "://" not in link]
    assert [link for link in links if not is_there(document, link)] == []


@documents
def test_every_path_is_there(document: Path) -> None:
    paths = [span for span in spans(document) if PATH.fullmatch(span)]
    assert [path for path in paths if not (ROOT / path).exists()] == []


def drawn() -> dict[str, set[str]]:
    """The rooms (folders and modules) that README's picture of the house shows."""
    house = HOUSE.search(README.read_text())
    assert house
    rooms: dict[str, set[str]] = {}
    for line in house[1].splitlines():
        if not line.startswith(" "):
            top = line.split()[0]
        rooms.setdefault(top, set()).update(ROOM.findall(line))
    return {top: names - {top} for top, names in rooms.items()}


def standing(top: str) -> set[str]:
    """The rooms that there are, some of them below others."""
    entries = list((ROOT / top).rglob("*"))
    modules = {entry.name for entry in entries if entry.suffix == ".py"}
    return modules | {f"{entry.name}/" for entry in entries if entry.is_dir()}


def test_the_house_is_drawn_as_it_stands() -> None:
    for top, names in drawn().items():
        assert names - standing(top) == set(), top


def test_every_folder_of_code_is_drawn_two_floors_deep() -> None:
    rooms = drawn()
    for top in ("bot/", "db/"):
        floors = ("*/__init__.py", "*/*/__init__.py")
        folders = [init.parent for at in floors for init in (ROOT / top).glob(at)]
        names = {f"{folder.name}/" for folder in folders}
        assert names - rooms[top] == set(), top


def commands(document: Path) -> Iterator[list[str]]:
    """The words after each `bot` in a code span or a line of a code block."""
    blocks = "\n".join(BLOCK.findall(document.read_text()))
    lines = (line.strip() for line in blocks.splitlines())
    for text in (*spans(document), *lines):
        for words in COMMAND.findall(text):
            yield words.split()


def exists(words: list[str]) -> bool:
    """Whether the words lead to a command; what follows it are its arguments."""
    command: click.Command = main
    for word in words:
        if not isinstance(command, click.Group):
            return True
        found = command.get_command(click.Context(command), word)
        if found is None:
            return False
        command = found
    return True


@documents
def test_every_command_exists(document: Path) -> None:
    assert [words for words in commands(document) if not exists(words)] == []


def test_commands_are_found_where_they_stand() -> None:
    found = {" ".join(words) for words in commands(README)}
    assert {"web", "db upgrade", "chat", "users list", "settings check"} <= found
    assert not exists(["db", "upgrate"])
    assert not exists(["restore"])


def words_of_the_glossary() -> Iterator[tuple[str, str]]:
    """Each word with an identifier that its line names."""
    for line in GLOSSARY.read_text().splitlines():
        if line.startswith("| ") and "`" in line:
            word, _, home, _ = [cell.strip() for cell in line.strip("|").split("|")]
            for identifier in SPAN.findall(home):
                yield word, identifier


def test_every_word_of_the_glossary_is_at_home_in_the_code() -> None:
    code = "\n".join(file.read_text() for file in CODE)
    words = list(words_of_the_glossary())
    assert len(words) > 40
    known = set(re.findall(r"\w+", code))
    assert [(word, home) for word, home in words if home not in known] == []
