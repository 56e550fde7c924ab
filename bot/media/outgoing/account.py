"""Which folder holds the files that may be sent: what an operator sets of it."""

from pathlib import Path

from bot.environment import Reader


def read_media_out(read: Reader) -> Path | None:
    """Return the folder; None where none is set."""
    given = read.text("MEDIA_OUT")
    if given is None:
        return None
    path = Path(given).absolute()
    if not path.is_dir():
        read.problems["MEDIA_OUT"] = "must be a folder that is there"
    return path
