"""A person about whom every table knows something, with a word in all of it."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from db.chats import PostgresChatStore
from db.database import Database
from db.records import Gap, Making
from tests.db.sql import change, take_in, value
from tests.records import answer_to, said, stood_on

MARKER = "xylograph7f3a"
DIGITS = "5559871234"
CARA = f"whatsapp:+1{DIGITS}"
CARAS_ID = f"whatsapp:US.{MARKER}ID"
LONG = timedelta(days=10_000)

# Where the bot itself writes nothing of that kind, or not any more.
PLANTS = """
UPDATE users SET email = %(marker)s || '@example.com', hashed_password = %(marker)s,
  password_history = jsonb_build_array(%(marker)s::text)
WHERE user_id = %(user_id)s;
UPDATE userchats SET metadata = jsonb_build_object('note', %(marker)s::text)
WHERE customer_id = %(user_id)s;
INSERT INTO userchats_archive (chat_id, customer_id, messages, metadata)
SELECT '00000000000000aa', %(user_id)s, jsonb_build_array(jsonb_build_object(
    'role', 'user', 'content', %(marker)s::text, 'message_sid', 'SMarchived',
    'error', %(marker)s::text,
    'media', jsonb_build_array(
      jsonb_build_object('url', 'https://api.twilio.example/' || %(marker)s)))),
  jsonb_build_object('note', %(marker)s::text);
INSERT INTO inbound_messages (message_sid, address)
VALUES ('SMforgotten', %(address)s), ('SMarchived', %(address)s);
INSERT INTO early_statuses (message_sid, status) VALUES ('SMpart', 'sent');
UPDATE reply_parts SET message_sid = 'SMpart' WHERE user_id = %(user_id)s;
INSERT INTO procrastinate_jobs (queue_name, task_name, lock, args, status) VALUES
  ('answers', 'answer_chat', 'answer:' || %(user_id)s,
   jsonb_build_object('chat_id', %(marker)s::text), 'failed'),
  ('deliveries', 'send_parts', 'send:' || %(user_id)s,
   jsonb_build_object('user_id', %(user_id)s::text), 'doing');
INSERT INTO documents (title, description, file_path, url, file_type, error, user_id)
VALUES (%(marker)s, %(marker)s, %(marker)s, %(marker)s, 'products', %(marker)s,
        %(user_id)s);
INSERT INTO documents (title, description, file_type)
VALUES (%(marker)s, %(marker)s || ' asked', 'answer');
INSERT INTO document_uploads (document_id, sha256, content)
SELECT id, %(marker)s, convert_to(%(marker)s, 'UTF8') FROM documents
WHERE user_id = %(user_id)s;
INSERT INTO document_chunks (document_id, chunk_index, chunk_text, heading, metadata)
SELECT id, 0, %(marker)s, %(marker)s, jsonb_build_object('note', %(marker)s::text)
FROM documents WHERE title = %(marker)s;
INSERT INTO document_lengths (document_id, language, dictionary, chunks, words)
SELECT id, 'en', 'english_stem', 1, 1 FROM documents WHERE title = %(marker)s;
INSERT INTO chunk_terms (language, term, document_id, chunk_index, frequency, length)
SELECT 'en', %(marker)s, id, 0, 1, 1 FROM documents WHERE title = %(marker)s;
INSERT INTO embedding_models (embedding_id, dimensions, centre, centred_over)
VALUES ('model', 8, convert_to('centre', 'UTF8'), 1) ON CONFLICT DO NOTHING;
INSERT INTO chunk_vectors (embedding_id, chunk_id, document_id, signs, vector)
SELECT 'model', chunk.id, document_id, B'0', convert_to(%(marker)s, 'UTF8')
FROM document_chunks AS chunk WHERE chunk_text = %(marker)s;
INSERT INTO products (sku, name, document_id)
SELECT %(marker)s, %(marker)s, id FROM documents WHERE user_id = %(user_id)s;
INSERT INTO procrastinate_jobs (queue_name, task_name, lock, args)
SELECT 'knowledge', 'take_in_document', 'document:' || id,
       jsonb_build_object('document_id', id) FROM documents
WHERE user_id = %(user_id)s;
INSERT INTO opt_outs (user_id) VALUES (%(user_id)s);
INSERT INTO opt_ins (user_id, how) VALUES (%(user_id)s, %(marker)s);
INSERT INTO broadcasts (broadcast_id, template_id, name, category, body)
VALUES ('00000001', 'HX01', 'news', 'UTILITY', 'Hello {{1}}') ON CONFLICT DO NOTHING;
INSERT INTO broadcast_recipients (broadcast_id, user_id, place, variables)
VALUES ('00000001', %(user_id)s, 1, jsonb_build_object('1', %(marker)s::text));
SELECT change_owner(%(user_id)s, 'human', %(user_id)s, %(marker)s, NULL, %(marker)s);
INSERT INTO support_messages (ticket_id, user_id, author_id, kind, body, details)
SELECT id, user_id, user_id, 'note', %(marker)s,
       jsonb_build_object('note', %(marker)s::text) FROM support_tickets;
UPDATE support_tickets SET labels = ARRAY[%(marker)s];
INSERT INTO support_sessions (operator_id, user_id) VALUES (%(user_id)s, %(user_id)s);
INSERT INTO support_alerts (reference_id, ticket_id, user_id, operator_id, about)
SELECT gen_random_uuid(), id, user_id, user_id, %(marker)s FROM support_tickets;
INSERT INTO invitations (token_hash, user_id, role)
VALUES (convert_to(%(marker)s, 'UTF8'), %(user_id)s, 'admin');
INSERT INTO login_sessions (token_hash, user_id, address, user_agent)
VALUES (convert_to(%(marker)s, 'UTF8'), %(user_id)s, %(marker)s, %(marker)s);
INSERT INTO second_factors (user_id, secret) VALUES (%(user_id)s, %(marker)s);
INSERT INTO media_contents (sha256, media_type, size, content)
SELECT sha256(content), 'image/png', 13, content
FROM (SELECT convert_to(%(marker)s, 'UTF8') AS content) AS bytes;
INSERT INTO media (user_id, message_sid, position, state, media_type, file_name,
                   sha256, text, text_by, error)
SELECT %(user_id)s, 'SMarchived', 0, 'read', 'image/png', %(marker)s, sha256,
       %(marker)s, 'reader', %(marker)s FROM media_contents;
INSERT INTO media_chunks (media_id, position, heading, text)
SELECT id, 0, %(marker)s, %(marker)s FROM media;
INSERT INTO user_facts (user_id, kind, text, message_sid)
VALUES (%(user_id)s, 'person', %(marker)s, 'SMarchived');
INSERT INTO user_preferences (user_id, preferences, language_seen)
VALUES (%(user_id)s, '{"language": "de"}', 'de');
INSERT INTO spendings (user_id, chat_id, message_sid, part_id, purpose, model, state,
                       micros, currency, priced_on, day)
VALUES (%(user_id)s, %(marker)s, %(marker)s, gen_random_uuid(), 'answer', 'a-model',
        'settled', 1200, 'USD', current_date, current_date);
INSERT INTO budgets (scope, starts_on, user_id, limit_micros, spent_micros)
VALUES ('person', current_date, %(user_id)s, 5000, 1200);
INSERT INTO feedback (user_id, rating, text, message_sid)
VALUES (%(user_id)s, 1, %(marker)s, 'SMarchived');
INSERT INTO tool_calls (call_id, user_id, chat_id, message_sid, position, tool,
  arguments, state, result, error, approved_by)
VALUES (gen_random_uuid(), %(user_id)s::uuid, '00000000000000aa', 'SMarchived', 0,
  'look', jsonb_build_object('note', %(marker)s::text), 'done', %(marker)s, %(marker)s,
  %(user_id)s::uuid::text);
INSERT INTO cases (made_from, reference_id, user_id, chat_id, question, turns, said,
                   expects, note, created_by)
VALUES ('thumb', gen_random_uuid(), %(user_id)s::uuid, '00000000000000aa', %(marker)s,
  jsonb_build_array(jsonb_build_object('role', 'user', 'content', %(marker)s::text)),
  %(marker)s, jsonb_build_object('must', jsonb_build_array(%(marker)s::text)),
  %(marker)s, %(user_id)s::uuid);
INSERT INTO evaluations (model, knowledge, cases) VALUES ('a-model', 'now', 1);
INSERT INTO baselines (name, evaluation_id)
SELECT 'good', max(id) FROM evaluations ON CONFLICT DO NOTHING;
INSERT INTO evaluation_results (evaluation_id, position, case_id, user_id, question,
                                passed, score, checks, said, error, seconds)
SELECT evaluations.id, 1, cases.id, user_id, %(marker)s, false, 0,
  jsonb_build_array(jsonb_build_object('kind', 'must', 'passed', false,
                                       'reason', %(marker)s::text)),
  %(marker)s, %(marker)s, 1 FROM evaluations CROSS JOIN cases
WHERE user_id = %(user_id)s
ORDER BY evaluations.id DESC LIMIT 1;
INSERT INTO scheduled_messages (user_id, chat_id, kind, number, text, say_at, state,
                                why, canceled_by, ended_at)
VALUES (%(user_id)s, '00000000000000aa', 'reminder', 1, %(marker)s, now(), 'canceled',
        %(marker)s, %(marker)s, now());
INSERT INTO documents (title, file_type) VALUES (%(marker)s, 'answer');
INSERT INTO proposals (kind, terms, state, title, text, document_id, verdict,
                       replaced)
SELECT 'entry', %(marker)s, 'applied', %(marker)s, %(marker)s, max(id),
       jsonb_build_object('note', %(marker)s::text),
       jsonb_build_object('question', %(marker)s || ' asked') FROM documents;
INSERT INTO proposals (kind, terms, state, title, text)
VALUES ('rule', %(marker)s, 'applied', %(marker)s, %(marker)s),
       ('rule', %(marker)s, 'dismissed', NULL, NULL);
INSERT INTO proposal_sources (proposal_id, kind, reference_id, user_id, chat_id, gap_id,
  question, answer, told, remark, after)
SELECT id, 'takeover', gen_random_uuid(), %(user_id)s, '00000000000000aa',
       (SELECT max(id) FROM knowledge_gaps), %(marker)s, %(marker)s, %(marker)s,
       %(marker)s, %(marker)s FROM proposals;
INSERT INTO prompt_rules (text, until, proposal_id)
SELECT told, now(), id FROM proposals, (VALUES (%(marker)s), ('You help.')) AS r (told)
WHERE kind = 'rule' AND state = 'applied';
INSERT INTO replays (asked_for, knowledge) VALUES ('answers of a day', 'now');
INSERT INTO replay_answers (replay_id, position, user_id, chat_id, reference_id,
                            question, before, after, told)
SELECT max(id), 1, %(user_id)s, '00000000000000aa', gen_random_uuid(), %(marker)s,
  %(marker)s, %(marker)s, jsonb_build_object('sources', %(marker)s::text) FROM replays
"""


def plant(pg: PostgresChatStore, database: Database) -> str:
    """Have Cara write, be answered, and be known everywhere; return her active chat."""
    message = said(MARKER, CARA, other_address=CARAS_ID, profile_name=MARKER)
    media = ({"url": f"https://api.twilio.example/{MARKER}", "type": "image/png"},)
    message = replace(message, turn=replace(message.turn, media=media))
    chat_id = take_in(pg, message)
    gap = Gap(f"{MARKER} asked", (MARKER,))
    reply = answer_to(message, text=MARKER, error=MARKER)
    making = Making(prompt="You help.", model="a-model", raw=MARKER)
    reply = replace(reply, stood_on=(stood_on(MARKER),), gap=gap, making=making)
    assert pg.record_reply(chat_id, reply)
    later = take_in(pg, said(f"{MARKER} again", CARA, opens_chat=True))
    user_id = str(find_cara(database))
    for statement in PLANTS.split(";\n"):
        change(database, statement, marker=MARKER, user_id=user_id, address=CARA)
    return later


def find_cara(database: Database) -> UUID:
    query = "SELECT user_id FROM users WHERE phone_number = %(address)s"
    found: UUID = value(database, query, address=CARA)
    return found
