"""Cases in files: what is read, and where it says that something is wrong."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.evaluation.cases.files import CaseFileError, read_folder
from bot.evaluation.cases.nouns import Expectations, ExpectedCall
from bot.evaluation.cases.writing import write_case

WHOLE = """
# A comment.
- name: order
  why: It was asked on a Friday.
  at: 2026-03-06 10:00
  talk:
    - user: Hello
    - bot: Hi, what may I do for you?
    - user: Where is my order?
    - user: It is 1041.
  said: I don't know.
  calls:
    - tool: order_status
      arguments: {number: 1041, day: "2026-03-06", quick: yes}
      result: "Ready at 9:00"
  must: [order, /read(y|ied)/]
  must_not: 404
  numbers: [9:00, 4.20 €]
  source: Prices
  tool: {name: order_status, arguments: {number: 1041}}
  language: en
  longest: 500
  messages: 2
  again: no
  known: no
  hands_over: no
  judge: Is kind.
"""


def read(folder: Path, text: str, name: str = "one.yaml") -> list[object]:
    (folder / name).write_text(text, encoding="utf-8")
    return list(read_folder(folder))


def test_all_that_a_case_may_have_is_read(tmp_path: Path) -> None:
    read(tmp_path, WHOLE)
    (case,) = read_folder(tmp_path)
    assert (case.label, case.why) == ("order", "It was asked on a Friday.")
    assert case.question == "Where is my order?\nIt is 1041."
    assert case.said == "I don't know."
    situation = case.situation
    assert [t.role for t in situation.chat.turns] == [
        "user", "assistant", "user", "user",
    ]  # fmt: skip
    assert [t.content for t in situation.batch] == ["Where is my order?", "It is 1041."]
    assert situation.at == datetime(2026, 3, 6, 10, tzinfo=UTC)
    assert situation.batch[-1].timestamp == situation.at
    (call,) = situation.calls
    assert call.arguments == {"number": 1041, "day": "2026-03-06", "quick": True}
    assert (call.state, call.result) == ("done", "Ready at 9:00")
    assert case.expects == Expectations(
        must=("order", "/read(y|ied)/"),
        must_not=("404",),
        numbers=("9:00", "4.20 €"),
        sources=("Prices",),
        calls=(ExpectedCall("order_status", {"number": 1041}),),
        language="en",
        longest=500,
        messages=2,
        never_again=True,
        known=False,
        hands_over=False,
        judge=("Is kind.",),
    )


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    read(tmp_path, WHOLE)
    (case,) = read_folder(tmp_path)
    (tmp_path / "one.yaml").write_text(write_case(case, "order"), encoding="utf-8")
    (again,) = read_folder(tmp_path)
    assert again.expects == case.expects
    assert again.said == case.said
    told = [(turn.role, turn.content) for turn in case.situation.chat.turns]
    assert [(t.role, t.content) for t in again.situation.chat.turns] == told
    assert again.situation.calls[0].arguments == case.situation.calls[0].arguments


def test_files_hold_one_case_a_list_or_several_documents(tmp_path: Path) -> None:
    read(tmp_path, "name: a\nask: Hi\nmust: x\n---\n- {name: b, ask: Hi, must: x}\n")
    (tmp_path / "below").mkdir()
    read(tmp_path / "below", "{name: c, ask: Hi, no_tool: yes}", "c.yml")
    assert [case.label for case in read_folder(tmp_path)] == ["c", "a", "b"]


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("ask: Hi\nmust: x", 1, "a case needs a name"),
        ("name: case 7\nask: Hi\nmust: x", 1, "case 7 is what cases of the database"),
        ("name: 7\nask: Hi\nmust: x", 1, "7 is what cases of the database"),
        ("name: a\nask: Hi", 1, "a case needs what the answer must have"),
        ("name: a\nask: Hi\nmusst: x", 3, "musst is not known here"),
        ("name: a\nask: Hi\nmust: x\nmust: y", 4, "must is there twice"),
        ("name: a\nmust: x", 1, "either ask or talk"),
        ("name: a\nask: Hi\ntalk: []\nmust: x", 1, "either ask or talk"),
        ("name: a\nmust: x\ntalk:\n - bot: Hi", 4, "must end with what the user"),
        ("name: a\nmust: x\ntalk:\n - user: Hi\n - cat: Miau", 5, "cat says nothing"),
        ("name: a\nask: Hi\nmust: x\nagain: no", 4, "again needs said"),
        ("name: a\nask: Hi\nsaid: x\nagain: yes", 4, "again: must be no"),
        ("name: a\nask: Hi\nmust: /(/", 3, "must: /(/ is no pattern"),
        ("name: a\nask: Hi\nnumbers: many", 3, "must be one number"),
        ("name: a\nask: Hi\nlanguage: xx", 3, "language: must be one of"),
        ("name: a\nask: Hi\nlongest: -1", 3, "longest: must be a number from 1"),
        ("name: a\nask: Hi\ntool: {nme: x}", 3, "tool: has 'nme'"),
        ("name: a\nask: Hi\nno_tool: maybe", 3, "must be yes or no"),
        ("name: a\nask: Hi\nmust: x\nat: noon", 4, "at must be a time"),
        ("name: a\nask: Hi\nmust: x\ncalls:\n - tool: t", 5, "needs tool and result"),
        (
            "name: a\nask: Hi\nmust: x\ncalls:\n - tool: t\n   result: r\n"
            "   arguments: {day: 2026-03-06}",
            7,
            "arguments hold texts",
        ),
        ("name: a\nask: Hi\nmust: [x", 3, "expected ',' or ']'"),
        ("name: &a x\nask: *a\nmust: x", 2, "a case can't use *"),
        ("- name", 1, "here must be names"),
        (
            "name: a\nask: !!python/object:os.system x\nmust: y\nlongest: 0",
            4,
            "longest",
        ),
    ],
)
def test_a_fault_names_the_file_and_the_line(
    tmp_path: Path, text: str, line: int, why: str
) -> None:
    with pytest.raises(CaseFileError) as raised:
        read(tmp_path, text)
    assert str(raised.value).startswith(f"{tmp_path / 'one.yaml'}:{line}: ")
    assert why in str(raised.value)


def test_two_cases_of_one_name_are_told_with_both_places(tmp_path: Path) -> None:
    read(tmp_path, "{name: a, ask: Hi, must: x}")
    with pytest.raises(CaseFileError, match=r"two.yaml:1: 'a' is there already.*one"):
        read(tmp_path, "{name: a, ask: Hi, must: x}", "two.yaml")


def test_what_is_no_file_of_cases_is_told(tmp_path: Path) -> None:
    with pytest.raises(CaseFileError, match="has no cases"):
        read_folder(tmp_path)
    (tmp_path / "one.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CaseFileError, match="can't be read as a text in UTF-8"):
        read_folder(tmp_path)
    with pytest.raises(CaseFileError, match="more than 1 MB"):
        read(tmp_path, "#" * (1 << 20) + "\n\n")


@pytest.mark.parametrize(
    "nested", ["[" * 200_000, "{a: " * 200_000, "\n" + "- " * 200_000]
)
def test_what_is_nested_deeply_is_refused_at_once(tmp_path: Path, nested: str) -> None:
    with pytest.raises(CaseFileError, match=r"one.yaml:[34]: it is nested too deeply"):
        read(tmp_path, f"name: a\nask: b\nmust: {nested}")


def test_a_folder_may_hold_as_many_files_as_an_export_writes(tmp_path: Path) -> None:
    for n in range(501):
        (tmp_path / f"case-{n}.yaml").write_text(f"{{name: n{n}, ask: Hi, must: x}}")
    assert len(read_folder(tmp_path)) == 501
