-- How answers were made, each system prompt once, and the view that people read it by.

CREATE TABLE prompts (
  prompt_hash text NOT NULL,
  text text NOT NULL,
  first_used_at timestamptz DEFAULT now() NOT NULL,
  CONSTRAINT prompts_pkey PRIMARY KEY (prompt_hash)
);
COMMENT ON TABLE prompts IS
  'System prompts that answers were made with, each version once: what is the same '
  'for everybody.';
COMMENT ON COLUMN prompts.prompt_hash IS
  'Which one: the first 16 digits of its SHA-256.';
COMMENT ON COLUMN prompts.text IS
  'The prompt, without the date and what is known of a user.';
COMMENT ON COLUMN prompts.first_used_at IS 'When the first answer was made with it.';

CREATE TABLE answer_makings (
  reference_id uuid NOT NULL,
  user_id uuid NOT NULL,
  chat_id text NOT NULL,
  prompt_hash text NOT NULL,
  model text NOT NULL,
  parameters jsonb NOT NULL,
  finish_reason text,
  raw text,
  input_tokens integer,
  output_tokens integer,
  cached_tokens integer,
  seconds numeric(10,3) NOT NULL,
  turns integer NOT NULL,
  shown_from text,
  beyond_turns integer NOT NULL,
  beyond_budget integer NOT NULL,
  summed_until text,
  talks integer NOT NULL,
  fact_ids bigint[] NOT NULL,
  pictures integer NOT NULL,
  left_out jsonb NOT NULL,
  is_missing boolean NOT NULL,
  made_at timestamptz DEFAULT now() NOT NULL,
  CONSTRAINT answer_makings_pkey PRIMARY KEY (reference_id),
  CONSTRAINT answer_makings_user_id_fkey
    FOREIGN KEY (user_id) REFERENCES users (user_id) ON DELETE CASCADE
);
CREATE INDEX idx_answer_makings_chat_id ON answer_makings (chat_id);
CREATE INDEX idx_answer_makings_made_at ON answer_makings (made_at);
CREATE INDEX idx_answer_makings_prompt_hash ON answer_makings (prompt_hash);
CREATE INDEX idx_answer_makings_user_id ON answer_makings (user_id);
COMMENT ON TABLE answer_makings IS
  'How the LLM made answers: what it was asked with, what it saw, what it said.';
COMMENT ON COLUMN answer_makings.reference_id IS
  'The reply: reference_id of its element in userchats.messages.';
COMMENT ON COLUMN answer_makings.user_id IS 'Who was answered.';
COMMENT ON COLUMN answer_makings.chat_id IS 'The chat, archived or not.';
COMMENT ON COLUMN answer_makings.prompt_hash IS
  'The system prompt''s version: its row of prompts, while that is kept.';
COMMENT ON COLUMN answer_makings.model IS 'The LLM, as its server calls it.';
COMMENT ON COLUMN answer_makings.parameters IS
  'What was asked of it beside the prompt, by its server''s names.';
COMMENT ON COLUMN answer_makings.finish_reason IS
  'The server''s word for why the answer ended: stop, length …';
COMMENT ON COLUMN answer_makings.raw IS
  'What the LLM said, where something else was said: untrusted.';
COMMENT ON COLUMN answer_makings.input_tokens IS
  'What it read, over all its completions; NULL: not told.';
COMMENT ON COLUMN answer_makings.output_tokens IS 'What it wrote; NULL: not told.';
COMMENT ON COLUMN answer_makings.cached_tokens IS
  'How many of those that it read its server had kept.';
COMMENT ON COLUMN answer_makings.seconds IS 'How long the LLM took.';
COMMENT ON COLUMN answer_makings.turns IS 'How many turns of the talk it saw.';
COMMENT ON COLUMN answer_makings.shown_from IS 'The MessageSid of the oldest of them.';
COMMENT ON COLUMN answer_makings.beyond_turns IS
  'How many older turns were left out as there are more than is set.';
COMMENT ON COLUMN answer_makings.beyond_budget IS
  'How many older turns were left out as the prompt''s tokens were used up.';
COMMENT ON COLUMN answer_makings.summed_until IS
  'The MessageSid up to which a summary told it what was said; NULL: none did.';
COMMENT ON COLUMN answer_makings.talks IS 'Of how many earlier talks it was told.';
COMMENT ON COLUMN answer_makings.fact_ids IS
  'What it was told that the user told of themselves: user_facts, as far as they '
  'are kept.';
COMMENT ON COLUMN answer_makings.pictures IS 'How many pictures it saw.';
COMMENT ON COLUMN answer_makings.left_out IS
  'Passages that were found and for which there was no room: title, page, score, '
  'chunk_id.';
COMMENT ON COLUMN answer_makings.is_missing IS
  'Whether it was told that knowledge does not tell the answer.';
COMMENT ON COLUMN answer_makings.made_at IS 'When the reply was stored.';
-- ANALYZE would keep samples of what people wrote.
ALTER TABLE prompts
  ALTER COLUMN prompt_hash SET STATISTICS 0,
  ALTER COLUMN text SET STATISTICS 0;
ALTER TABLE answer_makings
  ALTER COLUMN chat_id SET STATISTICS 0,
  ALTER COLUMN prompt_hash SET STATISTICS 0,
  ALTER COLUMN model SET STATISTICS 0,
  ALTER COLUMN parameters SET STATISTICS 0,
  ALTER COLUMN finish_reason SET STATISTICS 0,
  ALTER COLUMN raw SET STATISTICS 0,
  ALTER COLUMN shown_from SET STATISTICS 0,
  ALTER COLUMN summed_until SET STATISTICS 0,
  ALTER COLUMN left_out SET STATISTICS 0;

-- They go with their chat, as what they stood on does.
CREATE OR REPLACE FUNCTION forget_sources() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM userchats WHERE chat_id = OLD.chat_id)
    AND NOT EXISTS (SELECT FROM userchats_archive WHERE chat_id = OLD.chat_id)
  THEN
    DELETE FROM answer_makings WHERE chat_id = OLD.chat_id;
    DELETE FROM answer_passages WHERE chat_id = OLD.chat_id;
    DELETE FROM gap_questions WHERE chat_id = OLD.chat_id;
  END IF;
  RETURN NULL;
END $$;

CREATE VIEW answers AS
SELECT made.made_at, made.user_id AS customer_id, users.phone_number, users.full_name,
       asked.question, given.answer, stood.cited, stood.passages, called.calls,
       made.model, made.parameters, made.finish_reason, made.raw, made.input_tokens,
       made.output_tokens, made.cached_tokens, made.seconds, cost.amount, cost.currency,
       made.turns, made.beyond_turns, made.beyond_budget, made.summed_until, made.talks,
       cardinality(made.fact_ids) AS facts, made.pictures, made.left_out,
       made.is_missing, made.prompt_hash, prompts.first_used_at AS prompt_since,
       made.chat_id, made.reference_id
FROM answer_makings AS made
JOIN users ON users.user_id = made.user_id
LEFT JOIN prompts ON prompts.prompt_hash = made.prompt_hash
LEFT JOIN LATERAL (
  SELECT messages FROM userchats WHERE userchats.chat_id = made.chat_id
  UNION ALL
  SELECT messages FROM userchats_archive WHERE userchats_archive.chat_id = made.chat_id
) AS chat ON true
LEFT JOIN LATERAL (
  SELECT message ->> 'content' AS answer, message -> 'in_reply_to' AS sids
  FROM jsonb_array_elements(chat.messages) AS message
  WHERE message ->> 'reference_id' = made.reference_id::text LIMIT 1
) AS given ON true
LEFT JOIN LATERAL (
  SELECT string_agg(message ->> 'content', chr(10) ORDER BY number) AS question
  FROM jsonb_array_elements(chat.messages) WITH ORDINALITY AS said (message, number)
  WHERE message ->> 'role' = 'user' AND given.sids ? (message ->> 'message_sid')
) AS asked ON true
LEFT JOIN LATERAL (
  SELECT count(*) AS passages,
         string_agg(concat_ws(', page ', title, page), '; ' ORDER BY position)
           FILTER (WHERE is_cited) AS cited
  FROM answer_passages AS kept WHERE kept.reference_id = made.reference_id
) AS stood ON true
LEFT JOIN LATERAL (
  SELECT string_agg(concat_ws(': ', tool, state), '; ' ORDER BY position) AS calls
  FROM tool_calls AS call WHERE call.reference_id = made.reference_id
) AS called ON true
LEFT JOIN LATERAL (
  SELECT sum(micros) / 1000000.0 AS amount, currency FROM spendings
  WHERE state <> 'released' AND part_id IS NULL
    AND spendings.message_sid IN (SELECT jsonb_array_elements_text(
      CASE jsonb_typeof(given.sids) WHEN 'array' THEN given.sids ELSE '[]' END))
  GROUP BY currency ORDER BY currency LIMIT 1
) AS cost ON true;
COMMENT ON VIEW answers IS 'One row an answer of the LLM''s: why it said that.';
COMMENT ON COLUMN answers.made_at IS 'When the reply was stored.';
COMMENT ON COLUMN answers.customer_id IS 'The user who was answered.';
COMMENT ON COLUMN answers.phone_number IS 'That user''s WhatsApp address.';
COMMENT ON COLUMN answers.full_name IS
  'The name the user told us, or chose in WhatsApp: untrusted.';
COMMENT ON COLUMN answers.question IS 'The messages that it answers.';
COMMENT ON COLUMN answers.answer IS 'What was said.';
COMMENT ON COLUMN answers.cited IS 'What it names as its sources.';
COMMENT ON COLUMN answers.passages IS 'How many passages the LLM was given.';
COMMENT ON COLUMN answers.calls IS
  'Which tools were called for it, and what came of that.';
COMMENT ON COLUMN answers.model IS 'The LLM, as its server calls it.';
COMMENT ON COLUMN answers.parameters IS 'What was asked of it beside the prompt.';
COMMENT ON COLUMN answers.finish_reason IS 'Why the answer ended: stop, length …';
COMMENT ON COLUMN answers.raw IS
  'What the LLM said, where something else was said: untrusted.';
COMMENT ON COLUMN answers.input_tokens IS 'What it read.';
COMMENT ON COLUMN answers.output_tokens IS 'What it wrote.';
COMMENT ON COLUMN answers.cached_tokens IS
  'How many of those that it read its server had kept.';
COMMENT ON COLUMN answers.seconds IS 'How long the LLM took.';
COMMENT ON COLUMN answers.amount IS 'What asking for it cost, without its messages.';
COMMENT ON COLUMN answers.currency IS 'Of the amount.';
COMMENT ON COLUMN answers.turns IS 'How many turns of the talk it saw.';
COMMENT ON COLUMN answers.beyond_turns IS
  'How many older turns were left out as there are more than is set.';
COMMENT ON COLUMN answers.beyond_budget IS
  'How many older turns were left out as the prompt''s tokens were used up.';
COMMENT ON COLUMN answers.summed_until IS
  'The MessageSid up to which a summary told it what was said.';
COMMENT ON COLUMN answers.talks IS 'Of how many earlier talks it was told.';
COMMENT ON COLUMN answers.facts IS
  'How many things it was told that the user told of themselves.';
COMMENT ON COLUMN answers.pictures IS 'How many pictures it saw.';
COMMENT ON COLUMN answers.left_out IS
  'Passages that were found and for which there was no room.';
COMMENT ON COLUMN answers.is_missing IS
  'Whether it was told that knowledge does not tell the answer.';
COMMENT ON COLUMN answers.prompt_hash IS 'The system prompt''s version.';
COMMENT ON COLUMN answers.prompt_since IS
  'When that was first used; NULL: it is not kept any more.';
COMMENT ON COLUMN answers.chat_id IS 'The chat, archived or not.';
COMMENT ON COLUMN answers.reference_id IS
  'The reply: reference_id of its element in userchats.messages.';

CREATE VIEW masked.answers AS
SELECT made_at, customer_id, masked.mask_address(phone_number) AS phone_number,
       masked.shorten_name(full_name) AS full_name, question, answer, cited,
       passages, calls, model, parameters, finish_reason, raw, input_tokens,
       output_tokens, cached_tokens, seconds, amount, currency, turns, beyond_turns,
       beyond_budget, summed_until, talks, facts, pictures, left_out, is_missing,
       prompt_hash, prompt_since, chat_id, reference_id
FROM public.answers;

DO $$
DECLARE
  told record;
BEGIN
  FOR told IN
    SELECT relname, attname, col_description(attrelid, attnum) AS comment,
           obj_description(attrelid, 'pg_class')
             || ' Addresses masked, names shortened.' AS whole
    FROM pg_attribute AS shown JOIN pg_class ON pg_class.oid = attrelid
    WHERE attnum > 0 AND attrelid = 'public.answers'::regclass
  LOOP
    EXECUTE format('COMMENT ON VIEW masked.%I IS %L', told.relname, told.whole);
    EXECUTE format('COMMENT ON COLUMN masked.%I.%I IS %L',
                   told.relname, told.attname, told.comment);
  END LOOP;
END $$;
