"""What retention does about the ledger."""

from datetime import timedelta

from db.privacy.steps import OLD, Step

# A month's budget looks at its whole month.
LEAST = timedelta(days=62)

DROP_SPENDINGS = Step(
    name="spendings dropped",
    table="spendings AS spent",
    at="spent.created_at",
    id="lpad(spent.id::text, 20, '0')",
    coarse=f"spent.created_at < {OLD}",
    action="""
done AS (
  DELETE FROM spendings USING due WHERE spendings.id = due.id::bigint
)""",
)
DROP_BUDGETS = Step(
    name="used budgets dropped",
    table="budgets AS used",
    at="used.starts_on::timestamptz",
    id="lpad(used.id::text, 20, '0')",
    coarse=f"used.starts_on < {OLD}",
    action="""
done AS (
  DELETE FROM budgets USING due WHERE budgets.id = due.id::bigint
)""",
)


def kept_for(age: timedelta | None) -> timedelta | None:
    """Return how long the ledger is kept where chats are kept so long."""
    return age and max(age, LEAST)
