"""What a test reads of the log: the lines as configure_logging writes them."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from typing import Any

from bot.observability import configure_logging

CONFIGURED = (None, "bot", "db", "gunicorn.error", "gunicorn.access")


class Log:
    """The output so far, as text and as parsed lines."""

    def __init__(self, output: StringIO) -> None:
        self._output = output

    @property
    def text(self) -> str:
        return self._output.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]

    @property
    def messages(self) -> list[str]:
        return [line["message"] for line in self.lines]


@contextmanager
def logging_kept() -> Iterator[None]:
    """Give the process its own logging back at the end."""
    loggers = [logging.getLogger(name) for name in CONFIGURED]
    before = [(one.level, one.handlers[:], one.propagate) for one in loggers]
    try:
        yield
    finally:
        for logger, (level, handlers, propagate) in zip(loggers, before, strict=True):
            logger.setLevel(level)
            logger.handlers[:] = handlers
            logger.propagate = propagate


@contextmanager
def recorded_log(level: str = "DEBUG") -> Iterator[Log]:
    """Log as the bot's processes do, into a text of the test's own."""
    with logging_kept():
        with redirect_stdout(StringIO()) as output:
            configure_logging(level)
        yield Log(output)
