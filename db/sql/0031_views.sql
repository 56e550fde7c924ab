-- Views on what was spent; then masked.

CREATE VIEW spending_overview AS
SELECT spent.created_at AS spent_at, spent.day, spent.user_id AS customer_id,
       users.phone_number, users.full_name, spent.purpose, spent.model, spent.state,
       spent.micros / 1000000.0 AS amount, spent.currency, spent.input_tokens,
       spent.cached_tokens, spent.output_tokens, spent.reasoning_tokens, spent.seconds,
       spent.characters, spent.is_estimated, spent.is_unknown, spent.priced_on,
       spent.chat_id, spent.message_sid, spent.id AS spending_id
FROM spendings AS spent LEFT JOIN users USING (user_id);
COMMENT ON VIEW spending_overview IS
  'One row a call that cost something, or a message.';
COMMENT ON COLUMN spending_overview.spent_at IS 'When it was reserved.';
COMMENT ON COLUMN spending_overview.day IS 'The day that it counts for, by TIMEZONE.';
COMMENT ON COLUMN spending_overview.customer_id IS
  'For whom; NULL: for nobody, or for somebody who was erased since.';
COMMENT ON COLUMN spending_overview.phone_number IS 'That user''s WhatsApp address.';
COMMENT ON COLUMN spending_overview.full_name IS
  'The name the user told us, or chose in WhatsApp: untrusted.';
COMMENT ON COLUMN spending_overview.purpose IS 'What it was for.';
COMMENT ON COLUMN spending_overview.model IS
  'The model, by the name that was asked for; of a message whatsapp and its prefix.';
COMMENT ON COLUMN spending_overview.state IS
  'reserved (amount is the worst case), settled, or released.';
COMMENT ON COLUMN spending_overview.amount IS 'What it counts for.';
COMMENT ON COLUMN spending_overview.currency IS 'Of the amount.';
COMMENT ON COLUMN spending_overview.input_tokens IS
  'What was read, cached tokens with it.';
COMMENT ON COLUMN spending_overview.cached_tokens IS
  'How many of these came from a cache.';
COMMENT ON COLUMN spending_overview.output_tokens IS
  'What was written, reasoning with it.';
COMMENT ON COLUMN spending_overview.reasoning_tokens IS
  'How many of these were reasoning.';
COMMENT ON COLUMN spending_overview.seconds IS 'How long the sound was.';
COMMENT ON COLUMN spending_overview.characters IS 'How many characters were spoken.';
COMMENT ON COLUMN spending_overview.is_estimated IS
  'Whether the server did not tell what it used.';
COMMENT ON COLUMN spending_overview.is_unknown IS
  'Whether PRICES has no price for it: its [unknown] ones counted.';
COMMENT ON COLUMN spending_overview.priced_on IS 'The date of the prices.';
COMMENT ON COLUMN spending_overview.chat_id IS 'In which chat.';
COMMENT ON COLUMN spending_overview.message_sid IS
  'The last of the messages that it was for.';
COMMENT ON COLUMN spending_overview.spending_id IS 'Its row of spendings.';

CREATE VIEW costs_by_day AS
SELECT day, purpose, model, currency, count(*) AS calls,
       sum(micros) / 1000000.0 AS amount, sum(input_tokens) AS input_tokens,
       sum(output_tokens) AS output_tokens,
       count(*) FILTER (WHERE is_estimated) AS estimated,
       count(*) FILTER (WHERE is_unknown) AS unknown,
       count(*) FILTER (WHERE state = 'reserved') AS reserved
FROM spendings WHERE state <> 'released'
GROUP BY day, purpose, model, currency;
COMMENT ON VIEW costs_by_day IS
  'What was spent, one row for each day, purpose and model.';
COMMENT ON COLUMN costs_by_day.day IS 'By TIMEZONE.';
COMMENT ON COLUMN costs_by_day.purpose IS 'What for.';
COMMENT ON COLUMN costs_by_day.model IS 'The model; of messages whatsapp and a prefix.';
COMMENT ON COLUMN costs_by_day.currency IS 'Of the amount.';
COMMENT ON COLUMN costs_by_day.calls IS 'How many.';
COMMENT ON COLUMN costs_by_day.amount IS 'What they cost together.';
COMMENT ON COLUMN costs_by_day.input_tokens IS 'What they read.';
COMMENT ON COLUMN costs_by_day.output_tokens IS 'What they wrote.';
COMMENT ON COLUMN costs_by_day.estimated IS
  'Of how many the server did not tell what they used.';
COMMENT ON COLUMN costs_by_day.unknown IS 'How many had no price of their own.';
COMMENT ON COLUMN costs_by_day.reserved IS
  'How many are under way, and count at their worst.';

CREATE VIEW chat_costs AS
SELECT spent.chat_id, spent.user_id AS customer_id, users.phone_number,
       users.full_name, spent.currency, sum(spent.micros) / 1000000.0 AS amount,
       COALESCE(sum(spent.micros) FILTER (WHERE purpose = 'message'), 0) / 1000000.0
         AS of_messages,
       count(DISTINCT spent.message_sid) AS answers, min(spent.day) AS first_day,
       max(spent.day) AS last_day
FROM spendings AS spent JOIN users USING (user_id)
WHERE spent.chat_id IS NOT NULL
GROUP BY spent.chat_id, spent.user_id, users.phone_number, users.full_name,
         spent.currency;
COMMENT ON VIEW chat_costs IS 'What each conversation cost.';
COMMENT ON COLUMN chat_costs.chat_id IS 'The chat.';
COMMENT ON COLUMN chat_costs.customer_id IS 'Whose it is.';
COMMENT ON COLUMN chat_costs.phone_number IS 'That user''s WhatsApp address.';
COMMENT ON COLUMN chat_costs.full_name IS
  'The name the user told us, or chose in WhatsApp: untrusted.';
COMMENT ON COLUMN chat_costs.currency IS 'Of the amounts.';
COMMENT ON COLUMN chat_costs.amount IS 'What it cost in all.';
COMMENT ON COLUMN chat_costs.of_messages IS 'WhatsApp''s share of that.';
COMMENT ON COLUMN chat_costs.answers IS 'For how many answers something was asked.';
COMMENT ON COLUMN chat_costs.first_day IS 'When it cost something first.';
COMMENT ON COLUMN chat_costs.last_day IS 'When it cost something last.';

CREATE VIEW masked.spending_overview AS
SELECT spent_at, day, customer_id, masked.mask_address(phone_number) AS phone_number,
       masked.shorten_name(full_name) AS full_name, purpose, model, state, amount,
       currency, input_tokens, cached_tokens, output_tokens, reasoning_tokens, seconds,
       characters, is_estimated, is_unknown, priced_on, chat_id, message_sid,
       spending_id
FROM public.spending_overview;

CREATE VIEW masked.costs_by_day AS SELECT * FROM public.costs_by_day;

CREATE VIEW masked.chat_costs AS
SELECT chat_id, customer_id, masked.mask_address(phone_number) AS phone_number,
       masked.shorten_name(full_name) AS full_name, currency, amount, of_messages,
       answers, first_day, last_day
FROM public.chat_costs;

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
        'public.spending_overview'::regclass, 'public.costs_by_day'::regclass,
        'public.chat_costs'::regclass)
  LOOP
    EXECUTE format('COMMENT ON VIEW masked.%I IS %L', told.relname, told.whole);
    EXECUTE format('COMMENT ON COLUMN masked.%I.%I IS %L',
                   told.relname, told.attname, told.comment);
  END LOOP;
END $$;
