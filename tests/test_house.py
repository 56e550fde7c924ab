"""The house rules that no linter holds: how large files, functions and folders get."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
FILES = sorted(p for top in ("bot", "db", "tests") for p in (ROOT / top).rglob("*.py"))
MOST_LINES_OF_A_FILE = 300
MOST_LINES_OF_A_FUNCTION = 30
# Migrations are a history, not a room.
HISTORY = ROOT / "db" / "migrations" / "versions"
MOST_MODULES_OF_A_FOLDER = 12
# Python before 3.11.5, such as Debian 12's, does not go back to where such a repeat was
# once its group fails (https://github.com/python/cpython/issues/106052): (?>...) does.
POSSESSIVE_GROUP = re.compile(r"(?<!\()\)(?:[*+?]|\{\d*,?\d*\})\+")


def too_long_files() -> Iterator[str]:
    for file in FILES:
        lines = len(file.read_text().splitlines())
        if lines > MOST_LINES_OF_A_FILE:
            yield f"{file.relative_to(ROOT)}: {lines} lines"


def too_long_functions() -> Iterator[str]:
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or 0) - node.lineno + 1
                if lines > MOST_LINES_OF_A_FUNCTION:
                    yield f"{file.relative_to(ROOT)}, {node.name}: {lines} lines"


def too_full_folders() -> Iterator[str]:
    modules = Counter(
        file.parent
        for file in FILES
        if file.name != "__init__.py" and "tests" not in file.parts
    )
    for folder, count in modules.items():
        if folder != HISTORY and count > MOST_MODULES_OF_A_FOLDER:
            yield f"{folder.relative_to(ROOT)}: {count} modules"


def test_files_functions_and_folders_stay_small() -> None:
    found = [*too_long_files(), *too_long_functions(), *too_full_folders()]
    assert not found, "\n".join(found)


def words_of(file: Path) -> Iterator[tuple[int, str]]:
    """Yield what may be a pattern of `re` in a file, and its line."""
    tree = ast.parse(file.read_text())
    imported = {
        name.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for name in node.names
    }
    if "regex" in imported:
        return  # which is no part of Python
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


def test_no_group_of_a_pattern_is_repeated_possessively() -> None:
    found = [
        f"{file.relative_to(ROOT)}:{line}"
        for file in FILES
        for line, text in words_of(file)
        if POSSESSIVE_GROUP.search(text)
    ]
    assert not found, "\n".join(found)
