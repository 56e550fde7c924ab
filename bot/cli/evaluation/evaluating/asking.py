"""What is to be judged, as an operator asked for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import click

from bot.cli.evaluation.beside import read_settings_beside_run
from bot.evaluation.situations import Change
from bot.settings import Settings
from db.errors import OperatorError

HASH_DIGITS = 16
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
    most: Decimal | None
    needs_judge: bool
    is_agreed: bool
    as_json: bool

    @property
    def prompt_hash(self) -> str | None:
        """Which prompt is tried; None: the one that is set."""
        if self.change.prompt is None:
            return None
        return sha256(self.change.prompt.encode()).hexdigest()[:HASH_DIGITS]


def read_asked(given: Mapping[str, Any]) -> Asked:
    """Return what options ask for. Raises OperatorError, and UsageError."""
    settings = read_settings_beside_run()
    _check(given, settings)
    tolerance = given["tolerance"]
    prompt = _read_prompt(given["prompt"]) if given["prompt"] else None
    return Asked(
        settings=settings,
        change=Change(
            prompt=prompt, model=given["model"], knowledge=given["knowledge"]
        ),
        folder=given["folder"] or settings.cases,
        only=given["only"],
        baseline=given["baseline"],
        save_as=given["save_baseline"],
        tolerance=TOLERANCE if tolerance is None else tolerance,
        junit=given["junit"],
        summary=given["summary"],
        most=given["max_spend"],
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
    if given["max_spend"] is not None and settings.money.prices is None:
        raise OperatorError(
            "--max-spend needs PRICES, or nobody knows what an answer costs: see "
            "docs/operations.md, Money"
        )
    if given["without_judge"] and settings.judge is not None:
        raise click.UsageError("--without-judge has no meaning where JUDGE_MODEL is.")


def _read_prompt(path: Path) -> str:
    """Read a prompt as SYSTEM_PROMPT_FILE is read."""
    try:
        text = path.read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        text = ""
    if not text:
        raise OperatorError(f"{path} must be a text file that can be read")
    return text
