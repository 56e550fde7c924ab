-- Views on what people send beside text, tell of themselves, and think of answers; then
-- masked.

CREATE VIEW media_overview AS
SELECT media.created_at AS sent_at, media.user_id AS customer_id, users.phone_number,
       users.full_name, media.media_type, media.file_name, media.size, media.seconds,
       media.pages, media.state, media.text, media.text_by, media.language, media.error,
       sha256 IS NOT NULL AS is_kept, media.message_sid, media.position,
       media.id AS media_id
FROM media JOIN users USING (user_id);
COMMENT ON VIEW media_overview IS
  'One row a voice note, picture or file that somebody sent, with what it says.';
COMMENT ON COLUMN media_overview.sent_at IS 'When it was fetched.';
COMMENT ON COLUMN media_overview.customer_id IS 'The user who sent it.';
COMMENT ON COLUMN media_overview.phone_number IS 'That user''s WhatsApp address.';
COMMENT ON COLUMN media_overview.full_name IS
  'The name the user told us, or chose in WhatsApp: untrusted.';
COMMENT ON COLUMN media_overview.media_type IS 'What it is, by its bytes.';
COMMENT ON COLUMN media_overview.file_name IS
  'The name it was sent under: untrusted.';
COMMENT ON COLUMN media_overview.size IS 'How many bytes.';
COMMENT ON COLUMN media_overview.seconds IS 'How long a voice note is.';
COMMENT ON COLUMN media_overview.pages IS 'How many pages a document has.';
COMMENT ON COLUMN media_overview.state IS 'fetched, read, or unreadable.';
COMMENT ON COLUMN media_overview.text IS 'What was heard or read: untrusted.';
COMMENT ON COLUMN media_overview.text_by IS 'Which model or reader made the text.';
COMMENT ON COLUMN media_overview.language IS 'The language that was heard.';
COMMENT ON COLUMN media_overview.error IS 'Why it can''t be read.';
COMMENT ON COLUMN media_overview.is_kept IS 'Whether its bytes are still here.';
COMMENT ON COLUMN media_overview.message_sid IS 'The message that brought it.';
COMMENT ON COLUMN media_overview.position IS 'Which of the message''s media, from 0.';
COMMENT ON COLUMN media_overview.media_id IS 'Its row of media.';

CREATE VIEW fact_overview AS
SELECT fact.created_at AS told_at, fact.user_id AS customer_id, users.phone_number,
       users.full_name, fact.kind, fact.text, fact.valid_until, fact.message_sid,
       fact.id AS fact_id
FROM user_facts AS fact JOIN users USING (user_id);
COMMENT ON VIEW fact_overview IS 'One row a thing that somebody told of themselves.';
COMMENT ON COLUMN fact_overview.told_at IS 'When they told it.';
COMMENT ON COLUMN fact_overview.customer_id IS 'The user who told it.';
COMMENT ON COLUMN fact_overview.phone_number IS 'That user''s WhatsApp address.';
COMMENT ON COLUMN fact_overview.full_name IS
  'The name the user told us, or chose in WhatsApp: untrusted.';
COMMENT ON COLUMN fact_overview.kind IS 'What it is about.';
COMMENT ON COLUMN fact_overview.text IS 'What they told: untrusted.';
COMMENT ON COLUMN fact_overview.valid_until IS
  'After this it is not told the LLM; NULL: until it is forgotten.';
COMMENT ON COLUMN fact_overview.message_sid IS 'The message in which they told it.';
COMMENT ON COLUMN fact_overview.fact_id IS 'Its row of user_facts.';

CREATE VIEW feedback_overview AS
SELECT judged.created_at AS judged_at, judged.user_id AS customer_id,
       users.phone_number, users.full_name, judged.rating, judged.text, judged.given_by,
       COALESCE(operator.full_name, operator.email) AS operator,
       (SELECT string_agg(body, chr(10) ORDER BY sequence) FROM reply_parts AS part
        WHERE part.reference_id = judged.reference_id) AS answer,
       judged.reference_id
FROM feedback AS judged
JOIN users ON users.user_id = judged.user_id
LEFT JOIN users AS operator ON operator.user_id = judged.operator_id;
COMMENT ON VIEW feedback_overview IS
  'One row a judgement of an answer, or of the bot as a whole.';
COMMENT ON COLUMN feedback_overview.judged_at IS 'When.';
COMMENT ON COLUMN feedback_overview.customer_id IS 'The user whose answer it was.';
COMMENT ON COLUMN feedback_overview.phone_number IS 'That user''s WhatsApp address.';
COMMENT ON COLUMN feedback_overview.full_name IS
  'The name the user told us, or chose in WhatsApp: untrusted.';
COMMENT ON COLUMN feedback_overview.rating IS '1 good, -1 bad; NULL: words only.';
COMMENT ON COLUMN feedback_overview.text IS 'Their words: untrusted.';
COMMENT ON COLUMN feedback_overview.given_by IS 'user or operator.';
COMMENT ON COLUMN feedback_overview.operator IS 'The operator, if one is known.';
COMMENT ON COLUMN feedback_overview.answer IS 'The answer that was judged.';
COMMENT ON COLUMN feedback_overview.reference_id IS
  'That reply; NULL: the bot as a whole.';

CREATE VIEW masked.media_overview AS
SELECT sent_at, customer_id, masked.mask_address(phone_number) AS phone_number,
       masked.shorten_name(full_name) AS full_name, media_type,
       masked.shorten_name(file_name) AS file_name, size, seconds, pages, state, text,
       text_by, language, error, is_kept, message_sid, position, media_id
FROM public.media_overview;

CREATE VIEW masked.fact_overview AS
SELECT told_at, customer_id, masked.mask_address(phone_number) AS phone_number,
       masked.shorten_name(full_name) AS full_name, kind, text, valid_until,
       message_sid, fact_id
FROM public.fact_overview;

CREATE VIEW masked.feedback_overview AS
SELECT judged_at, customer_id, masked.mask_address(phone_number) AS phone_number,
       masked.shorten_name(full_name) AS full_name, rating, text, given_by,
       masked.shorten_name(operator) AS operator, answer, reference_id
FROM public.feedback_overview;

DO $$
DECLARE
  told record;
BEGIN
  FOR told IN
    SELECT relname, attname, col_description(attrelid, attnum) AS comment,
           obj_description(attrelid, 'pg_class')
             || ' Addresses masked, names shortened.' AS whole
    FROM pg_attribute AS shown JOIN pg_class ON pg_class.oid = attrelid
    WHERE attnum > 0 AND attrelid IN (
        'public.media_overview'::regclass, 'public.fact_overview'::regclass,
        'public.feedback_overview'::regclass)
      AND EXISTS (SELECT FROM pg_attribute AS own
        WHERE own.attrelid = ('masked.' || relname)::regclass
          AND own.attname = shown.attname)
  LOOP
    EXECUTE format('COMMENT ON VIEW masked.%I IS %L', told.relname, told.whole);
    EXECUTE format('COMMENT ON COLUMN masked.%I.%I IS %L',
                   told.relname, told.attname, told.comment);
  END LOOP;
END $$;

-- As before, but that an answer may stand on what the user sent.
CREATE OR REPLACE VIEW answer_sources AS
SELECT kept.reference_id, kept.chat_id, kept.user_id AS customer_id,
       users.phone_number, users.full_name, kept.answered_at, asked.question,
       given.answer, kept.position, kept.title, kept.heading, kept.page, kept.is_cited,
       kept.score, kept.passage,
       CASE WHEN kept.document_id IS NULL THEN 'the user''s'
         WHEN documents.id IS NULL THEN 'gone'
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
COMMENT ON COLUMN answer_sources.document_is IS
  'the same: as it was then; changed; gone; or the user''s: a file that they sent.';
CREATE OR REPLACE VIEW masked.answer_sources AS
SELECT reference_id, chat_id, customer_id,
       masked.mask_address(phone_number) AS phone_number,
       masked.shorten_name(full_name) AS full_name, answered_at, question, answer,
       position,
       CASE document_is WHEN 'the user''s' THEN masked.shorten_name(title)
         ELSE title END AS title,
       heading, page, is_cited, score, passage, document_is
FROM public.answer_sources;
COMMENT ON COLUMN masked.answer_sources.document_is IS
  'the same: as it was then; changed; gone; or the user''s: a file that they sent.';
