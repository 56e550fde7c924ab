"""What belongs to turns: their parts, what they stood on, what they quote, by whom."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from db.chats import FIND_QUOTED
from db.database import Connection
from db.media.seen import read_seen
from db.media.sent import find_kinds
from db.money.costs import read_costs
from db.records import CallState, SeenMedia, Turn
from db.support.inbox.ratings import ShownRating, read_ratings

STORED = re.compile("stored:([0-9a-f]{64})")

PARTS = """
SELECT part.reference_id, part.position, part.body, part.status, part.error_code,
       failed.meaning, part.author, part.message_sid, part.created_at,
       COALESCE(part.media, '[]') AS media, part.template IS NOT NULL AS is_template
FROM reply_parts AS part LEFT JOIN failed_deliveries AS failed USING (part_id)
WHERE part.user_id = %(user_id)s AND part.reference_id = ANY (%(ids)s)
ORDER BY part.reference_id, part.position
"""
PASSAGES = """
SELECT reference_id, position, title, heading, page, score, is_cited, passage
FROM answer_passages
WHERE user_id = %(user_id)s AND reference_id = ANY (%(ids)s)
ORDER BY reference_id, position
"""
GAPS = """
SELECT asked.reference_id, asked.gap_id, asked.question, gap.answered_by
FROM gap_questions AS asked JOIN knowledge_gaps AS gap ON gap.id = asked.gap_id
WHERE asked.user_id = %(user_id)s AND asked.reference_id = ANY (%(ids)s)
"""
CALLS = """
SELECT reference_id, position, tool, arguments::text AS arguments, state, result, error
FROM tool_calls
WHERE user_id = %(user_id)s AND reference_id = ANY (%(ids)s)
ORDER BY reference_id, position
"""
# Facts as they are now: what was forgotten since is not told.
MAKINGS = """
SELECT made.reference_id, made.prompt_hash, prompts.first_used_at AS prompt_since,
       made.model, made.parameters, made.finish_reason, made.raw,
       made.input_tokens, made.output_tokens, made.cached_tokens,
       made.seconds, made.turns, made.shown_from, made.beyond_turns, made.beyond_budget,
       made.summed_until, made.talks, cardinality(made.fact_ids) AS told_facts,
       ARRAY(SELECT fact.text FROM user_facts AS fact
             WHERE fact.user_id = made.user_id AND fact.id = ANY (made.fact_ids)
             ORDER BY fact.created_at, fact.id) AS facts,
       made.pictures, made.left_out, made.is_missing, made.made_at
FROM answer_makings AS made LEFT JOIN prompts USING (prompt_hash)
WHERE made.user_id = %(user_id)s AND made.reference_id = ANY (%(ids)s)
"""
# Of what was said last: a repeat comes soon.
WORDS = """
SELECT said.message ->> 'content' FROM (
  SELECT messages FROM userchats WHERE customer_id = %(user_id)s
  ORDER BY updated_at DESC LIMIT 3
) AS latest CROSS JOIN LATERAL jsonb_array_elements(messages) AS said (message)
WHERE said.message ->> 'reference_id' = %(reference_id)s LIMIT 1
"""
IS_FOREIGN = """
SELECT EXISTS (SELECT FROM reply_parts
               WHERE reference_id = %(reference_id)s AND user_id <> %(user_id)s)
"""
NAMES = """
SELECT user_id::text AS id, COALESCE(full_name, email, 'an operator') AS name
FROM users WHERE user_id = ANY (%(ids)s)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPart:
    """A message that a turn was sent as, and how far it got.

    `meaning` are words for the commonest of Twilio's error codes.
    """

    reference_id: UUID
    position: int
    body: str
    status: str
    error_code: int | None
    meaning: str | None
    author: str
    message_sid: str | None
    created_at: datetime
    media: Sequence[Any]
    is_template: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPassage:
    """A passage that an answer was made from; its text, if the answer names it."""

    reference_id: UUID
    position: int
    title: str
    heading: str | None
    page: int | None
    score: Decimal | None
    is_cited: bool
    passage: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MetGap:
    """The gap that a turn met; `answered_by` is the document that closed it since."""

    reference_id: UUID
    gap_id: int
    question: str
    answered_by: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCall:
    """A call of a tool that an answer was made with: what for, and what came of it."""

    reference_id: UUID
    position: int
    tool: str
    arguments: str
    state: CallState
    result: str | None
    error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownMaking:
    """How the LLM made an answer: see `Making`.

    `prompt_since` is None once the prompt is not kept any more; `facts` are those of
    the `told_facts` that are still known.
    """

    reference_id: UUID
    prompt_hash: str
    prompt_since: datetime | None
    model: str
    parameters: Mapping[str, float]
    finish_reason: str | None
    raw: str | None
    input_tokens: int | None
    output_tokens: int | None
    cached_tokens: int | None
    seconds: Decimal
    turns: int
    shown_from: str | None
    beyond_turns: int
    beyond_budget: int
    summed_until: str | None
    talks: int
    told_facts: int
    facts: Sequence[str]
    pictures: int
    left_out: Sequence[Mapping[str, Any]]
    is_missing: bool
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What belongs to turns, by their reference_id; quoted by MessageSid.

    `names` are those of operators, by the `author` of a turn; `seen` is what messages
    brought, by MessageSid and position; `kinds` are the media types of bytes that were
    sent, by their sha256.
    """

    parts: Mapping[str, Sequence[ShownPart]] = field(default_factory=dict)
    passages: Mapping[str, Sequence[ShownPassage]] = field(default_factory=dict)
    gaps: Mapping[str, Sequence[MetGap]] = field(default_factory=dict)
    calls: Mapping[str, Sequence[ShownCall]] = field(default_factory=dict)
    makings: Mapping[str, ShownMaking] = field(default_factory=dict)
    quoted: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    seen: Mapping[tuple[str, int], SeenMedia] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    ratings: Mapping[str, Sequence[ShownRating]] = field(default_factory=dict)
    costs: Mapping[str, str] = field(default_factory=dict)


Row = TypeVar("Row", ShownPart, ShownPassage, MetGap, ShownCall)


def read_beside(connection: Connection, user_id: UUID, turns: Sequence[Turn]) -> Beside:
    """Return what belongs to turns of a person's chat."""
    ids = _read_ids(turn.reference_id for turn in turns)
    known = {"user_id": user_id, "ids": ids}
    parts = connection.read(ShownPart, PARTS, known)
    brought = {t.message_sid for t in turns if t.media and t.message_sid}
    return Beside(
        parts=_grouped(parts),
        passages=_grouped(connection.read(ShownPassage, PASSAGES, known)),
        gaps=_grouped(connection.read(MetGap, GAPS, known)),
        calls=_grouped(connection.read(ShownCall, CALLS, known)),
        makings={
            str(made.reference_id): made
            for made in connection.read(ShownMaking, MAKINGS, known)
        },
        quoted=_find_quoted(connection, user_id, turns),
        names=_find_names(connection, turns),
        seen=read_seen(connection, user_id, brought) if brought else {},
        kinds=find_kinds(connection, _find_stored(parts)),
        ratings=read_ratings(connection, user_id, ids),
        costs=read_costs(connection, [*_answers(turns)]),
    )


def _answers(turns: Sequence[Turn]) -> Iterator[tuple[UUID, Sequence[str]]]:
    """Yield the bot's answers, and which messages they answer."""
    for turn in turns:
        if turn.is_by_bot and turn.in_reply_to:
            for key in _read_ids([turn.reference_id]):
                yield key, turn.in_reply_to


def _find_stored(parts: Sequence[ShownPart]) -> set[str]:
    """Return the sha256 of bytes of ours that were sent."""
    found = (STORED.fullmatch(str(one)) for part in parts for one in part.media)
    return {match[1] for match in found if match}


def _grouped(rows: Sequence[Row]) -> Mapping[str, Sequence[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[str(row.reference_id)].append(row)
    return found


def _find_quoted(
    connection: Connection, user_id: UUID, turns: Sequence[Turn]
) -> Mapping[str, tuple[str, str]]:
    sids = list({sid for turn in turns if (sid := turn.quotes)})
    if not sids:
        return {}
    found = connection.rows(FIND_QUOTED, {"user_id": user_id, "sids": sids})
    return {row.message_sid: (row.role, row.content or "") for row in found}


def _find_names(connection: Connection, turns: Sequence[Turn]) -> Mapping[str, str]:
    ids = _read_ids(turn.author for turn in turns)
    if not ids:
        return {}
    return {row.id: row.name for row in connection.rows(NAMES, {"ids": ids})}


def _read_ids(texts: Iterable[str | None]) -> list[UUID]:
    """Return those that are ids: a turn may have been written by hand."""
    found = []
    for text in {text for text in texts if text}:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


def find_words(connection: Connection, user_id: UUID, reference_id: UUID) -> str | None:
    """Return what a person was told in a reply; None: there is none of that id."""
    known = {"user_id": user_id, "reference_id": str(reference_id)}
    found: str | None = connection.scalar(WORDS, known)
    return found


def is_foreign(connection: Connection, user_id: UUID, reference_id: UUID) -> bool:
    """Tell whether a reply of that id went to somebody else."""
    known = {"user_id": user_id, "reference_id": reference_id}
    return bool(connection.scalar(IS_FOREIGN, known))
