-- Views on what answers stood on, and on what could not be answered; then masked.

CREATE VIEW answer_sources AS
SELECT kept.reference_id, kept.chat_id, kept.user_id AS customer_id,
       users.phone_number, users.full_name, kept.answered_at, asked.question,
       given.answer, kept.position, kept.title, kept.heading, kept.page, kept.is_cited,
       kept.score, kept.passage,
       CASE WHEN documents.id IS NULL THEN 'gone'
         WHEN documents.sha256 IS DISTINCT FROM kept.sha256 THEN 'changed'
         ELSE 'the same' END AS document_is
FROM answer_passages AS kept
JOIN users ON users.user_id = kept.user_id
LEFT JOIN documents ON documents.id = kept.document_id
LEFT JOIN LATERAL (
  SELECT messages FROM userchats WHERE userchats.chat_id = kept.chat_id
  UNION ALL
  SELECT messages FROM userchats_archive WHERE userchats_archive.chat_id = kept.chat_id
) AS chat ON true
LEFT JOIN LATERAL (
  SELECT message ->> 'content' AS answer, message -> 'in_reply_to' AS sids
  FROM jsonb_array_elements(chat.messages) AS message
  WHERE message ->> 'reference_id' = kept.reference_id::text LIMIT 1
) AS given ON true
LEFT JOIN LATERAL (
  SELECT string_agg(message ->> 'content', chr(10) ORDER BY number) AS question
  FROM jsonb_array_elements(chat.messages) WITH ORDINALITY AS said (message, number)
  WHERE message ->> 'role' = 'user' AND given.sids ? (message ->> 'message_sid')
) AS asked ON true;
COMMENT ON VIEW answer_sources IS
  'What answers stood on, as it was then: one row an answer and passage that the LLM '
  'was given.';
COMMENT ON COLUMN answer_sources.reference_id IS
  'The reply: reference_id of its element in userchats.messages.';
COMMENT ON COLUMN answer_sources.chat_id IS 'The chat, archived or not.';
COMMENT ON COLUMN answer_sources.customer_id IS 'The user who was answered.';
COMMENT ON COLUMN answer_sources.phone_number IS 'That user''s WhatsApp address.';
COMMENT ON COLUMN answer_sources.full_name IS
  'The name the user chose in WhatsApp: untrusted.';
COMMENT ON COLUMN answer_sources.answered_at IS 'When the reply was stored.';
COMMENT ON COLUMN answer_sources.question IS 'The messages that it answers.';
COMMENT ON COLUMN answer_sources.answer IS 'What was said.';
COMMENT ON COLUMN answer_sources.position IS
  'The number that the LLM knew the passage by, from 1.';
COMMENT ON COLUMN answer_sources.title IS 'What the document was called.';
COMMENT ON COLUMN answer_sources.heading IS 'The headings above the passage.';
COMMENT ON COLUMN answer_sources.page IS 'The page that it begins on.';
COMMENT ON COLUMN answer_sources.is_cited IS
  'Whether the answer names it as its source.';
COMMENT ON COLUMN answer_sources.score IS 'How well it fitted: 0 to 1.';
COMMENT ON COLUMN answer_sources.passage IS
  'What it said, if the answer names it.';
COMMENT ON COLUMN answer_sources.document_is IS
  'the same: as it was then; changed; or gone.';

CREATE VIEW gap_overview AS
SELECT gap.id AS gap_id, asked.question, asked.times, asked.people,
       asked.first_asked_at, asked.last_asked_at, gap.answered_by,
       documents.updated_at AS answered_at,
       documents.id IS NULL OR asked.last_asked_at > documents.updated_at AS is_open
FROM knowledge_gaps AS gap
JOIN (
  SELECT gap_id, count(*) AS times, count(DISTINCT user_id) AS people,
         min(asked_at) AS first_asked_at, max(asked_at) AS last_asked_at,
         (array_agg(question ORDER BY asked_at DESC))[1] AS question
  FROM gap_questions GROUP BY gap_id
) AS asked ON asked.gap_id = gap.id
LEFT JOIN documents ON documents.id = gap.answered_by;
COMMENT ON VIEW gap_overview IS
  'What people asked and the business''s knowledge does not tell: one row a group of '
  'like questions.';
COMMENT ON COLUMN gap_overview.gap_id IS 'What `bot knowledge gaps` names it by.';
COMMENT ON COLUMN gap_overview.question IS 'As it was asked last.';
COMMENT ON COLUMN gap_overview.times IS 'How often it was asked.';
COMMENT ON COLUMN gap_overview.people IS 'By how many users.';
COMMENT ON COLUMN gap_overview.first_asked_at IS 'When it was asked first.';
COMMENT ON COLUMN gap_overview.last_asked_at IS 'When it was asked last.';
COMMENT ON COLUMN gap_overview.answered_by IS 'The document that closed it, if any.';
COMMENT ON COLUMN gap_overview.answered_at IS 'When that was last changed.';
COMMENT ON COLUMN gap_overview.is_open IS
  'Whether nothing closed it, or it was asked again since.';

CREATE VIEW masked.answer_sources AS
SELECT reference_id, chat_id, customer_id,
       masked.mask_address(phone_number) AS phone_number,
       masked.shorten_name(full_name) AS full_name, answered_at, question, answer,
       position, title, heading, page, is_cited, score, passage, document_is
FROM public.answer_sources;

CREATE VIEW masked.gap_overview AS
SELECT gap_id, question, times, people, first_asked_at, last_asked_at, answered_by,
       answered_at, is_open
FROM public.gap_overview;

DO $$
DECLARE
  told record;
BEGIN
  FOR told IN
    SELECT relname, attname, col_description(attrelid, attnum) AS comment,
           obj_description(attrelid, 'pg_class')
             || ' Addresses masked, names shortened.' AS whole
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE attnum > 0 AND attrelid IN (
      'public.answer_sources'::regclass, 'public.gap_overview'::regclass)
  LOOP
    EXECUTE format('COMMENT ON VIEW masked.%I IS %L', told.relname, told.whole);
    EXECUTE format('COMMENT ON COLUMN masked.%I.%I IS %L',
                   told.relname, told.attname, told.comment);
  END LOOP;
END $$;
