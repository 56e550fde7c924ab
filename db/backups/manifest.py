"""What lies beside each backup: what it holds, and how to tell that it is ours.

A dump is code, and its encryption says nothing of who wrote it: anybody can encrypt to
a public key. So a manifest carries a keyed hash of all that it says, the dump's sha256
included. Its key is derived from the one of the tombstones, which lies elsewhere.
"""

import hashlib
import hmac
import json
import re
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from db.beside.rights import Rights
from db.errors import OperatorError

FORMAT = 2
UNSIGNED = 1  # the format of 0.1.0, without `rights` and `mac`
PURPOSE = b"whatsapp-llm-bot: the manifests of backups"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
BLOCK = 1 << 20
SUFFIX = ".json"
# What may stand in a manifest: others may have written it, and it is shown.
PATTERNS = {
    "migration": re.compile("[0-9a-z_]{1,32}"),
    "bot_version": re.compile(r"[0-9A-Za-z.+-]{1,40}"),
    "server_version": re.compile(r"[0-9A-Za-z.,()~+: -]{1,100}"),
    "pg_dump_version": re.compile("[0-9]{1,3}"),
    "sha256": re.compile("[0-9a-f]{64}"),
    "encryption": re.compile("age"),
}
MAY_BE_MISSING = {"migration", "encryption"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """One backup: `size` is in bytes; `rows` counts each table as the dump holds it.

    `encryption` is `age` or None. `automatic` ones rotate, named ones stay.
    `owners` and `grantees` are the roles that the dump names, `rights` whose its
    objects are. `mac` tells which key it was signed with, and the hash.
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
    rights: Rights | None = None
    format: int = FORMAT
    mac: str | None = None

    def to_json(self) -> str:
        """Return the file's text."""
        known = {**asdict(self), "created_at": self.created_at.isoformat()}
        return json.dumps(known, indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "Manifest":
        """Read the file's text; raises ValueError where it is none of ours.

        A text that an operator will see is one that a terminal may have.
        """
        read = json.loads(text)
        if not isinstance(read, dict) or read.get("format") not in {UNSIGNED, FORMAT}:
            raise ValueError(f"not of format {FORMAT}")
        if read["format"] == UNSIGNED:
            read.update(rights=None, mac=None)
        names = {field.name for field in fields(cls)}
        if missing := names - set(read):
            raise ValueError(f"without {', '.join(sorted(missing))}")
        if strange := sorted(n for n, p in PATTERNS.items() if not _fits(n, p, read)):
            raise ValueError(f"{strange[0]} is none")
        known: dict[str, Any] = {name: read[name] for name in names}
        known["created_at"] = _read_moment(known["created_at"])
        known["rows"] = {str(k): int(v) for k, v in known["rows"].items()}
        known["size"] = int(known["size"])
        for name in ("owners", "grantees"):
            known[name] = [str(role) for role in known[name]]
        if known["rights"] is not None:
            known["rights"] = Rights.from_json(known["rights"])
        return cls(**known)


def _fits(name: str, pattern: re.Pattern[str], read: dict[str, Any]) -> bool:
    if read[name] is None:
        return name in MAY_BE_MISSING
    return bool(pattern.fullmatch(str(read[name])))


def _read_moment(text: Any) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("created_at has no time zone")
    return moment


def sign(manifest: Manifest, key: bytes) -> Manifest:
    """Return the manifest with the keyed hash of all that it says."""
    return replace(manifest, mac=_mark_of(key) + _hash(manifest, key))


def check_signature(manifest: Manifest, key: bytes | None) -> None:
    """Raise OperatorError unless whoever has the key made the backup."""
    otherwise = (
        " If you know that nobody else could write to where it lay, give "
        "--trust-unsigned: what a dump says is run, so whoever wrote it would own the "
        "restored data"
    )
    if manifest.mac is None:
        reason = (
            "an older version of the bot made this backup, and signed none"
            if manifest.format == UNSIGNED
            else "the backup is not signed: somebody else made or changed it"
        )
    elif key is None:
        reason = (
            "the key that tells whether the backup is yours is missing: set "
            "ERASURE_KEY, or put erasure.key back into DATA_FOLDER"
        )
    elif not manifest.mac.startswith(_mark_of(key)):
        reason = (
            "the backup is signed with another key than yours: set ERASURE_KEY to the "
            "one of that time (by default it lies in DATA_FOLDER/erasure.key)"
        )
    elif hmac.compare_digest(manifest.mac, _mark_of(key) + _hash(manifest, key)):
        return
    else:
        reason = "the backup's signature is wrong: somebody changed its manifest"
    raise OperatorError(f"{reason}; nothing was changed.{otherwise}")


def is_signed(manifest: Manifest, key: bytes | None) -> bool:
    """Tell whether whoever has the key made the backup."""
    try:
        check_signature(manifest, key)
    except OperatorError:
        return False
    return True


def _mark_of(key: bytes) -> str:
    """Return what tells one key from another and says nothing of either."""
    return hmac.new(_derived(key), b"mark", hashlib.sha256).hexdigest()[:8] + ":"


def _hash(manifest: Manifest, key: bytes) -> str:
    said = {**asdict(replace(manifest, mac=None)), "created_at": ""}
    said["created_at"] = manifest.created_at.isoformat()
    told = b"manifest " + json.dumps(said, sort_keys=True).encode()
    return hmac.new(_derived(key), told, hashlib.sha256).hexdigest()


def _derived(key: bytes) -> bytes:
    return hmac.new(key, PURPOSE, hashlib.sha256).digest()


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
