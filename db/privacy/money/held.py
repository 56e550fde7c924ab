"""What of the ledger is a person's.

What was spent for them stays spent: whoever is erased leaves sums that lead to nobody.
"""

PURGES = {
    "spendings": """
UPDATE spendings SET user_id = NULL, chat_id = NULL, message_sid = NULL, part_id = NULL
WHERE user_id = %(user_id)s
""",
    "budgets": "DELETE FROM budgets WHERE user_id = %(user_id)s",
}
SECTIONS = {
    "spendings": "SELECT to_jsonb(spent) FROM spendings AS spent "
    "WHERE user_id = %(user_id)s ORDER BY id",
    "budgets": "SELECT to_jsonb(own) FROM budgets AS own "
    "WHERE user_id = %(user_id)s ORDER BY id",
}
