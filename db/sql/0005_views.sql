-- Views for people at psql. Each reads like documentation: \dv+ lists them, \d+ NAME
-- explains the columns. They name their columns one by one, so that a new column of a
-- table changes none of them.

-- The first case is the bot's own form: regular expressions take three times as long.
-- Parallel plans have no room for EXCEPTION, so it is parallel unsafe.
CREATE FUNCTION message_time(stamp text) RETURNS timestamp with time zone
LANGUAGE plpgsql STABLE STRICT PARALLEL UNSAFE AS $$
BEGIN
  RETURN CASE
    WHEN stamp LIKE '____-__-__T__:__:__.___+00:00'
      OR stamp ~ '^\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*(?:Z|[+-]\d\d:?\d\d)$'
      THEN stamp::timestamp with time zone
    WHEN stamp ~ '^\d{4}-\d\d-\d\d[T ]\d\d:\d\d'
      THEN (stamp || 'Z')::timestamp with time zone
  END;
EXCEPTION WHEN data_exception THEN RETURN NULL;
END $$;
COMMENT ON FUNCTION message_time(text) IS
  'A message''s timestamp as a time; NULL for a text that is none, such as one written '
  'by hand. Without an offset it is UTC.';

CREATE VIEW all_chats AS
SELECT chat_id, customer_id, is_active, messages, metadata, created_at, updated_at,
       false AS archived
FROM userchats
UNION ALL
SELECT chat_id, customer_id, is_active, messages, metadata, created_at, updated_at,
       true AS archived
FROM userchats_archive;
COMMENT ON VIEW all_chats IS 'userchats and userchats_archive as one.';
COMMENT ON COLUMN all_chats.chat_id IS '16 hexadecimal characters.';
COMMENT ON COLUMN all_chats.customer_id IS 'Whose chat it is.';
COMMENT ON COLUMN all_chats.is_active IS 'Whether it takes the next message.';
COMMENT ON COLUMN all_chats.messages IS 'The transcript (see userchats.messages).';
COMMENT ON COLUMN all_chats.metadata IS 'Whatever else is known of the chat.';
COMMENT ON COLUMN all_chats.created_at IS 'First message.';
COMMENT ON COLUMN all_chats.updated_at IS 'Last message.';
COMMENT ON COLUMN all_chats.archived IS 'Whether retention moved it to the archive.';

CREATE VIEW chat_messages AS
SELECT chats.chat_id, chats.customer_id, users.phone_number, users.full_name,
       said.number - 1 AS position,
       said.message ->> 'role' AS role,
       said.message ->> 'content' AS content,
       message_time(said.message ->> 'timestamp') AS sent_at,
       said.message ->> 'message_sid' AS message_sid,
       said.message ->> 'model' AS model,
       CASE WHEN jsonb_typeof(said.message -> 'tokens_used') = 'number'
         THEN (said.message ->> 'tokens_used')::numeric END AS tokens_used,
       CASE WHEN jsonb_typeof(said.message -> 'response_time') = 'number'
         THEN (said.message ->> 'response_time')::numeric END AS response_time,
       said.message - '{role,content,timestamp,message_sid,model,tokens_used,response_time}'
         ::text[] AS metadata,
       chats.archived
FROM all_chats AS chats
JOIN users ON users.user_id = chats.customer_id
CROSS JOIN LATERAL jsonb_array_elements(chats.messages)
  WITH ORDINALITY AS said (message, number);
COMMENT ON VIEW chat_messages IS
  'One row a message of every chat, archived ones too. A transcript: WHERE chat_id = '
  '''…'' ORDER BY position.';
COMMENT ON COLUMN chat_messages.chat_id IS 'The chat it was said in.';
COMMENT ON COLUMN chat_messages.customer_id IS 'The user whose chat it is.';
COMMENT ON COLUMN chat_messages.phone_number IS 'That user''s WhatsApp address.';
COMMENT ON COLUMN chat_messages.full_name IS
  'The name the user chose in WhatsApp: untrusted.';
COMMENT ON COLUMN chat_messages.position IS
  'Its place in the array, from 0: userchats.messages -> position is this message.';
COMMENT ON COLUMN chat_messages.role IS
  'user: the person; assistant: the bot; system: a note that was sent to nobody.';
COMMENT ON COLUMN chat_messages.content IS 'The text.';
COMMENT ON COLUMN chat_messages.sent_at IS 'When it came in, or was answered.';
COMMENT ON COLUMN chat_messages.message_sid IS
  'Twilio''s id of a user''s message; those of answers are in reply_parts.';
COMMENT ON COLUMN chat_messages.model IS 'The LLM that wrote it; NULL: none did.';
COMMENT ON COLUMN chat_messages.tokens_used IS 'Tokens of prompt and answer together.';
COMMENT ON COLUMN chat_messages.response_time IS 'Seconds that the LLM took.';
COMMENT ON COLUMN chat_messages.metadata IS
  'Whatever else the message carries: in_reply_to, reference_id, media, command, error …';
COMMENT ON COLUMN chat_messages.archived IS 'Whether its chat is in the archive.';

CREATE VIEW chat_overview AS
SELECT chats.chat_id, chats.customer_id, users.phone_number, users.full_name,
       chats.is_active,
       jsonb_array_length(chats.messages) AS messages,
       chats.created_at AS first_message_at,
       chats.updated_at AS last_message_at,
       chats.messages -> -1 ->> 'content' AS last_message,
       NOT jsonb_path_query_array(chats.messages,
         '$[*] ? (@.role == "user" && @.message_sid.type() == "string").message_sid')
         <@ jsonb_path_query_array(chats.messages, '$[*].in_reply_to[*]')
         AND NOT chats.archived AS unanswered,
       COALESCE(chats.metadata ->> 'handoff' = 'true', false) AS handoff,
       chats.archived
FROM all_chats AS chats
JOIN users ON users.user_id = chats.customer_id;
COMMENT ON VIEW chat_overview IS 'One row a chat, archived ones too.';
COMMENT ON COLUMN chat_overview.chat_id IS '16 hexadecimal characters.';
COMMENT ON COLUMN chat_overview.customer_id IS 'The user whose chat it is.';
COMMENT ON COLUMN chat_overview.phone_number IS 'That user''s WhatsApp address.';
COMMENT ON COLUMN chat_overview.full_name IS
  'The name the user chose in WhatsApp: untrusted.';
COMMENT ON COLUMN chat_overview.is_active IS 'Whether it takes the next message.';
COMMENT ON COLUMN chat_overview.messages IS 'How many messages it has, of both sides.';
COMMENT ON COLUMN chat_overview.first_message_at IS 'When it was opened.';
COMMENT ON COLUMN chat_overview.last_message_at IS 'When the last message was stored.';
COMMENT ON COLUMN chat_overview.last_message IS 'The text of its last message.';
COMMENT ON COLUMN chat_overview.unanswered IS
  'Whether the bot still owes it an answer (see unanswered_messages).';
COMMENT ON COLUMN chat_overview.handoff IS
  'Whether a human has taken over (metadata ->> ''handoff'').';
COMMENT ON COLUMN chat_overview.archived IS 'Whether retention moved it to the archive.';

CREATE VIEW user_statistics AS
SELECT users.user_id, users.phone_number, users.full_name, users.is_active,
       EXISTS (SELECT FROM opt_outs WHERE opt_outs.user_id = users.user_id)
         AS opted_out,
       COALESCE(told.chats, 0) AS chats,
       COALESCE(told.messages, 0) AS messages,
       COALESCE(told.from_user, 0) AS from_user,
       COALESCE(told.answers, 0) AS answers,
       COALESCE(told.tokens_used, 0) AS tokens_used,
       users.created_at AS first_message_at,
       told.last_message_at
FROM users LEFT JOIN (
  SELECT chats.customer_id, count(*) AS chats, max(chats.updated_at) AS last_message_at,
         sum(jsonb_array_length(chats.messages)) AS messages,
         sum(said.from_user) AS from_user, sum(said.answers) AS answers,
         sum(said.tokens_used) AS tokens_used
  FROM all_chats AS chats CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE message ->> 'role' = 'user') AS from_user,
           count(*) FILTER (WHERE message ->> 'role' = 'assistant'
                              AND message ? 'model') AS answers,
           sum((message ->> 'tokens_used')::numeric)
             FILTER (WHERE jsonb_typeof(message -> 'tokens_used') = 'number')
             AS tokens_used
    FROM jsonb_array_elements(chats.messages) AS message
  ) AS said
  GROUP BY chats.customer_id
) AS told ON told.customer_id = users.user_id;
COMMENT ON VIEW user_statistics IS
  'One row a user: how much was said, in archived chats too.';
COMMENT ON COLUMN user_statistics.user_id IS 'The user.';
COMMENT ON COLUMN user_statistics.phone_number IS 'The user''s WhatsApp address.';
COMMENT ON COLUMN user_statistics.full_name IS
  'The name the user chose in WhatsApp: untrusted.';
COMMENT ON COLUMN user_statistics.is_active IS
  'False: messages are stored, but not answered.';
COMMENT ON COLUMN user_statistics.opted_out IS 'Whether the user wrote STOP.';
COMMENT ON COLUMN user_statistics.chats IS 'How many conversations there were.';
COMMENT ON COLUMN user_statistics.messages IS
  'How many messages they have together, of both sides.';
COMMENT ON COLUMN user_statistics.from_user IS 'How many of them the user wrote.';
COMMENT ON COLUMN user_statistics.answers IS 'How many of them an LLM wrote.';
COMMENT ON COLUMN user_statistics.tokens_used IS
  'Tokens of prompts and answers together.';
COMMENT ON COLUMN user_statistics.first_message_at IS 'When the user wrote first.';
COMMENT ON COLUMN user_statistics.last_message_at IS
  'When the last message of either side was stored; NULL: no chat is left.';

CREATE VIEW unanswered_messages AS
SELECT chats.chat_id, chats.customer_id, users.phone_number, users.full_name,
       said.number - 1 AS position,
       said.message ->> 'content' AS content,
       message_time(said.message ->> 'timestamp') AS sent_at,
       date_trunc('second', now() - message_time(said.message ->> 'timestamp'))
         AS waiting,
       said.message ->> 'message_sid' AS message_sid
FROM userchats AS chats
JOIN users ON users.user_id = chats.customer_id
CROSS JOIN LATERAL jsonb_path_query_array(chats.messages, '$[*].in_reply_to[*]')
  AS settled (sids)
CROSS JOIN LATERAL jsonb_array_elements(chats.messages)
  WITH ORDINALITY AS said (message, number)
WHERE said.message ->> 'role' = 'user'
  AND jsonb_typeof(said.message -> 'message_sid') = 'string'
  AND NOT settled.sids ? (said.message ->> 'message_sid');
COMMENT ON VIEW unanswered_messages IS
  'Messages that the bot still has to answer: no later message names their MessageSid '
  'in in_reply_to. Silence is settled, too: see the notes of role system.';
COMMENT ON COLUMN unanswered_messages.chat_id IS 'The chat it was said in.';
COMMENT ON COLUMN unanswered_messages.customer_id IS 'Who said it.';
COMMENT ON COLUMN unanswered_messages.phone_number IS 'That user''s WhatsApp address.';
COMMENT ON COLUMN unanswered_messages.full_name IS
  'The name the user chose in WhatsApp: untrusted.';
COMMENT ON COLUMN unanswered_messages.position IS
  'Its place in userchats.messages, from 0.';
COMMENT ON COLUMN unanswered_messages.content IS 'The text.';
COMMENT ON COLUMN unanswered_messages.sent_at IS 'When it came in.';
COMMENT ON COLUMN unanswered_messages.waiting IS 'For how long it has been waiting.';
COMMENT ON COLUMN unanswered_messages.message_sid IS 'Twilio''s id of it.';

CREATE VIEW failed_deliveries AS
SELECT parts.part_id, parts.chat_id, parts.user_id, parts.address, users.full_name,
       parts.status, parts.error_code,
       CASE parts.error_code
         WHEN 21610 THEN 'the user opted out at Twilio'
         WHEN 63001 THEN 'Twilio''s channel is set up wrongly'
         WHEN 63003 THEN 'the address is not on WhatsApp'
         WHEN 63005 THEN 'WhatsApp refused the content'
         WHEN 63007 THEN 'TWILIO_WHATSAPP_NUMBER is not this account''s'
         WHEN 63014 THEN 'the user blocked the number'
         WHEN 63015 THEN 'the user has not joined the sandbox'
         WHEN 63016 THEN 'outside the service window of 24 hours'
         WHEN 63024 THEN 'the address is not on WhatsApp'
       END AS meaning,
       parts.attempts, parts.body, parts.created_at, parts.updated_at AS failed_at,
       parts.message_sid
FROM reply_parts AS parts JOIN users ON users.user_id = parts.user_id
WHERE parts.status IN ('failed', 'undelivered', 'canceled');
COMMENT ON VIEW failed_deliveries IS
  'Messages of the bot that did not reach the user, and why. They are not sent again.';
COMMENT ON COLUMN failed_deliveries.part_id IS 'Our id (see reply_parts).';
COMMENT ON COLUMN failed_deliveries.chat_id IS 'The chat of the reply.';
COMMENT ON COLUMN failed_deliveries.user_id IS 'Who should have got it.';
COMMENT ON COLUMN failed_deliveries.address IS 'Where it was sent, verbatim.';
COMMENT ON COLUMN failed_deliveries.full_name IS
  'The name the user chose in WhatsApp: untrusted.';
COMMENT ON COLUMN failed_deliveries.status IS
  'failed, undelivered or canceled, as Twilio says.';
COMMENT ON COLUMN failed_deliveries.error_code IS
  'Twilio''s error code; https://www.twilio.com/docs/api/errors explains it.';
COMMENT ON COLUMN failed_deliveries.meaning IS
  'What the commonest of these codes mean; NULL: look it up.';
COMMENT ON COLUMN failed_deliveries.attempts IS 'How often it was given to Twilio.';
COMMENT ON COLUMN failed_deliveries.body IS 'The text that did not arrive.';
COMMENT ON COLUMN failed_deliveries.created_at IS 'When the reply was made.';
COMMENT ON COLUMN failed_deliveries.failed_at IS 'When the failure was stored.';
COMMENT ON COLUMN failed_deliveries.message_sid IS
  'Twilio''s id; NULL: Twilio refused it at once.';

CREATE VIEW llm_usage_daily AS
SELECT sent_at::date AS day, model, count(*) AS answers,
       sum(tokens_used) AS tokens_used,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY response_time::double precision)
         ::numeric(12, 3) AS p50_seconds,
       percentile_cont(0.95) WITHIN GROUP (ORDER BY response_time::double precision)
         ::numeric(12, 3) AS p95_seconds,
       percentile_cont(0.99) WITHIN GROUP (ORDER BY response_time::double precision)
         ::numeric(12, 3) AS p99_seconds
FROM chat_messages
WHERE role = 'assistant' AND model IS NOT NULL
GROUP BY 1, 2;
COMMENT ON VIEW llm_usage_daily IS
  'What the LLM did, one row a day and model, archived chats included.';
COMMENT ON COLUMN llm_usage_daily.day IS 'In this session''s time zone.';
COMMENT ON COLUMN llm_usage_daily.model IS 'As the LLM''s server named it.';
COMMENT ON COLUMN llm_usage_daily.answers IS 'How many answers it wrote.';
COMMENT ON COLUMN llm_usage_daily.tokens_used IS
  'Tokens of their prompts and answers together.';
COMMENT ON COLUMN llm_usage_daily.p50_seconds IS 'Half of them took no longer.';
COMMENT ON COLUMN llm_usage_daily.p95_seconds IS '95 in 100 took no longer.';
COMMENT ON COLUMN llm_usage_daily.p99_seconds IS '99 in 100 took no longer.';

CREATE VIEW deliveries_by_day AS
SELECT created_at::date AS day, count(*) AS messages,
       count(*) FILTER (WHERE status = 'read') AS read,
       count(*) FILTER (WHERE status = 'delivered') AS delivered,
       count(*) FILTER (WHERE status IN ('accepted', 'scheduled', 'queued', 'sent'))
         AS on_the_way,
       count(*) FILTER (WHERE status IN ('pending', 'sending', 'uncertain')) AS waiting,
       count(*) FILTER (WHERE status IN ('failed', 'undelivered', 'canceled')) AS failed
FROM reply_parts
GROUP BY 1;
COMMENT ON VIEW deliveries_by_day IS
  'How far the bot''s messages got, by the day on which they were made.';
COMMENT ON COLUMN deliveries_by_day.day IS 'In this session''s time zone.';
COMMENT ON COLUMN deliveries_by_day.messages IS
  'All messages; the other columns add up to it.';
COMMENT ON COLUMN deliveries_by_day.read IS 'The user has read them.';
COMMENT ON COLUMN deliveries_by_day.delivered IS 'They are on the user''s phone.';
COMMENT ON COLUMN deliveries_by_day.on_the_way IS 'Twilio or WhatsApp has them.';
COMMENT ON COLUMN deliveries_by_day.waiting IS 'Not known to have been sent yet.';
COMMENT ON COLUMN deliveries_by_day.failed IS 'See failed_deliveries.';
