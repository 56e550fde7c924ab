"""What retention does about calls of tools: they go with the transcripts."""

from db.privacy.steps import RANDOM, dropping

DROP_CALLS = dropping(
    "calls of tools dropped", "tool_calls AS call", key="call_id", kind=RANDOM
)
