"""`bot evaluate`: cases are answered anew and judged; what got worse ends with 1."""

# ruff: noqa: PLC0415

import sys
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from bot.cli.database import migrated_database
from bot.cli.evaluation.trying import AMOUNT, PROMPT_FILE
from bot.cli.root import main

LONGEST_NAME = 100
A_FILE = click.Path(dir_okay=False, path_type=Path)


class Name(click.ParamType[str]):
    """What a baseline is called: on one line, and not too long."""

    name = "name"

    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        """Return the name; fail with a word to the user."""
        text = str(value).strip()
        if not text or not text.isprintable() or len(text) > LONGEST_NAME:
            self.fail("a name has 1 to 100 signs that show", param, ctx)
        return text


@main.group(invoke_without_command=True)
@click.option(
    "--cases", "folder", metavar="FOLDER",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Cases in YAML, beside those of the database; CASES by default.",
)  # fmt: skip
@click.option(
    "--only", multiple=True, metavar="CASE",
    help="A case's name or number; * stands for anything.",
)  # fmt: skip
@click.option(
    "--prompt", type=PROMPT_FILE, metavar="FILE", help="Try this system prompt.",
)  # fmt: skip
@click.option("--model", metavar="NAME", help="Try this model of the LLM's server.")
@click.option(
    "--knowledge", type=click.Choice(["now", "then"]), default="now",
    show_default=True, help="What is known today, or what was found then.",
)  # fmt: skip
@click.option("--baseline", type=Name(), help="The scores to beat.")
@click.option("--save-baseline", type=Name(), help="Call these scores so.")
@click.option(
    "--tolerance", type=click.FloatRange(0, 1),
    help="By how much a score may fall; 0.05 by default.",
)  # fmt: skip
@click.option("--junit", type=A_FILE, metavar="FILE", help="Write a JUnit file.")
@click.option(
    "--summary", type=A_FILE, metavar="FILE.md", help="Write a summary in Markdown."
)
@click.option("--max-spend", type=AMOUNT, help="Stop before it costs more than this.")
@click.option(
    "--without-judge", is_flag=True,
    help="Leave out what only a judge could tell, where no JUDGE_MODEL is set.",
)  # fmt: skip
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
@click.pass_context
def evaluate(ctx: click.Context, /, **given: Any) -> None:
    """Answer every case anew, and judge the answers; nothing is sent, no tool called.

    Ends with 1 if a case fails, or, with --baseline, if one got worse: each is named,
    with the check that failed. Of a case that came from a person, only its number and
    the kind of check are told: `bot evaluate show` tells the rest.
    """
    if ctx.invoked_subcommand is not None:
        _require_none_given(ctx)
        return
    from bot.cli.evaluation.evaluating.asking import read_asked
    from bot.cli.evaluation.evaluating.judged import judge_all

    asked = read_asked(given)
    with migrated_database() as database:
        sys.exit(judge_all(database, asked))


def _require_none_given(ctx: click.Context) -> None:
    for name in ctx.params:
        if ctx.get_parameter_source(name) is not ParameterSource.DEFAULT:
            option = next(p.opts[0] for p in ctx.command.params if p.name == name)
            told = f"{option} has no meaning before {ctx.invoked_subcommand}."
            raise click.UsageError(told)
