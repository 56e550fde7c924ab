"""HTML that an LLM writes is shown as what a browser would show."""

import pytest

from bot.whatsapp.text.formatting import to_whatsapp


@pytest.mark.parametrize(
    ("html", "whatsapp"),
    [
        ("<h3>More</h3>Ask us", "*More*\nAsk us"),
        ("<p>More</p><p>Ask us</p>", "More\n\nAsk us"),
        ("One.</p><p>Two.", "One.\n\nTwo."),
        ("<div>More</div><div>Ask us</div>", "More\nAsk us"),
        ("<div>\n<div>More</div>\n</div>\nAsk us", "More\nAsk us"),
        ("<details><summary>More</summary>Ask us</details>", "More\nAsk us"),
        ("More<hr>Ask us", "More\n\nAsk us"),
        ("More<br/>Ask us<BR>\nor call", "More\nAsk us\n\nor call"),
        ("Yes:<ul><li>a</li><li>b</li></ul>Bye", "Yes:\n- a\n- b\nBye"),
        ("<ul>\n  <li>a</li>\n  <li>b</li>\n</ul>", "- a\n- b"),
        ("<ol><li>a<ul><li>x</li></ul></li><li>b</li></ol>", "1. a\n- x\n2. b"),
        ("<dl><dt>a</dt><dd>b</dd></dl>", "a\nb"),
        (
            "<table><tr><th>a</th><th>b</th></tr><tr><td>c</td><td>d</td></tr></table>",
            "a; b\nc; d",
        ),
        ("**<p>More</p><p>Ask us</p>**", "*More*\n\n*Ask us*"),
    ],
)
def test_blocks_stand_on_lines_of_their_own(html: str, whatsapp: str) -> None:
    assert to_whatsapp(html) == whatsapp


def test_lines_of_a_tables_cell_are_told_apart() -> None:
    table = "| Day | Open |\n|---|---|\n| Mon<br>Tue | 9:00.<br>Or later |"
    assert to_whatsapp(table) == "*Day*: Mon, Tue; *Open*: 9:00. Or later"


@pytest.mark.parametrize(
    ("html", "whatsapp"),
    [
        ("<b>a</b> <strong>b</strong> <i>c</i> <em>d</em>", "*a* *b* _c_ _d_"),
        ("<s>a</s> <del>b</del> <u>c</u>", "~a~ ~b~ c"),
        ("<b>a **b** <i>c</i></b>", "*a b _c_*"),
        ("<b>never closed, **bold**", "never closed, *bold*"),
        ("**a <b>b** c</b>", "*a b* c"),
        (
            '<a href="https://a.de/?a=1&amp;b_c=2">shop</a>',
            "shop (https://a.de/?a=1&b_c=2)",
        ),
        ("<a href='https://a.de'>https://a.de</a>", "https://a.de"),
        ('<a href="https://a.de">shop', "https://a.de shop"),
        ('<img src="https://a.de/c.png" alt="a cat">', "a cat (https://a.de/c.png)"),
        ("10<sup>2</sup> m<sup>2</sup>, H<sub>2</sub>O", "10² m², H₂O"),
        ("x<sup>a/b</sup>, x<sub>max</sub>", "x^(a/b), xₘₐₓ"),
        ("<span class='x'>a</span> <kbd>b</kbd>", "a b"),
    ],
)
def test_markup_of_html_is_that_of_whatsapp(html: str, whatsapp: str) -> None:
    assert to_whatsapp(html) == whatsapp


@pytest.mark.parametrize(
    "text", ["If a<b and c>d it fits", "Say <your name>", "<p or q> holds", "x < y > z"]
)
def test_what_is_no_html_is_text(text: str) -> None:
    assert to_whatsapp(text) == text
