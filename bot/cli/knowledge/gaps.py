"""`bot knowledge gaps`: what people asked and nothing told; answering it."""

# ruff: noqa: PLC0415

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from bot.cli.database import migrated_database, reading
from bot.cli.knowledge.group import knowledge
from bot.cli.show import show_table
from bot.terminal import Column, printable, printable_json

if TYPE_CHECKING:
    from db.knowledge.gaps import ListedGap

MOST_LISTED = 1000
COLUMNS = (
    Column("gap", right=True),
    Column("times", right=True),
    Column("people", right=True, spare=2),
    Column("first", spare=3),
    Column("last", spare=1),
    Column("document", right=True, spare=4),
    Column("question", least=20),
)


@knowledge.command()
@click.option("--all", "also_answered", is_flag=True, help="Those answered, too.")
@click.option("--answer", "text", metavar="TEXT", help="Answer --gap with this.")
@click.option("--gap", "gap_id", type=click.IntRange(1, 2**63 - 1), help="Which one.")
@click.option("--question", help="Word anew what --answer answers.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def gaps(
    also_answered: bool,
    text: str | None,
    gap_id: int | None,
    question: str | None,
    as_json: bool,
) -> None:
    """List what people asked and nothing told, what was asked most often first.

    With --answer and --gap: tell the answer. It is a document from then on, under the
    question as it was asked last, and may be given to everybody. A gap that is listed
    with its document was asked again since.
    """
    if (text is None) != (gap_id is None):
        raise click.UsageError("--answer and --gap go together.")
    if text is not None and gap_id is not None:
        _answer(gap_id, question, text, as_json=as_json)
        return
    if question is not None:
        raise click.UsageError("--question needs --answer and --gap.")
    _list(also_answered=also_answered, as_json=as_json)


def _answer(gap_id: int, question: str | None, text: str, *, as_json: bool) -> None:
    from bot.knowledge.answers import compose_answer
    from db.knowledge.gaps import answer_gap

    with migrated_database() as opened:
        done = answer_gap(opened, gap_id, question, partial(compose_answer, text))
    if as_json:
        click.echo(printable_json(json.dumps({"gap_id": gap_id, **asdict(done)})))
        return
    click.echo(f"Gap {gap_id} is answered by document {done.document_id}, under:")
    click.echo(printable(done.question))
    if question is None:
        click.echo(
            "These are a person's words, which everybody may be shown now, and with "
            "which the answer goes if that person is erased. To word it yourself: "
            "the same again, with --question.",
            err=True,
        )


def _list(*, also_answered: bool, as_json: bool) -> None:
    from db.knowledge.gaps import list_gaps

    with reading() as connection:
        found = list_gaps(connection, MOST_LISTED, also_answered=also_answered)
    if as_json:
        told = [asdict(gap) for gap in found]
        click.echo(printable_json(json.dumps(told, default=datetime.isoformat)))
    elif found:
        show_table(COLUMNS, [_row(gap) for gap in found])
        if len(found) == MOST_LISTED:
            click.echo(f"These are the first {MOST_LISTED:,}.", err=True)
    else:
        click.echo("No question has met a gap that is open.", err=True)


def _row(gap: "ListedGap") -> Sequence[str]:
    known: dict[str, Any] = asdict(gap)
    first, last = known["first_asked_at"], known["last_asked_at"]
    numbers = (str(known[name]) for name in ("gap_id", "times", "people"))
    document = str(gap.answered_by or "")
    return (*numbers, f"{first:%Y-%m-%d}", f"{last:%Y-%m-%d}", document, gap.question)
