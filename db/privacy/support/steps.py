"""What retention does about tickets, alerts, log-ins and the audit."""

from datetime import timedelta

from db.privacy.steps import HASH, OLD, Step, dropping

# By then they hold no more: db/logins says when each ends.
LOGINS_AFTER = timedelta(days=7)
FAILURES_AFTER = timedelta(days=1)
# Two years: the database itself keeps younger rows, whoever asks (drop_old_audit).
AUDIT_AFTER = timedelta(days=731)

DELETE_TICKETS = dropping(
    "resolved tickets deleted",
    "support_tickets AS ticket",
    "opened_at",
    coarse=f"ticket.status = 'resolved' AND ticket.resolved_at < {OLD}",
)
# How far an operator read: nobody reads on after that long.
DROP_LOOKS = Step(
    name="looks at chats dropped",
    table="support_sessions AS looked",
    at="looked.seen_at",
    id="looked.operator_id || ' ' || looked.user_id",
    coarse=f"looked.seen_at < {OLD}",
    action="""
done AS (
  DELETE FROM support_sessions USING due
  WHERE operator_id || ' ' || user_id = due.id
)""",
)
# With the message to the operator: it has a customer's words, and nothing would lead
# from the customer to it any more.
DROP_ALERTS = Step(
    name="alerts to operators dropped",
    table="support_alerts AS alert",
    at="alert.created_at",
    id="alert.reference_id || ' ' || alert.user_id",
    coarse=f"alert.created_at < {OLD}",
    fine="""NOT EXISTS (SELECT FROM reply_parts AS part
  WHERE part.reference_id = alert.reference_id AND is_unsettled(part.status))""",
    action="""
done AS (
  DELETE FROM support_alerts USING due WHERE reference_id || ' ' || user_id = due.id
), messages AS (
  DELETE FROM reply_parts USING due
  WHERE reference_id = left(due.id, 36)::uuid
)""",
)
DROP_INVITATIONS = dropping(
    "invitations dropped",
    "invitations AS invited",
    key="token_hash",
    kind=HASH,
    coarse=f"COALESCE(invited.used_at, invited.expires_at) < {OLD}",
)
DROP_LOGINS = dropping(
    "ended log-ins dropped", "login_sessions AS login", key="token_hash", kind=HASH
)
DROP_FAILURES = dropping(
    "failed log-ins forgotten", "login_attempts AS failed", "last_at", "key", HASH
)
# The bot may not change the audit, so it can't lock its rows either.
DROP_AUDIT = Step(
    name="audit rows dropped",
    table="audit_log AS done_by",
    at="done_by.at",
    id="lpad(done_by.id::text, 20, '0')",
    coarse=f"done_by.at < {OLD}",
    lock="",
    action="done AS (SELECT 1)",
    afterwards="SELECT drop_old_audit(%(ids)s::text[]::bigint[])",
)
