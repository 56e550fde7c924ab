"""What retention's steps find once those before them were done: for a dry run.

A run closes idle chats and archives them a moment later. A dry run changes nothing and
locks nothing: what the earlier steps would do stands in the conditions of the later
ones. `%(close_idle)s` and the like are the ages, NULL for never.
"""

from dataclasses import replace

from db.privacy.steps import (
    ARCHIVE,
    COUNT_NOTES,
    DROP_ARCHIVED_SYSTEM_MESSAGES,
    HAS_NOTES,
    OLD,
    OLD_NOTE,
    SETTLES_NOTHING,
    Step,
    archivable,
)

IDLE = "now() - %(close_idle)s::interval"
CLOSED_BY_THEN = f"""
(NOT {{chat}}.is_active OR COALESCE({{chat}}.created_at < {IDLE}
  AND {{chat}}.updated_at < {IDLE} AND is_answered({{chat}}.messages), false))
"""
# The others are dropped before the chat is archived.
LEFT_NOTE = f"{OLD_NOTE} AND NOT (true {SETTLES_NOTHING})"

ARCHIVED_BY_THEN = replace(ARCHIVE, **archivable(CLOSED_BY_THEN))
_archived = archivable(CLOSED_BY_THEN, "now() - %(archive)s::interval")
NOTES_ARCHIVED_BY_THEN = replace(
    DROP_ARCHIVED_SYSTEM_MESSAGES,
    table=ARCHIVE.table,
    coarse=f"{_archived['coarse']} AND chat.created_at < {OLD}",
    fine=f"{_archived['fine']} AND {HAS_NOTES}",
    amount=COUNT_NOTES.format(old=LEFT_NOTE),
)


def foresee(step: Step) -> tuple[Step, ...]:
    """Return the steps to count instead of one; together they find what it will."""
    if step == ARCHIVE:
        return (ARCHIVED_BY_THEN,)
    if step == DROP_ARCHIVED_SYSTEM_MESSAGES:
        return (step, NOTES_ARCHIVED_BY_THEN)
    return (step,)
