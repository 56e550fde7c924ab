"""`bot proposals apply` and `undo`: judged first, asked, taken back by one command."""

# ruff: noqa: PLC0415

from decimal import Decimal
from typing import TYPE_CHECKING

import click

from bot.cli.database import migrated_database
from bot.cli.evaluation.proposals.group import NUMBER, audit, proposals, writing
from bot.cli.evaluation.proposals.judging import judge_first
from bot.cli.evaluation.trying import AMOUNT
from bot.terminal import one_line

if TYPE_CHECKING:
    from db.database import Database
    from db.evaluation.proposals.applying import Applied
    from db.evaluation.proposals.looking import ListedProposal
    from db.evaluation.proposals.undoing import Undone
    from db.evaluation.proposals.wording import Worded

ENDS_DEMO = (
    "It would be your first document: the demo's end with it, and an undo does not "
    "bring them back."
)


@proposals.command()
@click.argument("number", type=NUMBER)
@click.option("--answer", metavar="TEXT", help="What an entry, or reply, says instead.")
@click.option("--question", metavar="TEXT", help="What an entry stands under instead.")
@click.option("--rule", metavar="TEXT", help="What a rule says instead.")
@click.option("--without-replay", is_flag=True, help="Apply it without judging it.")
@click.option("--max-spend", type=AMOUNT,
              help="What judging it may cost, in the currency of PRICES.")  # fmt: skip
@click.option("--yes", is_flag=True, help="Do not ask.")
def apply(  # noqa: PLR0913, PLR0917  (its options)
    number: int,
    answer: str | None,
    question: str | None,
    rule: str | None,
    without_replay: bool,
    max_spend: Decimal | None,
    yes: bool,
) -> None:
    """Make a proposal knowledge, a rule for the prompt, or a canned reply.

    What was asked in the conversations behind it is answered anew first, with the
    proposal: nothing is sent, and no tool is called. Then it is asked for.
    """
    worded = _read_worded(answer, question, rule)
    if without_replay and max_spend is not None:
        raise click.UsageError("--max-spend is of the replay: --without-replay is none")
    with migrated_database() as database:
        proposal, title, text = _tell(database, number, worded, is_rule=bool(rule))
        if not without_replay:
            judge_first(database, proposal, title, text, max_spend=max_spend, yes=yes)
        if not yes:
            click.confirm("Apply it?", abort=True)
        done = _apply(database, number, worded, proposal.wording)
    _tell_applied(number, done)


def _read_worded(
    answer: str | None, question: str | None, rule: str | None
) -> "Worded":
    from db.evaluation.proposals.wording import Worded

    if rule is not None and (answer is not None or question is not None):
        raise click.UsageError("--rule goes with neither --answer nor --question.")
    return Worded(title=question, text=answer if rule is None else rule)


def _tell(
    database: "Database", number: int, worded: "Worded", *, is_rule: bool
) -> "tuple[ListedProposal, str, str]":
    """Print what would be applied, and return it. Raises OperatorError if it can't."""
    from bot.cli.evaluation.proposals.shown import KINDS, quoted
    from db.errors import OperatorError
    from db.evaluation.proposals.wording import foresee
    from db.knowledge.documents import has_demo

    with database.reading() as connection:
        proposal, title, text = foresee(connection, number, worded)
        ends_demo = proposal.kind == "entry" and has_demo(connection)
    if worded.text is not None and is_rule != (proposal.kind == "rule"):
        option = "--rule" if proposal.kind == "rule" else "--answer"
        raise OperatorError(f"proposal {number} is worded anew with {option}")
    if worded.title is not None and proposal.kind == "rule":
        raise OperatorError(f"proposal {number} is a rule, which has no question")
    click.echo(f"Proposal {number}: {KINDS[proposal.kind]}")
    for who, words in (("About", title), ("Says", text)):
        for line in quoted(who, words):
            click.echo(line)
    if ends_demo:
        click.echo(ENDS_DEMO)
    return proposal, title, text


def _apply(database: "Database", number: int, worded: "Worded", seen: str) -> "Applied":
    from bot.knowledge.answers import compose_answer
    from db.evaluation.proposals.applying import apply_proposal
    from db.logins.audit import Action

    with writing(database) as connection:
        done = apply_proposal(
            connection, number, worded, compose_answer, by=None, seen=seen
        )
        audit(connection, Action.PROPOSAL_APPLIED, number, done.details)
    return done


def _tell_applied(number: int, done: "Applied") -> None:
    from db.evaluation.proposals.applying import BECOMES

    what = f"{BECOMES[done.kind]} {done.made_id}"
    how = "says so instead of what it said" if done.replaces else "is there"
    click.echo(f"Applied: {what} {how}. `bot proposals undo {number}` takes it back.")
    if not done.is_reworded:
        click.echo(
            "It has words of users, with which it goes if one of them is erased. To "
            "word it yourself: undo it, and apply it with "
            + ("--rule." if done.kind == "rule" else "--question and --answer."),
            err=True,
        )


@proposals.command()
@click.argument("number", type=NUMBER)
def undo(number: int) -> None:
    """Take back what a proposal became; what it replaced stands again."""
    from bot.knowledge.words import split_words
    from db.evaluation.proposals.undoing import undo_proposal
    from db.logins.audit import Action

    with migrated_database() as database, writing(database) as connection:
        done = undo_proposal(connection, number, split_words)
        audit(connection, Action.PROPOSAL_UNDONE, number, done.details)
    click.echo(one_line(_describe_undone(done)))


def _describe_undone(done: "Undone") -> str:
    from db.evaluation.proposals.applying import BECOMES

    what = BECOMES[done.kind]
    if done.is_changed:
        return f"Undone: its {what} says something else by now, and is left."
    if done.gone_id is None:
        return f"Undone: its {what} was gone already."
    if done.restored:
        return f"Undone: {what} {done.gone_id} says again what it said before."
    ended = "has ended" if done.kind == "rule" else "is removed"
    return f"Undone: {what} {done.gone_id} {ended}."
