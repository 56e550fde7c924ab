-- Taken in as in 0027; but who writes is looked for by one key, then by the other. A join
-- was planned while there were few users: each message read all of them, and went on so
-- until they were analyzed, a minute and thousands of messages later.
CREATE OR REPLACE FUNCTION record_inbound(
  sid text, from_address text, other_address text, to_address text, name text,
  turn jsonb, new_chat_id text, opens_chat boolean, session_timeout interval,
  full_bytes integer, most_bytes integer
) RETURNS text LANGUAGE plpgsql
SET search_path = pg_catalog, public, procrastinate, pg_temp AS $$
DECLARE
  their_id uuid;
  their_chat text;
BEGIN
  INSERT INTO inbound_messages (message_sid, address, our_address)
  SELECT sid, from_address, to_address
  WHERE NOT EXISTS (SELECT FROM erased_sids WHERE sid_hash = hash_sid(sid))
  ON CONFLICT (message_sid) DO NOTHING;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;

  -- The key may have been free because its person was erased just now: so the erased are
  -- asked for again, in the statement that sees who is known.
  SELECT known.user_id INTO their_id FROM users AS known
  WHERE known.user_id = (
      SELECT user_id FROM (
        SELECT * FROM user_addresses WHERE address = other_address
        UNION ALL SELECT * FROM user_addresses WHERE address = from_address) AS found
      ORDER BY is_number, address = from_address LIMIT 1)
    AND NOT opens_chat AND (name IS NULL OR full_name = name OR name_is_given)
    AND NOT EXISTS (SELECT FROM erased_sids WHERE sid_hash = hash_sid(sid))
    AND (from_address = phone_number OR EXISTS (
      SELECT FROM user_aliases AS alias
      WHERE alias.address = from_address AND alias.user_id = known.user_id))
    AND (other_address IS NULL OR other_address = phone_number OR EXISTS (
      SELECT FROM user_aliases AS alias
      WHERE alias.address = other_address AND alias.user_id = known.user_id))
    AND NOT EXISTS (
      SELECT FROM userchats WHERE customer_id = known.user_id AND is_active
        AND (userchats.updated_at < now() - session_timeout
          OR CASE WHEN pg_column_size(messages) > full_bytes
             THEN messages -> -1 ->> 'role' <> 'user'
               OR pg_column_size(messages) > most_bytes END));
  IF FOUND THEN
    INSERT INTO userchats AS active (chat_id, customer_id, messages)
    VALUES (new_chat_id, their_id, jsonb_build_array(turn))
    ON CONFLICT (customer_id) WHERE is_active
      DO UPDATE SET messages = active.messages || EXCLUDED.messages
    RETURNING chat_id INTO their_chat;
  ELSE
    WITH seen AS (
      SELECT sid
      WHERE NOT EXISTS (SELECT FROM erased_sids WHERE sid_hash = hash_sid(sid))
    ), known AS (
      SELECT user_id, phone_number FROM users WHERE user_id = (
        SELECT user_id FROM (
          SELECT * FROM user_addresses WHERE address = other_address
          UNION ALL SELECT * FROM user_addresses WHERE address = from_address) AS found
        ORDER BY is_number, address = from_address LIMIT 1)
    ), created AS (
      INSERT INTO users (phone_number, full_name)
      SELECT from_address, name FROM seen WHERE NOT EXISTS (SELECT FROM known)
      ON CONFLICT (phone_number)
        DO UPDATE SET full_name = CASE WHEN users.name_is_given
          THEN users.full_name ELSE COALESCE(EXCLUDED.full_name, users.full_name) END
      RETURNING user_id, phone_number
    ), sender AS (
      SELECT user_id, phone_number FROM known
      UNION ALL
      SELECT user_id, phone_number FROM created
    ), renamed AS (
      UPDATE users SET full_name = name FROM seen, known
      WHERE users.user_id = known.user_id AND users.full_name IS DISTINCT FROM name
        AND name IS NOT NULL AND NOT users.name_is_given
      RETURNING 1
    ), linked AS (
      INSERT INTO user_aliases (address, user_id)
      SELECT given.address, sender.user_id
      FROM seen CROSS JOIN sender
      CROSS JOIN (VALUES (from_address), (other_address)) AS given (address)
      WHERE given.address <> sender.phone_number AND NOT EXISTS (
        SELECT FROM user_aliases AS alias
        WHERE alias.address = given.address AND alias.user_id = sender.user_id)
      ON CONFLICT (address) DO UPDATE SET user_id = EXCLUDED.user_id
    ), closed AS (
      UPDATE userchats SET is_active = false FROM seen, known
      WHERE userchats.customer_id = known.user_id AND userchats.is_active
        AND (opens_chat OR userchats.updated_at < now() - session_timeout
          OR CASE WHEN pg_column_size(userchats.messages) > full_bytes
             THEN userchats.messages -> -1 ->> 'role' <> 'user'
               OR pg_column_size(userchats.messages) > most_bytes END)
      RETURNING chat_id, userchats.updated_at >= now() - session_timeout AS is_full
    ), chat AS (
      INSERT INTO userchats AS active (chat_id, customer_id, messages, metadata)
      SELECT new_chat_id, sender.user_id, jsonb_build_array(turn),
             COALESCE((SELECT jsonb_build_object('continues', chat_id) FROM closed
                       WHERE is_full AND NOT opens_chat), '{}')
      FROM seen CROSS JOIN sender
      -- after these two: the old chat must be closed, and everybody locks users first
      WHERE (SELECT count(*) FROM renamed) + (SELECT count(*) FROM closed) >= 0
      ON CONFLICT (customer_id) WHERE is_active
        DO UPDATE SET messages = active.messages || EXCLUDED.messages
      RETURNING chat_id, customer_id
    )
    SELECT chat_id, customer_id INTO their_chat, their_id FROM chat;
    IF NOT FOUND THEN
      DELETE FROM inbound_messages WHERE message_sid = sid;
      RETURN NULL;
    END IF;
  END IF;

  -- As procrastinate_defer_jobs_v1() does for one job, without its array.
  INSERT INTO procrastinate_jobs (queue_name, task_name, lock, args)
  VALUES ('answers', 'answer_chat', 'answer:' || their_id,
          jsonb_build_object('chat_id', their_chat));
  RETURN their_chat;
END $$;
