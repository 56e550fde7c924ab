"""`bot cases`: the group, and what its commands share."""

# ruff: noqa: PLC0415

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from bot.cli.root import main
from db.errors import OperatorError

if TYPE_CHECKING:
    from bot.evaluation.cases.nouns import Expectations

Command = TypeVar("Command", bound=Callable[..., Any])
NUMBER = click.IntRange(1, 2**63 - 1)
# By the name in files: the option, and more of it.
OPTIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "must": ("--must", {"multiple": True, "metavar": "WORDS",
             "help": "Words, or a /pattern/, that must be there."}),
    "must_not": ("--must-not", {"multiple": True, "metavar": "WORDS",
                 "help": "Words, or a /pattern/, that must not."}),
    "numbers": ("--number", {"multiple": True, "metavar": "NUMBER",
                "help": "A price, a time, a share, however it is written."}),
    "source": ("--source", {"multiple": True, "metavar": "TITLE",
               "help": "A document that must be cited."}),
    "tool": ("--tool", {"multiple": True, "metavar": "NAME[:JSON]",
             "help": "A tool that must be called, with these arguments."}),
    "no_tool": ("--no-tool", {"is_flag": True, "help": "No tool may be called."}),
    "language": ("--language", {"metavar": "CODE", "help": "Such as de."}),
    "longest": ("--longest", {"type": NUMBER, "metavar": "N",
                "help": "In characters."}),
    "messages": ("--messages", {"type": NUMBER, "metavar": "N",
                 "help": "Of WhatsApp's, at most."}),
    "again": ("--not-again", {"is_flag": True,
              "help": "What was said then must not be said again."}),
    "known": ("--known/--not-known", {"default": None,
              "help": "Whether knowledge must tell it."}),
    "hands_over": ("--hands-over/--keeps", {"default": None,
                   "help": "Whether a person must be called."}),
    "judge": ("--judge", {"multiple": True, "metavar": "WORDS",
              "help": "What it must do, in words: a model judges it."}),
}  # fmt: skip


@main.group()
def cases() -> None:
    """Keep situations, and what an answer to each must have."""


def expecting(command: Command) -> Command:
    """Add the options that say what an answer must have: see `read_expected`."""
    for name, (option, more) in reversed(OPTIONS.items()):
        command = click.option(option, name, **more)(command)
    return command


def read_expected(given: dict[str, Any]) -> "Expectations":
    """Return what these options say. Raises OperatorError."""
    from bot.evaluation.cases.expecting import ExpectationError, read_expectations

    told = {name: value for name, value in given.items() if name in OPTIONS}
    known = {k: v for k, v in told.items() if v not in (None, (), False)}
    known |= {k: v for k, v in told.items() if v is False and OPTIONS[k][1].get(
        "default", "") is None}  # fmt: skip
    if known.pop("again", False):
        known["again"] = False
    try:
        return read_expectations(known)
    except ExpectationError as error:
        option = OPTIONS[error.key][0]
        raise OperatorError(f"{option}: {error.why}") from None
