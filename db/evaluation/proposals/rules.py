"""Rules for every prompt: in force, ended, and asked for while the bot runs."""

import logging
import time
from dataclasses import dataclass, field
from threading import Lock
from uuid import UUID

from db.database import Connection, Database
from db.errors import OperatorError
from db.outages import FAILURES
from db.records import to_storable
from db.records.evaluation.proposals import PromptRule

log = logging.getLogger(__name__)

# All of them stand in every prompt.
MOST_RULES = 20
LONGEST_RULE = 1000
MOST_LISTED = 200
SECONDS = 2.0

IN_FORCE = """
SELECT text FROM prompt_rules WHERE until IS NULL ORDER BY since, id LIMIT %(most)s
"""
LIST = """
SELECT rule.id AS rule_id, text, since, until, proposal_id,
       COALESCE(operator.full_name, operator.email) AS added_by
FROM prompt_rules AS rule LEFT JOIN users AS operator ON user_id = added_by
WHERE until IS NULL OR %(also_ended)s
ORDER BY until IS NULL DESC, since, rule.id LIMIT %(most)s
"""
# Two that are applied at once must not be one too many.
HOLD = "SELECT pg_advisory_xact_lock(hashtext('prompt_rules'))"
COUNT = "SELECT count(*) FROM prompt_rules WHERE until IS NULL"
ADD = """
INSERT INTO prompt_rules (text, added_by, proposal_id, is_reworded)
VALUES (%(text)s, %(added_by)s, %(proposal_id)s, %(is_reworded)s) RETURNING id
"""
END = """
UPDATE prompt_rules SET until = greatest(now(), since)
WHERE proposal_id = %(proposal_id)s AND until IS NULL
"""


@dataclass(slots=True)
class RulesInForce:
    """The rules of one database: asked for once in `kept_seconds`.

    An answer needs no rules: where the database is away, those hold that were known.
    """

    database: Database
    kept_seconds: float = 5.0
    _known: tuple[str, ...] | None = None
    _asked_at: float = 0.0
    _first: Lock = field(default_factory=Lock)

    def find(self) -> tuple[str, ...]:
        """Return the rules that are in force, the oldest first."""
        if self._known is None:
            self._ask_first()
        elif time.monotonic() - self._asked_at >= self.kept_seconds:
            self._ask()
        return self._known or ()

    def _ask_first(self) -> None:
        """Ask while nothing is known: whoever answers meanwhile waits as well."""
        if self._first.acquire(timeout=SECONDS):
            try:
                if self._known is None:
                    self._ask()
            finally:
                self._first.release()

    def _ask(self) -> None:
        # Whoever asks meanwhile does not wait as well.
        self._asked_at = time.monotonic()
        try:
            with self.database.transaction(SECONDS) as connection:
                found = connection.column(IN_FORCE, {"most": MOST_RULES})
        except FAILURES as error:
            log.warning("rules are those that were known: %s", type(error).__name__)
            return
        self._known = tuple(found)


def list_rules(connection: Connection, *, also_ended: bool = False) -> list[PromptRule]:
    """Return the rules that are in force, the oldest first; then those that ended."""
    known = {"also_ended": also_ended, "most": MOST_LISTED}
    return connection.read(PromptRule, LIST, known)


def read_rule(text: str) -> str:
    """Return a rule as it is stored. Raises OperatorError where it is too long."""
    told = to_storable(" ".join(text.split()))
    if len(told) > LONGEST_RULE:
        raise OperatorError(
            f"the rule has {len(told)} characters, and may have {LONGEST_RULE}: "
            "word it shorter"
        )
    return told


def add_rule(
    connection: Connection,
    text: str,
    proposal_id: int,
    *,
    by: UUID | None,
    is_reworded: bool,
) -> int:
    """Have a rule be in force from the commit on; return its number.

    Raises OperatorError where it is too long, or there are too many.
    """
    told = read_rule(text)
    connection.scalar(HOLD)
    if connection.scalar(COUNT) >= MOST_RULES:
        raise OperatorError(
            f"{MOST_RULES} rules are in force, which is the most: undo one first, or "
            "write some of them into SYSTEM_PROMPT"
        )
    row = {"text": told, "added_by": by, "proposal_id": proposal_id}
    return int(connection.scalar(ADD, {**row, "is_reworded": is_reworded}))


def end_rules(connection: Connection, proposal_id: int) -> int:
    """End the rules that a proposal became; return how many were in force."""
    return connection.count(END, {"proposal_id": proposal_id})
