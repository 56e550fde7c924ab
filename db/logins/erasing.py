"""Erasing that is asked for in the console, and done by a worker, who has the key."""

from uuid import UUID

from db.database import Connection
from db.logins.accounts import require_another_mightiest
from db.logins.audit import Action, record_audit
from db.queue.jobs import ERASE_LOCK, ERASE_PERSON, UPKEEP

DEFER = f"""
SELECT procrastinate_defer_jobs_v1(ARRAY[ROW(
  '{UPKEEP}', '{ERASE_PERSON}', 0, '{ERASE_LOCK}' || %(user_id)s::text, NULL,
  jsonb_build_object('user_id', %(user_id)s::text), NULL
)::procrastinate_job_to_defer_v1])
WHERE EXISTS (SELECT FROM users WHERE user_id = %(user_id)s)
  AND NOT EXISTS (
    SELECT FROM procrastinate_jobs
    WHERE status IN ('todo', 'doing') AND lock = '{ERASE_LOCK}' || %(user_id)s::text)
"""  # noqa: S608


def request_erasure(
    connection: Connection, user_id: UUID, by: UUID | None, address: str | None = None
) -> bool:
    """Have a worker erase a user for good; tell whether that is new.

    It counts once the transaction is committed, and stands in the audit by then. False:
    there is no such user, or it was asked for already. Raises OperatorError for the
    last super_admin.
    """
    require_another_mightiest(connection, user_id)
    if connection.first(DEFER, {"user_id": user_id}) is None:
        return False
    record_audit(
        connection, actor_id=by, action=Action.ERASED, subject_id=user_id,
        address=address,
    )  # fmt: skip
    return True
