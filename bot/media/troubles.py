"""Why a thing can't be read: a word that is stored, and what an operator reads."""

from enum import StrEnum

from db.records import SeenMedia

LONGEST_REASON = 300


class Trouble(StrEnum):
    """What went wrong, as far as its sender can be told."""

    BEYOND_US = "beyond us"  # nothing here reads this kind
    BROKEN = "broken"
    EMPTY = "empty"
    FOREIGN = "foreign"  # files are read, and none of this kind
    LOCKED = "locked"  # by a password
    NOT_GIVEN = "not given"  # it could not be fetched, or its bytes are gone
    PICTURES = "pictures"  # a file's pages are, and no words were found in them
    TOO_LARGE = "too large"
    TOO_LONG = "too long"  # more than is read of one file
    TOO_MUCH = "too much"  # of this user's, today


def tell_trouble(trouble: Trouble, reason: str) -> str:
    """Return what is stored as a row's `error`."""
    return f"{trouble}: {reason[:LONGEST_REASON]}"


def find_trouble(seen: SeenMedia) -> Trouble | None:
    """Return why a thing can't be read; None: it can, or nobody knows yet."""
    if seen.state != "unreadable":
        return None
    word = (seen.error or "").partition(": ")[0]
    known = {trouble.value: trouble for trouble in Trouble}
    return known.get(word, Trouble.BROKEN)
