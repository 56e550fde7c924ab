"""One processor for the threads of a process, tried in processes of their own."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from bot.processors import ALLOWED, busy_seconds, choose
from tests.house import PATIENCE, ROOT

needs_choice = pytest.mark.skipif(
    len(ALLOWED) < 2, reason="needs Linux and two processors"
)
BEGINNING = """
import json, os, subprocess, sys, threading
from bot.processors import ALLOWED, anywhere, bring_threads_to, keep_to_one_processor

def processors_of_a_child():
    command = "import json, os; print(json.dumps(sorted(os.sched_getaffinity(0))))"
    return json.loads(subprocess.check_output([sys.executable, "-c", command]))

def in_thread(look):
    told = []
    thread = threading.Thread(target=lambda: told.append(look()))
    thread.start()
    thread.join()
    return told[0]

def processors():
    return sorted(os.sched_getaffinity(0))

keep_to_one_processor()
"""


def told_by(script: str) -> Any:
    """Return what a process tells that keeps to one processor."""
    command = [sys.executable, "-c", BEGINNING + script]
    told = subprocess.check_output(command, cwd=ROOT, timeout=PATIENCE, text=True)
    return json.loads(told)


@needs_choice
def test_threads_started_later_keep_to_the_processor_of_the_first() -> None:
    own, of_thread = told_by("print(json.dumps([processors(), in_thread(processors)]))")
    assert len(own) == 1
    assert own == of_thread


@needs_choice
def test_what_computes_beside_python_may_run_anywhere() -> None:
    within, child, after = told_by("""
with anywhere():
    told = [in_thread(processors), processors_of_a_child()]
print(json.dumps([*told, processors()]))
""")
    assert within == child == sorted(ALLOWED)
    assert len(after) == 1


@needs_choice
def test_threads_move_together_but_for_those_that_run_anywhere() -> None:
    moved, free, here, there = told_by("""
[here] = os.sched_getaffinity(0)
there = min(ALLOWED - {here})
goes_on, is_free, told = threading.Event(), threading.Event(), []

def run_anywhere():
    with anywhere():
        is_free.set()
        goes_on.wait()
        told.append(processors())

thread = threading.Thread(target=run_anywhere)
thread.start()
is_free.wait()
bring_threads_to(there)
goes_on.set()
thread.join()
print(json.dumps([processors(), told[0], here, there]))
""")
    assert moved == [there] != [here]
    assert free == sorted(ALLOWED)


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        pytest.param({0: 0.9, 1: 0.0}, 1, id="shared with one that is busy"),
        pytest.param({0: 0.9, 1: 0.8}, 0, id="as busy elsewhere"),
        pytest.param({0: 0.0, 1: 0.9}, 0, id="alone here"),
        pytest.param({0: 0.6, 1: 0.5, 2: 0.1, 3: 0.2}, 2, id="the least of several"),
        pytest.param({1: 0.0}, 0, id="nothing is known of this one"),
        pytest.param({}, 0, id="nothing is known"),
    ],
)
def test_goes_where_others_do_clearly_least(
    others: dict[int, float], expected: int
) -> None:
    assert choose(others, here=0, margin=0.25) == expected


@needs_choice
def test_waiting_is_not_being_busy_and_what_the_host_took_is() -> None:
    first, *_ = sorted(ALLOWED)
    second = os.sysconf("SC_CLK_TCK")
    ticks = (1, 2, 4, 1000, 1000, 8, 16, 32, 0, 0)
    row = " ".join(str(second * tick) for tick in ticks)
    told = f"cpu  {row}\ncpu{first} {row}\ncpu99999 {row}\nintr 1 2\n"
    assert busy_seconds(told) == {first: 1 + 2 + 4 + 8 + 16 + 32}
