"""Frozen nouns of what is proposed from what happened."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

ProposalKind = Literal["entry", "rule", "canned"]
ProposalState = Literal["open", "applied", "undone", "dismissed"]
SourceKind = Literal["gap", "judgement", "correction", "takeover"]
PROPOSAL_KINDS: tuple[ProposalKind, ...] = get_args(ProposalKind)
PROPOSAL_STATES: tuple[ProposalState, ...] = get_args(ProposalState)
SOURCE_KINDS: tuple[SourceKind, ...] = get_args(SourceKind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """One thing that happened in a chat, from which something may be learned.

    `reference_id` names the answer that it is about, of a takeover the person's own.
    `question` is what was asked, `answer` what the bot said, in the reply
    `answer_id`, `told` what a person of
    ours told instead, `remark` what was said of the answer. `stems` are the question's,
    `remarked` those of the remark: like ones are grouped by them.
    """

    kind: SourceKind
    user_id: UUID
    chat_id: str
    reference_id: UUID
    question: str
    happened_at: datetime
    answer_id: UUID | None = None
    answer: str | None = None
    told: str | None = None
    remark: str | None = None
    gap_id: int | None = None
    stems: tuple[str, ...] = ()
    remarked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewProposal:
    """A group of like things, and what may come of it; `terms` are its key."""

    kind: ProposalKind
    terms: tuple[str, ...]
    sources: tuple[Happened, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a replay of a proposal's conversations came to, in numbers.

    `judged` situations were answered anew, with it: `changed` of them otherwise than
    they were then, `failed` not at all. `spent` is in the currency of PRICES, if there
    are any.
    """

    judged: int
    changed: int
    failed: int
    spent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptRule:
    """A rule for every prompt; `until` None: it is in force.

    `added_by` is a name, and untrusted.
    """

    rule_id: int
    text: str
    since: datetime
    until: datetime | None
    added_by: str | None
    proposal_id: int | None
