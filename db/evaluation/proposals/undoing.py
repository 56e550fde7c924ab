"""Undoing a proposal, in one open transaction: what it replaced stands again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from db.database import Connection
from db.errors import OperatorError
from db.evaluation.proposals.applying import BECOMES, HOLD
from db.evaluation.proposals.looking import ListedProposal, require_proposal
from db.evaluation.proposals.rules import end_rules
from db.knowledge.documents import remove_documents
from db.knowledge.gaps import FILE_TYPE, keep_answer
from db.records import NewAnswer, NewChunk
from db.records.evaluation.proposals import ProposalKind
from db.support.canned import remove_canned

# What is looked for meanwhile, or undone, may be the same: of a kind one is open.
HOLD_ALL = "SELECT pg_advisory_xact_lock(hashtext('proposals'))"
MADE = (
    "SELECT document_id, canned_id, replaced FROM proposals WHERE id = %(proposal_id)s"
)
# Somebody who answered the gap again, or put an answer right, said it better since.
IS_CHANGED_DOCUMENT = f"""
SELECT file_type <> '{FILE_TYPE}' OR description IS DISTINCT FROM proposal.title
  OR right(chunk_text, length(proposal.text) + 1) <> chr(10) || proposal.text
FROM proposals AS proposal JOIN documents ON documents.id = proposal.document_id
LEFT JOIN document_chunks AS chunk
  ON chunk.document_id = documents.id AND chunk_index = 0
WHERE proposal.id = %(proposal_id)s FOR UPDATE OF documents
"""  # noqa: S608  (our own word)
IS_CHANGED_CANNED = """
SELECT body <> proposal.text
FROM proposals AS proposal JOIN canned_replies AS reply ON reply.id = canned_id
WHERE proposal.id = %(proposal_id)s FOR UPDATE OF reply
"""
SAME_OPEN = """
SELECT other.id FROM proposals AS other JOIN proposals AS own USING (kind, terms)
WHERE own.id = %(proposal_id)s AND other.id <> own.id AND other.state <> 'applied'
"""
JOIN_OPEN = """
WITH joined AS (
  UPDATE prompt_rules SET proposal_id = %(other)s WHERE proposal_id = %(proposal_id)s
)
UPDATE proposal_sources SET proposal_id = %(other)s WHERE proposal_id = %(proposal_id)s
"""
# Whose chat is not kept would not be found in what is kept of a rule in their words.
DROP_FADED = """
WITH faded AS (
  DELETE FROM proposal_sources
  WHERE proposal_id = %(proposal_id)s AND question = '' RETURNING proposal_id
)
DELETE FROM prompt_rules AS rule USING faded
WHERE rule.proposal_id = faded.proposal_id AND NOT is_reworded
"""
UNDONE = """
UPDATE proposals SET state = 'undone', title = NULL, text = NULL, is_reworded = false,
  document_id = NULL, canned_id = NULL, replaced = NULL
WHERE id = %(proposal_id)s
"""
# Nothing would tell what it is: all on whom it stood are gone.
DROP_IF_EMPTY = """
DELETE FROM proposals WHERE id = %(proposal_id)s AND state <> 'applied'
  AND NOT EXISTS (SELECT FROM proposal_sources WHERE proposal_id = proposals.id)
"""
DROP = "DELETE FROM proposals WHERE id = %(proposal_id)s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """What is gone, by its number; None: it was gone before. Or what stands again.

    `is_changed`: it says something else by now, by somebody's hand, and is left.
    """

    kind: ProposalKind
    gone_id: int | None
    restored: bool = False
    is_changed: bool = False

    @property
    def details(self) -> Mapping[str, object]:
        """Return what the audit keeps of it: no words."""
        return {BECOMES[self.kind]: self.gone_id, "restored": self.restored}


# A text's words, as it is found by.
SplitWords = Callable[[str], list[str]]


def undo_proposal(
    connection: Connection, proposal_id: int, split_words: SplitWords
) -> Undone:
    """Take back what a proposal became; what it replaced stands again.

    Raises OperatorError where it is not applied.
    """
    mine = {"proposal_id": proposal_id}
    connection.scalar(HOLD_ALL)
    connection.scalar(HOLD, mine)
    proposal = require_proposal(connection, proposal_id)
    if proposal.state != "applied":
        raise OperatorError(f"proposal {proposal_id} is not applied: nothing to undo")
    undone = _take_back(connection, proposal, split_words)
    connection.count(DROP_FADED, mine)
    other = connection.scalar(SAME_OPEN, mine)
    if other:
        connection.count(JOIN_OPEN, {**mine, "other": other})
        connection.count(DROP, mine)
    else:
        connection.count(UNDONE, mine)
        connection.count(DROP_IF_EMPTY, mine)
    return undone


def _take_back(
    connection: Connection, proposal: ListedProposal, split_words: SplitWords
) -> Undone:
    mine = {"proposal_id": proposal.proposal_id}
    made = connection.first(MADE, mine)
    if proposal.kind == "rule":
        end_rules(connection, proposal.proposal_id)
        return Undone(kind="rule", gone_id=proposal.rule_id)
    is_canned = proposal.kind == "canned"
    if connection.scalar(IS_CHANGED_CANNED if is_canned else IS_CHANGED_DOCUMENT, mine):
        return Undone(kind=proposal.kind, gone_id=None, is_changed=True)
    if is_canned:
        gone = made.canned_id and remove_canned(connection, made.canned_id)
        return Undone(kind="canned", gone_id=made.canned_id if gone else None)
    if made.document_id is None:
        return Undone(kind="entry", gone_id=None)
    if made.replaced:
        _restore(connection, made.document_id, made.replaced, split_words)
        return Undone(kind="entry", gone_id=made.document_id, restored=True)
    remove_documents(connection, [made.document_id])
    return Undone(kind="entry", gone_id=made.document_id)


def _restore(
    connection: Connection,
    document_id: int,
    replaced: Mapping[str, Any],
    split_words: SplitWords,
) -> None:
    text = replaced["text"]
    answer = NewAnswer(
        title=replaced["title"],
        language=replaced["language"],
        chunk=NewChunk(text=text, words=tuple(split_words(text))),
    )
    keep_answer(connection, replaced["question"] or "", answer, document_id)
