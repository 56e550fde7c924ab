"""What models of speech write where nobody said it."""

import pytest

from bot.llm.speech.transcripts import Segment
from bot.media.senses.inventions import spoken


def heard(text: str, seconds: float | None = 5.0, **sure: float) -> str | None:
    return spoken([Segment(text=text, **sure)], seconds)


@pytest.mark.parametrize(
    "text",
    [
        "Thank you for watching!",
        "Thanks for watching. Don't forget to like, comment and subscribe.",
        "I'll see you in the next video.",
        "you",
        "Subtitles by the Amara.org community",
        "Untertitel der Amara.org-Community",
        "Untertitel im Auftrag des ZDF für funk, 2017",
        "Sous-titrage ST' 501",
        "Sous-titres réalisés par la communauté d'Amara.org",
        "¡Gracias por ver el video! ¡Suscríbete!",
        "Legendas pela comunidade Amara.org",
        "Продолжение следует...",
        "ترجمة نانسي قنقر",
        "Terima kasih telah menonton!",
        "ご視聴ありがとうございました",
        " . . . ",
        "",
        "♪",
        "Oh, oh, oh, oh, oh, oh, oh.",
        "and I go and I go and I go and I go and I go and I go and",
    ],
)
def test_the_ends_of_subtitles_and_what_goes_round_are_nothing(text: str) -> None:
    assert heard(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "Thank you.",
        "Thank you very much, and see you tomorrow.",
        "No, no, no!",
        "Yes.",
        "Thanks for watching my dog. How much do I owe you?",
        "Is the film subtitled?",
        "My number is 5 5 5 5 5 1 2 3 4.",
        "Call me at 0 1 7 0.",
        "I saw you.",
        "Gracias.",
        "Ja, genau.",
        "नमस्ते",
    ],
)
def test_what_people_say_stays(text: str) -> None:
    assert heard(text) == text


@pytest.mark.parametrize(
    ("sure", "is_kept"),
    [
        ({"no_speech": 0.9, "log_prob": -1.2}, False),
        ({"no_speech": 0.9, "log_prob": -0.3}, True),
        ({"no_speech": 0.97, "log_prob": -0.3}, False),
        ({"compression": 3.0}, False),
        ({"no_speech": 0.1, "log_prob": -0.4, "compression": 1.2}, True),
        ({}, True),
    ],
    ids=["guessed", "sure", "silent", "goes-round", "speech", "untold"],
)
def test_a_segment_counts_as_far_as_the_model_is_sure(
    sure: dict[str, float], is_kept: bool
) -> None:
    good = Segment(text=" Hello.")
    text = spoken([good, Segment(text=" And bread?", **sure)], 5.0)
    assert text == ("Hello. And bread?" if is_kept else "Hello.")


def test_more_than_anybody_says_in_that_time_is_nothing() -> None:
    text = "What does the rye bread cost, and when do you open on Sunday morning?"
    assert heard(text, 1.0) is None
    assert heard(text, None) == heard(text, 4.0) == text
