"""How sources are named and quoted, whatever their titles hold."""

from dataclasses import replace

import pytest

from bot.chat.sources.naming import name_sources
from bot.chat.sources.quoting import LONGEST_QUOTE, quote
from bot.whatsapp.text.parts import with_parts
from db.records import PartContent, Reply
from tests.bot.chat.sources.shelf import CAKE, HOURS, PRICES
from tests.records import reply_turn

SIGN = "\U0001f4c4 "


def test_a_source_is_named_once_and_three_at_most() -> None:
    more = [replace(HOURS, title=f"Terms {n}") for n in range(5)]
    assert name_sources([PRICES, PRICES, HOURS], "names") == (
        f"{SIGN}Price list 2026, page 7; Opening hours"
    )
    pages = [replace(PRICES, page=page) for page in (7, 2)]
    assert name_sources(pages, "names") == f"{SIGN}Price list 2026, page 7, page 2"
    assert name_sources(more, "names") == f"{SIGN}Terms 0; Terms 1; Terms 2"
    assert name_sources([], "names") == ""


def test_a_file_without_a_name_is_the_user_s_own() -> None:
    own = replace(PRICES, title="", is_own=True, url=None)
    assert name_sources([own], "names", "de").startswith(f"{SIGN}")
    assert name_sources([own], "links") == f"{SIGN}your document, page 7"
    assert name_sources([replace(own, is_own=False)], "names") == ""


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("**Prices**\n\n# of_2026 `x`", "Prices # of 2026 x"),
        ("\u202egnp.secirp\u202c\x1b[31m\x00", "gnp.secirp[31m"),
        ("> a\u2028b\u200b", "a b"),
        ("x" * 500, "x" * 79 + "\u2026"),
        ("\u0642\u0627\u0626\u0645\u0629", "\u0642\u0627\u0626\u0645\u0629"),
    ],
)
def test_a_title_is_shown_without_its_tricks(title: str, shown: str) -> None:
    assert name_sources([replace(HOURS, title=title)], "names") == SIGN + shown


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "https://a b", "file:///etc/passwd", "https://[x", None],
)
def test_only_links_that_a_person_can_open_are_shown(url: str | None) -> None:
    named = name_sources([replace(PRICES, url=url)], "links")
    assert named == f"{SIGN}Price list 2026, page 7"


def test_of_a_long_passage_the_lines_are_quoted_that_fit_the_question() -> None:
    lines = [f"Bread number {n}: {n}.00 \u20ac" for n in range(200)]
    lines.insert(120, "Rye bread: 4.20 \u20ac")
    said = quote(replace(PRICES, text="\n".join(lines)), "What does rye bread cost?")
    assert "> Rye bread: 4.20 \u20ac" in said.split("\n")
    assert len(said) < LONGEST_QUOTE * 1.5


def test_a_product_is_quoted_with_its_price() -> None:
    assert quote(CAKE, "cake").startswith("> Plum cake: 18.50 EUR\n> A cake of plums")


def test_sources_stand_under_the_text_and_pictures_come_after_it() -> None:
    picture = PartContent("Plum cake", media=("https://bakery.example/plum.jpg",))
    turn = reply_turn("**4.20 \u20ac**")
    sources = f"{SIGN}a * b: page 7 https://x.example/_a_"
    parts = with_parts(Reply(turn=turn, sources=sources, pictures=(picture,))).parts
    assert parts == (PartContent(f"*4.20 \u20ac*\n\n{sources}"), picture)
