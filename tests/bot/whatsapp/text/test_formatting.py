"""Markdown as LLMs write it becomes what WhatsApp can show."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.whatsapp.text.formatting import needs_no_reading, render, to_whatsapp

ZWSP = "\u200b"


@pytest.mark.parametrize(
    ("markdown", "whatsapp"),
    [
        ("**x**", "*x*"),
        ("__x__", "*x*"),
        ("*x*, **y**", "_x_, *y*"),
        ("_x_", "_x_"),
        ("***x***", "*_x_*"),
        ("~~x~~", "~x~"),
        ("`a_b *c*`", "`a_b *c*`"),
        ("`` a`b ``", "```a`b```"),
        ("[shop](https://a.example/x_y_z)", "shop (https://a.example/x_y_z)"),
        ("[https://a.example](https://a.example)", "https://a.example"),
        ('[shop](https://a.example "title")', "shop (https://a.example)"),
        ("<https://a.example/_x_>", "https://a.example/_x_"),
        ("[write us](mailto:me@a.example)", "write us (me@a.example)"),
        ("<me@a.example>", "me@a.example"),
        (
            "![a cat](https://a.example/c_a_t.png)",
            "a cat (https://a.example/c_a_t.png)",
        ),
        ("![](https://a.example/cat.png)", "https://a.example/cat.png"),
        (r"\# 5 &amp; 6 \> 4", "# 5 & 6 > 4"),
        ("a <b>bold</b> word<br>and <!-- no --> more", "a *bold* word\nand  more"),
    ],
)
def test_inline_markdown_becomes_whatsapp(markdown: str, whatsapp: str) -> None:
    assert to_whatsapp(markdown) == whatsapp


@pytest.mark.parametrize(
    "text",
    [
        "One line.\nThe next line.\n\nA new paragraph,  with two spaces.",
        "2 * 3 * 4 = 24, 2*3*4 too, and x**2 + y**2",
        "snake_case_name and _private but other_name",
        "https://a.example/__init__/_a_/*b*?c_d=e_f",
        "[Note]: this is no link, and neither is [this]",
        "Say /new <your name> now",
        "1) first\n2) second\n4) fourth",
        "#hashtag, 5 > 4, a < b, ~5 minutes, 100 % | 50 %",
        "हिन्दी_शब्द_यहाँ, e\u0301tude, 👨‍👩‍👧‍👦",
    ],
)
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert to_whatsapp(text) == text


@pytest.mark.parametrize(
    ("markdown", "whatsapp"),
    [
        (r"\*not bold\*", f"*{ZWSP}not bold*"),
        (r"\_not italic\_", f"_{ZWSP}not italic_"),
        (r"\~one tilde\~", f"~{ZWSP}one tilde~"),
        (r"\`no code\`", f"`{ZWSP}no code`"),
        (r"**bold\* still bold**", f"*bold{ZWSP}* still bold*"),
    ],
)
def test_literal_markers_do_not_pair_up(markdown: str, whatsapp: str) -> None:
    assert to_whatsapp(markdown) == whatsapp


def test_formatting_is_closed_and_opened_again_at_a_line_break() -> None:
    assert to_whatsapp("**one\n_two\nthree_**") == "*one*\n*_two_*\n*_three_*"


def test_bold_in_a_script_without_spaces_gets_word_borders() -> None:
    assert to_whatsapp("这是**重点**内容") == f"这是{ZWSP}*重点*{ZWSP}内容"


def test_bold_inside_bold_is_set_once() -> None:
    assert to_whatsapp("__a **b** c__") == "*a b c*"


def test_headings_become_bold_lines() -> None:
    assert to_whatsapp("# A **b** _c_\ntext\n\n###### D\n") == "*A b _c_*\ntext\n\n*D*"


def test_a_line_under_words_makes_a_title_but_not_under_a_sentence() -> None:
    assert to_whatsapp("Title\n=====\ntext") == "*Title*\ntext"
    assert to_whatsapp("A sentence.\n---\ntext") == "A sentence.\n\ntext"


def test_rules_become_one_blank_line() -> None:
    assert to_whatsapp("a\n\n---\n\n***\n\nb") == "a\n\nb"


def test_nested_lists_are_indented() -> None:
    markdown = "* a\n+ b\n  1. c\n     * **d**\n  2. e\n\n* f\ng"
    assert to_whatsapp(markdown) == "- a\n- b\n  1. c\n    - *d*\n  2. e\n\n- f\ng"


def test_items_keep_their_own_paragraphs() -> None:
    markdown = "3. a\n   b\n\n   c\n1. d"
    assert to_whatsapp(markdown) == "3. a\n  b\n\n  c\n4. d"


def test_tasks_become_boxes() -> None:
    assert to_whatsapp("- [ ] a\n- [x] b\n  - [X] c") == "☐ a\n☑ b\n  ☑ c"


def test_quotes_are_one_deep() -> None:
    markdown = "> a\n> **b**\n> > c\n>\n> - d\n\ne"
    assert to_whatsapp(markdown) == "> a\n> *b*\n> c\n\n> - d\n\ne"


def test_code_is_left_alone_but_for_its_language() -> None:
    code = "```\nif a * b * c:\n\n\n    return _x_  # **y**\n```"
    assert (
        to_whatsapp(f"See:\n{code.replace('```', '```python', 1)}") == f"See:\n{code}"
    )


def test_code_in_a_list_starts_at_the_line() -> None:
    markdown = "1. Run\n   ```sh\n     ls\n   ```\n2. Read"
    assert to_whatsapp(markdown) == "1. Run\n```\n  ls\n```\n2. Read"


def test_indented_text_is_text() -> None:
    address = "We are here:\n\n    *Main Street 5*\n    12345 Berlin\n\nCome in!"
    shown = "We are here:\n\n*Main Street 5*\n12345 Berlin\n\nCome in!"
    assert to_whatsapp(address.replace("*", "**")) == shown


@pytest.mark.parametrize(
    ("markdown", "whatsapp"),
    [
        ("See https://a.example/?a=1&amp;b_=2.", "See https://a.example/?a=1&b_=2."),
        ("https://a.example/?a=1&copy=2", "https://a.example/?a=1&copy=2"),
        ("<https://a.example/?a=1&amp;b=2>", "https://a.example/?a=1&b=2"),
        ("[x](https://a.example/?a=1&amp;b=2)", "x (https://a.example/?a=1&b=2)"),
        ("![x](https://a.example/?a=1&#38;b=2)", "x (https://a.example/?a=1&b=2)"),
        ("[https://a.de/?a&amp;b](https://a.de/?a&b)", "https://a.de/?a&b"),
        (r"https://a.example/\_a\_b\_c", "https://a.example/_a_b_c"),
        ("(https://a.example/w_(b_c)_d).", "(https://a.example/w_(b_c)_d)."),
    ],
)
def test_a_url_is_one_that_can_be_opened(markdown: str, whatsapp: str) -> None:
    assert to_whatsapp(markdown) == whatsapp


def test_backticks_inside_code_do_not_end_it() -> None:
    assert to_whatsapp("````\n```\n````").count("```") == 2


def test_tables_become_a_line_a_row() -> None:
    markdown = "| Plan | **Price** |\n|---|--:|\n| Basic | *5 €* |\n| Free | |\n"
    assert to_whatsapp(markdown) == "*Plan*: Basic; *Price*: _5 €_\n*Plan*: Free"


def test_a_table_without_rows_is_its_header() -> None:
    assert to_whatsapp("| a | b |\n|---|---|") == "*a*; *b*"


@pytest.mark.parametrize("text", ["---", "#", "<b></b>", "![]()", "**", "- ", "```\n"])
def test_text_that_would_vanish_is_kept(text: str) -> None:
    assert to_whatsapp(text) == text.strip()


def test_characters_that_no_database_takes_are_replaced() -> None:
    assert to_whatsapp("a\0b \ud800c \udc00") == "a�b �c �"


PLAIN = ["a", "é重", "👍", "\n", "\n\n", "  ", "    ", "\r\n"]
SIGNS = ["**", *'*_~#>-[]()!\\&"', "- ", "1. ", "https://a_b_", "&amp;"]
CONTROLS = re.compile("[\x01-\x1f\x7f-\x9f]")
HARD_SIGNS = ["```", *"`<>|:\0", "<br>", "</i>", "|-|-|\n"]


def texts(*pieces: str) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(pieces), max_size=60).map("".join)


@given(texts(*PLAIN, *SIGNS, *HARD_SIGNS) | st.text())
def test_any_text_can_be_formatted(text: str) -> None:
    formatted = to_whatsapp(text)
    formatted.encode()
    assert "\0" not in formatted
    if not CONTROLS.search(text):
        assert bool(formatted.strip()) == bool(text.strip())
    assert not re.search("[\ufdd0-\ufdef]", formatted)


@given(texts(*PLAIN, *SIGNS), texts(*PLAIN, *SIGNS))
def test_no_word_is_lost(before: str, after: str) -> None:
    assert "word" in to_whatsapp(f"{before}word{after}")


PLAINLY = (
    r"""[^\W\d_][\w .,;:!?'"%€-]{0,20}(\n\n?[^\W\d_][\w .,;:!?'"%€-]{0,20}){0,4}"""
)


@given(st.from_regex(PLAINLY, fullmatch=True).filter(needs_no_reading))
def test_what_is_not_read_would_be_read_as_it_is(text: str) -> None:
    assert render(text) == text
    assert to_whatsapp(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "Rye bread costs 4.20 €.",
        "We open at 9:00, and close at six.\nOn Sundays we don't!\n\nSee you?",
        "Un café, s'il vous plaît: 10% moins cher",
        "我们今天开门.",
    ],
)
def test_most_short_answers_need_no_reading(text: str) -> None:
    assert needs_no_reading(text)


@pytest.mark.parametrize(
    "text",
    ["*a*", "a_b", "1. a", "- a", "a\n- b", "a\n===", "a \nb", "a\n\n\nb", "a|b", ""],
)
def test_what_may_mean_more_is_read(text: str) -> None:
    assert not needs_no_reading(text)


@given(st.from_regex(r"\A[a-z0-9 _.,!?é👍\n]*\Z", fullmatch=True))
def test_blank_lines_become_one_and_nothing_else_changes(text: str) -> None:
    words = re.sub(r"\n\s*\n", "\n\n", text.strip())
    formatted = to_whatsapp(text.strip()).replace(ZWSP, "")
    assert "\n\n\n" not in formatted
    if not re.search(r"(^|\W|_)_|_(\W|_|$)|^\d+\.|^ | +$", words, re.MULTILINE):
        assert formatted == words


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31m**red**\x1b[0m", "*red*"),
        ("\x1b]0;OWNED\x07yes\x1b[2J", "yes"),
        ("\x9b2J a\x07b\x08c\x7f", "2J abc"),
        ("one\x0btwo\x85three\u2028four", "one\ntwo\nthree\nfour"),
        ("a\ttab", "a\ttab"),
    ],
)
def test_control_characters_go_to_nobody(text: str, shown: str) -> None:
    assert to_whatsapp(text) == shown
