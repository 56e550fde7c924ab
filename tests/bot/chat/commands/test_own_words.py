"""Operators' own words for STOP and START: added, and taken out."""

from dataclasses import replace

import pytest

from bot.chat import sentences
from bot.chat.commands.entries import Policies
from bot.chat.commands.finding import find_command
from bot.chat.commands.own_words import read_vocabulary
from bot.environment import Reader
from tests.bot.chat.conversation import Conversation


def policies(**environment: str) -> Policies:
    read = Reader(environment)
    vocabulary = read_vocabulary(read)
    assert read.problems == {}
    return Policies(vocabulary=vocabulary)


def find(said: str, of: Policies, *, opted_out: bool = False) -> str | None:
    return find_command(said, opted_out=opted_out, policies=of)


def test_words_are_added_and_taken_out() -> None:
    of = policies(
        STOP_WORDS="Baja, no \u00a1m\u00e1s!, -sair,", START_WORDS="yes, -subscribe"
    )
    assert find("baja.", of) == find("no mas", of) == find("stopp", of) == "stop"
    assert find("sair", of) is None
    assert find("/sair", of) is None
    assert find("yes", of, opted_out=True) == "start"
    assert find("yes", of) is None
    assert find("subscribe", of, opted_out=True) is None
    assert find("baja", Policies()) is None


def test_stop_and_start_hold_when_all_else_is_taken_out() -> None:
    of = policies(STOP_WORDS="-*, basta", START_WORDS="-*")
    assert [find(said, of) for said in ("STOP", "basta", "unsubscribe")] == [
        "stop", "stop", None,
    ]  # fmt: skip
    assert find("start", of, opted_out=True) == "start"
    assert find("opt in", of, opted_out=True) is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("STOP_WORDS", "help"),
        ("STOP_WORDS", "START"),
        ("STOP_WORDS", "!!!"),
        ("STOP_WORDS", "-nothing of ours"),
        ("STOP_WORDS", "x" * 61),
        ("STOP_WORDS", "a," * 101),
        ("START_WORDS", "stopp"),
        ("START_WORDS", "help"),
    ],
    ids=lambda value: value[:20],
)
def test_a_word_that_would_not_work_is_refused(name: str, value: str) -> None:
    read = Reader({name: value})
    read_vocabulary(read)
    assert set(read.problems) == {name}


def test_a_talk_goes_by_the_operators_words() -> None:
    ana = Conversation("Which size?")
    of = policies(STOP_WORDS="baja")
    ana.talk = replace(ana.talk, vocabulary=of.vocabulary)
    ana.says("Baja")
    assert ana.hears() == [sentences.STOPPED]
    assert ana.chat.opted_out
