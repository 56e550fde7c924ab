"""An evaluation from its first case to its exit code: asked, judged, kept, told."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from bot.cli.evaluation.evaluating.asking import Asked
from bot.cli.evaluation.evaluating.gathering import gather
from bot.cli.evaluation.evaluating.servers import find_folder, find_server
from bot.cli.evaluation.evaluating.telling import tell, tell_json
from bot.cli.export import open_output
from bot.cli.schedule import ending_on_sigterm
from bot.evaluation.cases.nouns import Case
from bot.evaluation.judged.comparing import Comparison, Past, compare
from bot.evaluation.judged.judging import Court, Result
from bot.evaluation.judged.reports import write_junit, write_summary
from bot.terminal import one_line
from bot.wiring.evaluation.judging import Trial, build_court, estimate
from db.database import Database
from db.errors import OperatorError
from db.evaluation.cases.keeping import is_kept
from db.evaluation.evaluations import (
    End,
    KeptResult,
    NewEvaluation,
    end_evaluation,
    load_baseline,
    record_result,
    save_baseline,
    start_evaluation,
)

NONE = (
    "there is no case: `bot cases collect` makes some of what happened, `bot cases "
    "add` one by hand, and --cases names a folder of them"
)


@dataclass(slots=True)
class Run:
    """An evaluation under way: its number, what is judged already, and how it ended."""

    evaluation_id: int
    results: list[Result]
    is_stopped: bool = True


def judge_all(database: Database, asked: Asked) -> int:
    """Judge all cases; return the exit code. Raises OperatorError."""
    past = _load_past(database, asked.baseline)
    folder = asked.folder or find_folder(database)
    cases = gather(asked.settings, database, folder, asked.only)
    if not cases:
        raise OperatorError(NONE)
    trial = Trial(
        server=find_server(asked.settings),
        change=asked.change,
        most_micros=asked.most_micros,
        needs_judge=asked.needs_judge,
    )
    court = build_court(asked.settings, database, trial)
    _ask(asked, trial, court, cases)
    with ending_on_sigterm(), _running(database, asked, trial, len(cases)) as run:
        _judge(database, run, court, cases)
    whole = not asked.only and not run.is_stopped
    compared = compare(run.results, past, asked.tolerance, is_whole=whole)
    is_right = not (compared.worse or run.is_stopped)
    _report(asked, run, compared)
    _save(database, asked, run, compared)
    return 0 if is_right else 1


def _load_past(database: Database, name: str | None) -> Mapping[str, Past] | None:
    if name is None:
        return None
    with database.reading() as connection:
        found = load_baseline(connection, name)
    return {label: Past(passed, score) for label, (passed, score) in found.items()}


def _ask(asked: Asked, trial: Trial, court: Court, cases: list[Case]) -> None:
    """Tell what will be asked of whom and what it may cost, and ask whether it may."""
    prices = asked.settings.money.prices
    costs = estimate(court, cases)
    told = "what it costs is not known: no PRICES are set"
    if prices is not None and costs is not None:
        told = f"about {costs:.4f} {prices.currency} at most"
    judge = asked.settings.judge
    by = f", judged by {one_line(judge.model)} where words need it" if judge else ""
    told = f"{_count(len(cases))}, answered by {one_line(trial.model)}{by}; {told}."
    click.echo(told, err=True)
    if not asked.is_agreed:
        click.confirm("Judge them?", abort=True, err=True)


def _count(number: int) -> str:
    return "1 case" if number == 1 else f"{number:,} cases"


@contextmanager
def _running(
    database: Database, asked: Asked, trial: Trial, cases: int
) -> Iterator[Run]:
    """Yield an evaluation; its row tells how it ended, whatever ends it."""
    judge = asked.settings.judge
    new = NewEvaluation(
        model=trial.model,
        knowledge=asked.change.knowledge,
        cases=cases,
        prompt_hash=asked.prompt_hash,
        judge_model=judge.model if judge else None,
    )
    run = Run(start_evaluation(database, new), [])
    try:
        yield run
    except KeyboardInterrupt:
        click.echo("\nStopped.", err=True)
    except SystemExit:
        end_evaluation(database, run.evaluation_id, "stopped")
        raise
    except BaseException:
        end_evaluation(database, run.evaluation_id, "failed")
        raise
    state: End = "stopped" if run.is_stopped else "done"
    end_evaluation(database, run.evaluation_id, state)


def _judge(database: Database, run: Run, court: Court, cases: Sequence[Case]) -> None:
    judged, gone = 0, [0]
    with click.progressbar(length=len(cases), file=sys.stderr) as bar:
        for result in court.try_cases(_still_kept(database, cases, gone)):
            judged += 1
            kept = _kept(judged, result)
            if record_result(database, run.evaluation_id, kept, court.spent()):
                run.results.append(result)
            bar.update(1)
    run.is_stopped = judged + gone[0] < len(cases)


def _still_kept(
    database: Database, cases: Sequence[Case], gone: list[int]
) -> Iterator[Case]:
    """Yield cases but those that went meanwhile, as their person did; count these.

    What is in memory yet is not told a model any more.
    """
    for case in cases:
        if case.case_id is None or is_kept(database, case.case_id):
            yield case
        else:
            gone[0] += 1


def _kept(position: int, result: Result) -> KeptResult:
    case, outcome = result.case, result.outcome
    return KeptResult(
        position=position,
        case_id=case.case_id,
        name=case.name,
        user_id=case.user_id,
        question=case.question,
        passed=result.passed,
        score=result.score,
        checks=[check.to_json() for check in result.checks],
        said=outcome.text or None,
        error=outcome.error,
        cost=result.cost,
        seconds=outcome.seconds,
    )


def _report(asked: Asked, run: Run, compared: Comparison) -> None:
    title = f"Evaluation {run.evaluation_id}"
    if asked.junit:
        _write(asked.junit, write_junit(compared, title))
    if asked.summary:
        _write(asked.summary, write_summary(compared, title))
    if asked.as_json:
        click.echo(tell_json(compared, run.evaluation_id, is_stopped=run.is_stopped))
        return
    for line in tell(compared, run.evaluation_id, asked.baseline):
        click.echo(line)
    if run.is_stopped:
        told = "It was stopped before all cases were judged: that is no success."
        click.echo(told, err=True)


def _write(path: Path, text: str) -> None:
    with open_output(path) as file:
        file.write(text)


def _save(database: Database, asked: Asked, run: Run, compared: Comparison) -> None:
    """Make it a baseline; not where it was stopped, or is worse than one."""
    if not asked.save_as:
        return
    if run.is_stopped or (compared.has_baseline and compared.worse):
        click.echo(f"It is not saved as {asked.save_as}.", err=True)
        return
    save_baseline(database, asked.save_as, run.evaluation_id)
    click.echo(f"Saved as the baseline {asked.save_as}.", err=True)
