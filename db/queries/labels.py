"""What chats were labelled with, counted."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta

from db.database import Connection

KINDS = (
    "topic", "intent", "sentiment", "language", "resolved", "department", "priority",
)  # fmt: skip
MOST_OF_A_KIND = 20
# Each chat once for each of its labels. (What somebody wrote by hand into metadata may
# be of any type: what is no text is not counted.)
COUNT = """
WITH counted AS (
  SELECT kind, left(label, 60) AS label, count(*) AS chats,
    row_number() OVER (
      PARTITION BY kind ORDER BY count(*) DESC, left(label, 60)) AS place
  FROM all_chats AS chats
  CROSS JOIN LATERAL (
    SELECT 'topic' AS kind, tag #>> '{}' AS label FROM jsonb_array_elements(
      CASE jsonb_typeof(metadata -> 'tags') WHEN 'array' THEN metadata -> 'tags'
      ELSE '[]' END) AS tag WHERE jsonb_typeof(tag) = 'string'
    UNION ALL
    SELECT kind, CASE WHEN jsonb_typeof(metadata -> name) IN ('string', 'boolean')
      THEN metadata ->> name END
    FROM (VALUES ('intent', 'detected_intent'), ('sentiment', 'sentiment'),
      ('language', 'language'), ('resolved', 'resolved'),
      ('department', 'department'), ('priority', 'priority')) AS named (kind, name)
  ) AS labels
  WHERE chats.created_at >= %(start)s AND chats.created_at < %(end)s
    AND label IS NOT NULL
  GROUP BY kind, left(label, 60)
)
SELECT kind, label, chats FROM counted WHERE place <= %(most)s
ORDER BY kind, place
"""
RESOLVED = {"true": "yes", "false": "no"}


def count_labels(
    connection: Connection, days: int, now: datetime
) -> Mapping[str, Mapping[str, int]]:
    """Return how many chats have each label, by its kind, the most frequent first.

    Of the chats that were opened in so many days, today included, in UTC.
    """
    first = now.astimezone(UTC).date() - timedelta(days=days - 1)
    start = datetime.combine(first, time(), UTC)
    span = {"start": start, "end": start + timedelta(days=days)}
    counted: dict[str, dict[str, int]] = {kind: {} for kind in KINDS}
    for kind, label, chats in connection.rows(COUNT, {**span, "most": MOST_OF_A_KIND}):
        told = RESOLVED.get(label, label) if kind == "resolved" else label
        counted[kind][told] = chats
    return {kind: labels for kind, labels in counted.items() if labels}
