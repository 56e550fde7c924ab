"""What is tried, and for how much: read the same way wherever answers are judged."""

# ruff: noqa: PLC0415

from decimal import ROUND_FLOOR, Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from db.errors import OperatorError
from db.records.money import MILLION

if TYPE_CHECKING:
    from bot.settings import Settings

LONGEST_PROMPT = 100_000
PROMPT_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
NO_PRICES = (
    "--max-spend needs PRICES, or nobody knows what an answer costs: see "
    "docs/operations.md, Money"
)


class Amount(click.ParamType[Decimal]):
    """An amount of money, such as 0.50."""

    name = "amount"

    def convert(self, value: Any, param: Any, ctx: Any) -> Decimal:
        """Return the amount; fail with a word to the user."""
        text = str(value)
        is_number = text.isascii() and text.replace(".", "", 1).isdecimal()
        if not is_number or not 0 < Decimal(text) <= MILLION:
            self.fail(f"{value} is no amount such as 0.50", param, ctx)
        return Decimal(text)


AMOUNT = Amount()


def micros_of(settings: "Settings", amount: Decimal | None) -> int | None:
    """Return what may be spent, in millionths; None: whatever it costs.

    Raises OperatorError where a bound is given, and nothing has a price.
    """
    if amount is None:
        return None
    if settings.money.prices is None:
        raise OperatorError(NO_PRICES)
    return int((amount * MILLION).to_integral_value(ROUND_FLOOR))


def read_prompt(file: Path | None) -> str | None:
    """Return a prompt as SYSTEM_PROMPT_FILE is read; None without a file.

    Raises OperatorError.
    """
    if file is None:
        return None
    from bot.environment import Reader

    read = Reader({})
    text = read.file("--prompt", str(file))
    if not text:
        why = read.problems.get("--prompt", "is empty")
        raise OperatorError(f"--prompt {why}")
    if len(text) > LONGEST_PROMPT:
        raise OperatorError(f"--prompt has more than {LONGEST_PROMPT:,} characters")
    return text
