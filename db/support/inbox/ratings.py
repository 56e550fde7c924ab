"""What is thought of answers, by users and by operators."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from db.database import Connection
from db.records import to_storable

LONGEST = 1000
RATE = """
INSERT INTO feedback (user_id, reference_id, rating, text, operator_id, given_by)
VALUES (%(user_id)s, %(reference_id)s, %(rating)s, %(text)s, %(operator_id)s,
        'operator')
ON CONFLICT (reference_id, COALESCE(operator_id, user_id)) WHERE rating IS NOT NULL
  DO UPDATE SET rating = EXCLUDED.rating, text = EXCLUDED.text, created_at = now()
"""
OF_ANSWERS = """
SELECT reference_id, rating, text, given_by,
  COALESCE(operator.full_name, operator.email) AS operator
FROM feedback LEFT JOIN users AS operator ON operator.user_id = operator_id
WHERE feedback.user_id = %(user_id)s AND reference_id = ANY (%(ids)s)
ORDER BY feedback.created_at, feedback.id LIMIT 1000
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRating:
    """A judgement of an answer; `operator` None: the user's, or of one who is gone.

    `rating` is 1 or -1; None: words alone. Text and name are untrusted.
    """

    reference_id: UUID
    rating: int | None
    text: str | None
    given_by: str
    operator: str | None


def rate_answer(  # noqa: PLR0913  (a row's columns)
    connection: Connection,
    user_id: UUID,
    reference_id: UUID,
    *,
    operator_id: UUID,
    rating: int,
    text: str = "",
) -> None:
    """Keep what an operator thinks of an answer; a later judgement replaces it."""
    told = to_storable(text).strip()[:LONGEST] or None
    row = {"user_id": user_id, "reference_id": reference_id, "rating": rating}
    connection.count(RATE, {**row, "operator_id": operator_id, "text": told})


def read_ratings(
    connection: Connection, user_id: UUID, reference_ids: Iterable[UUID]
) -> Mapping[str, Sequence[ShownRating]]:
    """Return what was thought of answers to a user, by their reference_id."""
    known = {"user_id": user_id, "ids": list(reference_ids)}
    found: dict[str, list[ShownRating]] = defaultdict(list)
    for row in connection.read(ShownRating, OF_ANSWERS, known):
        found[str(row.reference_id)].append(row)
    return found
