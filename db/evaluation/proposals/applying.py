"""Applying a proposal, undoing it, and dismissing it: each in one open transaction."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from db.database import Connection
from db.errors import OperatorError
from db.evaluation.proposals.looking import (
    ListedProposal,
    read_sources,
    require_proposal,
)
from db.evaluation.proposals.rules import add_rule
from db.evaluation.proposals.wording import (
    Worded,
    find_reworded,
    foresee,
    require_seen,
)
from db.knowledge.gaps import FILE_TYPE, close_gap, keep_answer
from db.records import NewAnswer
from db.records.evaluation.proposals import ProposalKind
from db.support.canned import LONGEST_TITLE, add_canned
from db.support.corrections import SAME_QUESTION

HOLD = "SELECT 1 FROM proposals WHERE id = %(proposal_id)s FOR UPDATE"
GAP = """
SELECT gap_id, answered_by FROM proposal_sources AS source
JOIN knowledge_gaps AS gap ON gap.id = source.gap_id
WHERE proposal_id = %(proposal_id)s ORDER BY happened_at DESC LIMIT 1
"""
BEFORE_IT = ("title", "question", "text", "language", "in_their_words")
BEFORE = f"""
SELECT documents.id, title, description AS question, chunk_text AS text,
       documents.language, EXISTS (
         SELECT FROM proposals WHERE document_id = documents.id AND NOT is_reworded
       ) AS in_their_words
FROM documents JOIN document_chunks ON document_id = documents.id AND chunk_index = 0
WHERE documents.id = %(document_id)s AND file_type = '{FILE_TYPE}'
"""  # noqa: S608  (our own word)
APPLIED = """
UPDATE proposals SET state = 'applied', title = %(title)s, text = %(text)s,
  is_reworded = %(is_reworded)s, document_id = %(document_id)s,
  canned_id = %(canned_id)s, replaced = %(replaced)s, applied_at = now(),
  applied_by = %(by)s
WHERE id = %(proposal_id)s
"""
# What said less well is part of what says it better: one document, one proposal.
JOIN_OLDER = """
UPDATE proposal_sources SET proposal_id = %(proposal_id)s
FROM proposals AS older
WHERE older.id = proposal_sources.proposal_id AND older.id <> %(proposal_id)s
  AND older.document_id = %(document_id)s
"""
DROP_OLDER = """
DELETE FROM proposals WHERE document_id = %(document_id)s AND id <> %(proposal_id)s
"""
DISMISS = """
UPDATE proposals SET state = 'dismissed' WHERE id = %(proposal_id)s
"""
# What each kind becomes, as it is told.
BECOMES: Mapping[ProposalKind, str] = {
    "entry": "document", "rule": "rule", "canned": "canned reply",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What a proposal became, by its number; `instead`: what was said before it."""

    kind: ProposalKind
    made_id: int
    title: str
    text: str
    is_reworded: bool
    replaces: bool = False

    @property
    def details(self) -> Mapping[str, object]:
        """Return what the audit keeps of it: no words."""
        return {BECOMES[self.kind]: self.made_id, "reworded": self.is_reworded}


# From a text and its question, the piece of knowledge that it is.
Compose = Callable[[str, str], NewAnswer]


def apply_proposal(  # noqa: PLR0913, PLR0917  (what is applied, how, by whom)
    connection: Connection,
    proposal_id: int,
    worded: Worded,
    compose: Compose,
    by: UUID | None,
    seen: str,
) -> Applied:
    """Have a proposal be knowledge, a rule or a canned reply from the commit on.

    `seen` is the wording that whoever applies it was shown: what users wrote since is
    in no prompt before somebody read it. Raises OperatorError, which ends the
    transaction.
    """
    connection.scalar(HOLD, {"proposal_id": proposal_id})
    proposal, title, text = foresee(connection, proposal_id, worded)
    require_seen(proposal, seen)
    sources = read_sources(connection, proposal_id)
    is_reworded = find_reworded(proposal, worded, sources)
    known = {
        "proposal_id": proposal_id, "title": title, "text": text, "by": by,
        "is_reworded": is_reworded, "document_id": None, "canned_id": None,
        "replaced": None,
    }  # fmt: skip
    made = _make(connection, proposal, known, worded.title, compose)
    connection.count(APPLIED, known)
    return Applied(
        kind=proposal.kind, made_id=made, title=str(known["title"]), text=text,
        is_reworded=is_reworded, replaces=known["replaced"] is not None,
    )  # fmt: skip


def _make(
    connection: Connection,
    proposal: ListedProposal,
    known: dict[str, Any],
    title: str | None,
    compose: Compose,
) -> int:
    """Store what a proposal becomes; return its number, with what is `known` of it."""
    if proposal.kind == "entry":
        return _make_entry(connection, known, compose)
    text = known["text"]
    if proposal.kind == "rule":
        known["title"] = " ".join(text.split())[:LONGEST_TITLE]
        how = {"by": known["by"], "is_reworded": known["is_reworded"]}
        return add_rule(connection, text, proposal.proposal_id, **how)
    shown = title or known["title"][:LONGEST_TITLE]
    known["canned_id"] = add_canned(connection, shown, text)
    return int(known["canned_id"])


def _make_entry(connection: Connection, known: dict[str, Any], compose: Compose) -> int:
    """Store the answer, in place of the one that closed the same gap; return it."""
    title, text = known["title"], known["text"]
    gap = connection.first(GAP, known)
    same = {"question": title, "file_type": FILE_TYPE}
    before_id = gap.answered_by if gap else None
    before_id = before_id or (None if gap else connection.scalar(SAME_QUESTION, same))
    before = connection.first(BEFORE, {"document_id": before_id})
    if before:
        known["replaced"] = Jsonb({name: getattr(before, name) for name in BEFORE_IT})

    def composed(question: str) -> NewAnswer:
        return compose(text, question)

    if gap:
        document_id = close_gap(connection, gap.gap_id, title, composed).document_id
    else:
        instead_of = before.id if before else None
        document_id = keep_answer(connection, title, composed(title), instead_of)
    known["document_id"] = document_id
    connection.count(JOIN_OLDER, known)
    connection.count(DROP_OLDER, known)
    return document_id


def dismiss_proposal(connection: Connection, proposal_id: int) -> ListedProposal:
    """Have a proposal not be made again. Raises OperatorError where it is applied."""
    mine = {"proposal_id": proposal_id}
    connection.scalar(HOLD, mine)
    proposal = require_proposal(connection, proposal_id)
    if proposal.state == "applied":
        raise OperatorError(
            f"proposal {proposal_id} is applied: undo it first (`bot proposals undo "
            f"{proposal_id}`)"
        )
    connection.count(DISMISS, mine)
    return proposal
