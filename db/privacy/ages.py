"""How long things are kept."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Ages:
    """After how long things go; None: never.

    `records`: jobs and keys of webhooks. `media`: the bytes of voice notes, pictures
    and files, and the pieces of documents; what was heard and read stays with the chat.
    """

    close_idle: timedelta | None
    archive: timedelta | None
    delete_archived: timedelta | None
    drop_system_messages: timedelta | None
    drop_records: timedelta
    drop_media: timedelta | None = None
