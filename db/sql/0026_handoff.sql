-- People who log in, who has a chat, tickets, and the audit.

ALTER TABLE users ALTER COLUMN phone_number DROP NOT NULL;
ALTER TABLE users
  ADD COLUMN role text DEFAULT 'user' NOT NULL,
  ADD COLUMN owner text DEFAULT 'bot' NOT NULL,
  ADD COLUMN owner_since timestamptz,
  ADD COLUMN owner_until timestamptz,
  ADD COLUMN owner_warned_at timestamptz,
  ADD COLUMN taken_at timestamptz,
  ADD COLUMN owner_id uuid,
  ADD COLUMN owner_reason text,
  ADD COLUMN owner_version integer DEFAULT 0 NOT NULL,
  ADD COLUMN alerts_muted_until timestamptz,
  ADD CONSTRAINT users_owner_id_fkey
    FOREIGN KEY (owner_id) REFERENCES users (user_id) ON DELETE SET NULL,
  ADD CONSTRAINT users_is_somebody_check
    CHECK (phone_number IS NOT NULL OR email IS NOT NULL),
  ADD CONSTRAINT users_role_check
    CHECK (role IN ('user', 'supporter', 'admin', 'super_admin')),
  ADD CONSTRAINT users_owner_check CHECK (owner IN ('bot', 'queue', 'human'));
CREATE INDEX idx_users_owner ON users (owner_since) WHERE owner <> 'bot'::text;
CREATE INDEX idx_users_owner_id ON users (owner_id);
CREATE INDEX idx_users_role ON users (role) WHERE role <> 'user'::text;

CREATE TABLE support_tickets (
  id bigint GENERATED ALWAYS AS IDENTITY,
  user_id uuid NOT NULL,
  chat_id text,
  subject text DEFAULT '' NOT NULL,
  status text DEFAULT 'open' NOT NULL,
  priority text DEFAULT 'normal' NOT NULL,
  assignee_id uuid,
  reason text,
  labels text[] DEFAULT '{}' NOT NULL,
  opened_at timestamptz DEFAULT now() NOT NULL,
  first_response_at timestamptz,
  snoozed_until timestamptz,
  resolved_at timestamptz,
  updated_at timestamptz DEFAULT now() NOT NULL,
  CONSTRAINT support_tickets_pkey PRIMARY KEY (id),
  CONSTRAINT support_tickets_status_check
    CHECK (status IN ('open', 'waiting', 'snoozed', 'resolved')),
  CONSTRAINT support_tickets_priority_check
    CHECK (priority IN ('low', 'normal', 'high', 'urgent')),
  CONSTRAINT support_tickets_user_id_fkey
    FOREIGN KEY (user_id) REFERENCES users (user_id) ON DELETE CASCADE,
  CONSTRAINT support_tickets_assignee_id_fkey
    FOREIGN KEY (assignee_id) REFERENCES users (user_id) ON DELETE SET NULL
);
CREATE INDEX idx_support_tickets_assignee_id ON support_tickets (assignee_id);
CREATE INDEX idx_support_tickets_opened_at ON support_tickets (opened_at);
CREATE INDEX idx_support_tickets_user_id ON support_tickets (user_id);
CREATE UNIQUE INDEX support_tickets_one_open_a_user ON support_tickets (user_id)
  WHERE status <> 'resolved'::text;
COMMENT ON TABLE support_tickets IS
  'One row a case that needs a person: every handoff opens one, or joins the open one.';
COMMENT ON COLUMN support_tickets.id IS 'Its number, as operators name it.';
COMMENT ON COLUMN support_tickets.user_id IS 'Whose case it is.';
COMMENT ON COLUMN support_tickets.chat_id IS
  'The chat that opened it, archived or not; NULL: none was there.';
COMMENT ON COLUMN support_tickets.subject IS 'What it is about, in a line.';
COMMENT ON COLUMN support_tickets.status IS
  'open, waiting, snoozed, resolved: waiting is for the customer''s answer.';
COMMENT ON COLUMN support_tickets.priority IS 'low, normal, high, urgent.';
COMMENT ON COLUMN support_tickets.assignee_id IS 'The operator who works on it, if any.';
COMMENT ON COLUMN support_tickets.reason IS 'Why a person is needed, in a word.';
COMMENT ON COLUMN support_tickets.labels IS 'Words that operators sort by.';
COMMENT ON COLUMN support_tickets.opened_at IS 'When the chat was handed over.';
COMMENT ON COLUMN support_tickets.first_response_at IS 'A person''s first word.';
COMMENT ON COLUMN support_tickets.snoozed_until IS 'When a snoozed one opens again.';
COMMENT ON COLUMN support_tickets.resolved_at IS 'When it was resolved.';
COMMENT ON COLUMN support_tickets.updated_at IS
  'Last change of this row (set by a trigger).';

CREATE TABLE support_messages (
  id bigint GENERATED ALWAYS AS IDENTITY,
  ticket_id bigint NOT NULL,
  user_id uuid NOT NULL,
  author_id uuid,
  kind text NOT NULL,
  body text NOT NULL,
  details jsonb,
  created_at timestamptz DEFAULT now() NOT NULL,
  CONSTRAINT support_messages_pkey PRIMARY KEY (id),
  CONSTRAINT support_messages_kind_check CHECK (kind IN ('note', 'event')),
  CONSTRAINT support_messages_ticket_id_fkey
    FOREIGN KEY (ticket_id) REFERENCES support_tickets (id) ON DELETE CASCADE,
  CONSTRAINT support_messages_user_id_fkey
    FOREIGN KEY (user_id) REFERENCES users (user_id) ON DELETE CASCADE,
  CONSTRAINT support_messages_author_id_fkey
    FOREIGN KEY (author_id) REFERENCES users (user_id) ON DELETE SET NULL
);
CREATE INDEX idx_support_messages_author_id ON support_messages (author_id);
CREATE INDEX idx_support_messages_ticket_id ON support_messages (ticket_id);
CREATE INDEX idx_support_messages_user_id ON support_messages (user_id);
COMMENT ON TABLE support_messages IS
  'Private notes on tickets, and what was done; what was said to the customer stands '
  'in the chat.';
COMMENT ON COLUMN support_messages.id IS 'In the order in which they were written.';
COMMENT ON COLUMN support_messages.ticket_id IS 'The ticket.';
COMMENT ON COLUMN support_messages.user_id IS 'Whose case it is.';
COMMENT ON COLUMN support_messages.author_id IS
  'Who wrote or did it; NULL: the bot, or unknown.';
COMMENT ON COLUMN support_messages.kind IS
  'note: written by an operator, for operators; event: what was done.';
COMMENT ON COLUMN support_messages.body IS 'The note; of an event its name.';
COMMENT ON COLUMN support_messages.details IS
  'What belongs to an event; no words of a customer''s.';
COMMENT ON COLUMN support_messages.created_at IS 'When.';

CREATE TABLE support_sessions (
  operator_id uuid NOT NULL,
  user_id uuid NOT NULL,
  seen_at timestamptz DEFAULT now() NOT NULL,
  read_turns integer DEFAULT 0 NOT NULL,
  CONSTRAINT support_sessions_pkey PRIMARY KEY (operator_id, user_id),
  CONSTRAINT support_sessions_operator_id_fkey
    FOREIGN KEY (operator_id) REFERENCES users (user_id) ON DELETE CASCADE,
  CONSTRAINT support_sessions_user_id_fkey
    FOREIGN KEY (user_id) REFERENCES users (user_id) ON DELETE CASCADE
);
CREATE INDEX idx_support_sessions_user_id ON support_sessions (user_id);
COMMENT ON TABLE support_sessions IS
  'Which operator looks at which person''s chat, and how far they read.';
COMMENT ON COLUMN support_sessions.operator_id IS 'The operator.';
COMMENT ON COLUMN support_sessions.user_id IS 'At whose chat they look.';
COMMENT ON COLUMN support_sessions.seen_at IS
  'When they last did; older than a minute is past.';
COMMENT ON COLUMN support_sessions.read_turns IS
  'How many messages of the user''s active chat they have seen.';

CREATE TABLE support_alerts (
  reference_id uuid NOT NULL,
  ticket_id bigint NOT NULL,
  user_id uuid NOT NULL,
  operator_id uuid NOT NULL,
  about text NOT NULL,
  message_sid text,
  created_at timestamptz DEFAULT now() NOT NULL,
  CONSTRAINT support_alerts_pkey PRIMARY KEY (reference_id, user_id),
  CONSTRAINT support_alerts_ticket_id_fkey
    FOREIGN KEY (ticket_id) REFERENCES support_tickets (id) ON DELETE CASCADE,
  CONSTRAINT support_alerts_user_id_fkey
    FOREIGN KEY (user_id) REFERENCES users (user_id) ON DELETE CASCADE,
  CONSTRAINT support_alerts_operator_id_fkey
    FOREIGN KEY (operator_id) REFERENCES users (user_id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX support_alerts_once ON support_alerts (operator_id, user_id, about);
CREATE INDEX idx_support_alerts_ticket_id ON support_alerts (ticket_id);
CREATE INDEX idx_support_alerts_user_id ON support_alerts (user_id);
COMMENT ON TABLE support_alerts IS
  'What operators were told on WhatsApp, so that a quoted reply finds its customer: one '
  'row for each customer that a message names.';
COMMENT ON COLUMN support_alerts.reference_id IS
  'The message to the operator: reference_id of its parts.';
COMMENT ON COLUMN support_alerts.ticket_id IS
  'What it is about: a quoted reply to it goes there.';
COMMENT ON COLUMN support_alerts.user_id IS 'The customer.';
COMMENT ON COLUMN support_alerts.operator_id IS 'Who was told.';
COMMENT ON COLUMN support_alerts.about IS
  'What it tells, such as the MessageSid of the customer''s last words: told once.';
COMMENT ON COLUMN support_alerts.message_sid IS
  'Up to which of the customer''s messages it tells their words; NULL: of none.';
COMMENT ON COLUMN support_alerts.created_at IS 'When.';

CREATE TABLE canned_replies (
  id bigint GENERATED ALWAYS AS IDENTITY,
  title text NOT NULL,
  body text NOT NULL,
  created_at timestamptz DEFAULT now() NOT NULL,
  updated_at timestamptz DEFAULT now() NOT NULL,
  CONSTRAINT canned_replies_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX idx_canned_replies_title ON canned_replies (title);
COMMENT ON TABLE canned_replies IS 'Texts that operators send often.';
COMMENT ON COLUMN canned_replies.id IS 'Its number.';
COMMENT ON COLUMN canned_replies.title IS 'What operators choose it by.';
COMMENT ON COLUMN canned_replies.body IS
  'The text; {name}, {operator} and {ticket} are filled in.';
COMMENT ON COLUMN canned_replies.created_at IS 'When it was written.';
COMMENT ON COLUMN canned_replies.updated_at IS
  'Last change of this row (set by a trigger).';

CREATE TABLE invitations (
  token_hash bytea NOT NULL,
  user_id uuid NOT NULL,
  role text NOT NULL,
  logs_in boolean DEFAULT false NOT NULL,
  created_at timestamptz DEFAULT now() NOT NULL,
  expires_at timestamptz,
  used_at timestamptz,
  CONSTRAINT invitations_pkey PRIMARY KEY (token_hash),
  CONSTRAINT invitations_role_check CHECK (role IN ('supporter', 'admin', 'super_admin')),
  CONSTRAINT invitations_user_id_fkey
    FOREIGN KEY (user_id) REFERENCES users (user_id) ON DELETE CASCADE
);
CREATE INDEX idx_invitations_user_id ON invitations (user_id);
COMMENT ON TABLE invitations IS
  'Links by which operators set their password, once, within 24 hours.';
COMMENT ON COLUMN invitations.token_hash IS
  'SHA-256 of the word in the link, which is shown once.';
COMMENT ON COLUMN invitations.user_id IS 'Who was invited.';
COMMENT ON COLUMN invitations.role IS 'What the person becomes by it.';
COMMENT ON COLUMN invitations.logs_in IS
  'Whether it logs in at once, without a password: of `make run` only.';
COMMENT ON COLUMN invitations.created_at IS 'When.';
COMMENT ON COLUMN invitations.expires_at IS 'Until when it holds.';
COMMENT ON COLUMN invitations.used_at IS 'When it was used; then it holds no more.';

CREATE TABLE login_sessions (
  token_hash bytea NOT NULL,
  user_id uuid NOT NULL,
  created_at timestamptz DEFAULT now() NOT NULL,
  seen_at timestamptz DEFAULT now() NOT NULL,
  address text,
  user_agent text,
  CONSTRAINT login_sessions_pkey PRIMARY KEY (token_hash),
  CONSTRAINT login_sessions_user_id_fkey
    FOREIGN KEY (user_id) REFERENCES users (user_id) ON DELETE CASCADE
);
CREATE INDEX idx_login_sessions_user_id ON login_sessions (user_id);
COMMENT ON TABLE login_sessions IS
  'Who is logged in to the console; deleting a row logs out.';
COMMENT ON COLUMN login_sessions.token_hash IS
  'SHA-256 of the cookie: who reads the database can''t use it.';
COMMENT ON COLUMN login_sessions.user_id IS 'Who logged in.';
COMMENT ON COLUMN login_sessions.created_at IS
  'When: it ends some hours later in any case.';
COMMENT ON COLUMN login_sessions.seen_at IS
  'Last request: it ends when there is none for long.';
COMMENT ON COLUMN login_sessions.address IS 'From where, as the console saw it.';
COMMENT ON COLUMN login_sessions.user_agent IS 'With which browser, as it said itself.';

CREATE TABLE second_factors (
  user_id uuid NOT NULL,
  secret text NOT NULL,
  confirmed_at timestamptz,
  last_step bigint,
  CONSTRAINT second_factors_pkey PRIMARY KEY (user_id),
  CONSTRAINT second_factors_user_id_fkey
    FOREIGN KEY (user_id) REFERENCES users (user_id) ON DELETE CASCADE
);
COMMENT ON TABLE second_factors IS 'Second factors of operators: codes of an app.';
COMMENT ON COLUMN second_factors.user_id IS 'Whose it is.';
COMMENT ON COLUMN second_factors.secret IS 'Shared with the app (TOTP, RFC 6238).';
COMMENT ON COLUMN second_factors.confirmed_at IS 'First right code; NULL: not in use.';
COMMENT ON COLUMN second_factors.last_step IS
  'The step of the last code that was taken: no code is taken twice.';

CREATE TABLE login_attempts (
  key bytea NOT NULL,
  failures integer NOT NULL,
  last_at timestamptz DEFAULT now() NOT NULL,
  CONSTRAINT login_attempts_pkey PRIMARY KEY (key)
);
CREATE INDEX idx_login_attempts_last_at ON login_attempts (last_at);
COMMENT ON TABLE login_attempts IS
  'Failed log-ins: the pause before the next grows with them.';
COMMENT ON COLUMN login_attempts.key IS
  'SHA-256 of the account, or of the address, that was tried.';
COMMENT ON COLUMN login_attempts.failures IS 'Failed tries one after the other.';
COMMENT ON COLUMN login_attempts.last_at IS 'The last of them; forgotten after a day.';

CREATE TABLE audit_log (
  id bigint GENERATED ALWAYS AS IDENTITY,
  at timestamptz DEFAULT now() NOT NULL,
  actor_id uuid,
  action text NOT NULL,
  subject_id uuid,
  ticket_id bigint,
  address text,
  details jsonb,
  CONSTRAINT audit_log_pkey PRIMARY KEY (id)
);
CREATE INDEX idx_audit_log_actor_id ON audit_log (actor_id);
CREATE INDEX idx_audit_log_at ON audit_log (at);
CREATE INDEX idx_audit_log_subject_id ON audit_log (subject_id);
COMMENT ON TABLE audit_log IS
  'Who did what to whom and when; rows are added, and never changed.';
COMMENT ON COLUMN audit_log.id IS 'In the order in which it happened.';
COMMENT ON COLUMN audit_log.at IS 'When.';
COMMENT ON COLUMN audit_log.actor_id IS
  'Who did it. No key: the row stays when the person goes.';
COMMENT ON COLUMN audit_log.action IS 'What, such as login or reply.';
COMMENT ON COLUMN audit_log.subject_id IS 'To whom. No key: once erased, it names nobody.';
COMMENT ON COLUMN audit_log.ticket_id IS 'In which case, if it was one.';
COMMENT ON COLUMN audit_log.address IS 'From where, as the console saw it.';
COMMENT ON COLUMN audit_log.details IS
  'What else, in words of ours: never a text of a message.';

COMMENT ON COLUMN users.email IS 'Who logs in does so with it; unique.';
COMMENT ON COLUMN users.phone_number IS
  'The WhatsApp address verbatim, such as whatsapp:+1234567890; people with a username '
  'have whatsapp:CC.id instead of a number. NULL for who only logs in.';
COMMENT ON COLUMN users.is_active IS
  'False: messages are stored, but not answered, and nobody logs in.';
COMMENT ON COLUMN users.created_at IS 'First message, or invitation.';
COMMENT ON COLUMN users.role IS
  'user, supporter, admin, super_admin: all but the first are operators, and may log '
  'in.';
COMMENT ON COLUMN users.owner IS
  'Who has this person''s chats: the bot answers; or they wait in the queue for a '
  'person of ours; or a human has them, and no word of the bot''s leaves. Changed by '
  'change_owner() only.';
COMMENT ON COLUMN users.owner_since IS 'Since when; NULL: always.';
COMMENT ON COLUMN users.owner_until IS 'When it ends by itself; NULL: it does not.';
COMMENT ON COLUMN users.owner_warned_at IS
  'When the operator was warned that it ends soon.';
COMMENT ON COLUMN users.taken_at IS
  'When a human last took them over: what the bot said before, and was not sent, is not '
  'sent any more.';
COMMENT ON COLUMN users.owner_id IS
  'The operator who has them, if a human does and is known.';
COMMENT ON COLUMN users.owner_reason IS 'Why, in a word.';
COMMENT ON COLUMN reply_parts.author IS
  'Who wrote it: bot; relay: what operators are told of customers; else the user_id of '
  'the operator who did, or person.';
COMMENT ON COLUMN users.owner_version IS
  'Counts the changes of owner: who acts on an older one is told.';
COMMENT ON COLUMN users.alerts_muted_until IS
  'Until when this operator gets no alerts; NULL: they do.';
COMMENT ON TABLE users IS 'One row a person: who wrote to the number, and who logs in.';

CREATE TRIGGER support_tickets_updated_at BEFORE UPDATE ON support_tickets
  FOR EACH ROW EXECUTE FUNCTION set_updated_at();
COMMENT ON TRIGGER support_tickets_updated_at ON support_tickets IS 'Keeps updated_at.';
CREATE TRIGGER canned_replies_updated_at BEFORE UPDATE ON canned_replies
  FOR EACH ROW EXECUTE FUNCTION set_updated_at();
COMMENT ON TRIGGER canned_replies_updated_at ON canned_replies IS 'Keeps updated_at.';

-- What people write, or are known by, is kept out of the planner's samples.
ALTER TABLE users ALTER COLUMN owner_reason SET STATISTICS 0;
ALTER TABLE support_tickets ALTER COLUMN subject SET STATISTICS 0,
  ALTER COLUMN labels SET STATISTICS 0, ALTER COLUMN reason SET STATISTICS 0;
ALTER TABLE support_messages ALTER COLUMN body SET STATISTICS 0,
  ALTER COLUMN details SET STATISTICS 0;
ALTER TABLE canned_replies ALTER COLUMN title SET STATISTICS 0,
  ALTER COLUMN body SET STATISTICS 0;
ALTER TABLE support_alerts ALTER COLUMN about SET STATISTICS 0,
  ALTER COLUMN message_sid SET STATISTICS 0;
ALTER TABLE invitations ALTER COLUMN token_hash SET STATISTICS 0;
ALTER TABLE login_attempts ALTER COLUMN key SET STATISTICS 0;
ALTER TABLE login_sessions ALTER COLUMN token_hash SET STATISTICS 0,
  ALTER COLUMN address SET STATISTICS 0,
  ALTER COLUMN user_agent SET STATISTICS 0;
ALTER TABLE second_factors ALTER COLUMN secret SET STATISTICS 0;
ALTER TABLE audit_log ALTER COLUMN address SET STATISTICS 0,
  ALTER COLUMN details SET STATISTICS 0;

-- The audit is added to, and never changed. The bot's role, which has had all rights on
-- new tables by default, gets the right to add to this one, and to have what is old
-- removed, in a way that leaves what is younger alone.
CREATE FUNCTION drop_old_audit(rows bigint[]) RETURNS void LANGUAGE sql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
  DELETE FROM audit_log
  WHERE id = ANY (rows) AND at < now() - interval '2 years';
END;
COMMENT ON FUNCTION drop_old_audit(bigint[]) IS
  'Drops those rows of audit_log that are older than two years, for whoever may not '
  'change it.';
REVOKE EXECUTE ON FUNCTION drop_old_audit(bigint[]) FROM PUBLIC;
DO $$
DECLARE
  granted record;
BEGIN
  FOR granted IN
    SELECT DISTINCT pg_get_userbyid(grantee) AS role
    FROM pg_class CROSS JOIN aclexplode(relacl)
    WHERE oid = 'audit_log'::regclass AND grantee NOT IN (0, relowner)
      AND privilege_type = 'INSERT'
  LOOP
    EXECUTE format('REVOKE ALL ON audit_log FROM %I', granted.role);
    EXECUTE format('GRANT SELECT, INSERT ON audit_log TO %I', granted.role);
    EXECUTE format('GRANT EXECUTE ON FUNCTION drop_old_audit(bigint[]) TO %I',
                   granted.role);
  END LOOP;
END $$;

CREATE OR REPLACE VIEW user_addresses AS
SELECT phone_number AS address, user_id, true AS is_number FROM users
WHERE phone_number IS NOT NULL
UNION ALL
SELECT address, user_id, false FROM user_aliases;

-- Who has a chat stands with its user, and in no chat's metadata any more.
UPDATE users SET owner = 'human', owner_since = now(), owner_reason = 'metadata.handoff',
  owner_version = 1
FROM userchats WHERE customer_id = users.user_id AND userchats.is_active
  AND is_handed_off(metadata);
ALTER TABLE userchats DISABLE TRIGGER USER;
UPDATE userchats SET metadata = metadata - 'handoff' WHERE metadata ? 'handoff';
ALTER TABLE userchats ENABLE TRIGGER USER;
ALTER TABLE userchats ADD CONSTRAINT userchats_handoff_by_take_chat_check
  CHECK (NOT metadata ? 'handoff');
COMMENT ON CONSTRAINT userchats_handoff_by_take_chat_check ON userchats IS
  'SELECT take_chat(''…'') takes a chat over: metadata.handoff does nothing any more.';
COMMENT ON COLUMN userchats.messages IS
  'The transcript, append-only, in order of arrival. Each element has role, content and '
  'timestamp; where known message_sid, media, beside (what Twilio told with the text, by '
  'Twilio''s names), reference_id, in_reply_to (the MessageSids it answers), notice_for '
  '(those it only says something about), command, opt_out_type, model, tokens_used, '
  'response_time (seconds), error, author (the user_id of the operator who wrote it, or '
  'person; none: nobody of ours did), hands_over (why it passed the chat on to a person).';

CREATE OR REPLACE VIEW chat_overview AS
SELECT chats.chat_id, chats.customer_id, users.phone_number, users.full_name,
       chats.is_active,
       jsonb_array_length(chats.messages) AS messages,
       chats.created_at AS first_message_at,
       chats.updated_at AS last_message_at,
       chats.messages -> -1 ->> 'content' AS last_message,
       NOT is_answered(chats.messages) AND NOT chats.archived AS unanswered,
       users.owner <> 'bot' AND chats.is_active AS handoff,
       chats.archived,
       users.owner
FROM all_chats AS chats
JOIN users ON users.user_id = chats.customer_id;
COMMENT ON COLUMN chat_overview.handoff IS
  'Whether the bot is silent in it: it waits for a person, or one has it.';
COMMENT ON COLUMN chat_overview.owner IS
  'Who has its user''s chats: bot, queue or human.';

-- Tickets.

CREATE FUNCTION note_event(
  in_ticket bigint, operator uuid, name text, told jsonb DEFAULT NULL
) RETURNS void LANGUAGE sql
SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
  INSERT INTO support_messages (ticket_id, user_id, author_id, kind, body, details)
  SELECT id, user_id, operator, 'event', name, told FROM support_tickets
  WHERE id = in_ticket;
END;
COMMENT ON FUNCTION note_event(bigint, uuid, text, jsonb) IS
  'Writes into a ticket what was done, by whom.';

CREATE FUNCTION open_ticket(their_id uuid, why text, about text) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  found_id bigint;
BEGIN
  INSERT INTO support_tickets AS ticket (user_id, chat_id, subject, reason)
  SELECT their_id, chat_id, COALESCE(about, ''), why
  FROM (VALUES (1)) AS one LEFT JOIN userchats
    ON customer_id = their_id AND is_active
  ON CONFLICT (user_id) WHERE status <> 'resolved'
    DO UPDATE SET reason = COALESCE(ticket.reason, EXCLUDED.reason),
      subject = CASE ticket.subject WHEN '' THEN EXCLUDED.subject ELSE ticket.subject END
  RETURNING id INTO found_id;
  RETURN found_id;
END $$;
COMMENT ON FUNCTION open_ticket(uuid, text, text) IS
  'Returns the ticket of a user that is not resolved; opens one where there is none.';

CREATE FUNCTION call_operators(their_id uuid) RETURNS void LANGUAGE sql
SET search_path = pg_catalog, public, procrastinate, pg_temp AS $$
  INSERT INTO procrastinate_jobs (queue_name, task_name, lock, args)
  SELECT 'alerts', 'alert_operators', 'alert:' || their_id,
         jsonb_build_object('user_id', their_id)
  WHERE NOT EXISTS (SELECT FROM procrastinate_jobs
                    WHERE status = 'todo' AND lock = 'alert:' || their_id)
$$;
COMMENT ON FUNCTION call_operators(uuid) IS
  'Defers the job that tells operators that a person waits for them, if none waits.';

CREATE FUNCTION customer_wrote(their_id uuid) RETURNS void LANGUAGE sql
SET search_path = pg_catalog, public, pg_temp AS $$
  UPDATE support_tickets SET status = 'open', snoozed_until = NULL
  WHERE user_id = their_id AND status IN ('waiting', 'snoozed');
  SELECT call_operators(their_id);
$$;
COMMENT ON FUNCTION customer_wrote(uuid) IS
  'What happens when a person writes whose chat is not the bot''s: their ticket opens, '
  'and operators are told.';

-- Who has a chat. Whoever stores a word of the bot''s holds the user''s row (FOR SHARE)
-- until it is committed, so it was stored before this, or sees this; and whoever claims a
-- part finds it canceled here, or claimed it before. Of what is being sent the row is
-- taken, too: whoever gives such a part back waits for us, and who claims it then, sees us.
-- (taken_at is the clock''s: transactions that waited for us began before.)

CREATE FUNCTION change_owner(
  their_id uuid, new_owner text, operator uuid, why text, lasts interval,
  about text DEFAULT NULL
) RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  before users%ROWTYPE;
  now_version integer;
BEGIN
  SELECT * INTO before FROM users WHERE user_id = their_id FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  UPDATE users SET owner = new_owner, owner_id = operator, owner_reason = why,
    owner_until = now() + lasts, owner_warned_at = NULL,
    taken_at = CASE WHEN new_owner = 'human' AND before.owner <> 'human'
      THEN clock_timestamp() ELSE before.taken_at END,
    owner_since = CASE WHEN (before.owner, before.owner_id)
      IS DISTINCT FROM (new_owner, operator) THEN now() ELSE before.owner_since END,
    owner_version = before.owner_version + CASE WHEN (before.owner, before.owner_id)
      IS DISTINCT FROM (new_owner, operator) THEN 1 ELSE 0 END
  WHERE user_id = their_id RETURNING owner_version INTO now_version;
  IF new_owner = 'human' THEN
    UPDATE reply_parts SET
      status = CASE status WHEN 'pending' THEN 'canceled' ELSE status END
    WHERE user_id = their_id AND unsettled AND author = 'bot';
  END IF;
  IF now_version <> before.owner_version THEN
    IF new_owner <> 'bot' THEN
      PERFORM open_ticket(their_id, why, about);
    END IF;
    UPDATE support_tickets SET assignee_id = COALESCE(operator, assignee_id)
    WHERE user_id = their_id AND status <> 'resolved' AND new_owner = 'human';
    PERFORM note_event(id, operator, CASE new_owner WHEN 'human' THEN 'taken'
        WHEN 'queue' THEN 'queued' ELSE 'given back' END, jsonb_build_object('why', why))
    FROM support_tickets WHERE user_id = their_id AND status <> 'resolved';
    IF new_owner = 'queue' THEN
      PERFORM call_operators(their_id);
    END IF;
  END IF;
  RETURN now_version;
END $$;
COMMENT ON FUNCTION change_owner(uuid, text, uuid, text, interval, text) IS
  'Gives a user''s chats to the bot, into the queue, or to a human (an operator, if one '
  'is named), for so long; returns the new owner_version, NULL if there is no such user. '
  'What the bot has not begun to send to whom a human takes over is not sent any more.';

CREATE FUNCTION take_chat(chat text) RETURNS integer LANGUAGE sql
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT change_owner(customer_id, 'human', NULL, 'by hand', NULL)
  FROM userchats WHERE chat_id = chat
$$;
COMMENT ON FUNCTION take_chat(text) IS
  'Takes a chat, and all of its user, over by hand: the bot is silent until give_chat().';

CREATE FUNCTION give_chat(chat text) RETURNS integer LANGUAGE sql
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT change_owner(customer_id, 'bot', NULL, 'by hand', NULL)
  FROM userchats WHERE chat_id = chat
$$;
COMMENT ON FUNCTION give_chat(text) IS 'Gives a chat, and all of its user, to the bot.';

CREATE FUNCTION resolve_ticket(number bigint, operator uuid DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  theirs uuid;
  version integer;
BEGIN
  SELECT user_id INTO theirs FROM support_tickets
  WHERE id = number AND status <> 'resolved';
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  version := change_owner(theirs, 'bot', NULL, 'resolved', NULL);
  UPDATE support_tickets SET status = 'resolved', resolved_at = now(),
    snoozed_until = NULL
  WHERE id = number AND status <> 'resolved';
  IF FOUND THEN
    PERFORM note_event(number, operator, 'resolved');
  END IF;
  RETURN version;
END $$;
COMMENT ON FUNCTION resolve_ticket(bigint, uuid) IS
  'Resolves a ticket and gives its user''s chats to the bot; returns the new '
  'owner_version, NULL if it was resolved before or is none.';
