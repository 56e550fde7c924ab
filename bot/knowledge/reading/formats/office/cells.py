"""Cells of a spreadsheet as they are shown: 4.2 as 0.00 "EUR" is 4.20 EUR."""

import re
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from bot.knowledge.reading.formats.texts import squeeze

GENERAL = {"General", "@", ""}
# "[$€-407]" is a sign of money and a country; "[Red]" is a colour, "[>9]" a condition.
MONEY = re.compile(r"\[\$([^\]-]*)(?:-[^\]]*)?\]")
BRACKETS = re.compile(r"\[[^\]]*\]")
# Literals are put aside as signs that no format has.
FIRST_PRIVATE = 0xE000
LITERAL = re.compile(r'"([^"]*)"|\\(.)')
PADDING = re.compile(r"[_*].")
DIGITS = re.compile(r"[#0?][#0?,]*(?:\.([0#?]+))?")
MOST_DECIMALS = 15
LONGEST_CELL = 32_767  # Excel's own bound
SHOWN: dict[type, Callable[[Any], str]] = {
    bool: lambda value: "yes" if value else "no",
    datetime: lambda value: value.isoformat(" ", "minutes").removesuffix(" 00:00"),
    date: date.isoformat,
    time: lambda value: value.isoformat("minutes"),
}


def cell_as_text(cell: Any) -> str:
    """Return a cell's value as text, as near to what people see as its format tells."""
    value = cell.value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return number_as_text(value, cell.number_format or "")
    for kind, shown in SHOWN.items():
        if isinstance(value, kind):
            return shown(value)
    return "" if value is None else squeeze(str(value)[:LONGEST_CELL])


def number_as_text(value: float, number_format: str) -> str:
    """Return a number in its format: decimals, per cent, and what stands beside it."""
    plain = _plain(Decimal(repr(value)))
    section = PADDING.sub("", number_format.partition(";")[0])
    section = BRACKETS.sub("", MONEY.sub(lambda found: f'"{found[1]}"', section))
    literals: list[str] = []

    def keep(found: re.Match[str]) -> str:
        literals.append(found[1] if found[1] is not None else found[2])
        return chr(FIRST_PRIVATE + len(literals) - 1)

    pattern = LITERAL.sub(keep, section)
    digits = DIGITS.search(pattern)
    if number_format in GENERAL or not digits or "E" in pattern:
        return plain
    is_share = "%" in pattern
    number = Decimal(repr(value)) * (100 if is_share else 1)
    decimals = digits[1] or ""
    shown = _rounded(number, decimals.count("0"), len(decimals))
    whole = pattern[: digits.start()] + shown + pattern[digits.end() :]
    for at, literal in enumerate(literals):
        whole = whole.replace(chr(FIRST_PRIVATE + at), literal)
    return squeeze(whole)


def _rounded(number: Decimal, least: int, most: int) -> str:
    most = min(most, MOST_DECIMALS)
    shown = f"{number.quantize(Decimal(1).scaleb(-most), ROUND_HALF_UP):f}"
    while "." in shown and shown.endswith("0") and len(shown.split(".")[1]) > least:
        shown = shown[:-1]
    return shown.removesuffix(".")


def _plain(number: Decimal) -> str:
    if number == number.to_integral_value():
        return f"{number.to_integral_value():f}"
    return f"{number:f}"
