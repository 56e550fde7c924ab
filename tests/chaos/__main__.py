"""Break the bot in every way at hand and count what is lost, doubled or swapped.

python -m tests.chaos [--seed N] [--scenario NAME …] [--short] [--markdown]
"""

import argparse
import secrets
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

from tests.chaos.checker import Verdict, check
from tests.chaos.effects.rounds import KINDS
from tests.chaos.effects.scenario import kill_after_effects
from tests.chaos.evidence import write_evidence
from tests.chaos.experiment import Experiment
from tests.chaos.pair import database_for
from tests.chaos.pooler import before_the_webs, find_pgbouncer
from tests.chaos.scenarios import SCENARIOS, SHORT, Scenario
from tests.chaos.table import format_table
from tests.chaos.town import Town

# The simulator keeps 10,000 messages, and a scenario may send twice as many.
MOST_MESSAGES = 2_500
# Counts effects of tools, not messages: it stands in no table.
EFFECTS, ROUNDS = "tool-effects", 5
NAMES = [*(scenario.name for scenario in SCENARIOS), EFFECTS]


def main() -> None:
    given = parse_arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = Path(tempfile.mkdtemp(prefix="whatsapp-bot-chaos-"))
    folder.chmod(0o755)
    print(f"seed {given.seed} (--seed {given.seed} repeats it), data in {folder}")
    verdicts: dict[str, Verdict] = {}
    repeats_effects = False
    try:
        for scenario in chosen(given):
            verdicts[scenario.name] = run_timed(scenario, folder, given)
        if EFFECTS in given.scenario:
            repeats_effects = not break_effects(folder / EFFECTS, short=given.short)
    finally:
        print("\n" + format_table(verdicts, markdown=given.markdown), flush=True)
    if repeats_effects or not all(verdict.holds for verdict in verdicts.values()):
        sys.exit(f"The promise was broken: see evidence.txt and the logs in {folder}")
    if not given.keep:
        shutil.rmtree(folder)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    parser.add_argument("--scenario", nargs="+", choices=NAMES, default=NAMES)
    parser.add_argument("--short", action="store_true", help="a minute, for 10 users")
    parser.add_argument("--users", type=int)
    parser.add_argument("--messages", type=int, help="of each scenario")
    parser.add_argument("--markdown", action="store_true")
    parser.add_argument("--keep", action="store_true", help="keep data and logs")
    given = parser.parse_args()
    users, messages = (10, 100) if given.short else (100, 1000)
    given.users, given.messages = given.users or users, given.messages or messages
    if not (given.users > 0 and 0 < given.messages <= MOST_MESSAGES):
        parser.error(f"--users from 1 on, --messages from 1 to {MOST_MESSAGES}")
    return given


def chosen(given: argparse.Namespace) -> list[Scenario]:
    if given.short:
        return [SHORT]
    return [
        scenario
        for scenario in SCENARIOS
        if scenario.name in given.scenario and can_run(scenario)
    ]


def can_run(scenario: Scenario) -> bool:
    """Say which scenario is left out, and what it lacks."""
    if scenario.pgbouncer and find_pgbouncer() is None:
        print(f"{scenario.name} … left out: PgBouncer is not installed", flush=True)
        return False
    return True


def run_timed(scenario: Scenario, folder: Path, given: argparse.Namespace) -> Verdict:
    print(f"{scenario.name} … ", end="", flush=True)
    began = time.monotonic()
    verdict = run(scenario, folder / scenario.name, given)
    outcome = "held" if verdict.holds else "BROKEN"
    print(f"{outcome}, {time.monotonic() - began:.0f} s", flush=True)
    if verdict.ended:
        print(f"  {len(verdict.ended)} web processes broke: see the log", flush=True)
    if verdict.takeovers:
        print(f"  {verdict.takeovers}", flush=True)
    return verdict


def break_effects(folder: Path, *, short: bool) -> bool:
    """Kill the worker right after tools' effects; tell whether none was repeated."""
    folder.mkdir()
    print(f"{EFFECTS} … ", end="", flush=True)
    began = time.monotonic()
    tally = kill_after_effects(folder, 1 if short else ROUNDS, [*KINDS])
    outcome = "BROKEN" if tally.wrong else "held"
    told = [f"{outcome}, {time.monotonic() - began:.0f} s", str(tally), *tally.wrong]
    print("\n  ".join(told), flush=True)
    return not tally.wrong


def run(scenario: Scenario, folder: Path, given: argparse.Namespace) -> Verdict:
    """Build a town, break it, tell what became of the promise."""
    folder.mkdir()
    size = scenario.size(given.users, given.messages)
    with (
        database_for(scenario, folder) as postgres,
        before_the_webs(scenario, postgres.url, folder) as web_url,
    ):
        url = postgres.url
        town = Town(
            folder, url, scenario, given.seed,
            postgres=postgres, web_database_url=web_url,
        )  # fmt: skip
        try:
            town.start()
            events = Experiment(scenario, town, given.seed).run(size)
            verdict = check(events)
            if not verdict.holds:
                write_evidence(folder / "evidence.txt", url, events, verdict)
        finally:
            town.close()
    return verdict


if __name__ == "__main__":
    main()
