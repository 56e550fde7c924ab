"""What can be seen of the console: contrasts, from the colours that its style names."""

import re
from pathlib import Path

import pytest

import bot.console

STATIC = Path(bot.console.__file__).parent / "static"
LEAST = 4.5  # https://www.w3.org/TR/WCAG22/#contrast-minimum
# Words in the first colour stand on the second.
PAIRS = [
    *((words, ground) for words in ("text", "quiet", "link")
      for ground in ("ground", "panel")),
    *(("text", ground) for ground in ("own", "bot")),
    ("accent-text", "accent"), ("panel", "bad"), ("bad", "bad-ground"),
    ("bad", "panel"), ("wait", "wait-ground"), ("wait", "panel"),
]  # fmt: skip


def colours() -> dict[str, dict[str, str]]:
    """Return the variables that the style sets, in light and in dark."""
    style = (STATIC / "console.css").read_text()
    light, dark = re.findall(r":root \{(.*?)\}", style, re.DOTALL)[:2]
    found = [dict(re.findall(r"--([\w-]+): (#\w+);", part)) for part in (light, dark)]
    return {"light": found[0], "dark": found[0] | found[1]}


def luminance(colour: str) -> float:
    digits = colour[1:]
    if len(digits) == 3:
        digits = "".join(2 * digit for digit in digits)
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_computed_as_defined() -> None:
    assert contrast("#fff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#fff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_words_can_be_read(scheme: str) -> None:
    known = colours()[scheme]
    pale = {
        f"{words} on {ground}": round(contrast(known[words], known[ground]), 2)
        for words, ground in PAIRS
        if contrast(known[words], known[ground]) < LEAST
    }
    assert pale == {}


def test_letters_can_be_read_in_every_circle() -> None:
    style = (STATIC / "inbox.css").read_text()
    hues = re.findall(r"\.hue-\d \{ background: (#\w+); \}", style)
    assert len(hues) == 8
    assert min(contrast("#fff", hue) for hue in hues) >= LEAST


def test_no_colour_is_used_that_is_not_checked() -> None:
    checked = {name for pair in PAIRS for name in pair} | {"line"}
    assert colours()["light"].keys() == checked
