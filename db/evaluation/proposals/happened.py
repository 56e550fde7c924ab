"""What happened from which something may be learned, read from where it is kept.

Gaps that are open, answers that were thought bad or put right, and what people of ours
told once they had taken over.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from db.database import Connection
from db.evaluation.proposals.takeovers import find_takeovers
from db.records import Turn, read_turns
from db.records.evaluation.proposals import Happened

# The newest of each kind, and chats that are looked at for them.
MOST_OF_A_KIND = 1000
MOST_CHATS = 2000
CHATS_AT_ONCE = 20
LONGEST = 2000

GAPS = """
SELECT asked.user_id, asked.chat_id, asked.reference_id, asked.gap_id, asked.question,
       asked.asked_at AS happened_at, gap.terms
FROM gap_questions AS asked JOIN knowledge_gaps AS gap ON gap.id = asked.gap_id
JOIN gap_overview AS seen ON seen.gap_id = gap.id
WHERE asked.asked_at >= %(since)s AND seen.is_open
ORDER BY asked.asked_at DESC, asked.reference_id LIMIT %(most)s
"""
# Of several judgements of one answer, one with words.
JUDGED = """
SELECT * FROM (
  SELECT DISTINCT ON (judged.reference_id) judged.user_id, part.chat_id,
         judged.reference_id, judged.text AS remark, judged.created_at AS happened_at
  FROM feedback AS judged
  JOIN reply_parts AS part ON part.reference_id = judged.reference_id
    AND part.user_id = judged.user_id AND part.position = 0
  WHERE judged.rating = -1 AND judged.created_at >= %(since)s
  ORDER BY judged.reference_id, judged.text IS NULL, judged.created_at DESC
) AS judged ORDER BY happened_at DESC, reference_id LIMIT %(most)s
"""
CORRECTED = """
SELECT * FROM (
  SELECT DISTINCT ON (part.reference_id) part.user_id, part.chat_id, part.reference_id,
         done.at AS happened_at, CASE
           WHEN starts_with(chunk_text, description || chr(10))
           THEN substr(chunk_text, length(description) + 2) ELSE chunk_text END AS told
  FROM audit_log AS done
  JOIN documents ON documents.id::text = done.details ->> 'document'
    AND file_type = 'answer'
  JOIN document_chunks ON document_id = documents.id AND chunk_index = 0
  JOIN reply_parts AS part ON part.reference_id::text = done.details ->> 'corrects'
    AND part.user_id = done.subject_id AND part.position = 0
  WHERE done.action IN ('gap answered', 'document added') AND done.at >= %(since)s
  ORDER BY part.reference_id, done.at DESC
) AS corrected ORDER BY happened_at DESC, reference_id LIMIT %(most)s
"""
# What operators were told of customers is no answer to them.
TAKEN_OVER = """
SELECT chat_id FROM reply_parts
WHERE position = 0 AND created_at >= %(since)s
  AND author NOT IN ('bot', 'broadcast', 'fallback', 'relay')
GROUP BY chat_id ORDER BY max(created_at) DESC LIMIT %(most)s
"""
CHATS = """
SELECT chat_id, customer_id, messages FROM all_chats WHERE chat_id = ANY (%(ids)s)
"""


@dataclass(slots=True)
class _Read:
    """What was read so far: by the answer that it is about."""

    gaps: dict[str, Any] = field(default_factory=dict)
    judged: dict[str, Any] = field(default_factory=dict)
    corrected: dict[str, Any] = field(default_factory=dict)

    def chat_ids(self) -> set[str]:
        rows = (*self.gaps.values(), *self.judged.values(), *self.corrected.values())
        return {row.chat_id for row in rows}


def read_happened(connection: Connection, since: datetime) -> list[Happened]:
    """Return what happened since then, the newest of each kind.

    `stems` are there for what met a gap alone.
    """
    known = {"since": since, "most": MOST_OF_A_KIND}
    read = _Read(
        *(
            _by_answer(connection.rows(query, known))
            for query in (GAPS, JUDGED, CORRECTED)
        )
    )
    taken = connection.column(TAKEN_OVER, known)
    ids = [*taken, *sorted(read.chat_ids() - set(taken))][:MOST_CHATS]
    chats = connection.stream(CHATS, {"ids": ids}, CHATS_AT_ONCE)
    return [
        one
        for chat_id, user_id, messages in chats
        for one in _of_chat(chat_id, user_id, read_turns(messages), read, since)
    ]


def _by_answer(rows: Sequence[Any]) -> dict[str, Any]:
    return {str(row.reference_id): row for row in rows}


def _of_chat(
    chat_id: str, user_id: UUID, turns: Sequence[Turn], read: _Read, since: datetime
) -> Iterator[Happened]:
    for turn in turns:
        yield from _of_answer(turn, turns, read)
    gaps = {key: row.question for key, row in read.gaps.items()}
    for taken in find_takeovers(turns, gaps):
        if taken.happened_at >= since:
            met = read.gaps.get(taken.gap or "")
            yield Happened(
                kind="takeover",
                user_id=user_id,
                chat_id=chat_id,
                reference_id=taken.reference_id,
                question=taken.question[:LONGEST],
                happened_at=taken.happened_at,
                answer_id=taken.answer_id,
                answer=taken.answer and taken.answer[:LONGEST],
                told=taken.told,
                gap_id=met.gap_id if met else None,
                stems=_stems(met),
            )


def _of_answer(turn: Turn, turns: Sequence[Turn], read: _Read) -> Iterator[Happened]:
    """Yield what is known of an answer of the bot's."""
    key = turn.reference_id or ""
    asked = [one for one in turns if one.message_sid in turn.in_reply_to]
    question = "\n".join(one.content for one in asked if one.role == "user")[:LONGEST]
    answer = turn.content[:LONGEST]
    if row := read.gaps.get(key):
        yield replace(
            _happened(row, question=row.question, answer=answer),
            gap_id=row.gap_id,
            stems=_stems(row),
        )
    if (row := read.judged.get(key)) and question.strip():
        yield replace(
            _happened(row, kind="judgement", question=question, answer=answer),
            remark=row.remark and row.remark[:LONGEST],
        )
    if (row := read.corrected.get(key)) and question.strip():
        yield replace(
            _happened(row, kind="correction", question=question, answer=answer),
            told=row.told,
        )


def _happened(row: Any, *, question: str, answer: str, kind: Any = "gap") -> Happened:
    return Happened(
        kind=kind,
        user_id=row.user_id,
        chat_id=row.chat_id,
        reference_id=row.reference_id,
        question=question[:LONGEST],
        happened_at=row.happened_at,
        answer_id=row.reference_id,
        answer=answer,
    )


def _stems(met: Any) -> tuple[str, ...]:
    return tuple(met.terms.split()) if met else ()
