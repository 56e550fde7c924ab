"""What retention does about what was done, and said later: it goes with transcripts."""

from db.privacy.steps import OLD, Step

DROP_CALLS = Step(
    name="calls of tools dropped",
    table="tool_calls AS call",
    at="call.created_at",
    id="call.call_id::text",
    coarse=f"call.created_at < {OLD}",
    action="""
done AS (
  DELETE FROM tool_calls USING due WHERE tool_calls.call_id = due.id::uuid
)""",
)
# What waits, waits until it is due.
DROP_SCHEDULED = Step(
    name="reminders dropped",
    table="scheduled_messages AS scheduled",
    at="scheduled.ended_at",
    id="scheduled.scheduled_id::text",
    coarse=f"scheduled.ended_at < {OLD}",
    action="""
done AS (
  DELETE FROM scheduled_messages AS scheduled USING due
  WHERE scheduled.scheduled_id = due.id::uuid
)""",
)
