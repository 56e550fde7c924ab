"""Looking at proposals: listed, one with the conversations behind it, its verdict."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from db.database import Connection
from db.errors import OperatorError
from db.records import to_storable
from db.records.evaluation.proposals import (
    ProposalKind,
    ProposalState,
    SourceKind,
    Verdict,
)

MOST_SOURCES = 200
LONGEST_SAID = 4000
COLUMNS = """
SELECT proposal_id, kind, state, title, text, times, people, gaps, judgements,
       corrections, takeovers, first_at, last_at, found_at, verdict, applied_at,
       applied_by, is_reworded, document_id, rule_id, canned_id
FROM proposal_overview
"""
LIST = f"""{COLUMNS} WHERE state = ANY (%(states)s)
ORDER BY state = 'open' DESC, times DESC, last_at DESC NULLS LAST, proposal_id
LIMIT %(most)s
"""
FIND = f"{COLUMNS} WHERE proposal_id = %(proposal_id)s"
# Of whose chat is not kept nothing is known but that it is theirs, too.
SOURCES = """
SELECT kind, reference_id, user_id, chat_id, gap_id, question, answer_id, answer, told,
       remark, happened_at, after
FROM proposal_sources WHERE proposal_id = %(proposal_id)s AND question <> ''
ORDER BY happened_at DESC, kind, reference_id LIMIT %(most)s
"""
FORGET_SAID = """
UPDATE proposal_sources SET after = NULL
WHERE proposal_id = %(proposal_id)s AND after IS NOT NULL
"""
KEEP_SAID = """
UPDATE proposal_sources SET after = %(after)s
WHERE proposal_id = %(proposal_id)s AND answer_id = %(answer_id)s
"""
KEEP_VERDICT = """
UPDATE proposals SET verdict = %(verdict)s || jsonb_build_object('at', now())
WHERE id = %(proposal_id)s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedProposal:
    """A proposal, and on what it stands in numbers; its words are untrusted.

    An empty `text` is for an operator to say.
    """

    proposal_id: int
    kind: ProposalKind
    state: ProposalState
    title: str
    text: str
    times: int
    people: int
    gaps: int
    judgements: int
    corrections: int
    takeovers: int
    first_at: datetime | None
    last_at: datetime | None
    found_at: datetime
    verdict: Mapping[str, Any] | None
    applied_at: datetime | None
    applied_by: str | None
    is_reworded: bool
    document_id: int | None
    rule_id: int | None
    canned_id: int | None

    @property
    def wording(self) -> str:
        """What tells whether it says the same as when somebody was shown it."""
        return sha256(f"{self.title}\0{self.text}".encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A conversation behind a proposal: what was asked, said and told, untrusted.

    `after` is what the last replay said instead, with the proposal.
    """

    kind: SourceKind
    reference_id: UUID
    user_id: UUID
    chat_id: str
    gap_id: int | None
    question: str
    answer_id: UUID | None
    answer: str | None
    told: str | None
    remark: str | None
    happened_at: datetime
    after: str | None


@dataclass(frozen=True, slots=True)
class Said:
    """What a replay said, with the proposal, instead of one answer."""

    answer_id: UUID
    after: str


def list_proposals(
    connection: Connection, states: Sequence[ProposalState], most: int
) -> list[ListedProposal]:
    """Return proposals, open ones first, what stands on most things before."""
    known = {"states": list(states), "most": most}
    return connection.read(ListedProposal, LIST, known)


def find_proposal(connection: Connection, proposal_id: int) -> ListedProposal | None:
    """Return a proposal; None: there is none of that number."""
    found = connection.read(ListedProposal, FIND, {"proposal_id": proposal_id})
    return found[0] if found else None


def require_proposal(connection: Connection, proposal_id: int) -> ListedProposal:
    """Return a proposal. Raises OperatorError where there is none of that number."""
    found = find_proposal(connection, proposal_id)
    if found is None:
        raise OperatorError(
            f"there is no proposal {proposal_id}: see `bot proposals list --all`"
        )
    return found


def read_sources(connection: Connection, proposal_id: int) -> list[Source]:
    """Return the conversations behind a proposal, newest first."""
    known = {"proposal_id": proposal_id, "most": MOST_SOURCES}
    return connection.read(Source, SOURCES, known)


def keep_verdict(
    connection: Connection, proposal_id: int, verdict: Verdict, said: Sequence[Said]
) -> None:
    """Keep what a replay came to, in place of the last one's."""
    mine: dict[str, Any] = {"proposal_id": proposal_id}
    connection.count(FORGET_SAID, mine)
    connection.count(KEEP_VERDICT, {**mine, "verdict": Jsonb(asdict(verdict))})
    for one in said:
        after = to_storable(one.after)[:LONGEST_SAID]
        known = {**mine, "answer_id": one.answer_id, "after": after}
        connection.count(KEEP_SAID, known)
