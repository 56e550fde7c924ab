"""Texts of others made safe, and what is said in words."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from bot.console.chat.templates_setting import parse_templates
from bot.console.chat.words import closes_at, describe_window, linked, one_line, shown

NOW = datetime(2026, 1, 2, 12, tzinfo=UTC)
SID = "HX" + "a" * 32


def test_tricks_are_shown_as_such_and_scripts_stay_whole() -> None:
    assert (
        shown("a\u202eb\u2066c\x00d\x1be\ud800f")
        == "a\ufffdb\ufffdc\ufffdd\ufffde\ufffdf"
    )
    whole = "\u0645\u200f \U0001f468\u200d\U0001f469 \u0915\u094d\u200d\t\n"
    assert shown(whole) == whole
    assert shown("a\r\nb\u2028c") == "a\nb\nc"
    assert one_line(" A\nna \u202e ") == "A na \ufffd"
    assert one_line("x" * 100) == "x" * 59 + "…"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("see https://x.example/a?b=1&c=2.", 'href="https://x.example/a?b=1&amp;c=2"'),
        ("(HTTP://x.example)", 'href="HTTP://x.example"'),
        ("https://x.example/\"'<b>", 'href="https://x.example/"'),
    ],
)
def test_addresses_of_the_web_are_links(text: str, html: str) -> None:
    assert html in linked(text)
    assert 'rel="noopener noreferrer nofollow"' in linked(text)


@pytest.mark.parametrize(
    "text", ["javascript:alert(1)", "data:text/html,x", "www.x.example", "<a href=x>"]
)
def test_nothing_else_is_a_link(text: str) -> None:
    assert "<a" not in linked(text)


def test_the_window_is_told_to_the_minute() -> None:
    closes = closes_at(NOW - timedelta(hours=20, minutes=48), NOW)
    words = "You can reply for 3 h 12 min (until 15:12)."
    assert describe_window(closes, NOW, UTC) == words
    assert closes_at(NOW - timedelta(hours=24, seconds=1), NOW) is None
    assert closes_at(None, NOW) is None
    tomorrow = describe_window(closes_at(NOW, NOW), NOW, UTC)
    assert tomorrow == "You can reply for 24 h 0 min (until 2026-01-03 12:00)."


def test_templates_are_read() -> None:
    given = [{"content_sid": SID, "title": "Hello", "text": "Hi {{1}} and {{ name }}!"}]
    (template,) = parse_templates(json.dumps(given))
    assert template.variables == ("1", "name")
    assert template.filled({"1": "Ana", "name": "Bo"}).body == "Hi Ana and Bo!"
    assert parse_templates(" ") == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "no JSON"),
        ("{}", "a list"),
        ("[1]", "has these fields"),
        (
            json.dumps([{"content_sid": "HX1", "title": "a", "text": "b"}]),
            "content_sid",
        ),
        (json.dumps([{"content_sid": SID, "title": "a", "text": ""}]), "none is empty"),
        (json.dumps([{"content_sid": SID, "title": "a", "text": "b" * 1025}]), "long"),
        (json.dumps([{"content_sid": SID, "title": "a", "text": "b"}] * 2), "twice"),
    ],
)
def test_a_setting_that_cant_be_meant_is_told(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse_templates(text)
