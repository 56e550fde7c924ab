"""`bot proposals find`, `list`, `show`, `dismiss` and `rules`."""

# ruff: noqa: PLC0415

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from bot.cli.database import migrated_database, reading
from bot.cli.evaluation.proposals.group import NUMBER, audit, proposals, writing
from bot.cli.knowledge.shown import echo_json
from bot.cli.schedule import INTERVAL
from bot.cli.show import show_table, tell_if_cut
from bot.terminal import Column, one_line

if TYPE_CHECKING:
    from db.evaluation.proposals.looking import ListedProposal
    from db.records.evaluation.proposals import PromptRule

MOST_LISTED = 1000
COLUMNS = (
    Column("no.", right=True),
    Column("kind"),
    Column("state"),
    Column("times", right=True),
    Column("people", right=True, spare=2),
    Column("stands on", least=12, spare=1),
    Column("last", spare=3),
    Column("about", least=20),
)
RULES = (
    Column("rule", right=True),
    Column("since"),
    Column("until", spare=2),
    Column("by", spare=3),
    Column("proposal", right=True, spare=1),
    Column("text", least=30),
)
COUNTED = {
    "gaps": ("gap", "gaps"),
    "judgements": ("judgement", "judgements"),
    "corrections": ("correction", "corrections"),
    "takeovers": ("takeover", "takeovers"),
}


@proposals.command()
@click.option("--since", type=INTERVAL, default="30d", show_default=True,
              help="How far to look back, such as 12h.")  # fmt: skip
def find(since: timedelta) -> None:
    """Look for what may be learned; what was found before is not found again."""
    from bot.knowledge.small_talk import is_small_talk
    from bot.knowledge.words import split_words
    from db.evaluation.proposals.keeping import Reading, find_proposals
    from db.logins.audit import Action

    began = datetime.now(UTC) - since
    how = Reading(split_words, is_small_talk)
    with migrated_database() as database, writing(database) as connection:
        found = find_proposals(connection, began, how)
        told = {"new": found.new, "added": found.added}
        audit(connection, Action.PROPOSALS_FOUND, details=told)
    click.echo(
        f"New proposals: {found.new}. What happened that belongs to known ones: "
        f"{found.added}."
    )
    if found.new:
        click.echo("`bot proposals list` shows them.", err=True)


@proposals.command("list")
@click.option("--all", "every", is_flag=True, help="Those applied and dismissed, too.")
@click.option("--limit", default=100, show_default=True, help="How many at most.",
              type=click.IntRange(1, MOST_LISTED))  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def list_(every: bool, limit: int, as_json: bool) -> None:
    """List what is proposed, what stands on most things first."""
    from db.evaluation.proposals.looking import list_proposals
    from db.records.evaluation.proposals import PROPOSAL_STATES

    states = PROPOSAL_STATES if every else ("open", "undone")
    with reading() as connection:
        found = list_proposals(connection, states, limit)
    if as_json:
        echo_json(found)
    elif found:
        show_table(COLUMNS, [_row(one) for one in found])
        tell_if_cut(len(found), limit)
    else:
        click.echo("Nothing is proposed: `bot proposals find` looks anew.", err=True)


def _row(one: "ListedProposal") -> tuple[str, ...]:
    return (
        str(one.proposal_id), one.kind, one.state, str(one.times), str(one.people),
        describe_counts(one),
        f"{one.last_at.astimezone():%Y-%m-%d}" if one.last_at else "", one.title,
    )  # fmt: skip


def describe_counts(one: "ListedProposal") -> str:
    """Return on what a proposal stands, such as `2 gaps, 1 takeover`."""
    counts = {name: int(getattr(one, name)) for name in COUNTED}
    return ", ".join(
        f"{count} {COUNTED[name][count > 1]}" for name, count in counts.items() if count
    )


@proposals.command()
@click.argument("number", type=NUMBER)
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def show(number: int, as_json: bool) -> None:
    """Show a proposal, with the conversations behind it."""
    from bot.cli.evaluation.proposals.shown import as_dict, describe
    from db.evaluation.proposals.looking import read_sources, require_proposal

    with reading() as connection:
        found = require_proposal(connection, number)
        sources = read_sources(connection, number)
    if as_json:
        import json

        from bot.terminal import printable_json

        told = json.dumps(as_dict(found, sources), indent=2, default=str)
        click.echo(printable_json(told))
        return
    for line in describe(found, sources):
        click.echo(line)


@proposals.command()
@click.argument("number", type=NUMBER)
def dismiss(number: int) -> None:
    """Have a proposal not be made again."""
    from db.evaluation.proposals.applying import dismiss_proposal
    from db.logins.audit import Action

    with migrated_database() as database, writing(database) as connection:
        found = dismiss_proposal(connection, number)
        audit(connection, Action.PROPOSAL_DISMISSED, number)
    click.echo(f"Dismissed: {number}, {one_line(found.title)}")


@proposals.command()
@click.option("--all", "every", is_flag=True, help="Those that ended, too.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def rules(every: bool, as_json: bool) -> None:
    """List the rules that every prompt has below SYSTEM_PROMPT."""
    from db.evaluation.proposals.rules import list_rules

    with reading() as connection:
        found = list_rules(connection, also_ended=every)
    if as_json:
        echo_json(found)
    elif found:
        show_table(RULES, [_rule(rule) for rule in found])
    else:
        click.echo("No rule is in force beside SYSTEM_PROMPT.", err=True)


def _rule(rule: "PromptRule") -> tuple[str, ...]:
    until = f"{rule.until.astimezone():%Y-%m-%d %H:%M}" if rule.until else ""
    since = f"{rule.since.astimezone():%Y-%m-%d %H:%M}"
    proposal = str(rule.proposal_id or "")
    return str(rule.rule_id), since, until, rule.added_by or "", proposal, rule.text
