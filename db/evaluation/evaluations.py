"""Evaluations and baselines: each result is stored once it is there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from psycopg.types.json import Jsonb

from db.database import Connection, Database
from db.errors import OperatorError
from db.outages import outages
from db.records import storable_json, to_storable

End = Literal["done", "stopped", "failed"]
MOST_SECONDS = 30.0

START = """
INSERT INTO evaluations (prompt_hash, model, judge_model, knowledge, cases)
VALUES (%(prompt_hash)s, %(model)s, %(judge_model)s, %(knowledge)s, %(cases)s)
RETURNING id
"""
# Whoever was killed told nobody. An answer takes minutes at most.
GIVE_UP = """
UPDATE evaluations AS run SET state = 'failed', ended_at = now()
WHERE state = 'running' AND started_at < now() - interval '1 hour' AND NOT EXISTS (
  SELECT FROM evaluation_results WHERE evaluation_id = run.id
    AND judged_at > now() - interval '1 hour')
"""
# As an erasure does it: the person first, so that neither waits for the other.
HOLD = "SELECT 1 FROM users WHERE user_id = %(user_id)s FOR KEY SHARE"
# A case that went meanwhile has no result.
RECORD = """
WITH stored AS (
  INSERT INTO evaluation_results (evaluation_id, position, case_id, name, user_id,
    question, passed, score, checks, said, error, cost, seconds)
  SELECT %(evaluation_id)s, %(position)s, %(case_id)s::bigint, %(name)s,
         %(user_id)s::uuid, %(question)s, %(passed)s, %(score)s, %(checks)s, %(said)s,
         %(error)s, %(cost)s, %(seconds)s
  WHERE %(case_id)s::bigint IS NULL OR EXISTS (
    SELECT FROM cases WHERE id = %(case_id)s::bigint FOR KEY SHARE)
  RETURNING passed
)
UPDATE evaluations SET passed = evaluations.passed + stored.passed::int,
  failed = evaluations.failed + (NOT stored.passed)::int, spent = %(spent)s
FROM stored WHERE evaluations.id = %(evaluation_id)s
"""
END = """
UPDATE evaluations SET state = %(state)s, ended_at = now() WHERE id = %(evaluation_id)s
"""
SAVE = """
INSERT INTO baselines (name, evaluation_id) VALUES (%(name)s, %(evaluation_id)s)
ON CONFLICT (name) DO UPDATE
SET evaluation_id = EXCLUDED.evaluation_id, saved_at = now()
"""
BASELINE = "SELECT evaluation_id FROM baselines WHERE name = %(name)s"
SCORES = """
SELECT case_id, name, passed, score FROM evaluation_results
WHERE evaluation_id = %(evaluation_id)s ORDER BY position
"""
OVERVIEW = """
SELECT evaluation_id, state, model, judge_model, knowledge, prompt_hash, cases, passed,
       failed, spent, baselines, started_at, ended_at
FROM evaluation_overview
"""
FIND = f"{OVERVIEW} WHERE evaluation_id = %(evaluation_id)s"
LIST = f"{OVERVIEW} ORDER BY evaluation_id DESC LIMIT %(most)s"
RESULTS = """
SELECT position, case_id, name, user_id, question, passed, score, checks, said, error,
       cost, seconds
FROM evaluation_results WHERE evaluation_id = %(evaluation_id)s ORDER BY position
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvaluation:
    """What is judged, and by whom."""

    model: str
    knowledge: str
    cases: int
    prompt_hash: str | None = None
    judge_model: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptResult:
    """What became of one case; it has a `case_id`, or a `name`."""

    position: int
    question: str
    passed: bool
    score: float | Decimal
    checks: Sequence[Mapping[str, Any]]
    seconds: float | Decimal
    case_id: int | None = None
    name: str | None = None
    user_id: UUID | None = None
    said: str | None = None
    error: str | None = None
    cost: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptEvaluation:
    """An evaluation as it is kept, with the baselines that it is."""

    evaluation_id: int
    state: str
    model: str
    judge_model: str | None
    knowledge: str
    prompt_hash: str | None
    cases: int
    passed: int
    failed: int
    spent: Decimal | None
    baselines: str | None
    started_at: datetime
    ended_at: datetime | None


def start_evaluation(database: Database, new: NewEvaluation) -> int:
    """Begin an evaluation; return its number. What was killed before counts as failed.

    Raises OperatorError where the database is away.
    """
    known = {
        "prompt_hash": new.prompt_hash,
        "model": to_storable(new.model),
        "judge_model": new.judge_model and to_storable(new.judge_model),
        "knowledge": new.knowledge,
        "cases": new.cases,
    }
    with outages(), database.transaction(MOST_SECONDS) as connection:
        connection.count(GIVE_UP)
        return int(connection.scalar(START, known))


def record_result(
    database: Database, evaluation_id: int, result: KeptResult, spent: Decimal | None
) -> bool:
    """Store what became of a case; False: the case is gone. `spent`: by now, in all."""
    known = {
        "evaluation_id": evaluation_id,
        "position": result.position,
        "case_id": result.case_id,
        "name": result.name and to_storable(result.name),
        "user_id": result.user_id,
        "question": to_storable(result.question),
        "passed": result.passed,
        "score": result.score,
        "checks": Jsonb(storable_json([dict(one) for one in result.checks])),
        "said": result.said and to_storable(result.said),
        "error": result.error and to_storable(result.error),
        "cost": result.cost,
        "seconds": round(result.seconds, 3),
        "spent": spent,
    }
    with outages(), database.transaction(MOST_SECONDS) as connection:
        if result.user_id and not connection.scalar(HOLD, known):
            return False
        return bool(connection.count(RECORD, known))


def end_evaluation(database: Database, evaluation_id: int, state: End) -> None:
    """Write down that it is over, and how."""
    with outages():
        database.count(END, {"evaluation_id": evaluation_id, "state": state})


def save_baseline(database: Database, name: str, evaluation_id: int) -> None:
    """Have an evaluation be the scores to beat, from now on."""
    known = {"name": to_storable(name), "evaluation_id": evaluation_id}
    with outages():
        database.count(SAVE, known)


def load_baseline(connection: Connection, name: str) -> dict[str, tuple[bool, float]]:
    """Return how each case was judged, by its name, or as `case` and its number.

    Raises OperatorError where there is no such baseline.
    """
    evaluation_id = connection.scalar(BASELINE, {"name": name})
    if evaluation_id is None:
        raise OperatorError(
            f"there is no baseline {name}: `bot evaluate --save-baseline {name}` makes "
            "one"
        )
    rows = connection.rows(SCORES, {"evaluation_id": evaluation_id})
    return {
        row.name if row.case_id is None else f"case {row.case_id}": (
            row.passed,
            float(row.score),
        )
        for row in rows
    }


def list_evaluations(connection: Connection, most: int) -> list[KeptEvaluation]:
    """Return evaluations, the newest first."""
    return connection.read(KeptEvaluation, LIST, {"most": most})


def find_evaluation(
    connection: Connection, evaluation_id: int
) -> tuple[KeptEvaluation, list[KeptResult]]:
    """Return an evaluation with its results. Raises OperatorError."""
    known = {"evaluation_id": evaluation_id}
    found = connection.read(KeptEvaluation, FIND, known)
    if not found:
        raise OperatorError(
            f"there is no evaluation {evaluation_id}: see `bot evaluate list`"
        )
    return found[0], connection.read(KeptResult, RESULTS, known)
