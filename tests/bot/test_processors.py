"""One processor for the threads of a process, tried in processes of their own."""

import json
import os
import platform
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

"""
KEEPING = BEGINNING + "keep_to_one_processor()\n"
# Its number: https://man7.org/linux/man-pages/man2/sched_setaffinity.2.html
SCHED_SETAFFINITY = {"x86_64": 203, "aarch64": 122}.get(platform.machine())
# From here on the kernel says EPERM to this thread, and to those that it starts:
# https://www.kernel.org/doc/html/latest/userspace-api/seccomp_filter.html
REFUSED = f"""
import ctypes, struct
steps = b"".join((
    struct.pack("HBBI", 0x20, 0, 0, 0),  # the number of the call
    struct.pack("HBBI", 0x15, 0, 1, {SCHED_SETAFFINITY}),  # another one: allowed
    struct.pack("HBBI", 0x06, 0, 0, 0x00050001),
    struct.pack("HBBI", 0x06, 0, 0, 0x7FFF0000),
))
kept = ctypes.create_string_buffer(steps)
program = struct.pack("HxxxxxxP", 4, ctypes.addressof(kept))
libc = ctypes.CDLL(None, use_errno=True)
assert libc.prctl(38, 1, 0, 0, 0) == 0, os.strerror(ctypes.get_errno())
assert libc.prctl(22, 2, program) == 0, os.strerror(ctypes.get_errno())
"""
refusable = pytest.mark.skipif(
    len(ALLOWED) < 2 or SCHED_SETAFFINITY is None,
    reason="needs Linux and two processors of a known kind",
)


def told_by(script: str, beginning: str = KEEPING) -> Any:
    """Return what a process tells; it keeps to one processor, if it begins so."""
    command = [sys.executable, "-c", beginning + script]
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


@refusable
def test_where_the_kernel_refuses_all_goes_on_where_it_runs() -> None:
    done, here = told_by(
        f"""{REFUSED}
keep_to_one_processor()
with anywhere():
    done = in_thread(processors)
print(json.dumps([done, processors()]))
""",
        BEGINNING,
    )
    assert done == here == sorted(ALLOWED)


@refusable
def test_what_was_done_anywhere_is_done_where_the_kernel_refuses_the_way_back() -> None:
    done, here = told_by(f"""{REFUSED}
with anywhere():
    done = in_thread(processors)
print(json.dumps([done, processors()]))
""")
    assert done == here
    assert len(here) == 1


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        pytest.param({0: 0.9, 1: 0.0}, 1, id="shared with one that is busy"),
        pytest.param({0: 0.9, 1: 0.8}, 0, id="as busy elsewhere"),
        pytest.param({0: 0.0, 1: 0.9}, 0, id="alone here"),
        pytest.param({0: 0.6, 1: 0.5, 2: 0.1, 3: 0.2}, 2, id="the least of several"),
    ],
)
def test_goes_where_others_do_clearly_least(
    others: dict[int, float], expected: int
) -> None:
    assert choose(others, here=0, margin=0.25) == expected


def row_of(processor: int, *ticks: int) -> str:
    second = os.sysconf("SC_CLK_TCK")
    return f"cpu{processor} {' '.join(str(second * tick) for tick in ticks)}\n"


@needs_choice
def test_waiting_is_not_being_busy_and_what_the_host_took_is() -> None:
    ticks = (1, 2, 4, 1000, 1000, 8, 16, 32, 0, 0)
    rows = "".join(row_of(processor, *ticks) for processor in (*ALLOWED, 99999))
    told = busy_seconds(f"cpu  1 2 3 4 5 6 7 8 0 0\n{rows}intr 1 2\n")
    assert told == dict.fromkeys(ALLOWED, 1 + 2 + 4 + 8 + 16 + 32)


@needs_choice
@pytest.mark.parametrize("ticks", [None, (0,) * 10], ids=["is missing", "does nothing"])
def test_nothing_is_known_where_a_processor(ticks: tuple[int, ...] | None) -> None:
    first, *others = sorted(ALLOWED)
    rows = "".join(row_of(processor, *range(10)) for processor in others)
    with pytest.raises(ValueError, match="does not tell"):
        busy_seconds(rows + (row_of(first, *ticks) if ticks else ""))
