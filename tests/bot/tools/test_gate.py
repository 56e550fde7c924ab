"""Who has to allow a call, where that differs by what it acts on."""

import types
from typing import Any

import pytest

from bot.tools import tool
from bot.tools.approval.waiting import ByApproval
from bot.tools.declaring import find_tools
from bot.tools.gate import allowed_by
from bot.tools.protocol import Approval, ToolSpec
from db.errors import OperatorError

BY_TABLE: dict[str, Approval] = {
    "Terrace-*": "operator", "bar ?": "always", "the one [1]": "never",
}  # fmt: skip


def spec_with(
    approvals: dict[str, Approval], resource: str | None = "table"
) -> ToolSpec:
    @tool(approval="customer", resource=resource, approvals=approvals)
    def book(table: str) -> str:
        """Book a table."""
        return table

    module = types.ModuleType("tables")
    vars(module)["book"] = book
    (found,) = find_tools(module)
    return found.spec


@pytest.mark.parametrize(
    ("table", "state"),
    [
        ("terrace-4", "waiting"),
        (" TERRACE - 4", "waiting"),
        ("\uff34errace-4", "waiting"),
        ("the\u200b one\u00ad [1]", "refused"),
        ("Bar 7", "intent"),
        ("bar 77", "waiting"),
        ("window", "waiting"),
        ("the one [1]", "refused"),
        (["bar 7"], "refused"),
        (None, "refused"),
        (True, "refused"),
    ],
)
def test_the_first_rule_that_fits_the_value_holds(table: Any, state: str) -> None:
    spec = spec_with(BY_TABLE)
    assert ByApproval(has_people=True).decide(spec, {"table": table}).state == state


def test_an_operator_is_asked_only_where_there_are_some() -> None:
    spec = spec_with(BY_TABLE)
    wanted = {"table": "terrace-1"}
    assert ByApproval().decide(spec, wanted).state == "refused"
    assert "asked" in ByApproval(has_people=True).decide(spec, wanted).told
    assert ByApproval().decide(spec, {}).state == "refused"
    assert allowed_by(spec) == {"customer", "operator", "always", "never"}


def test_rules_by_nothing_are_refused() -> None:
    with pytest.raises(OperatorError, match="name it"):
        spec_with(BY_TABLE, resource=None)
    odd: Any = {"bar": "perhaps"}
    with pytest.raises(OperatorError, match="approval must be one of"):
        spec_with(odd)
