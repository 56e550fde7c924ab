"""A replay of an export: of people who may not be known here, so nothing is kept."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from uuid import UUID

import click

from bot.cli.evaluation.replaying.running import (
    Bench,
    Tried,
    asked_of,
    bar,
    build,
    confirm,
    cost_of,
    quiet,
)
from bot.cli.evaluation.replaying.showing import Answers
from bot.evaluation.replaying import EnoughError, Replaying
from db.errors import OperatorError
from db.evaluation.exported import read_export
from db.evaluation.replays import Asked
from db.records.evaluation import Replay, ReplayAnswer, Situation
from db.records.money import MILLION


def replay_file(
    bench: Bench, tried: Tried, file: Path, *, yes: bool
) -> tuple[Replay, Answers]:
    """Answer an export's situations; return what came of it, as a replay is told.

    Raises OperatorError where the file is no export of one person.
    """
    situations = read_export(file)[: tried.limit]
    if not situations:
        raise OperatorError(f"{file} has no answer of the LLM's to replay")
    asked = asked_of(bench, tried, "answers of an export")
    anew = build(bench, asked)
    micros = None
    if anew.costs is not None:
        costs = (cost_of(anew, situation) for situation in situations)
        micros = int(sum(costs, Decimal(0)) * MILLION)
    confirm(len(situations), micros, asked, yes=yes)
    loaded = {UUID(one.reference_id): one for one in situations}
    replaying = Replaying(anew=anew, load=loaded.get, purse=anew.purse)
    answers = _answered(replaying, _waiting(situations))
    spent = anew.purse.spent_micros if anew.purse else 0
    told = replace(asked, estimated_micros=micros)
    return _as_replay(told, answers, spent), partial(tuple, answers)


def _answered(
    replaying: Replaying, waiting: Sequence[ReplayAnswer]
) -> list[ReplayAnswer]:
    """Return all answers, those that it did not come to as they were."""
    done: list[ReplayAnswer] = []
    try:
        with quiet(), bar(replaying.answer(waiting), len(waiting), "Answers") as shown:
            done.extend(shown)
    except EnoughError:
        click.echo("The next answer could cost more than --max-spend.", err=True)
    except KeyboardInterrupt:
        click.echo("\nStopped.", err=True)
    return [*done, *waiting[len(done) :]]


def _waiting(situations: Sequence[Situation]) -> list[ReplayAnswer]:
    return [
        ReplayAnswer(
            position=position,
            user_id=one.chat.user_id,
            chat_id=one.chat.chat_id,
            reference_id=UUID(one.reference_id),
            question="\n".join(turn.content for turn in one.batch),
            before=one.said or "",
        )
        for position, one in enumerate(situations, 1)
    ]


def _as_replay(asked: Asked, answers: Sequence[ReplayAnswer], spent: int) -> Replay:
    now = datetime.now(UTC)
    return Replay(
        id=0,
        asked_for=asked.asked_for,
        prompt=asked.prompt,
        model=asked.model,
        knowledge=asked.knowledge,
        most_micros=asked.most_micros,
        estimated_micros=asked.estimated_micros,
        spent_micros=spent,
        currency=asked.currency,
        created_at=now,
        ended_at=now,
        waiting=sum(one.state == "waiting" for one in answers),
        same=sum(one.is_same is True for one in answers),
        other=sum(one.is_same is False for one in answers),
        failed=sum(one.state == "failed" for one in answers),
    )
