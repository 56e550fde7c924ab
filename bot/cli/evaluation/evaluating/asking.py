"""What is to be judged, as an operator asked for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from bot.cli.evaluation.beside import read_settings_beside_run
from bot.cli.evaluation.trying import micros_of, read_prompt
from bot.evaluation.situations import Change
from bot.settings import Settings
from db.delivery.with_sources import hash_of_prompt

TOLERANCE = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is judged against what, and where it is told."""

    settings: Settings = field(repr=False)
    change: Change
    folder: Path | None
    only: tuple[str, ...]
    baseline: str | None
    save_as: str | None
    tolerance: float
    junit: Path | None
    summary: Path | None
    most_micros: int | None
    needs_judge: bool
    is_agreed: bool
    as_json: bool

    @property
    def prompt_hash(self) -> str | None:
        """Which prompt is tried; None: the one that is set."""
        if self.change.prompt is None:
            return None
        return hash_of_prompt(self.change.prompt)


def read_asked(given: Mapping[str, Any]) -> Asked:
    """Return what options ask for. Raises OperatorError, and UsageError."""
    settings = read_settings_beside_run()
    _check(given, settings)
    tolerance = given["tolerance"]
    return Asked(
        settings=settings,
        change=Change(
            prompt=read_prompt(given["prompt"]),
            model=given["model"],
            knowledge=given["knowledge"],
        ),
        folder=given["folder"] or settings.cases,
        only=given["only"],
        baseline=given["baseline"],
        save_as=given["save_baseline"],
        tolerance=TOLERANCE if tolerance is None else tolerance,
        junit=given["junit"],
        summary=given["summary"],
        most_micros=micros_of(settings, given["max_spend"]),
        needs_judge=not given["without_judge"],
        is_agreed=given["yes"],
        as_json=given["as_json"],
    )


def _check(given: Mapping[str, Any], settings: Settings) -> None:
    """Raise UsageError, or OperatorError, for what can't be, or would be ignored."""
    if given["save_baseline"] and given["only"]:
        raise click.UsageError("A baseline is of all cases: leave out --only.")
    if given["tolerance"] is not None and given["baseline"] is None:
        raise click.UsageError("--tolerance has no meaning without --baseline.")
    if given["without_judge"] and settings.judge is not None:
        raise click.UsageError("--without-judge has no meaning where JUDGE_MODEL is.")
