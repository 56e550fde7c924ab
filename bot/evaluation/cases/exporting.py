"""Cases without the people that they came from, for files beside the code."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.evaluation.cases.expecting import (
    find_pattern,
    read_expectations,
    write_expectations,
)
from bot.evaluation.cases.nouns import Case
from bot.evaluation.cases.pseudonyms import Pseudonyms
from bot.evaluation.cases.talks import keep_turns
from bot.evaluation.cases.writing import joined
from db.records import Call, Turn

OF_WORDS = ("numbers", "source", "judge")


def without_any(cases: Sequence[Case], pseudonyms: Pseudonyms) -> Iterator[Case]:
    """Yield cases as nobody's; a name that is told in one is known in all."""
    for case in cases:
        pseudonyms.hear(turn.content for turn in case.situation.chat.turns)
    yield from (without_people(case, pseudonyms) for case in cases)


def without_people(case: Case, pseudonyms: Pseudonyms) -> Case:
    """Return a case as nobody's: what was said, expected and called, pseudonymised.

    Of what was said before, a case keeps the newest: see `keep_turns`.
    """
    sids = [turn.message_sid or "" for turn in case.situation.batch]
    kept = keep_turns(case.situation.chat.turns, sids)
    turns = tuple(_turn(turn, pseudonyms) for turn in kept)
    batch = turns[-len(sids) :]
    said = case.said and pseudonyms.replace(case.said)
    situation = replace(
        case.situation,
        chat=replace(case.situation.chat, turns=turns, name=None),
        batch=batch,
        said=said,
        calls=tuple(_call(call, pseudonyms) for call in case.situation.calls),
    )
    expects = _expected(write_expectations(case.expects), pseudonyms)
    return replace(
        case,
        situation=situation,
        expects=read_expectations(expects),
        question=joined(batch),
        why=pseudonyms.replace(case.why),
        user_id=None,
    )


def _expected(told: Mapping[str, Any], pseudonyms: Pseudonyms) -> dict[str, Any]:
    """Return what is expected; a language and a tool are called as nobody is."""
    given = {key: told[key] for key in told if key in OF_WORDS}
    expects = {**told, **_all(given, pseudonyms)}
    for key in {"must", "must_not"} & told.keys():
        expects[key] = [_pattern_or_words(each, pseudonyms) for each in told[key]]
    if "tool" in told:
        expects["tool"] = [
            {**call, "arguments": _all(call["arguments"], pseudonyms)}
            for call in told["tool"]
        ]
    return expects


def _pattern_or_words(text: str, pseudonyms: Pseudonyms) -> str:
    pattern = find_pattern(text)
    if pattern is None:
        return pseudonyms.replace(text)
    return f"/{pseudonyms.replace_in_pattern(pattern)}/"


def _turn(turn: Turn, pseudonyms: Pseudonyms) -> Turn:
    return replace(turn, content=pseudonyms.replace(turn.content), beside={})


def _call(call: Call, pseudonyms: Pseudonyms) -> Call:
    arguments: dict[str, Any] = _all(dict(call.arguments), pseudonyms)
    result = call.result and pseudonyms.replace(call.result)
    return replace(call, arguments=arguments, result=result)


def _all(value: Any, pseudonyms: Pseudonyms) -> Any:
    """Return JSON with every text in it pseudonymised, and numbers that are long."""
    if isinstance(value, str):
        return pseudonyms.replace(value)
    if isinstance(value, dict):
        return {key: _all(one, pseudonyms) for key, one in value.items()}
    if isinstance(value, list):
        return [_all(one, pseudonyms) for one in value]
    return _number(value, pseudonyms)


def _number(value: Any, pseudonyms: Pseudonyms) -> Any:
    if isinstance(value, bool) or not isinstance(value, int):
        return value
    written = json.dumps(value)
    return value if pseudonyms.replace(written) == written else 0
