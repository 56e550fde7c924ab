"""Search in transcripts: a column that is NULL while a chat is active, and a function.

An index on what every append changes would end HOT updates of the hottest row, so an
active chat has no entry in it: the column is filled when the chat closes. Active chats
are read one by one instead, the newest first.

The column holds words without their places: it leads to the chats, and their messages
are looked at for phrases. A tsvector holds 1 MB at most: a chat with more words than
that has the mark `*unindexed*` alone, which no word can be, and every search reads it.
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None
LOSES = None  # the words of closed chats are read again on the way up

COLUMNS = """
ALTER TABLE userchats ADD COLUMN search_tsv tsvector;
ALTER TABLE userchats_archive ADD COLUMN search_tsv tsvector;
COMMENT ON COLUMN userchats.search_tsv IS
  'The words of a closed chat, for search_messages(); NULL while the chat is active '
  '(set by a trigger).';
COMMENT ON COLUMN userchats_archive.search_tsv IS
  'The words of the chat, for search_messages() (set by a trigger).';
"""

TRIGGERS = """
CREATE FUNCTION set_search_tsv() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp SET client_min_messages = warning AS $$
BEGIN
  IF NEW.is_active THEN
    NEW.search_tsv := NULL;
  ELSE
    NEW.search_tsv := strip(jsonb_to_tsvector(
      'simple', jsonb_path_query_array(NEW.messages, '$[*].content'), '["string"]'));
  END IF;
  RETURN NEW;
EXCEPTION WHEN program_limit_exceeded THEN
  NEW.search_tsv := array_to_tsvector(ARRAY['*unindexed*']);
  RETURN NEW;
END $$;
COMMENT ON FUNCTION set_search_tsv() IS
  'Trigger: search_tsv holds the words of a closed chat, and nothing of an active one.';

CREATE TRIGGER userchats_search_tsv_inserted BEFORE INSERT ON userchats
  FOR EACH ROW WHEN (NOT NEW.is_active) EXECUTE FUNCTION set_search_tsv();
COMMENT ON TRIGGER userchats_search_tsv_inserted ON userchats IS
  'Fills search_tsv of a chat that is closed from the start.';

CREATE TRIGGER userchats_search_tsv BEFORE UPDATE OF is_active, messages ON userchats
  FOR EACH ROW WHEN (NOT (OLD.is_active AND NEW.is_active))
  EXECUTE FUNCTION set_search_tsv();
COMMENT ON TRIGGER userchats_search_tsv ON userchats IS
  'Fills search_tsv when a chat closes or a closed one changes; empties it when the '
  'chat opens again. An append to an active chat does not call it.';

CREATE TRIGGER userchats_archive_search_tsv_inserted BEFORE INSERT ON userchats_archive
  FOR EACH ROW WHEN (NEW.search_tsv IS NULL) EXECUTE FUNCTION set_search_tsv();
COMMENT ON TRIGGER userchats_archive_search_tsv_inserted ON userchats_archive IS
  'Fills search_tsv where it did not come along.';

CREATE TRIGGER userchats_archive_search_tsv
  BEFORE UPDATE OF messages ON userchats_archive
  FOR EACH ROW EXECUTE FUNCTION set_search_tsv();
COMMENT ON TRIGGER userchats_archive_search_tsv ON userchats_archive IS
  'Keeps search_tsv when an archived chat changes.';
"""

# Closed chats that are there already: the triggers do the work.
BACKFILL = """
UPDATE userchats SET is_active = false WHERE NOT is_active;
UPDATE userchats_archive SET messages = messages;
"""

# No fast update: it is quick until somebody, waiting for the answer to a webhook, works
# off a whole list of pending entries (worst 370 ms, where each closing now takes 9).
INDEXES = """
CREATE INDEX idx_userchats_search_tsv ON userchats USING gin (search_tsv)
  WITH (fastupdate = off);
CREATE INDEX idx_userchats_archive_search_tsv ON userchats_archive
  USING gin (search_tsv);
"""

QUERY = r"""
CREATE FUNCTION search_query(words text) RETURNS tsquery
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp SET client_min_messages = warning AS $$
DECLARE
  given text[];
  word text;
  found tsquery;
  phrase tsquery;
  every tsquery := '';
BEGIN
  FOR given IN
    SELECT regexp_matches(left(words, 1000), '"([^"]*)"?|([^\s"]+)', 'g')
  LOOP
    phrase := '';
    FOREACH word IN ARRAY regexp_split_to_array(COALESCE(given[1], given[2]), '\s+')
    LOOP
      found := phraseto_tsquery('simple', word);
      IF word LIKE '%*' THEN
        found := regexp_replace(found::text, '''(?= <|$)', ''':*', 'g')::tsquery;
      END IF;
      phrase := CASE WHEN numnode(phrase) = 0 THEN found
                     WHEN numnode(found) = 0 THEN phrase
                     ELSE phrase <-> found END;
    END LOOP;
    every := every && phrase;
  END LOOP;
  RETURN every;
END $$;
COMMENT ON FUNCTION search_query(text) IS
  'What search_messages() looks for: all of the words; "in quotes" a phrase; wor* a '
  'beginning. Empty where there is no word.';
"""

# Reading a message's words takes 20 times as long as looking for letters in it: only
# what has the letters of all words, in either case, is read. (The regular expression
# does not know that these few capitals are small letters in a tsvector.)
SEARCH = r"""
CREATE FUNCTION search_messages(
  words text, most integer DEFAULT 20, most_chats integer DEFAULT 300
) RETURNS TABLE (
  chat_id text, customer_id uuid, phone_number text, full_name text,
  "position" integer, role text, sent_at timestamp with time zone,
  snippet text, content text
)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, public, pg_temp SET client_min_messages = warning
-- Else the planner may choose to read the words of every chat in turn: minutes.
SET enable_seqscan = off SET jit = off SET work_mem = '16MB' AS $$
#variable_conflict use_column
DECLARE
  query tsquery := search_query(words);
  likely tsquery := regexp_replace(query::text, ' <(-|\d+)> ', ' & ', 'g')::tsquery
    || '''*unindexed*''';
  letters text := (
    SELECT string_agg(format('@ like_regex "%s" flag "i"', letter.pattern), ' && ')
    FROM (
      SELECT replace(replace(replace(replace(replace(word.found[1],
        'i', '[iİ]'), 'k', '[kK]'), 'ß', '[ßẞ]'), 'å', '[åÅ]'), 'ω', '[ωΩ]') AS pattern
      FROM regexp_matches(query::text, '''([[:alnum:]]+)''', 'g') AS word (found)
    ) AS letter);
  of_chat jsonpath := COALESCE('$[*].content ? (' || letters || ')', '$');
  of_message jsonpath := COALESCE('$.content ? (' || letters || ')', '$');
  candidate record;
  hit record;
  looked integer := 0;
  looked_active integer := 0;
  oldest timestamptz;
  chats text[] := '{}';
  positions integer[] := '{}';
  times timestamptz[] := '{}';
BEGIN
  IF most < 1 OR numnode(query) = 0 THEN
    RETURN;
  END IF;
  FOR candidate IN
    SELECT chat_id, updated_at, false AS is_active
    FROM userchats WHERE search_tsv @@ likely
    UNION ALL
    SELECT chat_id, updated_at, false FROM userchats_archive WHERE search_tsv @@ likely
    UNION ALL
    SELECT chat_id, updated_at, true FROM userchats WHERE is_active
    ORDER BY updated_at DESC, chat_id
  LOOP
    -- No message is newer than its chat's last change.
    EXIT WHEN candidate.updated_at < oldest;
    looked := looked + (NOT candidate.is_active)::integer;
    looked_active := looked_active + candidate.is_active::integer;
    CONTINUE WHEN most_chats <
      CASE WHEN candidate.is_active THEN looked_active ELSE looked END;
    FOR hit IN
      SELECT message.number - 1 AS position, message_time(
        message.element ->> 'timestamp') AS sent_at
      FROM all_chats AS chat CROSS JOIN LATERAL jsonb_array_elements(chat.messages)
        WITH ORDINALITY AS message (element, number)
      WHERE chat.chat_id = candidate.chat_id AND chat.messages @? of_chat
        AND CASE WHEN message.element @? of_message THEN
          to_tsvector('simple', left(message.element ->> 'content', 100000)) @@ query
        END
    LOOP
      chats := chats || candidate.chat_id;
      positions := positions || hit.position::integer;
      times := times || hit.sent_at;
    END LOOP;
    IF oldest IS NULL AND cardinality(times) >= most THEN
      oldest := (SELECT moment FROM unnest(times) AS moment
                 ORDER BY moment DESC NULLS LAST LIMIT 1 OFFSET most - 1);
    END IF;
  END LOOP;
  IF greatest(looked, looked_active) > most_chats THEN
    RAISE WARNING 'only the newest % chats were looked into', most_chats
      USING HINT = 'For more of them: search_messages(words, most, most_chats).';
  END IF;
  RETURN QUERY
    SELECT chat.chat_id, users.user_id, users.phone_number, users.full_name,
      hit.position, chat.messages -> hit.position ->> 'role', hit.sent_at,
      ts_headline('simple', left(chat.messages -> hit.position ->> 'content', 100000),
        query, 'StartSel=«, StopSel=», MinWords=15, MaxWords=30'),
      chat.messages -> hit.position ->> 'content'
    FROM (
      SELECT *
      FROM unnest(chats, positions, times) AS place (chat_id, position, sent_at)
      ORDER BY sent_at DESC NULLS LAST, chat_id, position DESC LIMIT most
    ) AS hit
    JOIN all_chats AS chat ON chat.chat_id = hit.chat_id
    JOIN users ON users.user_id = chat.customer_id
    ORDER BY hit.sent_at DESC NULLS LAST, hit.chat_id, hit.position DESC;
END $$;
COMMENT ON FUNCTION search_messages(text, integer, integer) IS
  'Messages that have all of the words, newest first, from active, closed and '
  'archived chats: search_messages(''bread "opening hours" satur*''). In quotes: a '
  'phrase; with an asterisk: a beginning; capitals are as small letters; no language '
  'is assumed. Then the most rows (20), and the most chats that are looked into, of '
  'the active ones and of the others that have all of the words (300 each, the '
  'newest): a warning tells if there were more; NULL is no bound. In snippet, what was '
  'found stands between « and »; position 0 is the chat''s first message.';
"""


DROP = """
DROP FUNCTION search_messages(text, integer, integer);
DROP FUNCTION search_query(text);
DROP TRIGGER userchats_archive_search_tsv ON userchats_archive;
DROP TRIGGER userchats_archive_search_tsv_inserted ON userchats_archive;
DROP TRIGGER userchats_search_tsv ON userchats;
DROP TRIGGER userchats_search_tsv_inserted ON userchats;
DROP FUNCTION set_search_tsv();
ALTER TABLE userchats_archive DROP COLUMN search_tsv;
ALTER TABLE userchats DROP COLUMN search_tsv;
"""


def upgrade() -> None:
    op.execute(COLUMNS)
    op.execute(TRIGGERS)
    op.execute(BACKFILL)
    op.execute(INDEXES)
    op.execute(QUERY)
    op.execute(SEARCH)


def downgrade() -> None:
    op.execute(DROP)
