"""What is a person's among media, facts, preferences and feedback.

Bytes are kept once, whoever sent them: they go with the last who is left. An operator's
judgement of an answer is the customer's, and stays when the operator goes.
"""

from db.privacy.support.held import THEIR_PARTS

# A part names bytes of ours as stored:, and the sha256 in hexadecimal.
IN_PARTS = """
SELECT FROM reply_parts AS part
WHERE part.media IS NOT NULL
  AND part.media @> jsonb_build_array('stored:' || encode(bytes.sha256, 'hex'))
"""
# An operator's part with a customer's picture is the customer's, too.
IS_THEIRS = f"""part.reference_id IN (
  SELECT reference_id FROM reply_parts WHERE {THEIR_PARTS})"""  # noqa: S608
# From what is theirs to its bytes: everybody's bytes may be many.
THEIR_CONTENTS = f"""
SELECT sha256 FROM media WHERE user_id = %(user_id)s AND sha256 IS NOT NULL
UNION
SELECT decode(substr(name, length('stored:') + 1), 'hex')
FROM reply_parts CROSS JOIN LATERAL jsonb_array_elements_text(media) AS name
WHERE media IS NOT NULL AND ({THEIR_PARTS}) AND name ~ '^stored:[0-9a-f]{{64}}$'
"""  # noqa: S608  (nothing of it was given)
THEIRS_ALONE = f"""sha256 IN ({THEIR_CONTENTS})
  AND NOT EXISTS (SELECT FROM media WHERE media.sha256 = bytes.sha256
                  AND user_id <> %(user_id)s)
  AND NOT EXISTS ({IN_PARTS} AND NOT {IS_THEIRS})"""
# Their bytes lie in a folder, and are removed from there once the rows are gone.
FIND_FILES = f"""
SELECT encode(sha256, 'hex') FROM media_contents AS bytes
WHERE content IS NULL AND {THEIRS_ALONE}
"""  # noqa: S608
# Of the folder's, those that an export shows.
FIND_FILED = f"""
SELECT encode(sha256, 'hex') FROM media_contents
WHERE content IS NULL AND sha256 IN ({THEIR_CONTENTS}) ORDER BY created_at, sha256
"""  # noqa: S608
# Before what names them, which then names nothing.
PURGES = {
    "media_contents": f"DELETE FROM media_contents AS bytes WHERE {THEIRS_ALONE}",  # noqa: S608
    "media_chunks": """
DELETE FROM media_chunks
WHERE media_id IN (SELECT id FROM media WHERE user_id = %(user_id)s)
""",
    **{
        name: f"DELETE FROM {name} WHERE user_id = %(user_id)s"  # noqa: S608
        for name in ("media", "user_facts", "user_preferences", "feedback")
    },
}
PIECE = 3 << 16  # of bytes: some are many megabytes
SECTIONS = {
    "media": """
SELECT to_jsonb(sent) || jsonb_build_object('sha256', encode(sha256, 'hex'))
FROM media AS sent WHERE user_id = %(user_id)s ORDER BY created_at, id""",
    "media_chunks": """
SELECT to_jsonb(chunk) FROM media_chunks AS chunk
WHERE media_id IN (SELECT id FROM media WHERE user_id = %(user_id)s)
ORDER BY media_id, position""",
    "media_contents": f"""
SELECT to_jsonb(bytes) - 'content' || jsonb_build_object(
  'sha256', encode(sha256, 'hex'), 'from_byte', start, 'content',
  translate(encode(substring(content FROM start + 1 FOR {PIECE}), 'base64'),
            chr(10), ''))
FROM media_contents AS bytes
CROSS JOIN generate_series(0, greatest(length(content) - 1, 0), {PIECE}) AS start
WHERE sha256 IN ({THEIR_CONTENTS}) ORDER BY created_at, sha256, start""",  # noqa: S608
    "user_facts": "SELECT to_jsonb(fact) FROM user_facts AS fact "
    "WHERE user_id = %(user_id)s ORDER BY created_at, id",
    "user_preferences": "SELECT to_jsonb(own) FROM user_preferences AS own "
    "WHERE user_id = %(user_id)s",
    # Who of the operators judged is the business's.
    "feedback": """
SELECT to_jsonb(judged) - 'operator_id' FROM feedback AS judged
WHERE user_id = %(user_id)s
UNION ALL
SELECT jsonb_build_object('id', id, 'rating', rating, 'created_at', created_at)
FROM feedback WHERE operator_id = %(user_id)s AND user_id <> %(user_id)s""",
}
