"""What a reply is sent as."""

from dataclasses import replace

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


def test_an_endless_answer_is_a_bounded_number_of_messages() -> None:
    endless = " ".join(f"Sentence number {n} is here." for n in range(2000))
    bodies = [part.body for part in with_parts(Reply(turn=reply_turn(endless))).parts]
    assert len(bodies) == MOST_PARTS
    assert bodies[-1].endswith("\n(\u2026)")
    assert max(map(len, bodies)) <= 1600
