"""Which backups lie in a folder, and which of them are old enough to go."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from db.backups.folder import Kept
from db.backups.manifest import SUFFIX, Manifest, path_of_manifest, read_manifest
from db.errors import OperatorError

# Numbers of a day, of a week (the first of our era begins on a Monday), of a month.
PERIODS: tuple[Callable[[datetime], int], ...] = (
    lambda moment: moment.toordinal(),
    lambda moment: (moment.toordinal() - 1) // 7,
    lambda moment: moment.year * 12 + moment.month,
)

# Clocks of two machines differ by less; what is dated further ahead is dated wrongly.
SKEW = timedelta(minutes=10)


def is_ahead(moment: datetime, now: datetime | None = None) -> bool:
    """Tell whether a backup's date is no date that can be: a clock was ahead."""
    return moment > (now or datetime.now(UTC)) + SKEW


def find_expired(made: Iterable[datetime], kept: Kept, now: datetime) -> set[datetime]:
    """Return which moments' backups may go.

    `kept` is BackupFolder's. The calendar counts, whether or not there was a backup:
    after so many months nobody who was erased is left in one. The newest of all always
    stays. What is dated ahead of `now` neither goes nor takes another's place.
    """
    newest_first = sorted({m for m in made if not is_ahead(m, now)}, reverse=True)
    staying = set(newest_first[:1])
    for period, count in zip(PERIODS, kept, strict=True):
        newest: dict[int, datetime] = {}
        for moment in newest_first:
            if period(moment) > period(now) - count:
                newest.setdefault(period(moment), moment)
        staying.update(newest.values())
    return set(newest_first) - staying


def list_backups(folder: Path) -> list[Manifest]:
    """Return the manifests of the backups that are there, oldest first.

    What can't be read, or lost its dump, is left out.
    """
    found = []
    for path in sorted(folder.glob("*" + SUFFIX)):
        dump = path.with_name(path.name.removesuffix(SUFFIX))
        try:
            if dump.exists():
                found.append(replace(read_manifest(dump), file=dump.name))
        except OperatorError:
            continue
    return sorted(found, key=lambda manifest: manifest.created_at)


def age_of_last(folder: Path, database: str) -> timedelta | None:
    """Return how old a database's last automatic backup is; None where it has none.

    Those that are dated ahead do not count: nobody knows how old they are.
    """
    made = [m.created_at for m in _automatic(folder, database)]
    known = [moment for moment in made if not is_ahead(moment)]
    return max(datetime.now(UTC) - known[-1], timedelta()) if known else None


def require_young(folder: Path, database: str, most: timedelta) -> timedelta:
    """Return the same; raise OperatorError if it is older than `most`, or missing."""
    age = age_of_last(folder, database)
    if age is None:
        raise OperatorError(
            "there is no backup yet, but for those with a name and those dated ahead"
        )
    if age > most:
        raise OperatorError(
            f"the last backup is {age / timedelta(hours=1):,.1f} hours old: the log of "
            "`bot db backup --every` says what keeps it from the next one"
        )
    return age


def _automatic(folder: Path, database: str) -> list[Manifest]:
    found = list_backups(folder)
    return [m for m in found if m.automatic and m.database == database]


def list_ahead(folder: Path, database: str, now: datetime) -> list[Manifest]:
    """Return a database's automatic backups that are dated ahead of `now`."""
    return [m for m in _automatic(folder, database) if is_ahead(m.created_at, now)]


def remove_expired(folder: Path, database: str, kept: Kept, now: datetime) -> list[str]:
    """Delete a database's automatic backups that are old enough; return their names.

    The newest stays, and so do those that a person named.
    """
    mine = _automatic(folder, database)
    expired = find_expired((m.created_at for m in mine), kept, now)
    gone = [manifest.file for manifest in mine if manifest.created_at in expired]
    for name in gone:
        # The dump first: a manifest alone is swept up with the next backup.
        (folder / name).unlink(missing_ok=True)
        path_of_manifest(folder / name).unlink(missing_ok=True)
    return gone
