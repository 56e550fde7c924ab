"""The language of short messages: measured, in docs/measurements.md."""

import subprocess
import sys
from collections import Counter
from collections.abc import Mapping

import pytest

from bot.languages.detecting import detect
from tests.bot.languages.short_messages import SHORT_MESSAGES, UNSEEN, read_messages

DETECTS = "import sys; from bot.languages.detecting import detect; print(detect"


def find_wrong(written: Mapping[str, str]) -> list[tuple[str, str, str | None]]:
    found = ((code, text, detect(text)) for code, text in read_messages(written))
    return [each for each in found if (each[2] or "") != each[0]]


def test_short_messages_are_known_by_their_language() -> None:
    written = read_messages(SHORT_MESSAGES)
    assert len(written) > 200
    wrong = find_wrong(SHORT_MESSAGES)
    assert len(wrong) <= 3, wrong
    assert max(Counter(code for code, _, _ in wrong).values(), default=0) <= 1


def test_so_are_nine_of_ten_that_were_written_after_the_lists() -> None:
    wrong = find_wrong(UNSEEN)
    assert len(wrong) <= len(read_messages(UNSEEN)) // 10, wrong


@pytest.mark.parametrize(
    "text",
    ["", " ", "👍", "12:30", "ok", "OK!", "https://example.com/hello-friends", "/new",
     "STOP", "Start!",     "ana@example.com", "a", "قیمت چند است", "יש לכם משלוח?",
     "DE4E24", "e7e0a741e40e", "B2 de3", "de-4e2"],
)  # fmt: skip
def test_what_shows_no_language_of_ours_has_none(text: str) -> None:
    assert detect(text) is None


def test_an_order_s_number_says_nothing_beside_words() -> None:
    assert detect("Wo bleibt 12e4de?") == "de"
    assert detect("Where is de-4e2e0?") == "en"


def test_long_messages_are_known_without_the_lists() -> None:
    assert detect("Zwei Brezeln, drei Laugenstangen, Abholung Samstagmittag") == "de"
    assert detect("Pagamento confirmado, recibo anexado abaixo") == "pt"


def test_a_sentence_of_plain_words_needs_no_detector() -> None:
    told = "could you tell me when the shop opens on Saturday?"
    run = subprocess.run(
        [sys.executable, "-c", f"{DETECTS}({told!r}), 'lingua' in sys.modules)"],
        check=True, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert run.stdout.split() == ["en", "False"]
