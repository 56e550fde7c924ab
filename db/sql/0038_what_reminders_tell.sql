-- How far what the bot said of its own came: "said" is that it was stored.

CREATE OR REPLACE VIEW scheduled_overview AS
SELECT scheduled.say_at, scheduled.user_id AS customer_id, users.phone_number,
       users.full_name, scheduled.kind, scheduled.number, scheduled.text,
       scheduled.state, scheduled.why, scheduled.canceled_by,
       scheduled.created_at AS planned_at, scheduled.ended_at, scheduled.chat_id,
       scheduled.call_id, scheduled.offer_id, scheduled.reference_id,
       scheduled.scheduled_id, part.status AS delivery
FROM scheduled_messages AS scheduled JOIN users USING (user_id)
LEFT JOIN reply_parts AS part
  ON part.reference_id = scheduled.reference_id AND part."position" = 0;
COMMENT ON COLUMN scheduled_overview.state IS
  'waiting, said (stored as a message: see delivery), canceled (somebody did not want '
  'it any more), or dropped (it could not be said).';
COMMENT ON COLUMN scheduled_overview.delivery IS
  'How far the message got, as reply_parts tell: pending, held (until they write), '
  'sent, delivered, read, failed, canceled (a person took the chat over before it was '
  'sent, or they wrote STOP); NULL: there is none.';

CREATE OR REPLACE VIEW masked.scheduled_overview AS
SELECT say_at, customer_id, masked.mask_address(phone_number) AS phone_number,
       masked.shorten_name(full_name) AS full_name, kind, number, text, state, why,
       canceled_by, planned_at, ended_at, chat_id, call_id, offer_id, reference_id,
       scheduled_id, delivery
FROM public.scheduled_overview;

DO $$
DECLARE
  told record;
BEGIN
  FOR told IN
    SELECT attname, col_description(attrelid, attnum) AS comment FROM pg_attribute
    WHERE attrelid = 'public.scheduled_overview'::regclass
      AND attname IN ('state', 'delivery')
  LOOP
    EXECUTE format('COMMENT ON COLUMN masked.scheduled_overview.%I IS %L',
                   told.attname, told.comment);
  END LOOP;
END $$;

-- Of budgets that are nearly used a job tells operators (tell_of_budgets): what these
-- return is for the log.
COMMENT ON FUNCTION told_of_budgets(timestamptz) IS
  'Returns again of which budgets a transaction of that time told, for the log: '
  'its answer may have been lost.';
COMMENT ON FUNCTION reserve_spending(jsonb, jsonb) IS
  'Writes down the worst that a call may cost, before it is made, unless that is '
  'beyond a budget, or a share of it: limits, in millionths, by answer, day, '
  'month, person. Returns also of which budgets operators are told by it, for the'
  ' log.';
COMMENT ON FUNCTION settle_spending(bigint, jsonb) IS
  'Writes down what a call cost that was reserved, once; what is settled stays. '
  'Returns of which budgets operators are told by it, for the log.';
COMMENT ON FUNCTION change_budgets(date, uuid, bigint) IS
  'Counts against budgets what was spent without being reserved, or takes it '
  'back. Returns of which of them operators are told by it, for the log.';
COMMENT ON FUNCTION spend_on_messages(jsonb) IS
  'Writes down what messages to one person cost on one day, each once. Returns '
  'also of which budgets operators are told by it, for the log.';
COMMENT ON FUNCTION take_back_spending(bigint) IS
  'Writes down that something turned out to have cost nothing. Returns of which '
  'budgets operators are told by it, for the log.';
COMMENT ON FUNCTION correct_spending(bigint, bigint, text) IS
  'Writes down what Twilio billed for a message, once; in another currency it '
  'stands beside what counts. Returns of which budgets operators are told by it, '
  'for the log.';
