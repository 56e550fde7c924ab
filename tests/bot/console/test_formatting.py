"""What people wrote, as pages show it: WhatsApp's marks as elements, and no others."""

import html
import re

import pytest
from hypothesis import given, strategies

from bot.console.formatting import theirs, whatsapp

OURS = {"strong", "em", "s", "code"}


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("*bold* and _thin_", "<strong>bold</strong> and <em>thin</em>"),
        ("~gone~ `x < 1`", "<s>gone</s> <code>x &lt; 1</code>"),
        ("```*a*\nb```", "<code>*a*\nb</code>"),
        ("*_both_*", "<strong><em>both</em></strong>"),
        ("2*3*4 snake_case_name * a *", "2*3*4 snake_case_name * a *"),
        ("<b>*<i>*", "&lt;b&gt;<strong>&lt;i&gt;</strong>"),
        ("fdp.\u202eexe\x00", "fdp.\ufffdexe\ufffd"),
        ("", ""),
    ],
)
def test_marks_become_elements(written: str, shown: str) -> None:
    assert str(whatsapp(written)) == shown


@given(strategies.text(alphabet="*_~`<>&\"'ab \n\u202e", max_size=200))
def test_nothing_but_our_elements_comes_out_and_no_word_is_lost(written: str) -> None:
    shown = str(whatsapp(written))
    assert set(re.findall(r"</?(\w+)>", shown)) <= OURS
    bare = html.unescape(re.sub(r"</?\w+>", "", shown))
    assert "<" not in re.sub(r"</?(?:strong|em|s|code)>", "", shown)
    assert re.sub(r"[*_~`]", "", bare) == re.sub(r"[*_~`]", "", theirs(written))


def test_a_long_text_of_marks_is_shown_as_it_is_written() -> None:
    written = "*_" * 50_000
    assert str(whatsapp(written)) == written
    assert len(str(whatsapp("*_~" * 6_000))) < 100_000
