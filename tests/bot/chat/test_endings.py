"""Answers that do not end by themselves."""

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


@pytest.mark.parametrize("border", ["\n", "\n\n", " "])
def test_lines_and_sentences_alike_are_said_once(border: str) -> None:
    said = border.join(["Yes.", *["We are open."] * 2000, "Bye."])
    shown = without_repetition(said)
    assert shown.startswith(f"Yes.{border}We are open.")
    assert shown.endswith(" (…)\nBye.")
    assert shown.count("We are open.") <= 2


@pytest.mark.parametrize("size", [1, 2, 7, 199, 399, 400])
@pytest.mark.parametrize("before", [0, 1, 399, 400, 401, 1234])
@pytest.mark.parametrize("longer", [1, 250, 4000])
def test_a_loop_is_found_wherever_it_begins(
    size: int, before: int, longer: int
) -> None:
    told = "".join(chr(0x4E00 + n) for n in range(before))
    unit = "".join(chr(0x6E00 + n) for n in range(size))
    loop = (unit * 6000)[: 1600 + longer]
    said = without_repetition(told + loop + "End.")
    assert said == f"{told}{unit * 2} (…)\nEnd."
    shorter = told + loop[:1600] + "End."
    assert without_repetition(shorter) == shorter


@pytest.mark.parametrize(
    "text",
    [
        "ha ha ha ha ha",
        "-" * 80,
        "| a | b |\n|---|---|\n" * 3,
        "no\n" * 20,
        "x" * 1600,
        "Row, row.\nRow, row.\nRow, row.\n\nHa. Ha. Ha. Ha. Ha.\n- a\n- a",
    ],
)
def test_what_is_repeated_a_little_stays(text: str) -> None:
    assert without_repetition(text) == text


def test_a_huge_answer_is_read_to_its_end() -> None:
    words = " ".join(str(n * n) for n in range(100_000))
    assert without_repetition(words) == words
    assert at_whole_sentence(words).endswith(f" {99_998**2} (…)")
