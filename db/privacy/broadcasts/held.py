"""What of broadcasts, and of the wish for them, is a person's."""

PURGES = {
    "broadcast_recipients": "DELETE FROM broadcast_recipients "
    "WHERE user_id = %(user_id)s",
    "opt_ins": "DELETE FROM opt_ins WHERE user_id = %(user_id)s",
}
SECTIONS = {
    "opt_ins": "SELECT to_jsonb(own) FROM opt_ins AS own WHERE user_id = %(user_id)s",
    "broadcast_recipients": """
SELECT to_jsonb(own) || jsonb_build_object('name', name, 'created_at', created_at)
FROM broadcast_recipients AS own JOIN broadcasts USING (broadcast_id)
WHERE user_id = %(user_id)s ORDER BY created_at, broadcast_id""",
}
