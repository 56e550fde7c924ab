"""A proposal judged before it is applied: the conversations behind it, replayed."""

# ruff: noqa: PLC0415

from collections.abc import Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

import click

from bot.cli.evaluation.proposals.group import writing
from bot.cli.evaluation.trying import micros_of
from bot.terminal import one_line

if TYPE_CHECKING:
    from bot.cli.evaluation.replaying.running import Bench
    from bot.evaluation.again import Again
    from bot.evaluation.proposals.trying import Tried
    from bot.evaluation.situations import Change, Situation
    from db.database import Database
    from db.evaluation.proposals.looking import ListedProposal, Said

# Of those behind it, the newest.
MOST_SITUATIONS = 20
LONGEST = 300
NOTHING_KEPT = (
    "Nothing to replay: the LLM gave no answer in the conversations behind it, or it "
    "is not kept how."
)


def judge_first(  # noqa: PLR0913  (what is tried, and how)
    database: "Database",
    proposal: "ListedProposal",
    title: str,
    text: str,
    *,
    max_spend: Decimal | None,
    yes: bool,
) -> None:
    """Show what would be said with a proposal to what was asked, and keep the verdict.

    Raises OperatorError where there is no LLM to ask, or where nobody is asked whether
    to apply it (`yes`) and there is no answer by which to tell.
    """
    from bot.evaluation.proposals.trying import change_of

    change = change_of(proposal.kind, title, text)
    if change is None:
        click.echo("Nothing to replay: no answer of the bot's stands on it.", err=True)
        return
    bench, anew = _build(database, change, max_spend)
    situations = _load(database, bench, proposal.proposal_id)
    if not situations:
        click.echo(NOTHING_KEPT, err=True)
        return
    _confirm(bench, anew, situations, max_spend=max_spend, yes=yes)
    tried = _try(anew, situations)
    _keep(database, proposal.proposal_id, tried, len(situations))
    if yes:
        _require_judged(proposal.proposal_id, tried)


def _build(
    database: "Database", change: "Change", max_spend: Decimal | None
) -> "tuple[Bench, Again]":
    from bot.cli.evaluation.replaying.running import open_bench
    from bot.wiring.evaluation.answering import build_anew

    bench = open_bench(database)
    most = micros_of(bench.settings, max_spend)
    server = bench.server
    return bench, build_anew(
        bench.settings, database, server, change, purpose="replay", most_micros=most
    )


def _load(database: "Database", bench: "Bench", proposal_id: int) -> "list[Situation]":
    """Return the situations behind a proposal that are kept, the newest first."""
    from db.evaluation.proposals.looking import read_sources

    with database.reading() as connection:
        sources = read_sources(connection, proposal_id)
    ids = dict.fromkeys(source.answer_id for source in sources if source.answer_id)
    found = (bench.situations.load(answer_id) for answer_id in ids)
    return [one for one in found if one is not None][:MOST_SITUATIONS]


def _confirm(
    bench: "Bench",
    anew: "Again",
    situations: "Sequence[Situation]",
    *,
    max_spend: Decimal | None,
    yes: bool,
) -> None:
    """Tell what a replay would cost, and ask where that is money."""
    from bot.evaluation.proposals.trying import estimate

    cost, prices = estimate(anew, situations), bench.settings.money.prices
    told = f"about {cost:.4f} {prices.currency} at most" if cost and prices else ""
    told += f", and no more than {max_spend}" if max_spend else ""
    about = f" ({told.removeprefix(', ')})" if told else ""
    click.echo(f"Replaying {len(situations)} of what was asked{about} ...", err=True)
    if cost and max_spend is None and not yes:
        click.confirm("Ask the LLM?", abort=True, err=True)


def _try(anew: "Again", situations: "Sequence[Situation]") -> "list[Tried]":
    """Ask, and show each answer beside the one of then as it comes."""
    from bot.evaluation.proposals.trying import try_on

    tried = []
    for one in try_on(anew, situations):
        tried.append(one)
        asked = " ".join(turn.content for turn in one.situation.batch)
        click.echo("")
        click.echo(f"Asked:      {one_line(asked, LONGEST)}")
        click.echo(f"It said:    {one_line(one.situation.said or '', LONGEST)}")
        failed = f"no answer: {one.outcome.error}" if one.outcome.error else ""
        click.echo(f"With it:    {one_line(failed or one.outcome.text, LONGEST)}")
    return tried


def _keep(
    database: "Database", proposal_id: int, tried: "Sequence[Tried]", asked: int
) -> None:
    from bot.cli.evaluation.proposals.shown import describe_verdict
    from bot.evaluation.proposals.trying import judge
    from db.evaluation.proposals.looking import keep_verdict

    verdict = judge(tried)
    with writing(database) as connection:
        keep_verdict(connection, proposal_id, verdict, _said(tried))
    click.echo("")
    for line in describe_verdict(asdict(verdict)):
        click.echo(line)
    if len(tried) < asked:
        click.echo("The next answer could cost more than --max-spend.", err=True)


def _require_judged(proposal_id: int, tried: "Sequence[Tried]") -> None:
    from db.errors import OperatorError

    if all(one.outcome.error is not None for one in tried):
        raise OperatorError(
            f"the replay has not judged proposal {proposal_id}: nothing is applied; "
            "--without-replay applies it all the same"
        )


def _said(tried: "Sequence[Tried]") -> "list[Said]":
    from db.evaluation.proposals.looking import Said

    return [
        Said(UUID(one.situation.reference_id), one.outcome.text)
        for one in tried
        if one.situation.reference_id and one.outcome.error is None
    ]
