"""Calls that somebody has to allow: they wait in the ledger, and begin at most once."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol
from uuid import UUID

from bot.tools.gate import ByDeclaration, Verdict, approval_of
from bot.tools.protocol import ToolSpec
from bot.tools.schemas import as_json
from db.records import Call, CalledFor, Decided, Writing

# How long a customer may take: what they allow later may not be what they want by now.
CUSTOMER_LASTS = timedelta(hours=1)
# A customer reads all that they allow: characters of a call's arguments, as JSON.
LONGEST_ASKED = 600

ASKED_CUSTOMER = (
    "Not done yet. The user is asked to allow it by two buttons under your answer; of"
    " several calls that wait, only the last one is asked about. Say in one short"
    " sentence what is to be done; do not ask yourself, nor say that it was done."
)
ASKED_OPERATOR = (
    "Not done yet. A person of the team has to allow it: they are asked now, and the"
    " user is told what they say. Say so in one short sentence; do not say that it was"
    " done."
)
TOO_LONG = (
    "Not done: the user reads all that they allow, so the arguments may have"
    f" {LONGEST_ASKED} characters at most. Call it again with less."
)
SAID_NO = "Not done: the user said no."
NOT_THEIRS = "Not done: the user may not allow this any more."
# For operators.
ASKED_ANEW = "another call was asked for instead"
NO_ANSWER = "the user gave no clear answer"
TOO_OLD = "the user did not answer in time"


class Approvals(Protocol):
    """What the ledger is asked about calls that wait. Each is one transaction."""

    def find(self, call_id: UUID, user_id: UUID) -> Call | None:
        """Return a call of that user's; None: there is none."""

    def waiting(self, user_id: UUID, tools: Collection[str]) -> Sequence[Call]:
        """Return the user's calls of these tools that wait, the newest first."""

    def decide(self, call_id: UUID, asked_for: CalledFor, decided: Decided) -> Writing:
        """Write what was decided about a call that waits: it is the batch's then.

        An intent is committed when this returns `begun`, as with Ledger.write. `taken`:
        it does not wait any more.
        """

    def drop(self, call_ids: Collection[UUID], why: str, told: str) -> None:
        """Refuse calls that wait; `why` is for operators, `told` for the LLM."""


@dataclass(frozen=True, slots=True)
class ByApproval:
    """Lets wait what somebody has to allow; the rest goes by its declaration.

    `has_people`: there are operators who may be asked.
    """

    has_people: bool = False

    def decide(self, spec: ToolSpec, arguments: Mapping[str, Any]) -> Verdict:
        """Return `intent`, `waiting` or `refused`: see Gate."""
        approval = approval_of(spec, arguments)
        if approval == "customer":
            if len(as_json(arguments)) > LONGEST_ASKED:
                return Verdict("refused", TOO_LONG)
            return Verdict("waiting", ASKED_CUSTOMER)
        if approval == "operator" and self.has_people:
            return Verdict("waiting", ASKED_OPERATOR)
        return ByDeclaration().decide(spec, arguments)
