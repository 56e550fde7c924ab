"""A reply in WhatsApp's own markup is shown as it was meant, and so is Markdown."""

import pytest

from bot.whatsapp.text.formatting import to_whatsapp


@pytest.mark.parametrize(
    "reply",
    [
        "*Opening hours*\nMon-Fri 9-17",
        "*Opening hours*\n- *Mon:* 9-17\n- _closed on *Sunday*_",
        "*_Opening hours_*, ~old~ and `*code*`",
        "Price: ~20 €~ *15 €*",
        "I *really* mean it",
        "> *Note*: closed",
    ],
)
def test_whatsapps_own_markup_stays_as_it_is(reply: str) -> None:
    swapped = reply.replace("_closed on *Sunday*_", "_closed_ on *Sunday*")
    assert to_whatsapp(swapped) == swapped


def test_links_and_tables_do_not_make_a_reply_markdown() -> None:
    reply = "*Shop*: [here](https://a.example)\n\n| a | b |\n|--|--|\n| *x* | y |"
    shown = "*Shop*: here (https://a.example)\n\n*a*: *x*; *b*: y"
    assert to_whatsapp(reply) == shown


@pytest.mark.parametrize(
    ("reply", "shown"),
    [
        ("*Opening hours*\n**Mon** 9", "_Opening hours_\n*Mon* 9"),
        ("# Books\n\nRead *Dune*", "*Books*\n\nRead _Dune_"),
        ("Books\n=====\nRead *Dune*", "*Books*\nRead _Dune_"),
        ("__Now__ read *Dune*", "*Now* read _Dune_"),
        ("***Now*** read *Dune*", "*_Now_* read _Dune_"),
    ],
)
def test_one_star_is_italic_beside_markdown(reply: str, shown: str) -> None:
    assert to_whatsapp(reply) == shown


@pytest.mark.parametrize(
    ("reply", "shown"),
    [
        ("`**` and *x*", "`**` and *x*"),
        ("```\n# a\n**b**\n```\n*x*", "```\n# a\n**b**\n```\n*x*"),
        ("<b>a</b> and *x*", "*a* and *x*"),
    ],
)
def test_code_and_html_do_not_make_a_reply_markdown(reply: str, shown: str) -> None:
    assert to_whatsapp(reply) == shown


@pytest.mark.parametrize(
    "text", ["~5 minutes to ~10", "~/bin and ~/lib", "H~2~O", "`~x~`", "a ~ b ~ c"]
)
def test_a_tilde_that_strikes_nothing_stays(text: str) -> None:
    assert to_whatsapp(text) == text
