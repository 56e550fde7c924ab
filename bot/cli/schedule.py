"""Commands that go on until they are told to stop, and end at once then."""

import os
import re
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import FrameType
from typing import Any

import click

from bot.local.serving import StopSignal
from db.errors import OperatorError

UNITS = {"m": "minutes", "h": "hours", "d": "days"}
LONGEST = timedelta(days=366)
# After a failure it is tried again this soon, or at the next date if that is sooner.
AGAIN = timedelta(minutes=10)
ASKED_TO_STOP = b"\nStopping after this step; once more stops at once.\n"


class Interval(click.ParamType[timedelta]):
    """A time such as 30m, 24h or 7d."""

    name = "interval"

    def convert(self, value: Any, param: Any, ctx: Any) -> timedelta:
        """Return the time; fail with a word to the user."""
        found = re.fullmatch(r"(\d{1,6})([mhd])", str(value))
        interval = timedelta(**{UNITS[found[2]]: int(found[1])}) if found else None
        if not interval or interval > LONGEST:
            self.fail(f"{value} is no time such as 30m, 24h or 7d", param, ctx)
        return interval


INTERVAL = Interval()


@contextmanager
def ending_on_sigterm() -> Iterator[StopSignal]:
    """Have SIGTERM end the program as Ctrl-C does: what was begun is undone.

    The signal tells of it as well: a library may make the exit another error.
    """
    ended = StopSignal()

    def end(_number: int, _frame: FrameType | None) -> None:
        ended.set()
        sys.exit(128 + signal.SIGTERM)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield ended
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def stopped_by_ctrl_c(words: Callable[[], str], code: int) -> Iterator[None]:
    """Say what a Ctrl-C has left behind, and end the program with a code."""
    try:
        yield
    except KeyboardInterrupt:
        click.echo(f"\n{words()}", err=True)
        sys.exit(code)


@contextmanager
def stopping_between_steps(words: Callable[[], str]) -> Iterator[Callable[[], None]]:
    """Have Ctrl-C and SIGTERM wait for a step's end; say then what was left behind.

    Yields what the work calls between its steps: it raises KeyboardInterrupt there, and
    not amid a call of the driver, which does not always come out of that. A second
    signal is raised wherever it meets the program.
    """
    asked: list[int] = []
    pending: list[int] = []

    def ask(number: int, _frame: FrameType | None) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(number)
        pending.append(number)
        os.write(sys.stderr.fileno(), ASKED_TO_STOP)  # no print: one may be under way

    def look() -> None:
        if pending:
            pending.clear()  # what undoes it all calls this too, and goes on
            raise KeyboardInterrupt

    with _asked_by_signals(ask):
        try:
            yield look
        except KeyboardInterrupt:
            click.echo(words(), err=True)
            sys.exit(128 + asked[0])


@contextmanager
def _asked_by_signals(ask: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """Have Ctrl-C and SIGTERM ask, for as long as this lasts."""
    before = {n: signal.signal(n, ask) for n in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def repeat(
    work: Callable[[], None],
    every: timedelta,
    age_of_last: timedelta | None,
    ended: StopSignal,
) -> None:
    """Do the work again and again; the first time at once, if the last is old enough.

    A failure is told and does not end it.
    """
    wait = timedelta() if age_of_last is None else max(every - age_of_last, timedelta())
    if wait:
        due = datetime.now(UTC) + wait
        click.echo(f"The next one is due at {due:%Y-%m-%d %H:%M} UTC.")
    while not ended.wait(wait.total_seconds()):
        try:
            work()
            wait = every
        except OperatorError as error:
            click.echo(f"Error: {error}", err=True)
            wait = min(every, AGAIN)
