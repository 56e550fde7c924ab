"""What `bot settings check` says."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.checks.findings import Finding
from bot.checks.offered import find_unoffered, look_at_offered, tell_offered
from bot.checks.starts import find_obstacles, meant_to_run
from bot.settings import Settings

PROCESSES = ("run", "web", "worker", "console")
RIGHT = "The settings are right."
DOUBTFUL = "The settings can be used; but see the warnings."
WRONG = "With these settings not all that is configured can run."
UNFIT = "The settings do not fit what was asked."


@dataclass(frozen=True, slots=True)
class Report:
    """What was found, line by line; the first is the verdict."""

    lines: Sequence[str]
    is_right: bool


def report_on(
    settings: Settings, cautions: Sequence[str], findings: Sequence[Finding] = ()
) -> Report:
    """Return what is configured, what each process would do, and what others said."""
    offered = look_at_offered(settings)
    cautions = [*cautions, *find_unoffered(offered)]
    can_run = not any(find_obstacles(settings, p) for p in meant_to_run(settings))
    fits = all(finding.fits is not False for finding in findings)
    good = DOUBTFUL if cautions else RIGHT
    lines = [
        WRONG if not can_run else good if fits else UNFIT,
        *settings.describe(),
        *tell_offered(offered),
        *(line for process in PROCESSES for line in _tell(settings, process)),
        *map(str, findings),
        *(f"Warning: {caution}" for caution in cautions),
    ]
    return Report(lines, can_run and fits)


def _tell(settings: Settings, process: str) -> Iterator[str]:
    obstacles = find_obstacles(settings, process)
    yield f"`bot {process}` {'does not start:' if obstacles else 'starts.'}"
    for name, problem in obstacles.items():
        yield f"  {name}: {problem}"
