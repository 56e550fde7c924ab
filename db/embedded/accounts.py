"""Whom PostgreSQL runs as: it refuses root, so root starts it under another account."""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from db.embedded.errors import EmbeddedPostgresError


@dataclass(frozen=True, slots=True)
class Account:
    """A user that a program of root's runs as, with one group."""

    uid: int
    gid: int

    def may_enter(self, folder: Path) -> bool:
        """Tell whether the modes of a folder, and of all above it, let this user in."""
        real = folder.resolve()
        return all(self._passes(each.stat()) for each in (real, *real.parents))

    def _passes(self, found: os.stat_result) -> bool:
        if found.st_uid == self.uid:
            return bool(found.st_mode & stat.S_IXUSR)
        if found.st_gid == self.gid:
            return bool(found.st_mode & stat.S_IXGRP)
        return bool(found.st_mode & stat.S_IXOTH)

    def take(self, path: Path) -> None:
        """Become the owner of a file, a folder or a link."""
        os.chown(path, self.uid, self.gid, follow_symlinks=False)


def account_owning(path: Path) -> Account | None:
    """Find the account for a program that works on `path`.

    None, the caller's own, unless the caller is root. Else the owner of `path`, or
    `nobody` where that is root or nothing is there. Raises EmbeddedPostgresError where
    there is no `nobody`.
    """
    if os.geteuid() != 0:
        return None
    if path.exists() and (found := path.stat()).st_uid != 0:
        return Account(found.st_uid, found.st_gid)
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError as e:
        raise EmbeddedPostgresError(
            "PostgreSQL refuses to run as root, and there is no user `nobody` to run it"
            " as: run as an ordinary user, or set DATABASE_URL."
        ) from e
    return Account(nobody.pw_uid, nobody.pw_gid)
