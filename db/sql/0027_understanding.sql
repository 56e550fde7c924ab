-- What people send beside text, what they tell of themselves, how they want to be
-- answered, and what they think of answers.

ALTER TABLE users
  ADD COLUMN name_is_given boolean DEFAULT false NOT NULL,
  ADD COLUMN email_is_given boolean DEFAULT false NOT NULL,
  ADD COLUMN company text,
  ADD COLUMN facts_since timestamptz;

ALTER TABLE first_start ADD COLUMN paused_at timestamptz;
COMMENT ON COLUMN first_start.paused_at IS
  'Since when answers pause (`bot pause`); NULL: they are made.';

CREATE TABLE media_contents (
  sha256 bytea NOT NULL,
  media_type text NOT NULL,
  size bigint NOT NULL,
  content bytea,
  created_at timestamptz DEFAULT now() NOT NULL,
  CONSTRAINT media_contents_pkey PRIMARY KEY (sha256),
  CONSTRAINT media_contents_sha256_check CHECK (octet_length(sha256) = 32)
);
CREATE INDEX idx_media_contents_created_at ON media_contents (created_at);
COMMENT ON TABLE media_contents IS
  'The bytes of what people send and are sent; gone with the last that names them.';
COMMENT ON COLUMN media_contents.sha256 IS
  'Of the bytes: what came twice is kept once.';
COMMENT ON COLUMN media_contents.media_type IS 'What the bytes are.';
COMMENT ON COLUMN media_contents.size IS 'How many bytes.';
COMMENT ON COLUMN media_contents.content IS
  'The bytes; NULL: a file of MEDIA_STORE has them, by its sha256.';
COMMENT ON COLUMN media_contents.created_at IS 'When it came last.';

CREATE TABLE media (
  id bigint GENERATED ALWAYS AS IDENTITY,
  user_id uuid NOT NULL,
  message_sid text NOT NULL,
  position integer NOT NULL,
  state text NOT NULL,
  media_type text NOT NULL,
  file_name text,
  size bigint,
  seconds numeric(10, 3),
  pages integer,
  sha256 bytea,
  text text,
  text_by text,
  language text,
  cost_micros bigint,
  error text,
  created_at timestamptz DEFAULT now() NOT NULL,
  read_at timestamptz,
  CONSTRAINT media_pkey PRIMARY KEY (id),
  CONSTRAINT media_state_check CHECK (state IN ('fetched', 'read', 'unreadable')),
  CONSTRAINT media_message_sid_position_key UNIQUE (message_sid, position),
  CONSTRAINT media_user_id_fkey
    FOREIGN KEY (user_id) REFERENCES users (user_id) ON DELETE CASCADE,
  CONSTRAINT media_sha256_fkey
    FOREIGN KEY (sha256) REFERENCES media_contents (sha256) ON DELETE SET NULL
);
CREATE INDEX idx_media_created_at ON media (created_at);
CREATE INDEX idx_media_sha256 ON media (sha256);
CREATE INDEX idx_media_user_id ON media (user_id);
COMMENT ON TABLE media IS
  'One row for each thing that a message brought beside its text.';
COMMENT ON COLUMN media.id IS 'Which one.';
COMMENT ON COLUMN media.user_id IS 'Who sent it.';
COMMENT ON COLUMN media.message_sid IS 'The message that brought it.';
COMMENT ON COLUMN media.position IS 'Which of the message''s media, from 0.';
COMMENT ON COLUMN media.state IS
  'fetched: the bytes are here; read: text is what they say, so far as they say '
  'anything; unreadable: they can''t be had or read, error is why.';
COMMENT ON COLUMN media.media_type IS
  'By its bytes; as Twilio tells, until these are here.';
COMMENT ON COLUMN media.file_name IS 'The name it was sent under: untrusted.';
COMMENT ON COLUMN media.size IS 'How many bytes.';
COMMENT ON COLUMN media.seconds IS 'How long a voice note is.';
COMMENT ON COLUMN media.pages IS 'How many pages a document has.';
COMMENT ON COLUMN media.sha256 IS 'Its bytes; NULL: they are not here.';
COMMENT ON COLUMN media.text IS
  'What was heard or read: untrusted. NULL: nothing was; a document''s stands in '
  'media_chunks.';
COMMENT ON COLUMN media.text_by IS 'Which model or reader made the text.';
COMMENT ON COLUMN media.language IS 'The language that was heard, if it was told.';
COMMENT ON COLUMN media.cost_micros IS
  'What the text cost, in millionths of a currency; NULL: not known.';
COMMENT ON COLUMN media.error IS 'Why it can''t be read, for operators.';
COMMENT ON COLUMN media.created_at IS 'When it was fetched first.';
COMMENT ON COLUMN media.read_at IS 'When it was read.';

CREATE TABLE media_chunks (
  media_id bigint NOT NULL,
  position integer NOT NULL,
  heading text DEFAULT '' NOT NULL,
  page integer,
  text text NOT NULL,
  CONSTRAINT media_chunks_pkey PRIMARY KEY (media_id, position),
  CONSTRAINT media_chunks_media_id_fkey
    FOREIGN KEY (media_id) REFERENCES media (id) ON DELETE CASCADE
);
COMMENT ON TABLE media_chunks IS
  'Pieces of a person''s own document: only they are answered from it.';
COMMENT ON COLUMN media_chunks.media_id IS 'The document.';
COMMENT ON COLUMN media_chunks.position IS 'In its order, from 0.';
COMMENT ON COLUMN media_chunks.heading IS 'The headings that it stands under.';
COMMENT ON COLUMN media_chunks.page IS 'The page; NULL: it has none.';
COMMENT ON COLUMN media_chunks.text IS 'What it says: untrusted.';

-- An answer may stand on what the user sent.
ALTER TABLE answer_passages ALTER COLUMN chunk_id DROP NOT NULL,
  ALTER COLUMN document_id DROP NOT NULL;
COMMENT ON COLUMN answer_passages.chunk_id IS
  'The chunk, which may be gone by now; NULL: the user sent the file.';
COMMENT ON COLUMN answer_passages.document_id IS
  'Its document, which may be gone by now; NULL: the user sent the file.';

CREATE TABLE user_facts (
  id bigint GENERATED ALWAYS AS IDENTITY,
  user_id uuid NOT NULL,
  kind text NOT NULL,
  text text NOT NULL,
  message_sid text NOT NULL,
  created_at timestamptz DEFAULT now() NOT NULL,
  valid_until timestamptz,
  CONSTRAINT user_facts_pkey PRIMARY KEY (id),
  CONSTRAINT user_facts_kind_check
    CHECK (kind IN ('person', 'preference', 'plan', 'purchase', 'other')),
  CONSTRAINT user_facts_user_id_fkey
    FOREIGN KEY (user_id) REFERENCES users (user_id) ON DELETE CASCADE
);
CREATE INDEX idx_user_facts_user_id ON user_facts (user_id);
COMMENT ON TABLE user_facts IS
  'What users said of themselves, each with the message that it is from.';
COMMENT ON COLUMN user_facts.id IS 'Which one.';
COMMENT ON COLUMN user_facts.user_id IS 'Who told it, of themselves.';
COMMENT ON COLUMN user_facts.kind IS 'person, preference, plan, purchase, other.';
COMMENT ON COLUMN user_facts.text IS 'What they told: untrusted.';
COMMENT ON COLUMN user_facts.message_sid IS 'The message in which they told it.';
COMMENT ON COLUMN user_facts.created_at IS 'When they told it.';
COMMENT ON COLUMN user_facts.valid_until IS 'After this it is not told the LLM.';

CREATE TABLE user_preferences (
  user_id uuid NOT NULL,
  preferences jsonb DEFAULT '{}'::jsonb NOT NULL,
  language_seen text,
  updated_at timestamptz DEFAULT now() NOT NULL,
  CONSTRAINT user_preferences_pkey PRIMARY KEY (user_id),
  CONSTRAINT user_preferences_preferences_check
    CHECK (jsonb_typeof(preferences) = 'object'
      AND preferences - ARRAY['length', 'answers', 'alerts', 'language'] = '{}'
      AND preferences ->> 'length' IN ('short', 'normal', 'long')
      AND preferences ->> 'answers' IN ('text', 'voice')
      AND preferences ->> 'alerts' IN ('on', 'off')
      AND preferences ->> 'language' ~ '^[a-z]{2,3}(-[A-Za-z]{2,4})?$'),
  CONSTRAINT user_preferences_user_id_fkey
    FOREIGN KEY (user_id) REFERENCES users (user_id) ON DELETE CASCADE
);
COMMENT ON TABLE user_preferences IS 'How a person wants to be answered.';
COMMENT ON COLUMN user_preferences.user_id IS 'Whose they are.';
COMMENT ON COLUMN user_preferences.preferences IS
  'What they set with /settings: language, length, answers, alerts.';
COMMENT ON COLUMN user_preferences.language_seen IS
  'The language that they last wrote or spoke in, as far as it showed.';
COMMENT ON COLUMN user_preferences.updated_at IS
  'Last change of this row (set by a trigger).';

CREATE TABLE feedback (
  id bigint GENERATED ALWAYS AS IDENTITY,
  user_id uuid NOT NULL,
  reference_id uuid,
  rating smallint,
  text text,
  operator_id uuid,
  given_by text DEFAULT 'user' NOT NULL,
  message_sid text,
  created_at timestamptz DEFAULT now() NOT NULL,
  CONSTRAINT feedback_pkey PRIMARY KEY (id),
  CONSTRAINT feedback_rating_check CHECK (rating IN (-1, 1)),
  CONSTRAINT feedback_given_by_check CHECK (given_by IN ('user', 'operator')),
  CONSTRAINT feedback_says_something_check
    CHECK (rating IS NOT NULL OR text IS NOT NULL),
  CONSTRAINT feedback_user_id_fkey
    FOREIGN KEY (user_id) REFERENCES users (user_id) ON DELETE CASCADE,
  CONSTRAINT feedback_operator_id_fkey
    FOREIGN KEY (operator_id) REFERENCES users (user_id) ON DELETE SET NULL
);
CREATE UNIQUE INDEX feedback_one_rating_of_each
  ON feedback (reference_id, COALESCE(operator_id, user_id))
  WHERE rating IS NOT NULL;
CREATE INDEX idx_feedback_created_at ON feedback (created_at);
CREATE INDEX idx_feedback_operator_id ON feedback (operator_id);
CREATE INDEX idx_feedback_user_id ON feedback (user_id);
COMMENT ON TABLE feedback IS 'What people thought of answers: one row a judgement.';
COMMENT ON COLUMN feedback.id IS 'Which one.';
COMMENT ON COLUMN feedback.user_id IS 'Whose answer is judged.';
COMMENT ON COLUMN feedback.reference_id IS
  'The reply that is judged; NULL: the bot as a whole.';
COMMENT ON COLUMN feedback.rating IS '1 good, -1 bad; NULL: words only.';
COMMENT ON COLUMN feedback.text IS 'Their words: untrusted.';
COMMENT ON COLUMN feedback.operator_id IS
  'The operator who judged; NULL: the user did.';
COMMENT ON COLUMN feedback.given_by IS
  'user or operator: stays when the operator''s row is gone.';
COMMENT ON COLUMN feedback.message_sid IS 'The user''s message that says so.';
COMMENT ON COLUMN feedback.created_at IS 'When.';

COMMENT ON COLUMN users.email IS
  'Who logs in does so with it; else what they told us. Unique.';
COMMENT ON COLUMN users.full_name IS
  'The name that they told us, or chose in WhatsApp: untrusted.';
COMMENT ON COLUMN users.name_is_given IS
  'Whether they told us full_name: WhatsApp''s name does not replace it.';
COMMENT ON COLUMN users.email_is_given IS
  'Whether email is only what they told us of themselves: nobody logs in with it, and '
  'whoever is invited by it takes it away.';
COMMENT ON COLUMN users.company IS 'What they told us of where they work: untrusted.';
COMMENT ON COLUMN users.facts_since IS
  'When they last had a fact forgotten: what they told before makes no new one.';
COMMENT ON COLUMN userchats.messages IS
  'The transcript, append-only, in order of arrival. Each element has role, content '
  'and timestamp; where known message_sid, media, beside (what Twilio told with the '
  'text, by Twilio''s names), reference_id, in_reply_to (the MessageSids it answers), '
  'notice_for (those it only says something about), command, opt_out_type, model, '
  'tokens_used, response_time (seconds), error, author (the user_id of the operator '
  'who wrote it, or person; none: nobody of ours did), hands_over (why it passed the '
  'chat on to a person), asks (the question that the next message may answer in a '
  'word), limit (the setting for which there was no answer), covers_until (it sums up '
  'what was said up to that MessageSid), stretches (where each of its paragraphs '
  'ends), lead (what the user told of how to reach them).';
COMMENT ON COLUMN userchats.metadata IS
  'What else is known of the chat: continues (the chat_id that it goes on from); once '
  'it went quiet tags, detected_intent, sentiment, language, resolved, recap (text, '
  'and until which MessageSid); memory (how often the LLM was asked for these, and on '
  'which day).';

CREATE TRIGGER user_preferences_updated_at BEFORE UPDATE ON user_preferences
  FOR EACH ROW EXECUTE FUNCTION set_updated_at();
COMMENT ON TRIGGER user_preferences_updated_at ON user_preferences IS
  'Keeps updated_at.';

-- Bytes go with the last that names them.
CREATE INDEX idx_reply_parts_media ON reply_parts USING gin (media jsonb_path_ops)
  WHERE media IS NOT NULL;
COMMENT ON COLUMN reply_parts.media IS
  'Array of what Twilio loads pictures and files from, if any: URLs, or what is signed '
  'when it is sent: stored:sha256 of media_contents, file:name.';

-- Pictures and voice notes are compressed already.
ALTER TABLE media_contents ALTER COLUMN content SET STORAGE EXTERNAL;

-- What people write, or are known by, is kept out of the planner's samples.
ALTER TABLE users ALTER COLUMN company SET STATISTICS 0;
ALTER TABLE media_contents ALTER COLUMN sha256 SET STATISTICS 0,
  ALTER COLUMN content SET STATISTICS 0;
ALTER TABLE media ALTER COLUMN message_sid SET STATISTICS 0,
  ALTER COLUMN file_name SET STATISTICS 0, ALTER COLUMN sha256 SET STATISTICS 0,
  ALTER COLUMN text SET STATISTICS 0, ALTER COLUMN error SET STATISTICS 0;
ALTER TABLE media_chunks ALTER COLUMN heading SET STATISTICS 0,
  ALTER COLUMN text SET STATISTICS 0;
ALTER TABLE user_facts ALTER COLUMN text SET STATISTICS 0,
  ALTER COLUMN message_sid SET STATISTICS 0;
ALTER TABLE user_preferences ALTER COLUMN preferences SET STATISTICS 0;
ALTER TABLE feedback ALTER COLUMN text SET STATISTICS 0,
  ALTER COLUMN message_sid SET STATISTICS 0;
