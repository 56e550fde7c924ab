-- What is written {LIKE THIS} the migration fills in with characters.
--
-- Plain ASCII is what it was before folding, and most texts are: each function asks that
-- first. The ones in SQL are single expressions, which PostgreSQL puts in the place of the
-- call; a call of a function in plpgsql costs more than a look at a message.

-- Regular expressions first: they pass over a text in a 20th of the time.
CREATE FUNCTION fold_accents(written text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  folded text := written;
BEGIN
  IF folded ~ '[{FOLDABLE}]' THEN
    folded := normalize(
      regexp_replace(normalize(folded, NFD), '[{ACCENTS}]+', '', 'g'), NFC);
    IF folded ~ '[ØøŁłĐđĦħŦŧı]' THEN
      folded := translate(folded, 'ØøŁłĐđĦħŦŧı', 'OoLlDdHhTti');
    END IF;
  END IF;
  RETURN folded;
END $$;
COMMENT ON FUNCTION fold_accents(text) IS
  'The text without accents (café: cafe) and strokes (Łódź: Lodz), and without points '
  'in Hebrew and Arabic; capitals stay.';

CREATE FUNCTION pair_unspaced(written text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  paired text := written;
BEGIN
  IF paired ~ '[{UNSPACED}]' THEN
    paired := regexp_replace(paired, '((?:{SIGN})+)', ' \1 ', 'g');
    paired := regexp_replace(paired, '({SIGN})', '\1 \1', 'g');
  END IF;
  RETURN paired;
END $$;
COMMENT ON FUNCTION pair_unspaced(text) IS
  'The text, and what is of a script without spaces as the pairs of neighbours, with '
  'the first and the last alone (東京都: 東 東京 京都 都).';

CREATE FUNCTION is_ascii(written text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN octet_length(written) = length(written);
COMMENT ON FUNCTION is_ascii(text) IS
  'Whether a text has no letters but the English ones: nothing in it is folded.';

CREATE FUNCTION is_foldable(written text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN written ~ '[{FOLDABLE}{UNSPACED}]';
COMMENT ON FUNCTION is_foldable(text) IS
  'Whether searchable_text() may be another text: there are accents, or no spaces.';

CREATE FUNCTION searchable_text(written text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN is_ascii(written) THEN written
            ELSE pair_unspaced(fold_accents(written)) END;
COMMENT ON FUNCTION searchable_text(text) IS
  'What is indexed and searched of a text: folded, and in pairs where it has no spaces.';

CREATE OR REPLACE FUNCTION set_search_tsv() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp SET client_min_messages = warning AS $$
DECLARE
  contents jsonb;
  written text;
BEGIN
  IF NEW.is_active THEN
    NEW.search_tsv := NULL;
  ELSE
    contents := jsonb_path_query_array(NEW.messages, '$[*].content');
    written := contents::text;
    IF NOT is_ascii(written) THEN
      contents := searchable_text(written)::jsonb;
    END IF;
    NEW.search_tsv := strip(jsonb_to_tsvector('simple', contents, '["string"]'));
  END IF;
  RETURN NEW;
EXCEPTION WHEN program_limit_exceeded THEN
  NEW.search_tsv := array_to_tsvector(ARRAY['*unindexed*']);
  RETURN NEW;
END $$;


-- In pairs, a beginning or an end of a run is any place in it: the lone first and last go,
-- and one sign alone is the beginning of a pair.
DROP FUNCTION search_query(text);
CREATE FUNCTION search_query(words text, runs text DEFAULT 'paired') RETURNS tsquery
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, public, pg_temp SET client_min_messages = warning AS $$
DECLARE
  form text := CASE WHEN is_ascii(words) THEN 'as written' ELSE runs END;
  given text[];
  told text;
  word text;
  found tsquery;
  phrase tsquery;
  every tsquery := '';
BEGIN
  FOR given IN
    SELECT regexp_matches(left(words, 1000), '"([^"]*)"?|([^\s"]+)', 'g')
  LOOP
    phrase := '';
    told := COALESCE(given[1], given[2]);
    IF form <> 'as written' THEN
      told := regexp_replace(fold_accents(told), '([{UNSPACED}])\*+(?=\s|$)', '\1', 'g');
      IF form = 'whole' THEN
        told := regexp_replace(told, '((?:{SIGN})+)', ' \1 ', 'g');
      ELSIF told ~ '^\s*{SIGN}\s*$' THEN
        told := trim(told) || '*';
      ELSE
        told := regexp_replace(pair_unspaced(told), '^\s*{SIGN}\s+(?=[{UNSPACED}])', '');
        told := regexp_replace(told, '({SIGN})\s+{SIGN}\s*$', '\1');
      END IF;
    END IF;
    FOREACH word IN ARRAY regexp_split_to_array(told, '\s+')
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
COMMENT ON FUNCTION search_query(text, text) IS
  'What search_messages() looks for: all of the words; "in quotes" a phrase; wor* a '
  'beginning. Empty where there is no word. Runs without spaces are paired, as in '
  'searchable_text(), or whole, as in a snippet; as written nothing is folded.';


-- Two looks for each word. Nearly all messages fail at the first, which is as cheap as can
-- be: its letters in either case, or any sign that may stand for others. The second is for
-- what has such signs: each letter as itself or as what becomes it. Both are looser than
-- the words, and short, for reading them costs time as well. (Capitals are spelled out:
-- without regard to case ſ is s, and the compiler slow.)
CREATE FUNCTION search_letters(sought tsquery) RETURNS jsonpath
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (
    SELECT COALESCE('$[*].content ? (' || string_agg(looks.first, ' && ') || ' && '
                    || string_agg(looks.second, ' && ') || ')', '$')
    FROM (
      SELECT regexp_matches(
        sought::text, '''([[:alnum:]{UNSPACED}]+)''', 'g') AS found LIMIT 8
    ) AS word
    CROSS JOIN LATERAL (
      SELECT
        '@ like_regex "' || string_agg(
          CASE WHEN letter = capital AND parts IS NULL THEN letter
               WHEN parts IS NULL THEN '[' || letter || capital || ']'
               ELSE '(?:' || letter || '|' || parts || ')' END, '')
          || CASE WHEN octet_length(word.found[1]) = length(word.found[1])
                  THEN '|[{LATIN}{ACCENTS}]"'
                  ELSE '|[{LATIN}{GREEK}{CYRILLIC}{OTHERS}{ACCENTS}{VOICED}]"' END
          AS first,
        '@ like_regex "' || string_agg(
          CASE WHEN letter BETWEEN '0' AND '9' THEN letter
               WHEN parts IS NULL THEN '[' || letter || capital || others || ']'
               ELSE '(?:[' || letter || capital || others || ']|' || parts || ')' END
          || '[{MARKS}]*', '') FILTER (WHERE number <= 6) || '"' AS second
      FROM (
        SELECT letter, capital, number,
          CASE WHEN letter IS NOT NFD NORMALIZED THEN normalize(letter, NFD) END AS parts,
          CASE WHEN letter < U&'\0370' THEN '{WIDE}'
               WHEN letter < U&'\0400' THEN '{GREEK}'
               WHEN letter < U&'\0530' THEN '{CYRILLIC}'
               ELSE '{OTHERS}' END AS others
        FROM (
          SELECT letter COLLATE "C" AS letter, upper(letter) AS capital, number
          FROM regexp_split_to_table(left(word.found[1], 16), '')
            WITH ORDINALITY AS letters (letter, number)
          ORDER BY number
        ) AS letters
      ) AS letters
    ) AS looks);
END $$;
COMMENT ON FUNCTION search_letters(tsquery) IS
  'A path to contents that may have the letters of all words, accented or not, in an '
  'array of messages or in one message (it is lax). Of words with other signs it asks '
  'nothing.';


-- The words as the text spells them are marked in it. \x04 parts what has no spaces.
CREATE FUNCTION spelled_snippet(
  content text, sought tsquery, found_from text, found_to text
) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, public, pg_temp SET client_min_messages = warning AS $$
DECLARE
  parted text := translate(content, E'\x04', '');
  query tsquery := sought;
  spelled text[];
BEGIN
  IF is_foldable(parted) THEN
    parted := normalize(parted, NFC);
    IF parted ~ '[{UNSPACED}]' THEN
      parted := regexp_replace(parted, concat_ws('|', '({SIGN}', (
        SELECT string_agg(run[1], '|')
        FROM regexp_matches(sought::text, '(?:{SIGN})+', 'g') AS run)) || ')',
        E'\x04\\1\x04', 'g');
    END IF;
    spelled := tsvector_to_array(to_tsvector('simple', parted));
    query := (
      SELECT string_agg(COALESCE(piece.found[3], (
        SELECT '(' || string_agg(
          '''' || replace(replace(word, '\', '\\'), '''', '''''') || '''', '|') || ')'
        FROM unnest(spelled) AS word
        WHERE CASE WHEN piece.found[2] IS NULL
                   THEN fold_accents(word) = told.word
                   ELSE starts_with(fold_accents(word), told.word) END
        ), concat(piece.found[1], piece.found[2])), '' ORDER BY piece.number)
      FROM regexp_matches(
          query::text, '(''(?:[^'']|'''')+'')(:\*)?|([^'']+)', 'g')
        WITH ORDINALITY AS piece (found, number)
      CROSS JOIN LATERAL (
        SELECT replace(replace(substr(piece.found[1], 2, length(piece.found[1]) - 2),
                               '''''', ''''), '\\', '\')) AS told (word))::tsquery;
  END IF;
  RETURN translate(
    ts_headline('simple', parted, query, 'StartSel=' || found_from || ', StopSel='
                || found_to || ', MinWords=15, MaxWords=30'), E'\x04', '');
END $$;
COMMENT ON FUNCTION spelled_snippet(text, tsquery, text, text) IS
  'search_snippet() of a text that is not of English letters alone.';

CREATE FUNCTION search_snippet(
  content text, sought tsquery, found_from text DEFAULT '«', found_to text DEFAULT '»'
) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN is_ascii(left(content, 100000)) THEN ts_headline(
    'simple', left(content, 100000), sought, 'StartSel=' || found_from || ', StopSel='
    || found_to || ', MinWords=15, MaxWords=30')
  ELSE spelled_snippet(left(content, 100000), sought, found_from, found_to) END;
COMMENT ON FUNCTION search_snippet(text, tsquery, text, text) IS
  'The part of a text in which search_messages() found search_query(words, ''whole''), '
  'as it was written, with marks from and to around each word.';


-- Reading a message's words takes 20 times as long as looking for letters in it: only
-- what has the letters of all words is read.
CREATE OR REPLACE FUNCTION search_messages(
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
  shown tsquery := query;
  likely tsquery := regexp_replace(query::text, ' <(-|\d+)> ', ' & ', 'g')::tsquery
    || '''*unindexed*''';
  letters jsonpath := search_letters(query);
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
  IF NOT is_ascii(words) THEN
    shown := search_query(words, 'whole');
    -- What closed before texts were folded, and is not indexed anew yet.
    likely := likely || regexp_replace(
      search_query(words, 'as written')::text, ' <(-|\d+)> ', ' & ', 'g')::tsquery;
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
      WHERE chat.chat_id = candidate.chat_id AND chat.messages @? letters
        AND CASE WHEN message.element @? letters THEN
          to_tsvector('simple', searchable_text(
            left(message.element ->> 'content', 100000))) @@ query
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
    SELECT found.chat_id, users.user_id, users.phone_number, users.full_name,
      found.position, found.element ->> 'role', found.sent_at,
      search_snippet(found.element ->> 'content', shown), found.element ->> 'content'
    FROM (
      SELECT hit.*, chat.customer_id, chat.messages -> hit.position AS element
      FROM (
        SELECT *
        FROM unnest(chats, positions, times) AS place (chat_id, position, sent_at)
        ORDER BY sent_at DESC NULLS LAST, chat_id, position DESC LIMIT most
      ) AS hit
      JOIN all_chats AS chat ON chat.chat_id = hit.chat_id
      OFFSET 0 -- so that a transcript is unpacked once
    ) AS found
    JOIN users ON users.user_id = found.customer_id
    ORDER BY found.sent_at DESC NULLS LAST, found.chat_id, found.position DESC;
END $$;
COMMENT ON FUNCTION search_messages(text, integer, integer) IS
  'Messages that have all of the words, newest first, from active, closed and '
  'archived chats: search_messages(''bread "opening hours" satur*''). In quotes: a '
  'phrase; with an asterisk: a beginning; capitals are as small letters, letters '
  'without accents as those with; of a script without spaces any part; no language '
  'is assumed. Then the most rows (20), and the most chats that are looked into, of '
  'the active ones and of the others that have all of the words (300 each, the '
  'newest): a warning tells if there were more; NULL is no bound. In snippet, what was '
  'found stands between « and »; position 0 is the chat''s first message.';
