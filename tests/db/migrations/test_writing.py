"""`make migration`: models change, and the next migration writes itself."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, inspect

from db import schema
from db.database import Database
from db.errors import OperatorError
from db.migrations.catalog import differences, read_catalog, read_wanted
from db.migrations.writing import read_name, shorten_literals, write_migration
from db.models import metadata
from tests.db.models.changes import (
    CHANGES,
    LONG,
    add_a_column,
    copy_models,
    shorten_names,
)
from tests.db.sql import opened

ROOT = Path(__file__).parents[3]
NEXT = f"{int(schema.head()) + 1:04}"


@pytest.fixture
def empty(empty_database_url: str) -> Iterator[Database]:
    with opened(empty_database_url) as database:
        yield database


def alembic_on(connection: Connection, folder: Path) -> Config:
    """Alembic as people know it, with a further folder of migrations."""
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    config.set_main_option("path_separator", "newline")
    locations = f"{schema.MIGRATIONS / 'versions'}\n{folder}"
    config.set_main_option("version_locations", locations)
    config.attributes["connection"] = connection
    return config


def files_of(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.glob("*.py"))


def test_what_is_written_makes_the_databases_equal_and_goes_back(
    database: Database, empty: Database, tmp_path: Path
) -> None:
    models = copy_models(*CHANGES)
    written = write_migration(empty, "All kinds of things", models, tmp_path)
    assert written is not None
    assert written.missing == []
    assert written.file == tmp_path / f"{NEXT}_all_kinds_of_things.py"
    with empty.alchemy(30) as connection:
        wanted = read_wanted(connection, models)
    with database.alchemy(30) as connection:
        before = read_catalog(connection)
        assert differences(before, wanted) != []
        command.upgrade(alembic_on(connection, tmp_path), "head")
        assert differences(read_catalog(connection), wanted) == []
        command.downgrade(alembic_on(connection, tmp_path), "-1")
        assert differences(read_catalog(connection), before) == []


def test_the_file_is_one_that_the_house_accepts(
    empty: Database, tmp_path: Path
) -> None:
    models = copy_models(*CHANGES)
    written = write_migration(empty, "Many changes", models, tmp_path)
    assert written is not None
    source = written.file.read_text()
    # As if it lay among the others: some of ruff's rules go by folders.
    among_others = f"db/migrations/versions/{written.file.name}"
    for check in ("check", "--quiet"), ("format", "--diff", "--quiet"):
        ruff = [sys.executable, "-m", "ruff", *check, "--stdin-filename", among_others]
        done = subprocess.run(
            [*ruff, "-"], cwd=ROOT, input=source, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout
    assert source.startswith('"""Many changes."""\n\nimport sqlalchemy as sa\nfrom')
    assert "from sqlalchemy.dialects import postgresql\n" in source


def test_a_small_change_is_a_small_migration(empty: Database, tmp_path: Path) -> None:
    models = copy_models(add_a_column)
    written = write_migration(empty, "Nicknames", models, tmp_path)
    assert written is not None
    source = written.file.read_text()
    assert "postgresql" not in source
    assert '\nLOSES = "users.nickname"\n' in source
    assert source.endswith(
        'def downgrade() -> None:\n    op.drop_column("users", "nickname")\n'
    )


def test_the_next_one_has_the_next_number(empty: Database, tmp_path: Path) -> None:
    models = copy_models(add_a_column)
    assert write_migration(empty, "Nicknames", models, tmp_path)
    assert write_migration(empty, "Nothing", models, tmp_path) is None
    assert write_migration(empty, "Gone again", metadata, tmp_path)
    second = f"{int(NEXT) + 1:04}"
    assert files_of(tmp_path) == [f"{NEXT}_nicknames.py", f"{second}_gone_again.py"]


def test_the_database_that_was_lent_stays_empty(
    empty: Database, tmp_path: Path
) -> None:
    write_migration(empty, "Names", copy_models(add_a_column), tmp_path)
    with empty.alchemy(30) as connection:
        assert inspect(connection).get_table_names() == []
        assert "procrastinate" not in inspect(connection).get_schema_names()


def test_nothing_is_written_where_nothing_differs() -> None:
    before = files_of(schema.MIGRATIONS / "versions")
    make = [sys.executable, "-m", "db.migrations", "Nothing at all"]
    done = subprocess.run(make, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "Nothing differs" in done.stdout
    assert files_of(schema.MIGRATIONS / "versions") == before


def test_a_name_becomes_a_line() -> None:
    assert read_name("  add  nicknames. ") == "Add nicknames"


@pytest.mark.parametrize("name", ["", " ", "x" * 76, 'a "quoted" name', "a\\b"])
def test_a_name_that_is_no_line_is_refused(name: str) -> None:
    with pytest.raises(OperatorError, match="make migration NAME="):
        read_name(name)


def test_long_literals_are_cut_and_stay_what_they_are() -> None:
    source = f"{{'one': {LONG!r},\n'two': {LONG!r},\n'three': 'short'}}\n"
    shortened = shorten_literals(source)
    assert max(map(len, shortened.splitlines())) <= 80
    assert ast.literal_eval(shortened) == {"one": LONG, "two": LONG, "three": "short"}


def test_what_a_view_forbids_is_told(empty: Database, tmp_path: Path) -> None:
    models = copy_models(shorten_names)
    written = write_migration(empty, "Short names", models, tmp_path)
    assert written is not None
    assert "type_=sa.String(length=50)" in written.file.read_text()
    assert written.missing == [
        "what is in the way: cannot alter type of a column used by a view or rule"
    ]
