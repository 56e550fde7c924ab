"""The statement that stores a reply with its parts, or refuses it: all or nothing."""

from functools import cache
from typing import Any

from psycopg.types.json import Jsonb

from db.delivery.deeds import (
    bind_deeds,
    kinds_of,
    lock_for,
    write_deeds,
    write_firsts,
)
from db.delivery.with_sources import (
    MAKING,
    SOURCES,
    bind_making,
    bind_sources,
    has_sources,
)
from db.records import DeedKind, HandOver, Reply, to_storable

# The guard stands in the UPDATE itself: of two workers that answered the same message
# (one was thought dead) the second waits for the first one's row lock and then finds
# the message settled. Parts go where the message came from, not to another address of
# the same person. The job in hand sends them, whoever runs it in the end.
#
# So do the other conditions: whoever wrote on while the LLM worked has a lock on the
# same row, or is seen. Who has the chat stands with its user, whose row is held until
# all is stored: whoever takes it over comes before, and is seen, or after, and finds
# the parts. (Users are locked before chats, here as everywhere.)
#
# Once all is settled, the jobs that wait would find nothing to do, and a flood of them
# would hold up what comes later: they are dropped. (A job that can be seen belongs to a
# message that can be seen.) One that was begun before stays, and all of them stay if no
# job is in hand: a worker that was thought dead may have lost its own, and parts need
# one. (A lock is held by one job at most. As text: see db.queue.jobs.)
#
# STOP takes effect at once: what was made for the user before and is unsent stays so.
# The parts of this very reply are not seen by the UPDATE, so the word that it stops
# goes out. What is being given to Twilio is left alone here: see CLAIM_NEXT.
#
# What it stood on, how it was made, and a STOP or START are stored by a longer
# statement: even what writes nothing has to be set up, with all indexes of its table.
STATEMENT = """
WITH held AS (
  SELECT users.user_id, owner, phone_number, users.is_active
  FROM userchats JOIN users ON user_id = customer_id
  WHERE chat_id = %(chat_id)s FOR {lock} OF users
), appended AS (
  UPDATE userchats
  SET messages = CASE
    WHEN %(error)s::text IS NULL THEN messages
    ELSE (
      SELECT jsonb_agg(
        CASE WHEN element ->> 'message_sid' = ANY (%(settles)s::text[])
        THEN element || jsonb_build_object('error', %(error)s::text)
        ELSE element END ORDER BY position)
      FROM jsonb_array_elements(messages) WITH ORDINALITY AS turn (element, position)
    ) END || jsonb_build_array(%(turn)s::jsonb)
  FROM held WHERE chat_id = %(chat_id)s AND customer_id = held.user_id
    AND NOT settled_sids(messages) ?| %(about)s::text[]
    AND NOT jsonb_path_query_array(messages, '$[*].notice_for[*]')
      ?| %(notifies)s::text[]
    AND (held.owner = 'bot' OR NOT %(parts)s::jsonb @> '[{"author": "bot"}]'
      OR held.owner = 'queue' AND %(turn)s::jsonb ? 'command')
    AND (%(most_turns)s::int IS NULL OR (
      jsonb_array_length(messages) <= %(most_turns)s
      AND held.is_active
      AND NOT EXISTS (SELECT FROM opt_outs WHERE user_id = customer_id)))
  RETURNING customer_id, jsonb_array_length(messages) AS turns,
    is_answered(messages) AS is_settled
), parts AS (
  INSERT INTO reply_parts (reference_id, chat_id, user_id, position, address,
                           our_address, body, media, template, author,
                           instead, heard_at)
  SELECT %(reference_id)s::uuid, %(chat_id)s, held.user_id, part.position - 1,
         COALESCE((SELECT address FROM inbound_messages
                   WHERE message_sid = %(last_about)s), held.phone_number),
         (SELECT our_address FROM inbound_messages
          WHERE message_sid = %(last_about)s),
         part.body, part.media, part.template, part.author, part.instead,
         %(heard_at)s
  FROM appended JOIN held ON held.user_id = appended.customer_id
  CROSS JOIN ROWS FROM (
    jsonb_to_recordset(%(parts)s::jsonb)
      AS (body text, media jsonb, template jsonb, author text, instead text)
  ) WITH ORDINALITY AS part (body, media, template, author, instead, position)
  ORDER BY part.position
){stops}, dropped AS (
  DELETE FROM procrastinate_jobs AS job
  WHERE lock = (SELECT 'answer:' || customer_id FROM appended WHERE is_settled)
    AND status IN ('todo', 'doing') AND status::text = 'todo' AND attempts = 0
    AND args ->> 'chat_id' = %(chat_id)s
    AND (SELECT true FROM procrastinate_jobs AS held
         WHERE held.lock = job.lock AND held.status IN ('todo', 'doing')
           AND held.status::text = 'doing' LIMIT 1)
){sources}{making}{deeds}
SELECT turns{support} FROM appended
"""
STOP = """, opted_out AS (
  INSERT INTO opt_outs (user_id) SELECT customer_id FROM appended
  ON CONFLICT DO NOTHING
), canceled AS (
  UPDATE reply_parts SET status = 'canceled'
  WHERE user_id = (SELECT customer_id FROM appended)
    AND unsettled AND status = 'pending'
)"""
START = """, opted_in AS (
  DELETE FROM opt_outs USING appended WHERE user_id = customer_id
)"""
STOPS = {None: "", True: STOP, False: START}
# In the row that is returned, or nobody would evaluate them. Nobody hands over what a
# human has, nor gives it back: a note may still be stored there.
HAND_OVER = """, CASE WHEN (SELECT owner FROM held) <> 'human' THEN change_owner(
  customer_id, 'queue', NULL, %(why)s, %(lasts)s::interval, %(subject)s) END"""
GIVE_BACK = """, CASE WHEN (SELECT owner FROM held) = 'queue'
  THEN change_owner(customer_id, 'bot', NULL, 'asked', NULL) END"""
CALL_OPERATORS = ", customer_wrote(customer_id)"


def choose_statement(reply: Reply) -> str:
    """Return the statement that stores all that a reply brings."""
    changes = HAND_OVER if reply.hands_over else GIVE_BACK if reply.gives_back else ""
    stored = has_sources(reply), reply.making is not None
    wish = STOPS[reply.opts_out]
    return _write(stored, kinds_of(reply), wish, changes, reply.calls_operators)


@cache
def _write(
    stored: tuple[bool, bool],
    kinds: tuple[DeedKind, ...],
    wish: str,
    changes: str,
    calls: bool,
) -> str:
    support = write_firsts(kinds) + changes + (CALL_OPERATORS if calls else "")
    lock = lock_for(kinds, "NO KEY UPDATE" if changes else "SHARE")
    has_sources, has_making = stored
    return (
        STATEMENT.replace("{stops}", wish)
        .replace("{sources}", SOURCES.rstrip() if has_sources else "")
        .replace("{making}", MAKING.rstrip() if has_making else "")
        .replace("{deeds}", write_deeds(kinds))
        # Who changes the row is alone with it from the start: two could wait in a ring.
        .replace("{lock}", lock)
        .replace("{support}", support)
    )


def bind_reply(chat_id: str, reply: Reply, most_turns: int | None) -> dict[str, Any]:
    """Return the statement's parameters for a reply."""
    turn = reply.turn
    about = [*turn.in_reply_to, *turn.notice_for]
    return {
        "chat_id": chat_id,
        "most_turns": most_turns,
        "turn": Jsonb(turn.to_json()),
        "about": about,
        "settles": list(turn.in_reply_to),
        "notifies": list(turn.notice_for),
        "reference_id": turn.reference_id,
        "last_about": about[-1] if about else None,
        "parts": Jsonb([part.to_json() for part in reply.parts]),
        "heard_at": reply.heard_at,
        "error": None if reply.error is None else to_storable(reply.error),
        **bind_deeds(reply),
        **(bind_sources(reply) if has_sources(reply) else {}),
        **(bind_making(reply.making) if reply.making else {}),
        **(_bind_hand_over(reply.hands_over) if reply.hands_over else {}),
    }


def _bind_hand_over(hand_over: HandOver) -> dict[str, Any]:
    return {
        "why": hand_over.reason,
        "lasts": hand_over.lasts,
        "subject": to_storable(hand_over.subject),
    }
