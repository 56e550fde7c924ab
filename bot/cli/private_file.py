"""Files that hold what people wrote: for their owner alone, and whole or not there."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from db.errors import OperatorError


@contextmanager
def written_privately(path: Path) -> Iterator[TextIO]:
    """Open a file for writing; it has its name once all of it is written.

    Raises OperatorError where it can't be written.
    """
    draft = path.with_name(path.name + ".partial")
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as file:
            yield file
        draft.replace(path)
    except OSError as error:
        raise OperatorError(
            f"{path} can't be written ({error.strerror}): choose another file"
        ) from None
    finally:
        draft.unlink(missing_ok=True)
