-- The ledger of calls of tools, and the view that people read it by.

CREATE TABLE tool_calls (
  call_id uuid NOT NULL,
  user_id uuid NOT NULL,
  chat_id text NOT NULL,
  message_sid text NOT NULL,
  position integer NOT NULL,
  tool text NOT NULL,
  arguments jsonb NOT NULL,
  state text NOT NULL,
  result text,
  error text,
  reference_id uuid,
  approved_by text,
  created_at timestamptz DEFAULT now() NOT NULL,
  started_at timestamptz,
  ended_at timestamptz,
  CONSTRAINT tool_calls_pkey PRIMARY KEY (call_id),
  CONSTRAINT tool_calls_message_sid_position_key UNIQUE (message_sid, position),
  CONSTRAINT tool_calls_arguments_check CHECK (jsonb_typeof(arguments) = 'object'),
  CONSTRAINT tool_calls_state_check CHECK (
    state IN ('waiting', 'intent', 'done', 'failed', 'unknown', 'refused')),
  CONSTRAINT tool_calls_user_id_fkey
    FOREIGN KEY (user_id) REFERENCES users (user_id) ON DELETE CASCADE
);
CREATE INDEX idx_tool_calls_user_id ON tool_calls (user_id, created_at);
CREATE INDEX idx_tool_calls_chat_id ON tool_calls (chat_id);
CREATE INDEX idx_tool_calls_reference_id ON tool_calls (reference_id);
CREATE INDEX idx_tool_calls_open ON tool_calls (created_at)
  WHERE state IN ('waiting', 'intent', 'unknown');
COMMENT ON TABLE tool_calls IS
  'Each asking of the LLM for a tool, written before it takes effect.';
COMMENT ON COLUMN tool_calls.call_id IS
  'Which one; the key that tools get, so that a repeat changes nothing.';
COMMENT ON COLUMN tool_calls.user_id IS 'Whom it was asked for.';
COMMENT ON COLUMN tool_calls.chat_id IS
  'In which chat, which may be archived by now.';
COMMENT ON COLUMN tool_calls.message_sid IS
  'The first of the messages that it was asked for.';
COMMENT ON COLUMN tool_calls.position IS 'Its place among their calls, from 0.';
COMMENT ON COLUMN tool_calls.tool IS 'The tool''s name.';
COMMENT ON COLUMN tool_calls.arguments IS 'What the LLM asked it for: untrusted.';
COMMENT ON COLUMN tool_calls.state IS
  'waiting: somebody has to allow it; intent: it may be under way; done, failed: it is '
  'over; unknown: whether it took effect, nobody knows; refused: it was never begun.';
COMMENT ON COLUMN tool_calls.result IS 'What the LLM was told of it: untrusted.';
COMMENT ON COLUMN tool_calls.error IS 'Why not, for operators.';
COMMENT ON COLUMN tool_calls.reference_id IS
  'The answer that was made with it; NULL: none yet.';
COMMENT ON COLUMN tool_calls.approved_by IS
  'Who allowed it: customer, or an operator''s user_id; NULL: nobody had to, or nobody '
  'did.';
COMMENT ON COLUMN tool_calls.created_at IS 'When it was asked for.';
COMMENT ON COLUMN tool_calls.started_at IS 'When it was begun last.';
COMMENT ON COLUMN tool_calls.ended_at IS 'When its state became final.';
-- ANALYZE would keep samples of what people wrote.
ALTER TABLE tool_calls
  ALTER COLUMN user_id SET STATISTICS 0,
  ALTER COLUMN chat_id SET STATISTICS 0,
  ALTER COLUMN message_sid SET STATISTICS 0,
  ALTER COLUMN arguments SET STATISTICS 0,
  ALTER COLUMN result SET STATISTICS 0,
  ALTER COLUMN error SET STATISTICS 0,
  ALTER COLUMN approved_by SET STATISTICS 0;

CREATE VIEW tool_call_overview AS
SELECT call.created_at AS asked_at, call.user_id AS customer_id, users.phone_number,
       users.full_name, call.tool, call.arguments, call.state, call.result, call.error,
       call.ended_at - call.started_at AS took,
       CASE WHEN call.approved_by = 'customer' THEN 'customer'
         WHEN call.approved_by IS NOT NULL
         THEN COALESCE(operator.full_name, operator.email, 'operator')
       END AS approved_by,
       (SELECT string_agg(body, chr(10) ORDER BY sequence) FROM reply_parts AS part
        WHERE part.reference_id = call.reference_id) AS answer,
       call.chat_id, call.message_sid, call.position, call.reference_id, call.call_id
FROM tool_calls AS call
JOIN users ON users.user_id = call.user_id
LEFT JOIN users AS operator ON operator.user_id::text = call.approved_by;
COMMENT ON VIEW tool_call_overview IS 'One row a call of a tool that the LLM asked for.';
COMMENT ON COLUMN tool_call_overview.asked_at IS 'When it was asked for.';
COMMENT ON COLUMN tool_call_overview.customer_id IS 'The user whom it was asked for.';
COMMENT ON COLUMN tool_call_overview.phone_number IS 'That user''s WhatsApp address.';
COMMENT ON COLUMN tool_call_overview.full_name IS
  'The name the user told us, or chose in WhatsApp: untrusted.';
COMMENT ON COLUMN tool_call_overview.tool IS 'The tool''s name.';
COMMENT ON COLUMN tool_call_overview.arguments IS
  'What the LLM asked it for: untrusted.';
COMMENT ON COLUMN tool_call_overview.state IS
  'waiting, intent (it may be under way), done, failed, unknown (whether it took '
  'effect, nobody knows), or refused.';
COMMENT ON COLUMN tool_call_overview.result IS
  'What the LLM was told of it: untrusted.';
COMMENT ON COLUMN tool_call_overview.error IS 'Why not, for operators.';
COMMENT ON COLUMN tool_call_overview.took IS 'How long it took, the last time.';
COMMENT ON COLUMN tool_call_overview.approved_by IS
  'Who allowed it: customer, or an operator; NULL: nobody had to, or nobody did.';
COMMENT ON COLUMN tool_call_overview.answer IS 'The answer that was made with it.';
COMMENT ON COLUMN tool_call_overview.chat_id IS 'In which chat.';
COMMENT ON COLUMN tool_call_overview.message_sid IS
  'The first of the messages that it was asked for.';
COMMENT ON COLUMN tool_call_overview.position IS
  'Its place among their calls, from 0.';
COMMENT ON COLUMN tool_call_overview.reference_id IS 'That answer; NULL: none yet.';
COMMENT ON COLUMN tool_call_overview.call_id IS 'Its row of tool_calls.';

CREATE VIEW masked.tool_call_overview AS
SELECT asked_at, customer_id, masked.mask_address(phone_number) AS phone_number,
       masked.shorten_name(full_name) AS full_name, tool, arguments, state, result,
       error, took,
       CASE approved_by WHEN 'customer' THEN approved_by
         ELSE masked.shorten_name(approved_by) END AS approved_by,
       answer, chat_id, message_sid, position, reference_id, call_id
FROM public.tool_call_overview;

DO $$
DECLARE
  told record;
BEGIN
  FOR told IN
    SELECT relname, attname, col_description(attrelid, attnum) AS comment,
           obj_description(attrelid, 'pg_class')
             || ' Addresses masked, names shortened.' AS whole
    FROM pg_attribute AS shown JOIN pg_class ON pg_class.oid = attrelid
    WHERE attnum > 0 AND attrelid = 'public.tool_call_overview'::regclass
  LOOP
    EXECUTE format('COMMENT ON VIEW masked.%I IS %L', told.relname, told.whole);
    EXECUTE format('COMMENT ON COLUMN masked.%I.%I IS %L',
                   told.relname, told.attname, told.comment);
  END LOOP;
END $$;
