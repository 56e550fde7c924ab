"""The files of SQL tools: what their heads tell, and what is wrong with them."""

from pathlib import Path

import pytest

from bot.tools.schemas import ArgumentsError, read_arguments
from bot.tools.sql.files import load_sql_tools
from db.errors import OperatorError

WHOLE = """
-- name: order_status
-- description: Tell what became of an order.
--   It is known by its number alone.
-- parameter: number integer: As on the receipt, such as 1041.
-- parameter: since date optional
-- approval: operator
-- seconds: 2.5
-- asks: Shall I look for order {number}?
-- shared: yes

SELECT state, 'a :b; ''c''' AS ":d", ready_on::text AS e -- not :f; "nor this
FROM shop.orders
WHERE number = :number AND (:since IS NULL OR ready_on >= :since);
-- that is all
"""
START = "-- name: a\n-- description: b\n"


def test_a_head_tells_all_of_a_tool(tmp_path: Path) -> None:
    (tmp_path / "b.sql").write_text(WHOLE)
    (tmp_path / "a.sql").write_bytes(START.replace("\n", "\r\n").encode() + b"SELECT 1")
    (tmp_path / "notes.txt").write_text("no tool")
    first, tool = load_sql_tools(tmp_path)
    assert (first.spec.name, first.spec.approval, first.spec.seconds) == (
        "a", "always", 5.0,
    )  # fmt: skip
    spec = tool.spec
    assert (spec.name, spec.effects, spec.approval, spec.seconds) == (
        "order_status", "none", "operator", 2.5,
    )  # fmt: skip
    assert spec.description == (
        "Tell what became of an order. It is known by its number alone."
    )
    assert spec.asks == "Shall I look for order {number}?"
    assert spec.parameters == {
        "type": "object",
        "properties": {
            "number": {
                "type": "integer",
                "description": "As on the receipt, such as 1041.",
            },
            "since": {
                "anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]
            },
        },
        "required": ["number"],
        "additionalProperties": False,
    }


def test_places_are_bound_and_what_only_looks_like_one_stays(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text(WHOLE)
    [tool] = load_sql_tools(tmp_path)
    assert (tool.lookup.values, tool.lookup.shared) == (2, True)
    assert tool.lookup.sql.splitlines() == [
        "SELECT state, 'a :b; ''c''' AS \":d\", ready_on::text AS e ",
        "FROM shop.orders",
        "WHERE number = CAST($1 AS bigint) AND (CAST($2 AS date) IS NULL OR "
        "ready_on >= CAST($2 AS date))",
    ]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ('{"number": "1041"}', "number must be of type integer"),
        ('{"number": [1]}', "number must be of type integer"),
        ('{"number": true}', "number must be of type integer"),
        ('{"since": "2026-12-01"}', "lacks number"),
        ('{"number": 1, "address": "whatsapp:+1"}', "no argument 'address'"),
        ('{"order": 1}', "lacks number"),
    ],
)
def test_arguments_of_another_kind_are_told_to_the_llm(
    tmp_path: Path, arguments: str, told: str
) -> None:
    (tmp_path / "a.sql").write_text(WHOLE)
    [tool] = load_sql_tools(tmp_path)
    with pytest.raises(ArgumentsError, match=told):
        read_arguments(arguments, tool.spec.parameters)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("SELECT 1", "line 1: the head lacks `-- name"),
        ("-- name: a\nSELECT 1", "line 1: the head lacks `-- description"),
        ("-- name: a b\n-- description: c\nSELECT 1", "line 1: a name has letters"),
        (START, "there is no statement below the head"),
        (START + "-- effects: once\nSELECT 1", "line 3: there is no 'effects'"),
        (START + "-- hello\nSELECT 1", "line 3: this is no `-- key: value`"),
        (START + "-- name: c\nSELECT 1", "line 3: name is told twice"),
        (START + "-- parameter: n\nSELECT :n", "line 3: a parameter is told as"),
        (START + "-- parameter: n int\nSELECT :n", "line 3: the type of n must be one"),
        (START + "-- parameter: n text\n-- parameter: n date\nSELECT :n",
         "line 4: the parameter n is told twice"),
        (START + "-- parameter: n text\n\nSELECT\n  :m", "line 6: there is no param"),
        (START + "-- parameter: n text\nSELECT 1", "nothing in the statement is :n"),
        (START + "-- approval: maybe\nSELECT 1", "line 3: approval must be one of"),
        (START + "-- shared: true\nSELECT 1", "line 3: shared must be one of yes, no"),
        (START + "-- seconds: 1000\nSELECT 1", "line 3: seconds must be a number"),
        (START + "-- resource: n\nSELECT 1", "line 3: there is no 'resource'"),
        (START + "SELECT 1;\nSELECT 2", "line 4: a file has one statement"),
        (START + "SELECT 1)\n; DROP TABLE x", "line 4: a file has one statement"),
        (START + "SELECT $1", r"line 3: \$1 can't be read here"),
        (START + "SELECT $x$:a$x$", r"line 3: \$x\$ can't be read here"),
        (START + "SELECT $é1$:a$é1$", r"line 3: \$é1\$ can't be read here"),
        (START + "SELECT /* :a */ 1", r"line 3: /\* can't be read here"),
        (START + "SELECT E'\\':a'", "line 3: E' can't be read here"),
        (START + "SELECT U&\"a\"", "line 3: U&\" can't be read here"),
        (START + "SELECT\n'a", "line 4: ' can't be read here"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "a.sql").write_text(text)
    with pytest.raises(OperatorError, match=told) as caught:
        load_sql_tools(tmp_path)
    assert str(tmp_path / "a.sql") in str(caught.value)


def test_what_can_t_be_a_folder_of_tools_says_why(tmp_path: Path) -> None:
    for folder in (tmp_path / "none", Path("a\0b")):
        with pytest.raises(OperatorError, match="no folder that can be read"):
            load_sql_tools(folder)
    with pytest.raises(OperatorError, match=r"has no \.sql files"):
        load_sql_tools(tmp_path)
    (tmp_path / "a.sql").write_text(START + "SELECT 1")
    (tmp_path / "b.sql").write_text(START + "SELECT 2")
    with pytest.raises(OperatorError, match=r"b\.sql and .*a\.sql are both the tool a"):
        load_sql_tools(tmp_path)
    (tmp_path / "b.sql").write_bytes(b"\xff")
    with pytest.raises(OperatorError, match="must be text in UTF-8"):
        load_sql_tools(tmp_path)
    (tmp_path / "b.sql").write_bytes(b" " * 70_000)
    with pytest.raises(OperatorError, match="larger than 64 KB"):
        load_sql_tools(tmp_path)
