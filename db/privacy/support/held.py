"""What is a person's among tickets, log-ins, alerts and the audit.

What an operator did for others stays when the operator goes, without a name: keys to
them become NULL, or lead to nobody. So does the audit, whoever goes: it names people by
their ids alone.
"""

# An alert tells an operator a customer's name and last words: in a message to the
# operator, whose row that is. The operator's own chat names the ticket alone.
ALERTED = "SELECT reference_id FROM support_alerts WHERE user_id = %(user_id)s"
THEIR_PARTS = f"user_id = %(user_id)s OR reference_id IN ({ALERTED})"
EITHER = "user_id = %(user_id)s OR operator_id = %(user_id)s"
# After the parts, before the users.
PURGES = {
    "support_alerts": f"DELETE FROM support_alerts WHERE {EITHER}",  # noqa: S608
    "support_sessions": f"DELETE FROM support_sessions WHERE {EITHER}",  # noqa: S608
    **{
        name: f"DELETE FROM {name} WHERE user_id = %(user_id)s"  # noqa: S608
        for name in (
            "support_messages", "support_tickets", "invitations", "login_sessions",
            "second_factors",
        )
    },
}  # fmt: skip
# What others did to them is theirs to know; from where those did it is not. Notes of
# an operator on other people's tickets are about those: only that they were written is.
SECTIONS = {
    "support_tickets": """
SELECT to_jsonb(ticket) FROM support_tickets AS ticket WHERE user_id = %(user_id)s
UNION ALL
SELECT jsonb_build_object('id', id, 'assignee_id', assignee_id, 'status', status,
                          'opened_at', opened_at, 'resolved_at', resolved_at)
FROM support_tickets WHERE assignee_id = %(user_id)s AND user_id <> %(user_id)s""",
    "support_messages": """
SELECT to_jsonb(said) FROM support_messages AS said WHERE user_id = %(user_id)s
UNION ALL
SELECT jsonb_build_object('id', id, 'ticket_id', ticket_id, 'author_id', author_id,
                          'kind', kind, 'created_at', created_at)
FROM support_messages WHERE author_id = %(user_id)s AND user_id <> %(user_id)s""",
    "support_sessions": f"""
SELECT to_jsonb(looked) FROM support_sessions AS looked
WHERE {EITHER} ORDER BY seen_at, operator_id, user_id""",  # noqa: S608
    "support_alerts": f"""
SELECT to_jsonb(alert) FROM support_alerts AS alert
WHERE {EITHER} ORDER BY created_at, reference_id""",  # noqa: S608
    "invitations": """
SELECT to_jsonb(invited) - 'token_hash' FROM invitations AS invited
WHERE user_id = %(user_id)s ORDER BY created_at""",
    "login_sessions": """
SELECT to_jsonb(login) - 'token_hash' FROM login_sessions AS login
WHERE user_id = %(user_id)s ORDER BY created_at""",
    "second_factors": """
SELECT to_jsonb(factor) - 'secret' FROM second_factors AS factor
WHERE user_id = %(user_id)s""",
    "audit_log": """
SELECT CASE WHEN actor_id = %(user_id)s THEN to_jsonb(done)
       ELSE to_jsonb(done) - 'address' END
FROM audit_log AS done WHERE %(user_id)s IN (actor_id, subject_id) ORDER BY id""",
}
