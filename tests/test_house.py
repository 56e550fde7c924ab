"""The house rules that no linter holds: how long files and functions may get."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = sorted(p for top in ("bot", "db", "tests") for p in (ROOT / top).rglob("*.py"))
MOST_LINES_OF_A_FILE = 300
MOST_LINES_OF_A_FUNCTION = 30


def functions(file: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            yield node.name, node.end_lineno - node.lineno + 1


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_files_and_functions_stay_small(file: Path) -> None:
    assert len(file.read_text().splitlines()) <= MOST_LINES_OF_A_FILE
    if "migrations" not in file.parts:
        longest = max(functions(file), key=lambda f: f[1], default=("", 0))
        assert longest[1] <= MOST_LINES_OF_A_FUNCTION, longest[0]
