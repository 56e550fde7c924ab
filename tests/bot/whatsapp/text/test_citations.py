"""A customer reads no markers of sources that only a server can look up."""

import pytest

from bot.whatsapp.text.formatting import to_whatsapp


@pytest.mark.parametrize(
    "marker",
    [
        "【4:0†returns.pdf】",
        "【1†source】",
        " 【13†L10-L20】【4:1†__my__ *file* [2].pdf】",
        "〖1†source〗",
        "[4:0†returns.pdf]",
        "【oaicite:0】",
        " :contentReference[oaicite:0]{index=0}",
        "[^1^]",
        " [^1^][^2^]",
        "[^3]",
        "[doc1], [doc2]",
        " ([doc1]; [doc2])",
        " [cite: 1, 2]",
        " [citation:3]",
        " \ue200cite\ue202turn0search0\ue202turn1view2\ue201",
        "\ue200filecite\ue202turn0file0\ue202L1-L5\ue201",
        " citeturn0search0turn1view2",
    ],
)
def test_markers_of_sources_are_not_shown(marker: str) -> None:
    reply = (
        f"Returns take **14** days{marker}. Ask us{marker}\n\n{marker}\n\n- Bye{marker}"
    )
    assert to_whatsapp(reply) == "Returns take *14* days. Ask us\n\n- Bye"
    assert to_whatsapp(f"# Returns{marker}\n14 days") == "*Returns*\n14 days"


def test_words_stay_apart_where_a_marker_stood() -> None:
    assert to_whatsapp("14 days【1†source】from today") == "14 days from today"


def test_what_a_marker_names_is_shown() -> None:
    city = 'In \ue200entity\ue202["city","Paris","France"]\ue201 now'
    assert to_whatsapp(city) == "In Paris now"
    assert to_whatsapp("<co: 0>14 days</co: 0> [cite_start]left") == "14 days left"
    assert to_whatsapp("So it is [^1^](https://a.de)") == "So it is https://a.de"


def test_footnotes_that_the_reply_holds_keep_their_names() -> None:
    reply = "14 days[^1], or 30 [^b].\n\n[^1]: Without tax.\n[^b]: With it."
    shown = "14 days[1], or 30 [b].\n\n[1]: Without tax.\n[b]: With it."
    assert to_whatsapp(reply) == shown


@pytest.mark.parametrize(
    "text",
    [
        "14 days [1].\n\nSources:\n[1] https://a.example",
        "【重要】 and 【1】",
        "`[^1^]` and `【1†x】`",
        "```\n[doc1] 【1†source】\n```",
        "[^a-z] is a class, [doc] is a word",
        "cite turn 1",
    ],
)
def test_what_may_be_the_authors_own_stays(text: str) -> None:
    assert to_whatsapp(text) == text
