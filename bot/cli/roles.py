"""`bot db roles`: who may do what in the database."""

# ruff: noqa: PLC0415

from pathlib import Path

import click

from bot.cli.database import database
from bot.cli.db import db
from db.errors import OperatorError

PURPOSES = (
    "owns everything: `bot db upgrade` and backups",
    "the bot: DATABASE_URL of web, worker and the other commands",
    "people who look: the views of schema masked, nothing else",
)


@db.command()
@click.option(
    "--prefix", default="bot", show_default=True, help="The roles' names begin so."
)
@click.option(
    "--password-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Lines such as bot_app=word; roles without a line get a random password.",
)
@click.option("--new-passwords", is_flag=True, help="Replace those of existing roles.")
@click.option(
    "--print", "only_print", is_flag=True, help="Only print the SQL, for psql."
)
def roles(
    prefix: str, password_file: Path | None, new_passwords: bool, only_print: bool
) -> None:
    """Make the roles owner, app and readonly, or mend their rights.

    May be repeated, and should be after each restore. Passwords are shown once.
    """
    from db.access.roles import set_up_roles, write_script

    with database() as opened:
        if only_print:
            for line in write_script(opened, prefix):
                click.echo(line)
            return
        given = _read_passwords(password_file) if password_file else {}
        logins = set_up_roles(opened, prefix, given, renew=new_passwords)
    for login, purpose in zip(logins, PURPOSES, strict=True):
        click.echo(f"{login.name}: {purpose}")
        if login.name in given:
            click.echo("  its password is the one given")
        else:
            click.echo(f"  {login.url or 'its password stays'}")
    if any(login.url and login.name not in given for login in logins):
        click.echo("New passwords are shown only here.")


def _read_passwords(file: Path) -> dict[str, str]:
    lines = [line.strip() for line in file.read_text(encoding="utf-8").splitlines()]
    pairs = [line.partition("=") for line in lines if line and line[0] != "#"]
    if not all(name and equals and word for name, equals, word in pairs):
        raise OperatorError(
            f"{file} must have lines such as bot_app=a-long-random-word."
        )
    return {name.strip(): word.strip() for name, _, word in pairs}
