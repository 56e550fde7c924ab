"""What happened that a case can be made from, and the turns around it.

A thing that a case came from already is not found again; nor is a thumb down, or a gap,
of an answer that somebody corrected.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from db.database import Connection
from db.knowledge.gaps import FILE_TYPE
from db.records import Turn, read_turns

Source = Literal["thumb", "correction", "takeover", "gap", "hand"]
UUID_PATTERN = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
# An answer's document is one chunk: the question, a line's end, and the answer.
ANSWER = """
(SELECT substr(chunk_text, length(document.description) + 2) FROM document_chunks
 WHERE document_id = document.id ORDER BY chunk_index LIMIT 1)
"""
CORRECTIONS = f"""
SELECT DISTINCT ON (done.details ->> 'corrects') 'correction' AS made_from,
  (done.details ->> 'corrects')::uuid AS reference_id, done.subject_id AS user_id,
  actor.user_id AS created_by, {ANSWER} AS told, document.title AS title, done.at
FROM audit_log AS done
JOIN users ON users.user_id = done.subject_id
LEFT JOIN users AS actor ON actor.user_id = done.actor_id
JOIN documents AS document ON document.id::text = done.details ->> 'document'
  AND document.file_type = '{FILE_TYPE}'
WHERE done.at >= %(since)s AND done.details ->> 'corrects' ~ '{UUID_PATTERN}'
  AND NOT EXISTS (SELECT FROM cases WHERE made_from = 'correction'
                  AND cases.reference_id::text = done.details ->> 'corrects')
ORDER BY done.details ->> 'corrects', done.at DESC LIMIT %(most)s
"""  # noqa: S608  (our own words)
GAPS = f"""
SELECT DISTINCT ON (asked.gap_id) 'gap' AS made_from, asked.reference_id,
  asked.user_id, NULL::uuid AS created_by, {ANSWER} AS told, document.title AS title,
  asked.asked_at AS at
FROM gap_questions AS asked
JOIN knowledge_gaps AS gap ON gap.id = asked.gap_id
LEFT JOIN documents AS document ON document.id = gap.answered_by
WHERE asked.asked_at >= %(since)s AND NOT EXISTS (
  SELECT FROM cases JOIN gap_questions AS like_it USING (reference_id)
  WHERE like_it.gap_id = asked.gap_id AND made_from IN ('gap', 'correction'))
ORDER BY asked.gap_id, asked.asked_at DESC LIMIT %(most)s
"""  # noqa: S608  (the same)
THUMBS = """
SELECT DISTINCT ON (judged.reference_id) 'thumb' AS made_from, judged.reference_id,
  judged.user_id, judged.operator_id AS created_by, NULL::text AS told,
  NULL::text AS title, judged.created_at AS at
FROM feedback AS judged
WHERE judged.rating = -1 AND judged.reference_id IS NOT NULL
  AND judged.created_at >= %(since)s AND NOT EXISTS (
    SELECT FROM cases WHERE cases.reference_id = judged.reference_id
      AND made_from IN ('thumb', 'correction'))
ORDER BY judged.reference_id, judged.created_at DESC LIMIT %(most)s
"""
# What is by hand has no id of ours, and is left alone. Whom a person answered, events
# tell: nobody else's chats are read.
TAKEOVERS = f"""
SELECT 'takeover' AS made_from, (said.message ->> 'reference_id')::uuid AS reference_id,
  chat.customer_id AS user_id, author.user_id AS created_by,
  said.message ->> 'content' AS told, NULL::text AS title,
  message_time(said.message ->> 'timestamp') AS at
FROM all_chats AS chat
CROSS JOIN LATERAL jsonb_array_elements(chat.messages) AS said (message)
LEFT JOIN users AS author ON author.user_id::text = said.message ->> 'author'
WHERE chat.customer_id IN (
    SELECT user_id FROM support_messages
    WHERE kind = 'event' AND body = 'replied' AND created_at >= %(since)s)
  AND chat.updated_at >= %(since)s AND said.message ->> 'role' = 'assistant'
  AND said.message ? 'author' AND said.message ->> 'reference_id' ~ '{UUID_PATTERN}'
  AND message_time(said.message ->> 'timestamp') >= %(since)s
  AND NOT EXISTS (SELECT FROM cases WHERE made_from = 'takeover'
                  AND cases.reference_id::text = said.message ->> 'reference_id')
ORDER BY 7 LIMIT %(most)s
"""  # noqa: S608  (the same)
# What is told most of comes first: see the top.
SOURCES = (CORRECTIONS, GAPS, THUMBS, TAKEOVERS)
CHAT = """
SELECT chat_id, messages FROM all_chats
WHERE customer_id = %(user_id)s AND messages @> jsonb_build_array(
  jsonb_build_object('reference_id', %(reference_id)s::text))
ORDER BY updated_at DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lived:
    """Something that happened to a reply; of a takeover that is the person's.

    `told` is what a person said is right, or said instead; `title` the document that
    tells it. `created_by` is the operator whose doing it was.
    """

    made_from: Source
    reference_id: UUID
    user_id: UUID
    created_by: UUID | None
    told: str | None
    title: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Around:
    """The chat that a reply stands in, and the place of the reply among its turns."""

    chat_id: str
    turns: tuple[Turn, ...]
    place: int

    @property
    def turn(self) -> Turn:
        """The reply."""
        return self.turns[self.place]


def find_lived(
    connection: Connection, query: str, since: datetime, most: int
) -> list[Lived]:
    """Return what one of SOURCES finds, no more than so many."""
    return connection.read(Lived, query, {"since": since, "most": most})


def find_around(
    connection: Connection, user_id: UUID, reference_id: UUID
) -> Around | None:
    """Return where a reply to a person stands; None: it is not there any more."""
    known = {"user_id": user_id, "reference_id": str(reference_id)}
    found = connection.first(CHAT, known)
    if found is None:
        return None
    turns = read_turns(found.messages)
    places = (n for n, t in enumerate(turns) if t.reference_id == str(reference_id))
    place = next(places, None)
    return None if place is None else Around(found.chat_id, turns, place)
