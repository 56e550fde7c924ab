"""The figures of all scenarios as a table."""

from collections.abc import Sequence

from tests.chaos.checker import Verdict

HEADER = (
    "scenario", "sent", "acknowledged", "answered", "lost", "doubled",
    "out of order", "503s", "slowest answer", "recovery", "since back",
)  # fmt: skip
FOOTNOTE = (
    "503s: webhooks that were told to come again; slowest answer: longest time from an "
    "acknowledgement to the answer; recovery: longest time from a kill to the answer "
    "to a message acknowledged after it; since back: the same, from when what was "
    "killed runs again."
)


def format_table(verdicts: dict[str, Verdict], *, markdown: bool = False) -> str:
    """Return one line for each scenario, under the names of the figures."""
    rows = [HEADER, *(_row(name, verdict) for name, verdict in verdicts.items())]
    columns = list(zip(*rows, strict=True))
    widths = [max(map(len, column)) for column in columns]
    lines = [_line(row, widths, "| " if markdown else "") for row in rows]
    if markdown:
        rules = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
        lines.insert(1, _line(rules, widths, "| "))
    return "\n".join([*lines, "", FOOTNOTE])


def _row(name: str, verdict: Verdict) -> tuple[str, ...]:
    counts = (verdict.sent, verdict.acknowledged, verdict.answered)
    broken = (verdict.lost, verdict.doubled, verdict.out_of_order)
    waits = [verdict.recovery, verdict.since_back]
    recovery = ["" if wait is None else f"{wait:.1f} s" for wait in waits]
    numbers = [*counts, *map(len, broken), verdict.refused]
    return (name, *map(str, numbers), f"{verdict.slowest:.1f} s", *recovery)


def _line(cells: Sequence[str], widths: Sequence[int], border: str) -> str:
    first, *rest = zip(cells, widths, strict=True)
    padded = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in rest)]
    separator = " | " if border else "  "
    return f"{border}{separator.join(padded)}{' |' if border else ''}"
