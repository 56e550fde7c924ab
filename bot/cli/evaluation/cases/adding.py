"""`bot cases add` and `edit`: by hand, from an answer, or from a question alone."""

# ruff: noqa: PLC0415

from typing import TYPE_CHECKING, Any

import click

from bot.cli.database import migrated_database
from bot.cli.evaluation.cases.group import NUMBER, cases, expecting, read_expected
from bot.terminal import one_line
from db.errors import OperatorError

if TYPE_CHECKING:
    from bot.evaluation.cases.nouns import Expectations
    from db.database import Connection
    from db.evaluation.cases.keeping import NewCase

SECONDS = 30.0
NOTHING = "say what the answer must have: `bot cases add --help` lists the options"
NOT_SAID = "--not-again needs an answer, which --ask has not."


@cases.command()
@click.argument("given", metavar="[REFERENCE|MESSAGE_SID|CHAT]", required=False)
@click.option("--ask", "question", metavar="WORDS", help="A question, of nobody's.")
@click.option("--note", metavar="WORDS", help="Why it is here.")
@expecting
def add(
    given: str | None, question: str | None, note: str | None, **expected: Any
) -> None:
    """Keep the situation of an answer, and what an answer to it must have.

    The answer is named as for `bot explain`. With --ask, a question is kept that nobody
    asked: the case is nobody's, and stays when people are erased.
    """
    from db.evaluation.cases.keeping import keep_case
    from db.outages import outages

    if (given is None) == (question is None):
        raise click.UsageError("Name an answer, or --ask a question.")
    expects = _read_expected(expected, has_answer=given is not None)
    with (
        migrated_database() as database,
        outages(),
        database.transaction(SECONDS) as connection,
    ):
        if given is None:
            new = _of_nobody(question or "", expects, note)
        else:
            new = _of_answer(connection, given, expects, note)
        case_id = keep_case(connection, new)
    if case_id is None:
        raise OperatorError("the person was erased meanwhile: nothing was kept")
    click.echo(f"Case {case_id}: {one_line(new.question)}")


@cases.command()
@click.argument("case_id", metavar="CASE", type=NUMBER)
@expecting
def edit(case_id: int, **expected: Any) -> None:
    """Have CASE expect what these options say, and nothing else."""
    from bot.evaluation.cases.expecting import write_expectations
    from db.evaluation.cases.keeping import change_expects

    expects = _read_expected(expected, has_answer=True)
    with migrated_database() as database:
        change_expects(database, case_id, write_expectations(expects))
    click.echo(f"Case {case_id} expects that from now on.")


def _read_expected(given: dict[str, Any], *, has_answer: bool) -> "Expectations":
    expects = read_expected(given)
    if expects.is_empty:
        raise OperatorError(NOTHING)
    if expects.never_again and not has_answer:
        raise click.UsageError(NOT_SAID)
    return expects


def _of_answer(
    connection: "Connection", given: str, expects: "Expectations", note: str | None
) -> "NewCase":
    from bot.cli.evaluation.cases.making import case_of_reply
    from db.evaluation.cases.finding import find_around
    from db.queries.explained import find_explained

    found = find_explained(connection, given)
    reference_id = _read_reference(found.turn.reference_id)
    around = find_around(connection, found.user_id, reference_id)
    new = around and case_of_reply(around, found.user_id, "hand", expects, note)
    if not new:
        raise OperatorError(f"{given} answers no message: ask it with --ask")
    return new


def _read_reference(written: str | None) -> Any:
    from uuid import UUID

    from db.queries.explained import is_reference

    if written is None or not is_reference(written):
        raise OperatorError("that answer was written by hand: ask it with --ask")
    return UUID(written)


def _of_nobody(question: str, expects: "Expectations", note: str | None) -> "NewCase":
    from bot.evaluation.cases.expecting import write_expectations
    from bot.evaluation.cases.talks import Line, situation_of
    from db.evaluation.cases.keeping import NewCase
    from db.records import to_storable

    words = to_storable(question.strip())
    if not words:
        raise OperatorError("--ask needs words")
    turns = situation_of(words, [Line(is_user=True, text=words)]).chat.turns
    told = write_expectations(expects)
    return NewCase(
        made_from="hand", question=words, turns=turns, expects=told, note=note
    )
