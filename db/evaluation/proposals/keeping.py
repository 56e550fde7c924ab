"""Finding what may be learned, and keeping it: each thing that happened once."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from db.database import Connection
from db.delivery.with_sources import key_of
from db.evaluation.proposals.grouping import Known, propose
from db.evaluation.proposals.happened import read_happened
from db.knowledge.terms import Terms, find_stems
from db.records import Gap, to_storable
from db.records.evaluation.proposals import PROPOSAL_KINDS, Happened, NewProposal

# What a proposal shows, and a replay answers anew, has an end.
MOST_SOURCES = 200

# Whoever looks at once waits, and finds nothing new then.
HOLD = "SELECT pg_advisory_xact_lock(hashtext('proposals'))"
KEYS = "SELECT kind, terms, state FROM proposals WHERE state <> 'applied'"
KNOWN_SOURCES = """
SELECT proposal.kind, source.kind AS source, source.reference_id
FROM proposal_sources AS source JOIN proposals AS proposal
  ON proposal.id = source.proposal_id
WHERE source.reference_id = ANY (%(ids)s)
"""
LANGUAGES = """
SELECT user_id, language_seen FROM user_preferences
WHERE user_id = ANY (%(ids)s) AND language_seen IS NOT NULL
"""
KEEP = """
INSERT INTO proposals (kind, terms) VALUES (%(kind)s, %(terms)s)
ON CONFLICT (kind, terms) WHERE state <> 'applied' DO UPDATE SET kind = EXCLUDED.kind
RETURNING id
"""
COUNT = "SELECT count(*) FROM proposal_sources WHERE proposal_id = %(proposal_id)s"
# Who was erased just now has no row to refer to.
ADD = """
INSERT INTO proposal_sources (proposal_id, kind, reference_id, user_id, chat_id, gap_id,
                              question, answer_id, answer, told, remark, happened_at)
SELECT %(proposal_id)s, %(kind)s, %(reference_id)s, user_id, %(chat_id)s,
       (SELECT id FROM knowledge_gaps WHERE id = %(gap_id)s), %(question)s,
       %(answer_id)s, %(answer)s, %(told)s, %(remark)s, %(happened_at)s
FROM users WHERE user_id = %(user_id)s
ON CONFLICT DO NOTHING
"""
SAME_CANNED = "SELECT body FROM canned_replies"


@dataclass(frozen=True, slots=True)
class Found:
    """How many proposals are new, and how many things came to others."""

    new: int
    added: int


@dataclass(frozen=True, slots=True)
class Reading:
    """How texts are read: into folded words, and what of them asks for nothing."""

    split_words: Callable[[str], Sequence[str]]
    is_small_talk: Callable[[str], bool]


def find_proposals(connection: Connection, since: datetime, reading: Reading) -> Found:
    """Propose what may be learned from what happened since then; run again, once.

    In one open transaction. What was dismissed is not proposed again, what was applied
    only once it happened again.
    """
    connection.scalar(HOLD)
    happened = _with_stems(connection, read_happened(connection, since), reading)
    keys = connection.rows(KEYS)
    known: Known = {
        kind: frozenset(tuple(row.terms.split()) for row in keys if row.kind == kind)
        for kind in PROPOSAL_KINDS
    }
    dismissed = {(row.kind, row.terms) for row in keys if row.state == "dismissed"}
    before = {(row.kind, row.terms) for row in keys}
    new = added = 0
    for one in _unknown(connection, propose(happened, known), known):
        name = one.kind, " ".join(one.terms)
        if name in dismissed or not (count := _keep(connection, one)):
            continue
        new += name not in before
        added += count if name in before else 0
    return Found(new, added)


def _unknown(
    connection: Connection, proposed: Iterable[NewProposal], known: Known
) -> list[NewProposal]:
    """Return what is proposed, without what stands behind a proposal already."""
    proposed = list(proposed)
    ids = [one.reference_id for new in proposed for one in new.sources]
    there = set(connection.rows(KNOWN_SOURCES, {"ids": ids}))
    bodies = {_plain(body) for body in connection.column(SAME_CANNED)}
    left = []
    for new in proposed:
        sources = tuple(
            one
            for one in new.sources
            if (new.kind, one.kind, one.reference_id) not in there
        )
        is_there = new.kind == "canned" and _plain(new.sources[0].told) in bodies
        if sources and not is_there:
            left.append(replace(new, sources=sources))
    return [new for new in left if _is_enough(new, known)]


def _is_enough(new: NewProposal, known: Known) -> bool:
    """Tell whether what is left makes a proposal, or belongs to one that is there."""
    return new.kind == "entry" or new.terms in known[new.kind] or len(new.sources) > 1


def _plain(text: str | None) -> str:
    return " ".join((text or "").split()).casefold()


def _keep(connection: Connection, new: NewProposal) -> int:
    """Store a proposal, or add to the one that is there; return how many came to it."""
    row = {"kind": new.kind, "terms": " ".join(new.terms)}
    proposal_id = connection.scalar(KEEP, row)
    room = MOST_SOURCES - int(connection.scalar(COUNT, {"proposal_id": proposal_id}))
    newest = sorted(new.sources, key=lambda one: one.happened_at, reverse=True)
    return sum(
        connection.count(ADD, _row(proposal_id, one)) for one in newest[: max(room, 0)]
    )


def _row(proposal_id: int, one: Happened) -> dict[str, Any]:
    told = {
        name: to_storable(value) if isinstance(value, str) else value
        for name, value in asdict(one).items()
    }
    return {**told, "proposal_id": proposal_id}


def _with_stems(
    connection: Connection, happened: Sequence[Happened], reading: Reading
) -> list[Happened]:
    """Return what happened with the stems that it is grouped by.

    What met a gap has its group's. Small talk has none: nothing is learned from it.
    """
    ids = list({one.user_id for one in happened})
    spoken = dict(connection.rows(LANGUAGES, {"ids": ids}))
    stems = _find_stems(connection, happened, spoken, reading)

    def keyed(one: Happened, text: str | None) -> tuple[str, ...]:
        told = _words(text, reading)
        if text is None or told is None:
            return ()
        known = stems[spoken.get(one.user_id)]
        found = tuple(stem for word in told for stem in known.get(word, ()))
        return tuple(key_of(Gap(text, found)))

    return [
        replace(
            one,
            stems=one.stems or keyed(one, one.question),
            remarked=keyed(one, one.remark),
        )
        for one in happened
    ]


def _find_stems(
    connection: Connection,
    happened: Sequence[Happened],
    spoken: Mapping[UUID, str],
    reading: Reading,
) -> Mapping[str | None, Terms]:
    """Return the stems of all words, asked for once a language."""
    words: dict[str | None, set[str]] = defaultdict(set)
    for one in happened:
        for text in (one.question, one.remark):
            words[spoken.get(one.user_id)].update(_words(text, reading) or ())
    return {
        language: find_stems(connection, language, told)
        for language, told in words.items()
    }


def _words(text: str | None, reading: Reading) -> Sequence[str] | None:
    """Return the words of a text; None: it is small talk, or there is none."""
    if not text or reading.is_small_talk(text):
        return None
    return reading.split_words(text)
