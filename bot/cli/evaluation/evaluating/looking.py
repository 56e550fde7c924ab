"""`bot evaluate list` and `show`: what was judged, with all that was said."""

# ruff: noqa: PLC0415

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from bot.cli.database import reading
from bot.cli.evaluation.cases.group import NUMBER
from bot.cli.evaluation.evaluating.running import evaluate
from bot.cli.show import show_table, tell_if_cut
from bot.terminal import Column, one_line, printable, printable_json

if TYPE_CHECKING:
    from db.evaluation.evaluations import KeptEvaluation, KeptResult

MOST_LISTED = 1000
COLUMNS = (
    Column("evaluation", right=True),
    Column("state"),
    Column("started", spare=2),
    Column("model", least=12),
    Column("prompt", spare=4),
    Column("cases", right=True, spare=3),
    Column("passed", right=True),
    Column("failed", right=True),
    Column("cost", right=True, spare=5),
    Column("baselines", least=8, spare=1),
)


@evaluate.command(name="list")
@click.option(
    "--limit", default=30, show_default=True, help="How many at most.",
    type=click.IntRange(1, MOST_LISTED),
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def list_(limit: int, as_json: bool) -> None:
    """List evaluations, the newest first, with the baselines that they are."""
    from db.evaluation.evaluations import list_evaluations

    with reading() as connection:
        found = list_evaluations(connection, limit)
    if as_json:
        told = [asdict(one) for one in found]
        click.echo(printable_json(json.dumps(told, default=str, indent=2)))
        return
    show_table(COLUMNS, [_row(one) for one in found])
    tell_if_cut(len(found), limit)


@evaluate.command()
@click.argument("evaluation_id", metavar="EVALUATION", type=NUMBER)
@click.option("--all", "also_passed", is_flag=True, help="Cases that passed, too.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def show(evaluation_id: int, also_passed: bool, as_json: bool) -> None:
    """Show what would be said in EVALUATION, and which checks that failed, and why."""
    from db.evaluation.evaluations import find_evaluation

    with reading() as connection:
        run, results = find_evaluation(connection, evaluation_id)
    shown = [one for one in results if also_passed or as_json or not one.passed]
    if as_json:
        told = {**asdict(run), "results": [asdict(one) for one in shown]}
        click.echo(printable_json(json.dumps(told, default=str, indent=2)))
        return
    for line in _describe(run, shown):
        click.echo(line)


def _row(one: "KeptEvaluation") -> tuple[str, ...]:
    spent = "" if one.spent is None else f"{one.spent:.4f}"
    return (
        str(one.evaluation_id),
        one.state,
        f"{one.started_at.astimezone():%Y-%m-%d %H:%M}",
        one.model,
        one.prompt_hash or "as set",
        str(one.cases),
        str(one.passed),
        str(one.failed),
        spent,
        one.baselines or "",
    )


def _describe(run: "KeptEvaluation", results: "list[KeptResult]") -> Iterator[str]:
    yield (
        f"Evaluation {run.evaluation_id}, {run.state}: {run.passed} of {run.cases} "
        f"passed, {run.failed} failed; {one_line(run.model)}, knowledge of "
        f"{run.knowledge}, prompt {run.prompt_hash or 'as set'}"
    )
    for one in results:
        label = f"case {one.case_id}" if one.name is None else one_line(one.name)
        yield ""
        yield f"{label}  {'passed' if one.passed else 'failed'}  {one.score:.2f}"
        yield f"  asked: {printable(one.question)}"
        yield f"  says:  {printable(one.said or one.error or '(nothing)')}"
        for check in one.checks:
            kind, why = str(check.get("kind", "")), str(check.get("reason", ""))
            if not check.get("passed"):
                yield f"  failed: {one_line(kind)}: {printable(why)}"
            elif why:
                yield f"  {one_line(kind)}: {printable(why)}"
