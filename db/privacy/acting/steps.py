"""What retention does about what was done, and said later: it goes with transcripts."""

from db.privacy.steps import RANDOM, TEXT, dropping

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
# How answers were made went with their chats, as a trigger has it.
DROP_PROMPTS = dropping(
    "system prompts dropped",
    "prompts AS prompt",
    at="first_used_at",
    key="prompt_hash",
    kind=TEXT,
    fine="NOT EXISTS (SELECT FROM answer_makings AS made"
    " WHERE made.prompt_hash = prompt.prompt_hash)",
)
# With them go their answers; those of one chat went with it, as a trigger has it.
DROP_REPLAYS = dropping("replays dropped", "replays AS replay")
