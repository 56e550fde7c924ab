"""What retention does about calls of tools: they go with the transcripts."""

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
