"""Long replies are split where a reader would split them, and nothing is lost."""

import re

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from bot.whatsapp.text.splitting import split_message, utf16_length

FAMILY = "👨‍👩‍👧‍👦"  # 11 units


def without_space(text: str) -> str:
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize("text", ["", " ", "\n\n \t\n", "\u2003"])
def test_blank_text_has_no_parts(text: str) -> None:
    assert split_message(text) == []


def test_text_within_the_limit_is_one_part() -> None:
    assert split_message("a" * 1500) == ["a" * 1500]


def test_a_limit_that_one_character_may_exceed_is_refused() -> None:
    with pytest.raises(ValueError, match="limit is 1"):
        split_message("👍", limit=1)


def test_the_limit_counts_utf16_units() -> None:
    assert split_message("👍" * 1000) == ["👍" * 750, "👍" * 250]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One two.\nThree.\n\nFour. Five", ["One two.\nThree.", "Four. Five"]),
        ("One two, three\nfour. Five", ["One two, three", "four. Five"]),
        ("One two three. Four five", ["One two three.", "Four five"]),
        ("One two three four five six", ["One two three four", "five six"]),
        (
            "これはとても良い文です。次の文も良いです。",
            ["これはとても良い文です。", "次の文も良いです。"],
        ),
        ("one  \n\n   two" + " " * 30 + "three", ["one  \n\n   two", "three"]),
    ],
    ids=["paragraph", "line", "sentence", "word", "sentence without space", "blanks"],
)
def test_the_best_border_in_the_second_half_is_taken(
    text: str, parts: list[str]
) -> None:
    assert split_message(text, limit=20) == parts


def test_where_each_part_costs_a_border_is_worth_no_part_of_its_own() -> None:
    text = "One two three four.\n\nFive six seven eight nine, ten and eleven twelve"
    assert split_message(text, 36) == [
        "One two three four.",
        "Five six seven eight nine, ten and",
        "eleven twelve",
    ]
    assert split_message(text, 36, fewest=True) == [
        "One two three four.\n\nFive six seven",
        "eight nine, ten and eleven twelve",
    ]
    as_nice = text.removesuffix(" and eleven twelve")
    assert split_message(as_nice, 36, fewest=True) == split_message(as_nice, 36)


def test_a_word_longer_than_a_part_is_cut() -> None:
    assert [len(p) for p in split_message("x" * 10_000)] == [1500] * 6 + [1000]


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("ร้านเปิดทุกวัน เวลาทำการ", 16),
        ("สวัสดีครับ|เปิดทุกวันครับ", 15),
        ("กะกะกะกะกะกะกะกะ|กะกะ", 17),
        ("กกกกกกกกกกกกกกก|กๆกก", 16),
        ("ສະບາຍດີທຸກຄົນ|ເປີດທຸກມື້", 15),
        ("ស្វាគមន៍។|ហាងបើករាល់ថ្ងៃ", 16),
        ("မင်္ဂလာပါ၊|ဆိုင်ဖွင့်သည်", 15),
        ("营业时间每天早上九点\uff0c|周日休息谢谢大家", 16),
        ("一二三四五六七八九十一二三四五|六」八九", 16),
        ("営業時間のお知らせと|サービスセンター", 16),
    ],
)
def test_text_without_spaces_is_cut_between_syllables(text: str, limit: int) -> None:
    parts = text.replace(" ", "|").split("|")
    assert split_message(text.replace("|", ""), limit) == parts


def test_an_emoji_family_stays_together() -> None:
    assert split_message(FAMILY * 3, limit=25) == [FAMILY * 2, FAMILY]


def test_marks_stay_on_their_letter() -> None:
    assert split_message("e\u0301" * 5, limit=7) == ["e\u0301" * 3, "e\u0301" * 2]
    assert split_message("हिन्दी", limit=4) == ["हि", "न्दी"]
    assert split_message("ab  \u0301cd", limit=4) == ["ab", " \u0301cd"]


def test_only_a_grapheme_longer_than_a_part_is_cut_inside() -> None:
    parts = split_message(f"a{FAMILY}b", limit=6)
    assert "".join(parts) == f"a{FAMILY}b"
    assert parts[0] == "a"
    assert all(utf16_length(part) <= 6 for part in parts)


def test_bold_is_closed_at_the_cut_and_opened_again() -> None:
    text = "Please *do not ever forget this* please"
    assert split_message(text, limit=22) == [
        "Please *do not ever*",
        "*forget this* please",
    ]


def test_nested_formatting_is_closed_inside_out() -> None:
    text = "*so _many ~words in here~ now_ ok*"
    assert split_message(text, limit=24) == [
        "*so _many ~words in~_*",
        "*_~here~ now_ ok*",
    ]


def test_inline_code_is_opened_again() -> None:
    assert split_message("run `make install check`", 16) == [
        "run `make`",
        "`install check`",
    ]


def test_markers_that_pair_with_nothing_are_left_alone() -> None:
    text = "2 * 3 * 4 and snake_case_name or *this and that"
    assert split_message(text, 24) == [
        "2 * 3 * 4 and",
        "snake_case_name or *this",
        "and that",
    ]


def test_a_code_block_is_closed_at_the_cut_and_opened_again() -> None:
    text = "Look:\n```\nfor x in y:\n\n    say(x)\n    stop()\n```\nDone."
    assert split_message(text, limit=32) == [
        "Look:\n```\nfor x in y:\n```",
        "```\n    say(x)\n    stop()\n```",
        "Done.",
    ]


def test_a_long_code_block_loses_no_line_and_no_indentation() -> None:
    lines = [f"{'    ' * (n % 4)}line_{n} = *{n}*" for n in range(1000)]
    parts = split_message("```\n" + "\n".join(lines) + "\n```")
    assert all(re.fullmatch(r"```\n[^`]+\n```", part) for part in parts)
    assert [line for part in parts for line in part.split("\n")[1:-1]] == lines


def test_no_part_holds_an_empty_pair() -> None:
    for limit in range(16, 60):
        parts = split_message("```\nab cd\n\n\n```\n*ef gh* `ij kl`\n" * 3, limit)
        for part in parts:
            assert not re.search(r"```\s*```|\*\*", part)
            assert "``" not in part.replace("```", "")


SYLLABLES = ["a", "word", "👍", FAMILY, "e\u0301", "क्षि", "。", ". ", " ", "\n", "\n\n"]
TEXTS = st.text() | st.lists(st.sampled_from(SYLLABLES)).map("".join)


@given(
    TEXTS.map(lambda text: re.sub(r"[*_~`]", "", text)),
    st.integers(2, 40),
    st.booleans(),
)
def test_parts_are_the_text_and_within_the_limit(
    text: str, limit: int, fewest: bool
) -> None:
    parts = split_message(text, limit, fewest=fewest)
    if fewest:
        assert len(parts) <= len(split_message(text, limit))
    assert without_space("".join(parts)) == without_space(text)
    assert all(part.strip() and utf16_length(part) <= limit for part in parts)


@given(TEXTS, st.integers(24, 60))
def test_no_grapheme_is_cut(text: str, limit: int) -> None:
    text = re.sub(r"[*_~`]", "", text)
    whole = [g for g in regex.findall(r"\X", text) if g.strip()]
    if all(utf16_length(grapheme) <= limit for grapheme in whole):
        parts = split_message(text.rstrip(), limit)
        kept = [g for part in parts for g in regex.findall(r"\X", part) if g.strip()]
        assert kept == [g for g in regex.findall(r"\X", text.rstrip()) if g.strip()]


PHRASE = st.lists(st.sampled_from(["so", "many", "words"]), min_size=1).map(" ".join)
FORMATTED = st.tuples(st.sampled_from(["", "*", "_", "~", "`", "*_"]), PHRASE).map(
    lambda pair: f"{pair[0]}{pair[1]}{pair[0][::-1]}"
)
CODE = PHRASE.map(lambda words: "```\n" + words.replace(" ", "\n  ") + "\n```")
LINES = st.lists(FORMATTED, min_size=1).map(" ".join) | CODE


@given(st.lists(LINES).map("\n".join), st.integers(24, 80))
def test_every_part_is_formatted_on_its_own(text: str, limit: int) -> None:
    parts = split_message(text, limit)
    assert all(utf16_length(part) <= limit for part in parts)
    assert re.findall(r"\w+", "".join(f"{p} " for p in parts).replace("_", " ")) == (
        re.findall(r"\w+", text.replace("_", " "))
    )
    for part in parts:
        assert part.count("```") % 2 == 0
        for line in part.replace("```", "").split("\n"):
            assert all(line.count(marker) % 2 == 0 for marker in "*_~`")


@given(st.text(alphabet="*_~` \nab👍"), st.integers(2, 30))
def test_any_formatting_can_be_split(text: str, limit: int) -> None:
    parts = split_message(text, limit)
    assert all(part.strip() and utf16_length(part) <= limit for part in parts)
    letters = re.sub(r"[*_~`\s]", "", text)
    assert re.sub(r"[*_~`\s]", "", "".join(parts)) == letters
