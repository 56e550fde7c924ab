"""Cases and outcomes for tests of what judges them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from bot.evaluation.cases.expecting import read_expectations
from bot.evaluation.cases.nouns import Case
from bot.evaluation.cases.talks import NOBODY, Line, situation_of
from bot.evaluation.judged.checks import Check, check
from bot.evaluation.judged.judging import Result
from bot.evaluation.situations import Outcome
from bot.whatsapp.text.parts import with_parts
from db.records import Call, StoodOn
from tests.records import answer_to


def a_case(
    name: str | None = "one", user_id: UUID | None = None, **expects: Any
) -> Case:
    said = expects.pop("said", None)
    situation = situation_of("one", [Line(is_user=True, text="How much?")], said=said)
    return Case(
        name=name,
        case_id=None if name else 7,
        user_id=user_id,
        situation=situation,
        expects=read_expectations(expects),
        question="How much?",
    )


def an_outcome(text: str, *stood_on: StoodOn, **more: Any) -> Outcome:
    calls = tuple(a_call(*one) for one in more.pop("calls", ()))
    reply = answer_to(text=text, stood_on=stood_on, **more)
    return Outcome(reply=reply, calls=calls)


def a_call(tool: str, arguments: Mapping[str, Any]) -> Call:
    return Call(
        call_id=uuid4(),
        user_id=NOBODY,
        chat_id="x",
        message_sid="SM1",
        position=0,
        tool=tool,
        arguments=arguments,
        state="done",
    )


def failed(outcome: Outcome, **expects: Any) -> dict[str, str]:
    """Return the checks that failed, with their reasons."""
    found = check(a_case(**expects), outcome, with_parts)
    return {one.kind: one.to_json()["reason"] for one in found if not one.passed}


def a_result(case: Case, *passed: bool) -> Result:
    checks = tuple(
        Check.of(f"kind{n}", ok, "why", "Zelda") for n, ok in enumerate(passed)
    )
    return Result(case=case, checks=checks, outcome=an_outcome("Hi"))
