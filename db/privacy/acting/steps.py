"""What retention does about what was done, and said later: it goes with transcripts."""

from db.privacy.steps import RANDOM, dropping

DROP_CALLS = dropping(
    "calls of tools dropped", "tool_calls AS call", key="call_id", kind=RANDOM
)
# What waits, waits until it is due.
DROP_SCHEDULED = dropping(
    "reminders dropped",
    "scheduled_messages AS scheduled",
    at="ended_at",
    key="scheduled_id",
    kind=RANDOM,
)
