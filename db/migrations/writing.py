"""Write the next migration: what a database at the newest one lacks of the models."""

import ast
import io
import re
import tokenize
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.operations import Operations
from alembic.operations.ops import (
    ExecuteSQLOp,
    MigrateOperation,
    MigrationScript,
    OpContainer,
)
from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory, write_hooks
from sqlalchemy import Connection, MetaData, exc, text

from db import schema
from db.database import Database
from db.errors import OperatorError
from db.migrations.catalog import (
    Catalog,
    differences,
    find_statements,
    read_catalog,
    read_wanted,
)
from db.models import metadata

VERSIONS = schema.MIGRATIONS / "versions"
LONGEST_NAME = 75  # its docstring is one line
LONGEST = 60  # of a string in the code
PARAMETER = re.compile(r"(?<![:\w\\])(:[\w$]+)(?![:\w$])")  # as SQLAlchemy finds them
PIECES = re.compile(r".{1,54}(?:\s|$)|.{1,54}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Written:
    """A new migration, and what it still lacks: a line for each difference."""

    file: Path
    missing: list[str]


def write_migration(
    database: Database,
    message: str,
    models: MetaData = metadata,
    folder: Path = VERSIONS,
) -> Written | None:
    """Write the migration that leads to the models; None, and no file, if none does.

    `database` is an empty one, which stays empty. `folder` is a further one for the
    file. What is written was run, up and down: `missing` tells what came of it.
    """
    with database.alchemy(schema.WHOLE_MIGRATION_SECONDS) as connection:
        written = _write(connection, message, models, folder)
        connection.rollback()
        return written


def read_name(name: str) -> str:
    """Return what a migration does as its first line, without the full stop.

    Raises OperatorError where it can't be one.
    """
    message = " ".join(name.split()).rstrip(".")
    if not message or len(message) > LONGEST_NAME or set(message) & set('"\\'):
        raise OperatorError(
            f"a migration's name says what it does, in {LONGEST_NAME} characters at "
            'most, without quotes: make migration NAME="Nicknames of users"'
        )
    return message[0].upper() + message[1:]


def _write(
    connection: Connection, message: str, models: MetaData, folder: Path
) -> Written | None:
    wanted = read_wanted(connection, models)
    config = _config(connection, models, folder)
    last = ScriptDirectory.from_config(config).get_current_head() or "0"
    command.upgrade(config, last)
    # The queue's schema is in the search path, and not for Alembic to compare.
    connection.execute(text("SET LOCAL search_path TO public"))

    def complete(_context: object, _revision: object, scripts: Any) -> None:
        if not _complete(connection, scripts[0], wanted):
            scripts.clear()

    script = command.revision(
        config,
        message,
        autogenerate=True,
        rev_id=f"{int(last) + 1:04}",
        version_path=folder,
        process_revision_directives=complete,
    )
    if not isinstance(script, Script):
        return None
    return Written(Path(script.path), _try(connection, config, wanted))


def _complete(connection: Connection, script: MigrationScript, wanted: Catalog) -> bool:
    """Add what Alembic does not see to both ways; tell if there is anything to do.

    What fails here will fail when it is tried, and is told then.
    """
    operations = Operations(MigrationContext.configure(connection))
    before = read_catalog(connection)
    up, down = script.upgrade_ops_list[0], script.downgrade_ops_list[0]
    with suppress(exc.DBAPIError), connection.begin_nested() as savepoint:
        for way, aim in (up, wanted), (down, before):
            for operation in _flat(way.ops):
                operations.invoke(operation)
            for statement in find_statements(read_catalog(connection), aim):
                way.ops.append(ExecuteSQLOp(PARAMETER.sub(r"\\\1", statement)))
                operations.invoke(way.ops[-1])
        savepoint.rollback()
    return bool(up.ops)


def _flat(operations: Iterable[MigrateOperation]) -> Iterator[MigrateOperation]:
    for operation in operations:
        if isinstance(operation, OpContainer):
            yield from _flat(operation.ops)
        else:
            yield operation


def _try(connection: Connection, config: Config, wanted: Catalog) -> list[str]:
    """Run the new migration up and down; return what either leaves undone."""
    before = read_catalog(connection)
    try:
        with connection.begin_nested():
            command.upgrade(config, "+1")
            missing = differences(read_catalog(connection), wanted)
            command.downgrade(config, "-1")
            back = differences(read_catalog(connection), before)
    except exc.DBAPIError as error:
        reason, _, _ = str(error.orig).partition("\n")
        return [f"what is in the way: {reason}"]
    return [*missing, *(f"in downgrade: {line}" for line in back)]


def _config(connection: Connection, models: MetaData, folder: Path) -> Config:
    config = Config()
    options = {
        "script_location": str(schema.MIGRATIONS),
        "path_separator": "newline",
        "version_locations": "\n".join(map(str, dict.fromkeys([VERSIONS, folder]))),
    }
    for option, value in options.items():
        config.set_main_option(option, value.replace("%", "%%"))
    hooks = {
        "hooks": "short_lines, ruff",
        "short_lines.type": "short_lines",
        "ruff.type": "module",
        "ruff.module": "ruff",
        "ruff.options": "format --quiet REVISION_SCRIPT_FILENAME",
    }
    for option, value in hooks.items():
        config.set_section_option("post_write_hooks", option, value)
    config.attributes.update(connection=connection, metadata=models)
    return config


@write_hooks.register("short_lines")
def _shorten_lines(file: str, _options: object) -> None:
    """Cut long texts, such as comments, in pieces: ruff's formatter does not."""
    path = Path(file)
    path.write_text(shorten_literals(path.read_text()))


def shorten_literals(source: str) -> str:
    """Return the same program, its long one-line strings in several pieces."""
    lines = source.splitlines(keepends=True)
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    for token in reversed([*tokens]):
        (row, start), (_, end) = token.start, token.end
        is_docstring = token.string.startswith('"""')
        if token.type == tokenize.STRING and not is_docstring and end - start > LONGEST:
            pieces = PIECES.findall(ast.literal_eval(token.string))
            line = lines[row - 1]
            lines[row - 1] = line[:start] + "\n".join(map(repr, pieces)) + line[end:]
    return "".join(lines)
