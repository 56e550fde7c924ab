"""Markers are found in whatever a model writes, in time that grows as it does."""

import json
import subprocess
import sys

import pytest

from bot.chat.markers.skeleton import marker, take
from tests.house import PATIENCE, ROOT

MOST = 40_000
# Of each as many as there is room for.
SCRAPS = (
    "[choices: a | b",
    "[handover:",
    "[lead name=",
    "[file ",
    "\u3010",
    "\\[",
    " \t",
    "\n \t",
    "**[1] ",
    "([1](source1)",
    "[1,",
    "`[",
)
# What stands once, and then so many blanks, or so often what can be read in two ways.
ONCE = (
    "[1]" + " " * MOST + "x",
    "[1]\nSources:" + " " * MOST + "x",
    "(" + "[1](source1)" * 1000,
    "**" + "[1](source1)" * 1000,
    "[choices:" * 22_000,
)
READ_ALL = """
import json, sys
from bot.chat.choices.offering import with_choices
from bot.chat.handoff.action import read_wish
from bot.chat.lead.action import read_lead
from bot.chat.offers.action import choose_files
from bot.chat.sources.markers import read_markers
from bot.media.outgoing.offers import Offer
from db.records import Reply
from tests.bot.chat.transcripts import chat_of
from tests.records import reply_turn

for answer in json.load(sys.stdin):
    read_markers(answer, 9)
    read_wish(answer)
    read_lead(answer)
    choose_files(answer, [Offer("menu.pdf", "Our menu.")], chat_of())
    with_choices(Reply(turn=reply_turn(answer)), chat_of())
"""


def test_long_answers_of_scraps_are_read_in_time() -> None:
    # Quadratic time would take hours: the child is ended then.
    answers = [*(scrap * (MOST // len(scrap)) for scrap in SCRAPS), *ONCE]
    subprocess.run(
        [sys.executable, "-c", READ_ALL],
        input=json.dumps(answers),
        cwd=ROOT,
        text=True,
        check=True,
        timeout=2 * PATIENCE,
    )


@pytest.mark.parametrize(
    ("answer", "text", "told"),
    [
        ("Yes. \t**[Wish: a cake]**", "Yes.", [": a cake"]),
        ("****[wish]", "*", [""]),
        ("Yes.\n\n\u3014wish x\u3015\n\nNo.", "Yes.\n\nNo.", [" x"]),
        ("Yes. [wish for a", "Yes.", [" for a"]),
        ("[wish a] and [wish b]", "and", [" a", " b"]),
        ("[wish a\nb]", "[wish a\nb]", []),
        ("[wish a [b]]", "[wish a [b]]", []),
        (" [wished] ", " [wished] ", []),
    ],
)
def test_markers_are_taken_out(answer: str, text: str, told: list[str]) -> None:
    assert take(marker(r"wish\b", 10), answer) == (text, told)
