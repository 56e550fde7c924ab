"""What a reply is sent as."""

from dataclasses import replace

import pytest

from bot.chat.sentences import ENDS_HERE
from bot.whatsapp.text.parts import MOST_PARTS, with_parts
from db.records import Reply
from tests.records import reply_turn


def test_the_parts_are_formatted_and_each_fits_in_a_message() -> None:
    said = "**Open**\n\n" + "every day " * 200
    reply = with_parts(Reply(turn=reply_turn(said)))
    first, second = (part.body for part in reply.parts)
    assert first.startswith("*Open*\n\nevery day")
    assert max(len(first), len(second)) <= 1600
    assert {part.author for part in reply.parts} == {"bot"}
    assert reply.turn.content == said


def test_what_only_the_transcript_tells_is_not_sent() -> None:
    note = replace(reply_turn("Not answered."), role="system")
    assert with_parts(Reply(turn=note)).parts == ()


def bodies(said: str) -> list[str]:
    reply = with_parts(Reply(turn=reply_turn(said)))
    return [part.body or "" for part in reply.parts]


def test_an_endless_answer_ends_and_says_so() -> None:
    sent = bodies(" ".join(f"It is {n} now." for n in range(5000)))
    assert len(sent) == MOST_PARTS
    assert sent[-1].endswith(f".\n\n{ENDS_HERE}")
    assert max(map(len, sent)) <= 1600
    assert ENDS_HERE not in "".join(bodies("word " * 2000))


@pytest.mark.parametrize("said", ["\u200b", "\u2060\ufeff \n", "\u3164", "\u2800"])
def test_what_shows_nothing_is_not_sent(said: str) -> None:
    assert bodies(said) == []
