"""What is stored with a reply: what it stood on or lacked, and how it was made."""

import math
from collections.abc import Mapping
from hashlib import sha256

from psycopg.types.json import Jsonb

from db.records import Gap, Making, Passage, Reply, to_storable

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
# Of what is kept of an answer, in characters, but for passages: how many.
LONGEST_PROMPT = 100_000
LONGEST_RAW = 8000
LONGEST_TITLE = 300
LONGEST_WORD = 200
MOST_LEFT_OUT = 8
HASH_DIGITS = 16

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

# A prompt that is there is looked up, and nothing is written. There is no foreign key:
# retention may take one away just now, and no answer shall fail for it.
MAKING = """
, prompt AS (
  INSERT INTO prompts (prompt_hash, text)
  SELECT %(making)s::jsonb ->> 'prompt_hash', %(prompt)s::text FROM appended
  ON CONFLICT DO NOTHING
), making AS (
  INSERT INTO answer_makings (
    reference_id, user_id, chat_id, prompt_hash, model, parameters, finish_reason, raw,
    input_tokens, output_tokens, cached_tokens, seconds, turns, shown_from,
    beyond_turns, beyond_budget, summed_until, talks, fact_ids, pictures, left_out,
    is_missing)
  SELECT %(reference_id)s::uuid, customer_id, %(chat_id)s, made.*
  FROM appended CROSS JOIN jsonb_to_record(%(making)s::jsonb) AS made (
    prompt_hash text, model text, parameters jsonb, finish_reason text, raw text,
    input_tokens int, output_tokens int, cached_tokens int, seconds numeric, turns int,
    shown_from text, beyond_turns int, beyond_budget int, summed_until text, talks int,
    fact_ids bigint[], pictures int, left_out jsonb, is_missing boolean)
)
"""


def has_sources(reply: Reply) -> bool:
    """Tell whether a reply stood on something, or lacked it."""
    return bool(reply.stood_on or reply.gap)


def bind_sources(reply: Reply) -> dict[str, object]:
    """Return the further parameters of its statement."""
    return {
        "stood_on": Jsonb([_storable(on.to_json()) for on in reply.stood_on]),
        "question": reply.gap and to_storable(reply.gap.question),
        "stems": list(key_of(reply.gap)) if reply.gap else [],
    }


def hash_of_prompt(prompt: str) -> str:
    """Return the name by which a prompt's version is known."""
    return sha256(to_storable(prompt).encode()).hexdigest()[:HASH_DIGITS]


def bind_making(making: Making) -> dict[str, object]:
    """Return the further parameters of a statement that stores how it was made."""
    prompt = to_storable(making.prompt)
    row = {
        "prompt_hash": hash_of_prompt(prompt),
        "model": making.model[:LONGEST_WORD],
        "parameters": dict(making.parameters),
        "finish_reason": making.finish_reason and making.finish_reason[:LONGEST_WORD],
        "raw": making.raw and making.raw[:LONGEST_RAW],
        "input_tokens": making.input_tokens,
        "output_tokens": making.output_tokens,
        "cached_tokens": making.cached_tokens,
        "seconds": round(making.seconds, 3),
        "turns": making.turns,
        "shown_from": making.shown_from,
        "beyond_turns": making.beyond_turns,
        "beyond_budget": making.beyond_budget,
        "summed_until": making.summed_until,
        "talks": making.talks,
        "fact_ids": list(making.fact_ids),
        "pictures": making.pictures,
        "left_out": [_left_out(one) for one in making.left_out[:MOST_LEFT_OUT]],
        "is_missing": making.is_missing,
    }
    return {"making": Jsonb(_storable(row)), "prompt": prompt[:LONGEST_PROMPT]}


def _left_out(passage: Passage) -> dict[str, object]:
    return _storable(
        {
            "title": passage.title[:LONGEST_TITLE],
            "page": passage.page,
            "score": round(passage.score, 4),
            "chunk_id": None if passage.is_own else passage.chunk_id,
        }
    )


def _storable(row: Mapping[str, object]) -> dict[str, object]:
    """Return a row whose texts PostgreSQL takes, and whose numbers JSON does."""
    return {name: _storable_value(value) for name, value in row.items()}


def _storable_value(value: object) -> object:
    if isinstance(value, str):
        return to_storable(value)
    return None if isinstance(value, float) and not math.isfinite(value) else value


def key_of(gap: Gap) -> list[str]:
    """Return a group's stems, sorted; of a question that has none, its words."""
    given = gap.terms or gap.question.casefold().split()
    stems = {
        to_storable(stem)[:LONGEST_STEM] for words in given for stem in words.split()
    }
    kept = sorted(stems)
    while len(" ".join(kept)) > MOST_KEY:
        kept.pop()
    return kept
