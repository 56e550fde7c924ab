"""What retention does about media, facts and feedback.

What was heard and read stays with the transcript that it belongs to; the bytes go
sooner, and so do the pieces of people's own documents.
"""

from datetime import timedelta

from db.privacy.steps import OLD, Step
from db.privacy.understanding.held import IN_PARTS

# By then whoever put them has stored what names them, or never will.
UNNAMED_AFTER = timedelta(days=1)
DROP = """
done AS (
  DELETE FROM media_contents USING due WHERE sha256 = decode(due.id, 'hex')
)"""

DROP_BYTES = Step(
    name="bytes of media dropped",
    table="media_contents AS bytes",
    at="bytes.created_at",
    id="encode(bytes.sha256, 'hex')",
    coarse=f"bytes.created_at < {OLD}",
    fine=f"""NOT EXISTS (SELECT FROM media WHERE media.sha256 = bytes.sha256
    AND media.created_at >= {OLD})
  AND NOT EXISTS ({IN_PARTS}
    AND (part.created_at >= {OLD} OR is_unsettled(part.status)))""",
    action=DROP,
)
DROP_UNNAMED = Step(
    name="bytes that nothing names dropped",
    table="media_contents AS bytes",
    at="bytes.created_at",
    id="encode(bytes.sha256, 'hex')",
    coarse=f"bytes.created_at < {OLD}",
    fine=f"""NOT EXISTS (SELECT FROM media WHERE media.sha256 = bytes.sha256)
  AND NOT EXISTS ({IN_PARTS})""",
    action=DROP,
)
DROP_PIECES = Step(
    name="pieces of people's documents dropped",
    table="media AS document",
    at="document.created_at",
    id="lpad(document.id::text, 20, '0')",
    coarse=f"document.created_at < {OLD}",
    fine="EXISTS (SELECT FROM media_chunks WHERE media_id = document.id)",
    action="""
done AS (
  DELETE FROM media_chunks USING due WHERE media_id = due.id::bigint
)""",
)
DROP_MEDIA = Step(
    name="media dropped",
    table="media AS sent",
    at="sent.created_at",
    id="lpad(sent.id::text, 20, '0')",
    coarse=f"sent.created_at < {OLD}",
    action="""
done AS (
  DELETE FROM media USING due WHERE media.id = due.id::bigint
)""",
)
DROP_FACTS = Step(
    name="facts dropped",
    table="user_facts AS fact",
    at="fact.created_at",
    id="lpad(fact.id::text, 20, '0')",
    coarse=f"(fact.created_at < {OLD} OR fact.valid_until < now())",
    action="""
done AS (
  DELETE FROM user_facts USING due WHERE user_facts.id = due.id::bigint
)""",
)
DROP_FEEDBACK = Step(
    name="feedback dropped",
    table="feedback AS judged",
    at="judged.created_at",
    id="lpad(judged.id::text, 20, '0')",
    coarse=f"judged.created_at < {OLD}",
    action="""
done AS (
  DELETE FROM feedback USING due WHERE feedback.id = due.id::bigint
)""",
)
