"""`bot cases list`, `show`, `dismiss` and `restore`."""

# ruff: noqa: PLC0415

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from bot.cli.database import migrated_database, reading
from bot.cli.evaluation.cases.group import NUMBER, cases
from bot.cli.show import show_table, tell_if_cut
from bot.terminal import Column, one_line, printable, printable_json

if TYPE_CHECKING:
    from db.evaluation.cases.keeping import KeptCase, ListedCase

MOST_LISTED = 1000
COLUMNS = (
    Column("case", right=True),
    Column("from"),
    Column("state", spare=3),
    Column("passed", spare=1),
    Column("question", least=20),
    Column("expects", least=12, spare=2),
)


@cases.command(name="list")
@click.option("--all", "also_dismissed", is_flag=True, help="Those dismissed, too.")
@click.option(
    "--limit", default=100, show_default=True, help="How many at most.",
    type=click.IntRange(1, MOST_LISTED),
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def list_(also_dismissed: bool, limit: int, as_json: bool) -> None:
    """List the cases of the database, the newest first."""
    from db.evaluation.cases.keeping import list_cases

    with reading() as connection:
        found = list_cases(connection, limit, also_dismissed=also_dismissed)
    if as_json:
        told = [asdict(case) for case in found]
        click.echo(printable_json(json.dumps(told, default=str, indent=2)))
    elif found:
        show_table(COLUMNS, [_row(case) for case in found])
        tell_if_cut(len(found), limit)
    else:
        click.echo("There is no case: see `bot cases collect --help`.", err=True)


def _row(case: "ListedCase") -> tuple[str, ...]:
    passed = {True: "yes", False: "no", None: ""}[case.last_passed]
    expects = json.dumps(case.expects, ensure_ascii=False)
    told = (str(case.case_id), case.made_from, case.state, passed)
    return (*told, case.question, expects)


@cases.command()
@click.argument("case_id", metavar="CASE", type=NUMBER)
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def show(case_id: int, as_json: bool) -> None:
    """Show CASE: what was said, and what an answer to it must have."""
    from db.evaluation.cases.keeping import find_case

    with reading() as connection:
        found = find_case(connection, case_id)
    if as_json:
        told = json.dumps(asdict(found), default=str, indent=2, ensure_ascii=False)
        click.echo(printable_json(told))
        return
    for line in _describe(found):
        click.echo(line)


def _describe(case: "KeptCase") -> Iterator[str]:
    yield f"Case {case.id}, made from: {case.made_from}; {case.state}"
    if case.reference_id:
        yield f"Reference {case.reference_id}, chat {one_line(case.chat_id or '-')}"
    if case.note:
        yield one_line(case.note)
    yield ""
    for turn in case.read_turns():
        yield f"  {turn.role}: {printable(turn.content)}"
    if case.said is not None:
        yield f"\nThe bot said: {printable(case.said)}"
    yield "\nAn answer must have:"
    for key, value in case.expects.items():
        yield f"  {one_line(key)}: {one_line(json.dumps(value, ensure_ascii=False))}"


@cases.command()
@click.argument("case_id", metavar="CASE", type=NUMBER)
def dismiss(case_id: int) -> None:
    """Lay CASE aside: it is not judged any more, and not collected again."""
    from db.evaluation.cases.keeping import move_case

    with migrated_database() as database:
        move_case(database, case_id, "dismissed")
    click.echo(
        f"Case {case_id} is laid aside: `bot cases restore {case_id}` undoes it."
    )


@cases.command()
@click.argument("case_id", metavar="CASE", type=NUMBER)
def restore(case_id: int) -> None:
    """Judge CASE again, which was dismissed."""
    from db.evaluation.cases.keeping import move_case

    with migrated_database() as database:
        move_case(database, case_id, "kept")
    click.echo(f"Case {case_id} is judged again.")
