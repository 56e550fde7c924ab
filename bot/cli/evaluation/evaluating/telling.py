"""What an evaluation found, on a terminal and for programs."""

import json
from collections.abc import Iterator
from typing import Any

from bot.evaluation.judged.comparing import Compared, Comparison
from bot.evaluation.judged.reports import tell_change, tell_failed
from bot.terminal import Column, one_line, printable_json, table, terminal_width

COLUMNS = (
    Column("case", least=12),
    Column("judged"),
    Column("score", spare=1),
    Column("failed", least=20),
)
ORDER = {"worse": 0, "failed": 1, "better": 2, "passed": 3}


def tell(
    compared: Comparison, evaluation_id: int, baseline: str | None
) -> Iterator[str]:
    """Yield the lines: every case, and then what counts."""
    ordered = sorted(compared.cases, key=lambda one: ORDER[one.verdict])
    rows = [_row(compared, one) for one in ordered]
    yield from table(COLUMNS, rows, terminal_width())
    yield ""
    passed = sum(one.result.passed for one in compared.cases)
    told = f"Evaluation {evaluation_id}: {passed} of {len(compared.cases)} cases passed"
    if baseline is None:
        yield f"{told}."
    else:
        yield (
            f"{told}; beside {one_line(baseline)}, {len(compared.worse)} got worse, "
            f"{len(compared.new)} are new, {len(compared.missing)} are missing."
        )
    yield from (f"  missing: {one_line(label)}" for label in compared.missing)
    if compared.worse:
        yield "Got worse:" if compared.has_baseline else "Failed:"
        yield from (f"  {_told(one)}" for one in compared.worse)
        yield f"`bot evaluate show {evaluation_id}` tells what was said."


def tell_json(compared: Comparison, evaluation_id: int, *, is_stopped: bool) -> str:
    """Return the same as JSON; of a person's case no word of theirs either."""
    told = {
        "evaluation": evaluation_id,
        "is_stopped": is_stopped,
        "worse": [one.result.case.label for one in compared.worse],
        "new": [one.result.case.label for one in compared.new],
        "missing": list(compared.missing),
        "cases": [_as_json(one) for one in compared.cases],
    }
    return printable_json(json.dumps(told, indent=2, ensure_ascii=False))


def _row(compared: Comparison, one: Compared) -> tuple[str, ...]:
    is_new = "new, " if one in compared.new else ""
    judged = f"{is_new}{one.verdict}"
    return (one.result.case.label, judged, tell_change(one), tell_failed(one))


def _told(one: Compared) -> str:
    why = tell_failed(one) or f"its score fell: {tell_change(one)}"
    return f"{one_line(one.result.case.label)}: {one_line(why)}"


def _as_json(one: Compared) -> dict[str, Any]:
    return {
        "case": one.result.case.label,
        "verdict": one.verdict,
        "passed": one.result.passed,
        "score": one.result.score,
        "score_before": one.past.score if one.past else None,
        "failed": tell_failed(one),
    }
