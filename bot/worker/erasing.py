"""Erasing people: those who asked for it, or whom an operator wants erased."""

import logging
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from procrastinate import App

from bot.worker.jobs import BackOff
from db.database import Database
from db.delivery.farewell import is_awaited
from db.errors import OperatorError
from db.media.sweeping import remove_files
from db.outages import outages
from db.privacy.erasure import erase_person
from db.privacy.tombstones import append_missing
from db.queue.jobs import ERASE_PERSON, UPKEEP

log = logging.getLogger(__name__)
LONGEST_PAUSE_SECONDS = 600.0


class FarewellError(Exception):
    """Somebody who asked to be erased is to hear first that it is done."""


def register_erasing(
    queue: App,
    database: Database,
    find_key: Callable[[], bytes],
    folder: Path,
    media_folder: Path | None = None,
) -> None:
    """Register the job; of one that has `after`, that reply is sent first.

    `find_key` raises OperatorError without ERASURE_KEY.

    `folder` is that of the backups, beside which tombstones are kept; `media_folder`
    has the bytes of media, if it is not the database.
    """

    @queue.task(name=ERASE_PERSON, queue=UPKEEP, retry=BackOff(LONGEST_PAUSE_SECONDS))
    def erase(user_id: str, after: str | None = None) -> None:
        if after and is_awaited(database, UUID(user_id), UUID(after)):
            raise FarewellError("a person is erased once they have our last word")
        try:
            erased = erase_person(database, UUID(user_id), find_key())
        except OperatorError as error:
            log.error("a person is not erased yet: %s", error)  # noqa: TRY400
            raise
        if erased is not None:
            log.info("a person is erased", extra={"erased_rows": erased.rows})
            _remove_files(database, media_folder, erased.files)
        _keep_tombstones(database, folder)


def _remove_files(database: Database, folder: Path | None, files: list[str]) -> None:
    """Remove their files; what is broken off here, the hourly sweep finds."""
    if files and folder is None:
        log.error(
            "%d files of an erased person lie in a folder that MEDIA_STORE named "
            "once: remove them there: %s", len(files), ", ".join(files),
        )  # fmt: skip
    elif folder is not None:
        try:
            remove_files(database, folder, files)
        except (OSError, OperatorError) as error:
            log.warning("an erased person's files go within the hour (%s)", error)


def _keep_tombstones(database: Database, folder: Path) -> None:
    """Write them beside the backups; they stand in the database in any case."""
    try:
        with outages():
            append_missing(database, folder)
    except (OSError, OperatorError) as error:
        reason = getattr(error, "strerror", None) or error
        log.warning(
            "tombstones are not written beside the backups (%s): the next backup "
            "holds them, and the next `bot users erase` writes them",
            reason,
        )
