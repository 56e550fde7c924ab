"""What a replay runs on, what it is asked for, and how far it got."""

# ruff: noqa: PLC0415

import logging
import sys
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Literal, TypeVar
from uuid import UUID

import click

from bot.cli.evaluation.beside import NO_LLM, read_settings_beside_run
from bot.cli.evaluation.trying import NO_PRICES, micros_of
from db.errors import OperatorError
from db.evaluation.replays import Asked, Replays
from db.money.costs import amount_of
from db.records.money import MILLION

if TYPE_CHECKING:
    from bot.cli.evaluation.replaying.showing import Answers
    from bot.evaluation.again import Again
    from bot.llm.account import LLMServer
    from bot.settings import Settings
    from db.database import Database
    from db.evaluation.situations import Situations
    from db.records.evaluation import Replay, Situation

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Tried:
    """What was said on the command line."""

    what: str | None
    since: timedelta | None
    prompt: str | None
    model: str | None
    knowledge: Literal["now", "then"]
    max_spend: Decimal | None
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What a replay works with."""

    settings: "Settings"
    server: "LLMServer"
    database: "Database"
    situations: "Situations"
    replays: Replays
    stopping: Event = field(default_factory=Event)


def open_bench(database: "Database") -> Bench:
    """Return what replays run on, with the settings that answers are made by here.

    Those of a `bot run` at work count where it brings its own LLM. Raises
    OperatorError where there is none.
    """
    from bot.wiring.evaluation.answering import build_situations

    settings = read_settings_beside_run()
    if settings.llm is None:
        raise OperatorError(NO_LLM)
    return Bench(
        settings=settings,
        server=settings.llm,
        database=database,
        situations=build_situations(settings, database),
        replays=Replays(database),
    )


def replay_on(
    bench: Bench, tried: Tried, resume: int | None, *, yes: bool
) -> "tuple[Replay, Answers]":
    """Begin a replay, or go on with one; return it, and its answers, as they are then.

    Raises OperatorError.
    """
    if resume is not None:
        replay_id = resume_replay(bench, resume, tried.max_spend, yes=yes)
    elif tried.what and Path(tried.what).is_file():
        from bot.cli.evaluation.replaying.filed import replay_file

        return replay_file(bench, tried, Path(tried.what), yes=yes)
    else:
        replay_id = begin(bench, tried, yes=yes)
    return run(bench, replay_id), partial(bench.replays.answers, replay_id)


def begin(bench: Bench, tried: Tried, *, yes: bool) -> int:
    """Tell what it would cost, ask, and write down what is to be answered.

    Return the new replay's id. Raises OperatorError where there is nothing to answer.
    """
    from bot.cli.evaluation.replaying.choosing import choose

    references, asked_for = choose(bench, tried)
    asked = asked_of(bench, tried, asked_for)
    anew = build(bench, asked)
    number, estimate = 0, None if anew.costs is None else Decimal(0)
    for situation in _load(bench, references, "Estimated"):
        number += 1
        estimate = None if estimate is None else estimate + cost_of(anew, situation)
    if not number:
        raise OperatorError("there is no answer of the LLM's to replay")
    micros = None if estimate is None else int(estimate * MILLION)
    confirm(number, micros, asked, yes=yes)
    loaded = _load(bench, references, "Written down")
    return bench.replays.begin(replace(asked, estimated_micros=micros), loaded)


def resume_replay(
    bench: Bench, replay_id: int, max_spend: Decimal | None, *, yes: bool
) -> int:
    """Tell what is left, ask, and return the replay's id. Raises OperatorError."""
    found = bench.replays.find(replay_id)
    most = micros_of(bench.settings, max_spend) or found.most_micros
    spent = f", {amount_of(found.spent_micros)} {found.currency} spent so far"
    click.echo(
        f"Replay {found.id}: {found.waiting:,} answers are left"
        f"{spent if found.currency else ''}.",
        err=True,
    )
    if found.waiting and not yes:
        click.confirm("Go on?", abort=True, err=True)
    bench.replays.resume(replay_id, most)
    return replay_id


def run(bench: Bench, replay_id: int) -> "Replay":
    """Answer what waits, and return the replay as it is then.

    It ends where the next answer could be beyond what it may spend, or by Ctrl-C: what
    was answered is stored by then, and nothing twice.
    """
    from bot.evaluation.replaying import EnoughError, Replaying

    started = bench.replays.find(replay_id)
    anew = build(bench, started)
    if anew.purse:
        anew.purse.spent_micros = started.spent_micros
        anew.purse.till = bench.replays.till(replay_id)
    replaying = Replaying(anew=anew, load=bench.situations.load, purse=anew.purse)
    waiting = bench.replays.answers(replay_id, "waiting")
    try:
        with (
            quiet(),
            bar(replaying.answer(waiting), started.waiting, "Answers") as answered,
        ):
            for answer in answered:
                bench.replays.settle(replay_id, answer)
    except EnoughError:
        click.echo("The next answer could cost more than --max-spend.", err=True)
    except KeyboardInterrupt:
        click.echo("\nStopped.", err=True)
    bench.replays.end(replay_id)
    return bench.replays.find(replay_id)


@contextmanager
def quiet() -> Iterator[None]:
    """Keep what is logged of answers from a terminal that shows them."""
    log = logging.getLogger("bot")
    level = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(level)


def build(bench: Bench, tried: "Asked | Replay") -> "Again":
    """Return what answers anew as is tried. Raises OperatorError without PRICES."""
    from bot.evaluation.situations import Change
    from bot.wiring.evaluation.answering import build_anew

    change = Change(prompt=tried.prompt, model=tried.model, knowledge=tried.knowledge)
    given = (bench.settings, bench.database, bench.server, change)
    most = tried.most_micros
    anew = build_anew(*given, most_micros=most, stopping=bench.stopping)
    if most is not None and anew.purse is None:
        raise OperatorError(NO_PRICES)
    return anew


def asked_of(bench: Bench, tried: Tried, asked_for: str) -> Asked:
    """Return what a new replay is asked for. Raises OperatorError."""
    prices = bench.settings.money.prices
    return Asked(
        asked_for=asked_for,
        knowledge=tried.knowledge,
        prompt=tried.prompt,
        model=tried.model,
        most_micros=micros_of(bench.settings, tried.max_spend),
        currency=prices.currency if prices else None,
    )


def cost_of(anew: "Again", situation: "Situation") -> Decimal:
    """Return about what an answer costs at most; 0 where nothing is counted."""
    return anew.estimate(situation) or Decimal(0)


def _load(bench: Bench, references: list[UUID], label: str) -> "Iterator[Situation]":
    """Yield the situations of answers, those that are kept, one at a time."""
    with bar(references, len(references), label) as shown:
        for reference_id in shown:
            situation = bench.situations.load(reference_id)
            if situation is not None:
                yield situation


def confirm(number: int, micros: int | None, asked: Asked, *, yes: bool) -> None:
    """Tell what is to be done, and ask whether to."""
    cost = "what it costs is not known: there are no PRICES"
    if micros is not None:
        cost = f"about {amount_of(micros)} {asked.currency} at most"
    if asked.most_micros is not None:
        cost += f", and no more than {amount_of(asked.most_micros)}"
    what = "1 answer is" if number == 1 else f"{number:,} answers are"
    click.echo(f"{what} to be given anew: {cost}.", err=True)
    if not yes:
        click.confirm("Go on?", abort=True, err=True)


def bar(
    items: Iterable[Item], length: int, label: str
) -> AbstractContextManager[Iterable[Item]]:
    """Return the items under a bar that shows how far they are, on a terminal."""
    if not sys.stderr.isatty():
        return nullcontext(items)
    return click.progressbar(
        items, length=length, label=label, file=sys.stderr, show_pos=True
    )
