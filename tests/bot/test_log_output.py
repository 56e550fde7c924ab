"""Where log lines go: whole, from many threads; the reader may be stuck or gone."""

import json
import logging
import os
import select
import threading
from collections.abc import Iterator
from contextlib import redirect_stdout, suppress

import pytest

from bot.observability import configure_logging
from tests.bot.log_lines import logging_kept
from tests.db.sql import appears

THREADS, LINES = 8, 40
MORE_THAN_A_PIPE_HOLDS = "x" * 200_000
log = logging.getLogger("bot.tested")


@pytest.fixture
def reader() -> Iterator[int]:
    """The other end of the pipe that the log is written to."""
    read, write = os.pipe()
    with suppress(BrokenPipeError), logging_kept(), os.fdopen(write, "w") as output:
        with redirect_stdout(output):
            configure_logging("INFO")
        yield read
        with suppress(OSError):  # whoever still writes is let go
            os.close(read)


def start(*texts: str) -> list[threading.Thread]:
    """Log each text in a thread of its own."""
    threads = [threading.Thread(target=log.info, args=[text]) for text in texts]
    for thread in threads:
        thread.start()
    return threads


def read_lines(reader: int, count: int) -> list[str]:
    """Read so many lines as JSON; return their messages."""
    read = b""
    while read.count(b"\n") < count:
        read += os.read(reader, 65536)
    return [json.loads(line)["message"] for line in read.splitlines()]


def test_lines_of_many_threads_are_never_mixed(reader: int) -> None:
    def tell(number: int) -> None:
        for line in range(LINES):
            log.info("%s", str(number) * (20_000 if line % 5 == 0 else 20))

    threads = [threading.Thread(target=tell, args=[n]) for n in range(THREADS)]
    for thread in threads:
        thread.start()
    messages = read_lines(reader, THREADS * LINES)
    assert len(messages) == THREADS * LINES
    assert all(len(set(message)) == 1 for message in messages)


def test_a_thread_waits_for_nobody_elses_line(reader: int) -> None:
    stuck = start(MORE_THAN_A_PIPE_HOLDS)
    assert select.select([reader], [], [], 60)[0]
    others = start(*("short" for _ in range(5)))
    # One of them waits to write what the others left.
    assert appears(lambda: sum(thread.is_alive() for thread in others) == 1)
    messages = read_lines(reader, 6)
    assert messages == [MORE_THAN_A_PIPE_HOLDS, *(["short"] * 5)]
    for thread in (*stuck, *others):
        thread.join()


def test_the_bot_goes_on_when_nobody_reads_its_log_any_more(reader: int) -> None:
    os.close(reader)
    for _ in range(3):
        for thread in start("one", "two"):
            thread.join()


def test_a_line_that_cannot_be_made_keeps_no_other_from_being_written(
    reader: int, capsys: pytest.CaptureFixture[str]
) -> None:
    log.info("%d", "no number")
    log.info("after")
    assert read_lines(reader, 1) == ["after"]
    assert "Logging error" in capsys.readouterr().err
