"""Answers that do not end by themselves."""

import time

import pytest

from bot.chat.endings import at_whole_sentence, without_repetition


@pytest.mark.parametrize(
    ("cut", "marked"),
    [
        ("We open at nine. It costs 15 eu", "We open at nine. (…)"),
        ("It costs 15 eu", "It costs 15 (…)"),
        ("Fifteen", "Fifteen (…)"),
        ("We open at 9. We close at 5. On Sun", "We open at 9. We close at 5. (…)"),
        ("It costs 15. Or 16.5", "It costs 15. (…)"),
        ("Steps:\n1. Open it\n2. Turn", "Steps:\n1. Open it (…)"),
        ('He said "Yes!" And th', 'He said "Yes!" (…)'),
        ("All is said.", "All is said. (…)"),
        ("九点开门。五点", "九点开门。 (…)"),
        ("क्या यह खुला है? हाँ। नौ ब", "क्या यह खुला है? हाँ। (…)"),
        ("So:\n```\nmake run\nmake", "So:\n```\nmake run\n```\n(…)"),
    ],
)
def test_an_answer_cut_anywhere_ends_at_a_whole_sentence(cut: str, marked: str) -> None:
    assert at_whole_sentence(cut) == marked


def test_what_is_repeated_endlessly_is_said_once() -> None:
    line = "We are open from nine to five.\n"
    assert without_repetition("Hi.\n" + line * 1000) == f"Hi.\n{line.strip()} (…)"
    assert without_repetition(line * 1000) == f"{line.strip()} (…)"
    assert without_repetition(line * 1000 + "Bye.") == f"{line.strip()} (…)\nBye."
    assert without_repetition("ha" * 5000 + "!") == "haha (…)\n!"


@pytest.mark.parametrize(
    "text",
    ["ha ha ha ha ha", "-" * 80, "| a | b |\n|---|---|\n" * 3, "no\n" * 20, "x" * 1600],
)
def test_what_is_repeated_a_little_stays(text: str) -> None:
    assert without_repetition(text) == text


def test_a_long_answer_is_looked_at_in_a_moment() -> None:
    words = " ".join(str(n * n) for n in range(5000))
    began = time.process_time()
    without_repetition(words)
    at_whole_sentence(words)
    assert time.process_time() - began < 2
