"""Where the data lie that root serves from a folder that the server can't enter.

They lie in a place that it can enter; `data`, where they would be, is a link to them.
Data that are found at `data` itself, of an earlier version, are moved there once.
A run that is killed meanwhile leaves one whole cluster, and the next one goes on:

  data is a folder                       that is it; in the place may be half a copy
  data.old, and nothing at data          the copy in the place's workshop is whole
  place/postgres, and nothing at data    that is it: only the link is missing
"""

import errno
import hashlib
import os
import shutil
from pathlib import Path

from db.embedded.accounts import Account
from db.embedded.errors import EmbeddedPostgresError
from db.files import sync_folder

OPEN_FOLDER = Path("/var/lib/whatsapp-llm-bot")
OPEN = 0o755
CLOSED = 0o700
HASH_LENGTH = 12


def find_place(folder: Path, open_folder: Path) -> Path:
    """Return the place for the data of a closed folder: one for each folder."""
    name = hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:HASH_LENGTH]
    return open_folder / name


def settle(data: Path, place: Path, account: Account) -> Path:
    """Return where `account` finds the cluster, or where one is to be made for it.

    Call it when no server runs on the data. Raises EmbeddedPostgresError where the
    account can't enter the place either, or where both hold data, and OSError.
    """
    is_closed = not data.is_symlink() and not account.may_enter(data.parent)
    if is_closed:
        _open(place, account, data.parent)
        if data.exists():
            _leave(data, place, account)
    _finish(data, place)
    if is_closed and not data.is_symlink():
        return place / data.name
    return data.parent / data.readlink() if data.is_symlink() else data


def new_workshop(folder: Path) -> Path:
    """Return an empty folder for half-made clusters; what a killed run left there goes.

    Only its owner may enter it.
    """
    workshop = _workshop_in(folder)
    if workshop.exists():
        shutil.rmtree(workshop)
    workshop.mkdir(mode=CLOSED)
    return workshop


def leave_link(data: Path, moved: Path) -> None:
    """Have `data` lead to a cluster that lies elsewhere."""
    sync_folder(moved.parent)
    data.symlink_to(moved)
    sync_folder(data.parent)


def _open(place: Path, account: Account, closed: Path) -> None:
    missing = [folder for folder in (place, *place.parents) if not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir()
        folder.chmod(OPEN)  # whatever the umask
    if not account.may_enter(place):
        raise EmbeddedPostgresError(
            f"PostgreSQL refuses to run as root, and user id {account.uid} can enter"
            f" neither {closed} nor {place}. Move the checkout to a folder that others"
            " may enter, run as an ordinary user, or set DATABASE_URL."
        )


def _leave(data: Path, place: Path, account: Account) -> None:
    moved = place / data.name
    if moved.exists():
        raise EmbeddedPostgresError(
            f"Both {data} and {moved} hold a database: keep the one that you need as"
            f" {data}, move the other one away from there, and start again."
        )
    try:
        data.rename(moved)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        _copy(data, new_workshop(place) / "cluster", account)
        os.sync()
        data.rename(_old(data))


def _copy(data: Path, copy: Path, owner: Account) -> None:
    shutil.copytree(data, copy, symlinks=True)
    for path in (copy, *copy.rglob("*")):
        owner.take(path)


def _finish(data: Path, place: Path) -> None:
    """Do what remains of a move, of a killed run's too."""
    moved, old = place / data.name, _old(data)
    if not data.exists() and not data.is_symlink():
        if old.exists() and not moved.exists():
            (_workshop_in(place) / "cluster").rename(moved)
        if moved.exists():
            leave_link(data, moved)
    if data.is_symlink() and data.exists():
        for rest in (old, _workshop_in(place)):
            if rest.exists():
                shutil.rmtree(rest)


def _workshop_in(folder: Path) -> Path:
    return folder / "postgres.new"


def _old(data: Path) -> Path:
    return data.with_name(data.name + ".old")
