"""`make migration NAME="what it does"`: write the next migration from db/models."""

import tempfile
from contextlib import closing
from pathlib import Path

import click

from db.database import Database
from db.embedded.server import EmbeddedPostgres
from db.errors import OperatorError
from db.migrations.writing import Written, read_name, write_migration

QUICK = {"fsync": "off", "full_page_writes": "off"}


@click.command()
@click.argument("name")
def main(name: str) -> None:
    """Write what the models have and the migrations don't as the next migration."""
    try:
        _tell(_write(read_name(name)))
    except OperatorError as error:
        raise click.ClickException(str(error)) from None


def _write(message: str) -> Written | None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # root's server runs as somebody else
        with (
            EmbeddedPostgres(Path(folder) / "data", QUICK) as server,
            closing(Database(server.url)) as database,
        ):
            return write_migration(database, message)


def _tell(written: Written | None) -> None:
    if written is None:
        click.echo("Nothing differs: the migrations make what the models tell.")
        return
    click.echo(f"{written.file}: read it before you commit it.")
    for line in written.missing:
        click.echo(f"Still to be written into it by hand: {line}")


if __name__ == "__main__":
    main()
