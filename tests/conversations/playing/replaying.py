"""Answers of a conversation given anew: the same model has to say the same."""

import json
import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from bot.evaluation.situations import Change, Outcome, Situation
from bot.settings import WorkerParts
from bot.wiring.evaluation.answering import build_anew, build_situations
from tests.conversations.playing.stage import Stage
from tests.db.sql import rows
from tests.scripted_llm import Script

MADE = """
SELECT reference_id FROM answer_makings WHERE user_id = %(user_id)s
ORDER BY made_at, reference_id
"""
# What is another one each time: words drawn for borders, days, and calls' numbers.
DRAWN = re.compile(r"\b[0-9a-f]{12}\b")
DAY = re.compile(r"\b[A-Z][a-z]+day, \d{4}-\d\d-\d\d")
CLOCK = re.compile(r"\b\d\d:\d\d\b")


def find_difference(stage: Stage, user_id: UUID | None) -> str | None:
    """Return what is said or asked otherwise, where a user's answers are made again.

    Those of which something is gone can't be made again as they were.
    """
    if user_id is None:
        return None
    asked = len(stage.llm.requests)
    said = dict(zip(_asked(stage), stage.llm.played, strict=False))
    sent, kept = len(stage.twilio.delivered), _all_rows(stage)
    for situation, outcome in _replayed(stage, user_id, said):
        new = [key for key in _asked(stage)[asked:] if key not in said]
        if new:
            known = "\n".join(said)
            return f"the model is shown something else: {new[-1]}\n\nKnown:\n{known}"
        if outcome.error or outcome.text != situation.said:
            told = outcome.error or outcome.text
            return f"replayed, it says {told!r} instead of {situation.said!r}"
        if outcome.divergences:
            return f"replayed, it diverges: {outcome.divergences}"
    if len(stage.twilio.delivered) != sent or _all_rows(stage) != kept:
        return "a replay sent or stored something"
    return None


def _replayed(
    stage: Stage, user_id: UUID, said: dict[str, Script]
) -> Iterator[tuple[Situation, Outcome]]:
    server = stage.told.parts(WorkerParts).llm
    anew = build_anew(stage.told, stage.database, server, Change())
    situations = build_situations(stage.told, stage.database)
    stage.llm.by_prompt = lambda: said.get(_asked(stage)[-1])
    try:
        for (reference_id,) in rows(stage.database, MADE, user_id=user_id):
            situation = situations.load(reference_id)
            assert situation is not None
            if situation.gone:
                continue
            yield situation, anew.answer(situation)
    finally:
        stage.llm.by_prompt = None


def _asked(stage: Stage) -> list[str]:
    """Return all prompts so far, without what is drawn for each."""
    return [_plain(prompt) for prompt in stage.llm.prompts]


def _plain(prompt: Any) -> str:
    told = json.dumps(prompt, ensure_ascii=False, sort_keys=True)
    for pattern in (DRAWN, DAY, CLOCK):
        told = pattern.sub("…", told)
    return told


def _all_rows(stage: Stage) -> list[Any]:
    counted = "SELECT count(*) FROM {}"
    tables = ("reply_parts", "userchats", "answer_makings", "tool_calls", "media")
    return [rows(stage.database, counted.format(table))[0][0] for table in tables]
