"""What lies beside each backup: what it holds, and how to tell that it is whole."""

import hashlib
import json
import os
import re
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any

from db.errors import OperatorError

FORMAT = 1
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
BLOCK = 1 << 20
SUFFIX = ".json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """One backup: `size` is in bytes; `rows` counts each table as the dump holds it.

    `encryption` is `age` or None. `automatic` ones rotate, named ones stay.
    `owners` and `grantees` are the roles that the dump names.
    """

    file: str
    created_at: datetime
    database: str
    migration: str | None
    bot_version: str
    server_version: str
    pg_dump_version: str
    size: int
    sha256: str
    encryption: str | None
    automatic: bool
    rows: dict[str, int]
    owners: list[str]
    grantees: list[str]
    format: int = FORMAT

    def to_json(self) -> str:
        """Return the file's text."""
        known = {**asdict(self), "created_at": self.created_at.isoformat()}
        return json.dumps(known, indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "Manifest":
        """Read the file's text; raises ValueError where it is none of ours."""
        read = json.loads(text)
        if not isinstance(read, dict) or read.get("format") != FORMAT:
            raise ValueError(f"not of format {FORMAT}")
        names = {field.name for field in fields(cls)}
        if missing := names - set(read):
            raise ValueError(f"without {', '.join(sorted(missing))}")
        known: dict[str, Any] = {name: read[name] for name in names}
        known["created_at"] = datetime.fromisoformat(known["created_at"])
        known["rows"] = {str(k): int(v) for k, v in known["rows"].items()}
        return cls(**known)


@dataclass(frozen=True, slots=True)
class Backup:
    """A dump, what its manifest says, and the file with the key if it has one."""

    dump: Path
    manifest: Manifest
    identity: Path | None = None


def path_of_manifest(dump: Path) -> Path:
    """Return where the manifest of a dump lies."""
    return dump.with_name(dump.name + SUFFIX)


def read_manifest(dump: Path) -> Manifest:
    """Return a dump's manifest; raises OperatorError where it can't be read."""
    path = path_of_manifest(dump)
    try:
        return Manifest.from_json(path.read_text())
    except FileNotFoundError:
        raise OperatorError(
            f"{path} is missing: nothing tells whether the dump is whole. Put it back "
            "beside the dump, or restore another backup"
        ) from None
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise OperatorError(
            f"{path} can't be read ({error}): restore another backup"
        ) from None


def write_whole(path: Path, text: str) -> None:
    """Write a file for its owner alone, on disk when this returns, whole or not."""
    draft = path.with_name(path.name + ".partial")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def check_whole(dump: Path, manifest: Manifest) -> None:
    """Compare a dump with its manifest; raises OperatorError where they differ."""
    try:
        size = dump.stat().st_size
        with dump.open("rb") as file:
            digest = hashlib.sha256()
            while block := file.read(BLOCK):
                digest.update(block)
    except OSError as error:
        raise OperatorError(f"{dump} can't be read: {error.strerror}") from None
    advice = "nothing was changed: copy it again, or restore another backup"
    if size != manifest.size:
        raise OperatorError(
            f"{dump} has {size} bytes and should have {manifest.size}; {advice}"
        )
    if digest.hexdigest() != manifest.sha256:
        raise OperatorError(f"{dump} is damaged: its sha256 is another one; {advice}")
