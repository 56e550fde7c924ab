"""Cases written as files that `read_folder` reads back."""

from collections.abc import Sequence
from typing import Any

import yaml

from bot.evaluation.cases.expecting import write_expectations
from bot.evaluation.cases.nouns import Case
from db.records import Turn


def write_case(case: Case, name: str) -> str:
    """Return a case as YAML, under a name that holds no word of a person's."""
    told: dict[str, Any] = {"name": name}
    if case.why:
        told["why"] = case.why
    told |= {"talk": [_line(turn) for turn in case.situation.chat.turns]}
    if case.said is not None:
        told["said"] = case.said
    if case.situation.calls:
        told["calls"] = [
            {"tool": c.tool, "arguments": dict(c.arguments), "result": c.result or "-"}
            for c in case.situation.calls
        ]
    told |= {key: _value(v) for key, v in write_expectations(case.expects).items()}
    written: str = yaml.safe_dump(told, allow_unicode=True, sort_keys=False, width=88)
    return written


def joined(turns: Sequence[Turn]) -> str:
    """Return what messages say together."""
    return "\n".join(turn.content for turn in turns)


def _line(turn: Turn) -> dict[str, str]:
    # A line must say something; what came without words is told by its kind elsewhere.
    side = "user" if turn.role == "user" else "bot"
    return {side: turn.content.strip() or "-"}


def _value(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    return value[0] if isinstance(value, list) and len(value) == 1 else value
