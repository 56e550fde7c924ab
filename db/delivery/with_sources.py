"""What is stored with a reply that stood on the business's knowledge, or lacked it."""

import math
from collections.abc import Mapping

from psycopg.types.json import Jsonb

from db.records import Gap, Reply, to_storable

# An index holds the key of a group: it must not grow with a long question.
MOST_KEY = 500
LONGEST_STEM = 60
# Groups that are compared, the newest. A question joins the group all of whose stems
# it has, if these are so much of its own. Tried on 42 pairs in English, German and
# Spanish, asked one after the other: that joins 13 of 22 that mean the same, and none
# of 20 that differ in what matters ("a large pizza", "a small pizza"). What both share,
# counted alone, joins 14, and 4 of those 20. And so a group's key tells no word of
# anybody that the others in it did not say, whoever of them is erased.
MOST_GROUPS = 5000
LIKE = 0.6

# (`appended` is what the reply's statement stored: none of this happens without it.)
# Two questions that come at once may found two groups that are alike; that is no harm.
# The UPDATE changes nothing: it finds the group that is there, or just came, and holds
# it until the question is stored, so that no erasure takes it for one without any.
SOURCES = f"""
, passages AS (
  INSERT INTO answer_passages (reference_id, position, user_id, chat_id, chunk_id,
                               document_id, title, heading, page, sha256, score,
                               is_cited, passage)
  SELECT %(reference_id)s::uuid, stood_on.position, customer_id, %(chat_id)s,
         chunk_id, document_id, title, heading, page, sha256, score, is_cited, passage
  FROM appended CROSS JOIN ROWS FROM (
    jsonb_to_recordset(%(stood_on)s::jsonb)
      AS (chunk_id bigint, document_id bigint, title text, heading text, page int,
          sha256 text, score numeric, is_cited boolean, passage text)
  ) WITH ORDINALITY AS stood_on (chunk_id, document_id, title, heading, page, sha256,
                                 score, is_cited, passage, position)
), alike AS (
  SELECT terms FROM (
    SELECT id, terms, string_to_array(terms, ' ') AS known FROM knowledge_gaps
    WHERE %(question)s::text IS NOT NULL ORDER BY id DESC LIMIT {MOST_GROUPS}
  ) AS latest
  WHERE known <@ %(stems)s::text[]
    AND cardinality(known) >= {LIKE} * cardinality(%(stems)s::text[])
  ORDER BY cardinality(known) DESC, id LIMIT 1
), gap AS (
  INSERT INTO knowledge_gaps (terms)
  SELECT COALESCE((SELECT terms FROM alike),
                  array_to_string(%(stems)s::text[], ' '))
  FROM appended WHERE %(question)s::text IS NOT NULL
  ON CONFLICT (terms) DO UPDATE SET terms = EXCLUDED.terms RETURNING id
), asked AS (
  INSERT INTO gap_questions (reference_id, gap_id, user_id, chat_id, question)
  SELECT %(reference_id)s::uuid, gap.id, customer_id, %(chat_id)s, %(question)s
  FROM appended, gap
)
"""  # noqa: S608  (our own numbers)


def has_sources(reply: Reply) -> bool:
    """Tell whether anything is stored with a reply beside its parts."""
    return bool(reply.stood_on or reply.gap)


def bind_sources(reply: Reply) -> dict[str, object]:
    """Return the further parameters of its statement."""
    return {
        "stood_on": Jsonb([_storable(on.to_json()) for on in reply.stood_on]),
        "question": reply.gap and to_storable(reply.gap.question),
        "stems": list(_key_of(reply.gap)) if reply.gap else [],
    }


def _storable(row: Mapping[str, object]) -> dict[str, object]:
    """Return a row whose texts PostgreSQL takes, and whose numbers JSON does."""
    return {name: _storable_value(value) for name, value in row.items()}


def _storable_value(value: object) -> object:
    if isinstance(value, str):
        return to_storable(value)
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _key_of(gap: Gap) -> list[str]:
    """Return a group's stems, sorted; of a question that has none, its words."""
    given = gap.terms or gap.question.casefold().split()
    stems = {
        to_storable(stem)[:LONGEST_STEM] for words in given for stem in words.split()
    }
    kept = sorted(stems)
    while len(" ".join(kept)) > MOST_KEY:
        kept.pop()
    return kept
