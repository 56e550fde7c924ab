"""`bot replay`: what the bot would say now to what it was asked then."""

# ruff: noqa: PLC0415

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from bot.cli.database import migrated_database
from bot.cli.evaluation.trying import AMOUNT, PROMPT_FILE, read_prompt
from bot.cli.root import main
from bot.cli.schedule import INTERVAL

if TYPE_CHECKING:
    from bot.cli.evaluation.replaying.running import Tried
    from db.records.evaluation import Replay

RESUMED = "--resume goes on with what was begun: it takes no other answers, nor changes"
OF_NEW_ONES = ("prompt", "model", "knowledge", "limit")


@main.command()
@click.argument("what", required=False, metavar="[CHAT|REFERENCE|FILE]")
@click.option("--since", type=INTERVAL, help="All answers of so long: 7d, 12h, 30m.")
@click.option(
    "--prompt", type=PROMPT_FILE, metavar="FILE",
    help="A file with another system prompt.",
)  # fmt: skip
@click.option("--model", metavar="NAME", help="Another model of the LLM's server.")
@click.option(
    "--knowledge", type=click.Choice(("now", "then")), default="now",
    show_default=True, help="What is known today, or what was found then.",
)  # fmt: skip
@click.option(
    "--max-spend", type=AMOUNT,
    help="What it may cost in all, in the currency of PRICES.",
)  # fmt: skip
@click.option(
    "--limit", default=1000, show_default=True, type=click.IntRange(1, 100_000),
    help="How many answers at most, the oldest first.",
)  # fmt: skip
@click.option(
    "--html", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
    help="Write both answers side by side to a page.",
)  # fmt: skip
@click.option("--resume", type=int, metavar="N", help="Go on with replay N.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def replay(
    prompt: Path | None, resume: int | None, html: Path | None, **given: Any
) -> None:
    """Answer again what was answered, with another prompt, model or knowledge.

    CHAT is a chat_id, or its beginning; REFERENCE the reference_id of one answer, or
    the MessageSid of what it answers; FILE what `bot users export` wrote, perhaps
    elsewhere: what comes of that is shown, and kept nowhere.

    Nothing is sent, and no tool is called: what tools told is played back, and a call
    that was not made then is told as such. What is begun is kept, so that --resume goes
    on where it broke off.
    """
    from bot.cli.evaluation.replaying.running import Tried, open_bench, replay_on
    from bot.cli.evaluation.replaying.showing import show_result

    yes, as_json = given.pop("yes"), given.pop("as_json")
    tried = Tried(prompt=read_prompt(prompt), **given)
    _check(tried, resume)
    with migrated_database() as database:
        bench = open_bench(database)
        ended, answers = replay_on(bench, tried, resume, yes=yes)
        show_result(ended, answers, html, as_json=as_json)
    _tell_rest(ended)


def _check(tried: "Tried", resume: int | None) -> None:
    """Raise UsageError unless it is said what to replay, once."""
    given = [each for each in (tried.what, tried.since, resume) if each is not None]
    if len(given) != 1:
        raise click.UsageError(
            "say what to replay: a CHAT, a REFERENCE, a FILE or --since 7d"
        )
    if resume is not None and any(map(_is_given, OF_NEW_ONES)):
        raise click.UsageError(RESUMED)


def _is_given(option: str) -> bool:
    source = click.get_current_context().get_parameter_source(option)
    return source is not ParameterSource.DEFAULT


def _tell_rest(ended: "Replay") -> None:
    """Tell how to go on; end with 1 where something is left, or failed."""
    if ended.waiting and ended.id:
        told = f"{ended.waiting:,} answers are left: bot replay --resume {ended.id}"
        click.echo(told, err=True)
    if ended.waiting or ended.failed:
        click.get_current_context().exit(1)
