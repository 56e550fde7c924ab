-- Views on who waits for a person, and on tickets; then masked.

CREATE VIEW support_queue AS
SELECT users.user_id AS customer_id, users.phone_number, users.full_name, users.owner,
       COALESCE(operator.full_name, operator.email) AS operator,
       date_trunc('second', now() - CASE users.owner WHEN 'queue' THEN users.owner_since
         ELSE message_time(said.last ->> 'timestamp') END) AS waiting,
       users.owner_reason AS reason,
       said.last ->> 'content' AS last_words,
       ticket.id AS ticket_id, ticket.priority, chat.chat_id
FROM users
LEFT JOIN users AS operator ON operator.user_id = users.owner_id
LEFT JOIN userchats AS chat ON chat.customer_id = users.user_id AND chat.is_active
LEFT JOIN support_tickets AS ticket
  ON ticket.user_id = users.user_id AND ticket.status <> 'resolved'
CROSS JOIN LATERAL (
  SELECT jsonb_path_query_array(messages, '$[*] ? (@.role == "user")') -> -1 AS last,
         jsonb_path_query_array(messages, '$[*] ? (@.role != "system")') -> -1
           ->> 'role' = 'user' AS is_last
) AS said
WHERE users.owner = 'queue' OR users.owner = 'human' AND said.is_last;
COMMENT ON VIEW support_queue IS
  'One row a user who waits for a person: in the queue, or for who has the chat.';
COMMENT ON COLUMN support_queue.customer_id IS 'The user who waits.';
COMMENT ON COLUMN support_queue.phone_number IS 'That user''s WhatsApp address.';
COMMENT ON COLUMN support_queue.full_name IS
  'The name the user chose in WhatsApp: untrusted.';
COMMENT ON COLUMN support_queue.owner IS
  'queue: nobody has taken the chat over; human: somebody has, and has not answered.';
COMMENT ON COLUMN support_queue.operator IS 'Who has it, if somebody is known to.';
COMMENT ON COLUMN support_queue.waiting IS
  'How long: in the queue, or since the last words.';
COMMENT ON COLUMN support_queue.reason IS 'Why, in a word.';
COMMENT ON COLUMN support_queue.last_words IS 'What the user wrote last.';
COMMENT ON COLUMN support_queue.ticket_id IS 'The open ticket.';
COMMENT ON COLUMN support_queue.priority IS 'That ticket''s.';
COMMENT ON COLUMN support_queue.chat_id IS 'The active chat, if there is one.';

CREATE VIEW ticket_overview AS
SELECT ticket.id AS ticket_id, ticket.user_id AS customer_id, users.phone_number,
       users.full_name, ticket.subject,
       CASE WHEN ticket.status = 'snoozed' AND ticket.snoozed_until <= now()
         THEN 'open' ELSE ticket.status END AS status,
       ticket.priority, ticket.labels, ticket.reason,
       COALESCE(operator.full_name, operator.email) AS assignee,
       users.owner, ticket.opened_at, ticket.first_response_at, ticket.resolved_at,
       ticket.first_response_at - ticket.opened_at AS to_first_answer,
       ticket.resolved_at - ticket.opened_at AS to_resolution,
       ticket.snoozed_until, ticket.chat_id
FROM support_tickets AS ticket
JOIN users ON users.user_id = ticket.user_id
LEFT JOIN users AS operator ON operator.user_id = ticket.assignee_id;
COMMENT ON VIEW ticket_overview IS 'One row a ticket, resolved ones too.';
COMMENT ON COLUMN ticket_overview.ticket_id IS 'Its number, as operators name it.';
COMMENT ON COLUMN ticket_overview.customer_id IS 'The user whose case it is.';
COMMENT ON COLUMN ticket_overview.phone_number IS 'That user''s WhatsApp address.';
COMMENT ON COLUMN ticket_overview.full_name IS
  'The name the user chose in WhatsApp: untrusted.';
COMMENT ON COLUMN ticket_overview.subject IS 'What it is about, in a line.';
COMMENT ON COLUMN ticket_overview.status IS
  'open, waiting (for the customer), snoozed, resolved; one whose snooze is over is open.';
COMMENT ON COLUMN ticket_overview.priority IS 'low, normal, high, urgent.';
COMMENT ON COLUMN ticket_overview.labels IS 'Words that operators sort by.';
COMMENT ON COLUMN ticket_overview.reason IS 'Why a person is needed, in a word.';
COMMENT ON COLUMN ticket_overview.assignee IS 'The operator who works on it, if any.';
COMMENT ON COLUMN ticket_overview.owner IS 'Who has the user''s chats now.';
COMMENT ON COLUMN ticket_overview.opened_at IS 'When the chat was handed over.';
COMMENT ON COLUMN ticket_overview.first_response_at IS 'A person''s first word.';
COMMENT ON COLUMN ticket_overview.resolved_at IS 'When it was resolved.';
COMMENT ON COLUMN ticket_overview.to_first_answer IS
  'From when it was opened to a person''s first word.';
COMMENT ON COLUMN ticket_overview.to_resolution IS
  'From when it was opened to when it was resolved.';
COMMENT ON COLUMN ticket_overview.snoozed_until IS 'When a snoozed one opens again.';
COMMENT ON COLUMN ticket_overview.chat_id IS 'The chat that opened it, archived or not.';

CREATE VIEW masked.support_queue AS
SELECT customer_id, masked.mask_address(phone_number) AS phone_number,
       masked.shorten_name(full_name) AS full_name, owner,
       masked.shorten_name(operator) AS operator, waiting, reason, last_words,
       ticket_id, priority, chat_id
FROM public.support_queue;

CREATE VIEW masked.ticket_overview AS
SELECT ticket_id, customer_id, masked.mask_address(phone_number) AS phone_number,
       masked.shorten_name(full_name) AS full_name, subject, status, priority, labels,
       reason, masked.shorten_name(assignee) AS assignee, owner, opened_at,
       first_response_at, resolved_at, to_first_answer, to_resolution, snoozed_until,
       chat_id
FROM public.ticket_overview;

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
      'public.support_queue'::regclass, 'public.ticket_overview'::regclass)
  LOOP
    EXECUTE format('COMMENT ON VIEW masked.%I IS %L', told.relname, told.whole);
    EXECUTE format('COMMENT ON COLUMN masked.%I.%I IS %L',
                   told.relname, told.attname, told.comment);
  END LOOP;
END $$;
