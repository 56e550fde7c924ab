"""What is a person's of calls, of answers as they were made, and of what is to come."""

PURGES = {
    "tool_calls": "DELETE FROM tool_calls WHERE user_id = %(user_id)s",
    "scheduled_messages": "DELETE FROM scheduled_messages WHERE user_id = %(user_id)s",
    "answer_makings": "DELETE FROM answer_makings WHERE user_id = %(user_id)s",
    "replay_answers": "DELETE FROM replay_answers WHERE user_id = %(user_id)s",
}
SECTIONS = {
    # Who of the operators allowed it is the business's.
    "tool_calls": """
SELECT to_jsonb(call) || jsonb_build_object('approved_by',
  CASE WHEN approved_by = 'customer' THEN approved_by
    WHEN approved_by IS NOT NULL THEN 'operator' END)
FROM tool_calls AS call WHERE user_id = %(user_id)s ORDER BY created_at, call_id""",
    "scheduled_messages": """
SELECT to_jsonb(scheduled) FROM scheduled_messages AS scheduled
WHERE user_id = %(user_id)s ORDER BY created_at, scheduled_id""",
    "answer_makings": "SELECT to_jsonb(made) FROM answer_makings AS made "
    "WHERE user_id = %(user_id)s ORDER BY made_at, reference_id",
    "replay_answers": "SELECT to_jsonb(anew) FROM replay_answers AS anew "
    "WHERE user_id = %(user_id)s ORDER BY replay_id, position",
}
