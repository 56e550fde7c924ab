"""Programs at the other end of a pipe: they fail, fall silent, or outlive us."""

import os
import sys

import pytest

from db.backups.programs import Program, start_program
from db.backups.stream import Inlet, Outlet
from db.errors import OperatorError

SPEAKS = "print('x' * 200_000)"
SLEEPS = "import time; time.sleep(60)"
READS = "import sys; assert len(sys.stdin.buffer.read()) == 300_000"
FAILS = (
    "import sys; sys.exit('pg_dump: error: no such table\\n"
    "COPY users, line 5: whatsapp:+15551230001\\npg_dump: hint: look again')"
)


def python(script: str) -> list[str]:
    return [sys.executable, "-c", script]


def read_all(tool: Program) -> bytes:
    outlet, found = Outlet(tool), b""
    while block := outlet.read():
        found += block
    return found


def test_all_that_a_program_says_is_read() -> None:
    with start_program(python(SPEAKS), os.environ) as tool:
        assert len(read_all(tool)) == 200_001
        assert tool.finish() == 0


def test_all_that_is_written_reaches_the_program() -> None:
    told: list[int] = []
    with start_program(python(READS), os.environ) as tool:
        inlet = Inlet(tool, told.append)
        for _ in range(3):
            assert inlet.write(b"y" * 100_000) == 100_000
        inlet.close()
        assert tool.finish() == 0
    assert told == [100_000, 200_000, 300_000]


def test_a_silent_program_is_given_up() -> None:
    with start_program(python(SLEEPS), os.environ, 0.2) as tool:
        outlet = Outlet(tool)
        with pytest.raises(OperatorError, match="nothing moved"):
            outlet.read()
        assert isinstance(outlet.failure, OperatorError)
    assert tool.process.poll() is not None


def test_a_program_that_takes_nothing_in_is_given_up() -> None:
    silent = pytest.raises(OperatorError, match="nothing moved")
    with start_program(python(SLEEPS), os.environ, 0.2) as tool, silent:
        Inlet(tool).write(b"y" * 10_000_000)
    assert tool.process.poll() is not None


def test_a_program_that_does_not_end_is_given_up() -> None:
    silent = pytest.raises(OperatorError, match="nothing moved")
    with start_program(python(SLEEPS), os.environ, 0.2) as tool, silent:
        tool.finish()
    assert tool.process.poll() is not None


def test_a_failure_tells_the_reason_and_no_data() -> None:
    with start_program(python(FAILS), os.environ) as tool:
        assert read_all(tool) == b""
        assert tool.finish() == 1
        told = str(tool.failure())
    assert "pg_dump: error: no such table" in told
    assert "pg_dump: hint: look again" in told
    assert "1555" not in told
