"""Folders for servers of their own."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from db.embedded.server import EmbeddedPostgres
from tests.db.embedded.parts import QUICK, folder_in_memory, run_sql


@pytest.fixture
def new_folder() -> Iterator[Path]:
    with folder_in_memory() as folder:
        yield folder / "a folder's data"


@pytest.fixture(scope="module")
def served_before() -> Iterator[Path]:
    """The data of a server that ran and was stopped; copied faster than made anew."""
    with folder_in_memory() as parent:
        with EmbeddedPostgres(parent / "data", QUICK) as server:
            run_sql(server, "CREATE TABLE earlier AS SELECT 'still here' AS word")
        yield parent / "data"


@pytest.fixture
def folder(new_folder: Path, served_before: Path) -> Path:
    subprocess.run(["cp", "-a", str(served_before), str(new_folder)], check=True)
    return new_folder
