"""Choices as they are sent: by a template where there is one, else in lines."""

import json

from bot.chat.choices.offering import offering
from bot.simulator.content.choices import CONTENT_SIDS
from bot.whatsapp.choices.parts import find_content
from bot.whatsapp.text.parts import with_parts
from db.records import PartContent, Reply, Template
from tests.records import reply_turn

PICTURE = PartContent("", media=("https://shop.example/1.png",))


def reply_with(said: str, *titles: str, **more: object) -> Reply:
    return Reply(turn=offering(reply_turn(""), said, titles), **more)  # type: ignore[arg-type]


def bodies_of(reply: Reply) -> list[str]:
    return [part.body for part in with_parts(reply, CONTENT_SIDS).parts]


def test_a_short_question_stands_above_its_buttons() -> None:
    (part,) = with_parts(reply_with("Which **one**?", "Rye", "Oat"), CONTENT_SIDS).parts
    variables = {"1": "Which *one*?", "2": "Rye", "3": "Rye", "4": "Oat", "5": "Oat"}
    instead = "Which *one*?\n\n1. Rye\n2. Oat"
    template = Template(CONTENT_SIDS[2], variables)
    assert part == PartContent("Which *one*?", template=template, instead=instead)


def test_a_list_has_a_word_that_opens_it_in_the_users_language() -> None:
    reply = reply_with("Welches?", *"abcd", language="de")
    (part,) = with_parts(reply, CONTENT_SIDS).parts
    assert part.template is not None
    assert part.template.variables["10"] == "Ausw\u00e4hlen"


def test_what_is_longer_or_more_comes_before_the_buttons() -> None:
    ask = "Please choose:"
    assert bodies_of(reply_with("A.\nWhich?", "x", "y")) == ["A.\nWhich?", ask]
    with_source = reply_with("Which?", "x", "y", sources="From: list")
    assert bodies_of(with_source) == ["Which?\n\nFrom: list", ask]
    pictured = reply_with("Which?", "x", "y", pictures=(PICTURE,))
    assert bodies_of(pictured) == ["Which?", "", ask]
    assert bodies_of(reply_with("A.\n\n*Which*?", "x", "y")) == ["A.", "*Which*?"]
    long = bodies_of(reply_with("word " * 300, "x", "y"))
    assert (len(long), long[-1]) == (2, ask)


def test_where_no_template_fits_lines_are_sent() -> None:
    reply = reply_with("Which?", "x", "y")
    assert [part.body for part in with_parts(reply).parts] == ["Which?\n\n1. x\n2. y"]
    for titles in (
        ("x", "y" * 21),
        ("x", "y", "z", "y" * 25),
        tuple(map(str, range(11))),
    ):
        assert find_content(reply_with("Which?", *titles), CONTENT_SIDS) is None
    assert find_content(reply_with("Which?", "x", "y", "z", "y" * 24), CONTENT_SIDS)
    spoken = reply_with("Which?", "x", "y", spoken=PICTURE)
    assert bodies_of(spoken) == ["", "Which?\n\n1. x\n2. y"]


def test_a_template_is_stored_with_what_is_sent_instead() -> None:
    (part,) = with_parts(reply_with("Which?", "x", "y"), CONTENT_SIDS).parts
    stored = json.loads(json.dumps(part.to_json()))
    assert Template(**stored["template"]) == part.template
    assert stored["instead"] == part.instead == "Which?\n\n1. x\n2. y"


def test_what_a_variable_may_not_have_is_not_in_the_line_that_the_buttons_answer() -> (
    None
):
    said = "Which\tone,     please?"
    (part,) = with_parts(reply_with(said, "x", "y"), CONTENT_SIDS).parts
    assert part.template is not None
    assert part.body == part.template.variables["1"] == "Which one, please?"
