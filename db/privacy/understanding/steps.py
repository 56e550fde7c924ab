"""What retention does about media, facts and feedback.

What was heard and read stays with the transcript that it belongs to; the bytes go
sooner, and so do the pieces of people's own documents.
"""

from datetime import timedelta

from db.privacy.steps import HASH, OLD, Step, dropping
from db.privacy.understanding.held import IN_PARTS

# By then whoever put them has stored what names them, or never will.
UNNAMED_AFTER = timedelta(days=1)

DROP_BYTES = dropping(
    "bytes of media dropped",
    "media_contents AS bytes",
    key="sha256",
    kind=HASH,
    fine=f"""NOT EXISTS (SELECT FROM media WHERE media.sha256 = bytes.sha256
    AND media.created_at >= {OLD})
  AND NOT EXISTS ({IN_PARTS}
    AND (part.created_at >= {OLD} OR is_unsettled(part.status)))""",
)
DROP_UNNAMED = dropping(
    "bytes that nothing names dropped",
    "media_contents AS bytes",
    key="sha256",
    kind=HASH,
    fine=f"""NOT EXISTS (SELECT FROM media WHERE media.sha256 = bytes.sha256)
  AND NOT EXISTS ({IN_PARTS})""",
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
DROP_MEDIA = dropping("media dropped", "media AS sent")
DROP_FACTS = dropping(
    "facts dropped",
    "user_facts AS fact",
    coarse=f"(fact.created_at < {OLD} OR fact.valid_until < now())",
)
DROP_FEEDBACK = dropping("feedback dropped", "feedback AS judged")
