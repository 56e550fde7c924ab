"""A case as a file: read back as it was, and nobody's."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from bot.evaluation.cases.expecting import read_expectations
from bot.evaluation.cases.exporting import without_any, without_people
from bot.evaluation.cases.files import read_file
from bot.evaluation.cases.nouns import Case
from bot.evaluation.cases.pseudonyms import Pseudonyms
from bot.evaluation.cases.talks import Line, situation_of
from bot.evaluation.cases.writing import write_case
from db.records import Turn


def lived(*lines: str, **expects: Any) -> Case:
    """Return a case of Ana's: she says every second line, and the last one."""
    sides = [len(lines) % 2 != n % 2 for n in range(len(lines))]
    told = [Line(is_user=s, text=t) for s, t in zip(sides, lines, strict=True)]
    return Case(
        case_id=1,
        user_id=uuid4(),
        situation=situation_of("one", told),
        expects=read_expectations(expects),
        question=lines[-1],
    )


def exported(case: Case, folder: Path, *names: str) -> Case:
    """Return a case as it is read back from its file."""
    pseudonyms = Pseudonyms()
    pseudonyms.learn(names)
    file = folder / "one.yaml"
    file.write_text(write_case(without_people(case, pseudonyms), "one"))
    ((_, read),) = read_file(file)
    return read


def test_of_a_long_talk_the_newest_is_exported_and_read_back(tmp_path: Path) -> None:
    case = lived(*(f"line {n}" for n in range(151)), must="x")
    read = exported(case, tmp_path)
    assert read.question == "line 150"
    told = [turn.content for turn in read.situation.chat.turns]
    assert told == [f"line {n}" for n in range(111, 151)]


def test_what_the_bot_noted_meanwhile_is_no_answer(tmp_path: Path) -> None:
    case = lived("Hi", "Hello", "How much?", must="x")
    last = case.situation.batch[-1].timestamp
    note = Turn(role="system", content="Noted.", timestamp=last + timedelta(seconds=1))
    chat = replace(case.situation.chat, turns=(*case.situation.chat.turns, note))
    case = replace(case, situation=replace(case.situation, chat=chat))
    read = exported(case, tmp_path)
    assert read.question == "How much?"
    assert [t.content for t in read.situation.chat.turns][-1] == "How much?"


def test_a_language_and_a_tool_are_called_as_nobody_is(tmp_path: Path) -> None:
    tool = {"name": "order-bread", "arguments": {"for": "De Vries"}}
    case = lived("Für De Vries?", language="de", tool=tool, known="yes")
    read = exported(case, tmp_path, "Anna De Vries", "Order")
    assert read.expects.language == "de"
    (call,) = read.expects.calls
    assert call.tool == "order-bread"
    assert "Vries" not in str(call.arguments)


@pytest.mark.parametrize(
    "pattern",
    [
        "/\\bannabel/", "/\\bAnnabelle/", "/annabelle|you/", "/a\\.b@web\\.example/",
        "/\\+49 170 1234567/",
    ],
)  # fmt: skip
def test_no_pattern_tells_of_a_person(tmp_path: Path, pattern: str) -> None:
    read = exported(lived("Hi", must=pattern), tmp_path, "Annabelle Ek")
    (told,) = read.expects.must
    for secret in ("nnabel", "web", "123456"):
        assert secret not in told


def test_what_is_left_of_words_in_patterns_is_looked_at() -> None:
    pseudonyms = Pseudonyms()
    assert pseudonyms.replace_in_pattern("\\bgundu") == "\\bgundu"
    assert "  gundu" in pseudonyms.review()


def test_a_name_that_is_told_in_one_case_is_known_in_those_before() -> None:
    cases = [lived("Quux was here.", must="x"), lived("My name is Quux.", must="x")]
    first, second = without_any(cases, Pseudonyms())
    assert "Quux" not in first.question + second.question
