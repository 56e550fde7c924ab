"""`bot chats`: search, list, show and export transcripts."""

# ruff: noqa: PLC0415

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.database import reading
from bot.cli.root import main
from bot.cli.show import describe_transcript, show_chats, show_hit

if TYPE_CHECKING:
    from uuid import UUID

    from db.database import Connection
    from db.queries.transcripts import Transcript

# Of active chats at most, a second's work; of others more than are ever asked for.
MOST_CHATS = 20_000
FORMAT_NAMES = ("json", "jsonl", "csv", "markdown")
user_option = click.option(
    "--user", "address", metavar="ADDRESS", help="Only chats of this address."
)


@main.group()
def chats() -> None:
    """Search, list, show and export transcripts; take chats over."""


@chats.command()
@click.argument("words", nargs=-1, required=True)
@click.option(
    "--limit", default=20, show_default=True, type=click.IntRange(1, 10_000),
    help="How many messages at most.",
)  # fmt: skip
def search(words: tuple[str, ...], limit: int) -> None:
    """Find messages that have all of the WORDS, the newest first.

    Archived chats are searched too. A phrase stands in quotes, which the shell must
    leave in place: '"opening hours"'. With an asterisk it is a beginning: 'satur*'.
    Capitals are as small letters, and no language is assumed.
    """
    from db.queries.search import search_messages

    with reading() as connection:
        found = search_messages(connection, " ".join(words), limit, MOST_CHATS)
    for hit in found.hits:
        show_hit(hit)
    if not found.hits:
        click.echo("Nothing was found.", err=True)
    if found.is_cut:
        click.echo(
            f"Only the newest {MOST_CHATS:,} chats were looked into: rarer words, or "
            "a phrase with one, find older ones.",
            err=True,
        )


@chats.command("list")
@user_option
@click.option("--active", is_flag=True, help="Only chats that take messages now.")
@click.option(
    "--limit", default=20, show_default=True, type=click.IntRange(1, 100_000),
    help="How many chats at most.",
)  # fmt: skip
def list_(address: str | None, active: bool, limit: int) -> None:
    """List chats, the last message first.

    A line has the chat_id, the time of the last message, the state (active, closed or
    archived), how many messages there are, the address, the name, and what was said
    last. A narrow terminal shows less of it, a file or a pipe gets all.
    """
    from db.queries.transcripts import find_chats

    with reading() as connection:
        user_id = _find_user(connection, address)
        found = find_chats(connection, user_id, limit, only_active=active)
    show_chats(found)
    if not found:
        click.echo("There are no chats.", err=True)


@chats.command()
@click.argument("chat_id")
def show(chat_id: str) -> None:
    """Show a transcript; the beginning of a CHAT_ID will do."""
    from db.queries.transcripts import find_held, load_transcript

    with reading() as connection:
        transcript = load_transcript(connection, chat_id)
        held = find_held(connection, transcript.chat_id)
    if sys.stdout.isatty():
        click.echo_via_pager(describe_transcript(transcript, held))
        return
    for text in describe_transcript(transcript, held):
        click.echo(text, nl=False)


@chats.command()
@user_option
@click.option(
    "--format", "format_", type=click.Choice(FORMAT_NAMES), default="jsonl",
    show_default=True,
)  # fmt: skip
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path),
    help="A file; it gets its name when it is complete. Else standard output.",
)  # fmt: skip
def export(address: str | None, format_: str, output: Path | None) -> None:
    """Write transcripts, the oldest first, archived ones too.

    json and jsonl have a chat with all that is stored of it in each element or line;
    csv has a message in each row; markdown is for reading. In csv, what a spreadsheet
    would take for a formula (it begins with = + - @ or a tab) gets a ' before it. What
    a terminal would obey in csv and markdown is replaced where they go to one.
    """
    from bot.cli.export import FORMATS, open_output
    from db.queries.transcripts import (
        count_transcripts,
        read_transcripts,
    )

    with open_output(output) as stream, reading() as connection:
        user_id = _find_user(connection, address)
        count = count_transcripts(connection, user_id)
        with _progress(read_transcripts(connection, user_id), count, output) as told:
            for text in FORMATS[format_](told):
                stream.write(text)
    if output is not None:
        click.echo(f"Wrote {count:,} chats to {output}.", err=True)


def _find_user(connection: "Connection", address: str | None) -> "UUID | None":
    from db.queries.people import find_person

    return find_person(connection, address).user_id if address else None


@contextmanager
def _progress(
    transcripts: Iterator["Transcript"], count: int, output: Path | None
) -> Iterator[Iterator["Transcript"]]:
    """Show how far an export is: on a terminal that doesn't show the export itself."""
    if not sys.stderr.isatty() or (output is None and sys.stdout.isatty()):
        yield transcripts
        return
    with click.progressbar(
        transcripts, length=count, label="Chats", file=sys.stderr, show_pos=True
    ) as bar:
        yield iter(bar)
