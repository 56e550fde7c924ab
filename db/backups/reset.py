"""Starting empty, without doing again what was done."""

from db.database import Database
from db.outages import outages
from db.queue.jobs import KNOWLEDGE

MOST_SECONDS = 600.0
# Twilio still lists messages of the last day: their keys stay, so that a worker that
# asks for lost ones takes none of them for new. STOP holds, and so do tombstones and
# what keeps webhooks of erased people from coming back.
#
# What the business knows stays, with the jobs that take it in, but for what is
# somebody's own, or stands under somebody's words. So do operators, with their log-ins,
# and the audit, which nobody takes rows from.
STEPS = (
    "SET LOCAL lock_timeout = '30s'",
    "DELETE FROM documents WHERE user_id IS NOT NULL OR file_type = 'answer' "
    "AND description IN (SELECT question FROM gap_questions) OR id IN ("
    "SELECT document_id FROM proposals WHERE NOT is_reworded)",
    # What operators worded stays in force.
    "DELETE FROM prompt_rules WHERE NOT is_reworded",
    "DELETE FROM proposals",
    "TRUNCATE broadcasts, broadcast_recipients, opt_ins",
    # What is judged without a person is the business's: so are baselines.
    "DELETE FROM cases WHERE user_id IS NOT NULL",
    "TRUNCATE reply_parts, userchats, userchats_archive, early_statuses, "
    "answer_makings, answer_passages, gap_questions, knowledge_gaps, support_tickets, "
    "support_messages, support_sessions, support_alerts, media, media_chunks, "
    "media_contents, user_facts, feedback, tool_calls, scheduled_messages, "
    "prompts, proposal_sources, replays, replay_answers",
    # What was spent stays spent.
    "UPDATE spendings SET user_id = NULL, chat_id = NULL, message_sid = NULL, "
    "part_id = NULL",
    "DELETE FROM budgets WHERE user_id IS NOT NULL",
    "TRUNCATE procrastinate_periodic_defers",
    f"DELETE FROM procrastinate_jobs WHERE queue_name <> '{KNOWLEDGE}'",  # noqa: S608
    "DELETE FROM inbound_messages WHERE received_at < now() - interval '2 days'",
    "DELETE FROM users WHERE role = 'user' "
    "AND user_id NOT IN (SELECT user_id FROM opt_outs)",
    "UPDATE users SET owner = 'bot', owner_since = NULL, owner_until = NULL, "
    "owner_warned_at = NULL, owner_id = NULL, owner_reason = NULL, "
    "owner_version = owner_version + 1 WHERE owner <> 'bot'",
)


def reset(database: Database) -> None:
    """Delete all users, chats and jobs, in one transaction; the bot may run meanwhile.

    Who wrote STOP stays, with an address and nothing said, and so do operators. Raises
    OperatorError where the database is away or this role may not.
    """
    with outages(), database.transaction(MOST_SECONDS) as connection:
        for step in STEPS:
            connection.count(step)
