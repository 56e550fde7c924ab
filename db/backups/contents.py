"""What is in a dump, compared with what is ours.

Ours is what our own migrations make: they are run into the empty new database first,
and that is described. The dump's list of contents is compared before anything of it is
run; what then stands in the database is compared as well, definitions included: a list
may lie.
"""

import os
import re
import tempfile
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from db.backups.dump import feed, server_major
from db.backups.manifest import Backup
from db.backups.programs import arguments_for, find_program, start_program
from db.beside.rights import NOBODY
from db.database import Database
from db.errors import OperatorError

MOST_SHOWN = 8
LINE = re.compile(r"\d+; \d+ \d+ (?P<kind>[A-Z]+(?: [A-Z]+)*) (?P<rest>.*)")
HEADER = re.compile(
    r"-- Name: (?P<name>.*); Type: (?P<kind>[A-Z ]+); Schema: (?P<schema>.*?); "
    r"Owner: .*"
)
# They make nothing, and the owner that runs them may do nothing else with them.
ABOUT_OTHERS = {"ACL", "COMMENT", "DEFAULT ACL"}
DATA_OF = {
    "TABLE DATA": "TABLE",
    "SEQUENCE SET": "SEQUENCE",
    "MATERIALIZED VIEW DATA": "MATERIALIZED VIEW",
}
# Every database has the first; Compose's server makes the others itself (db/init).
OURS_TOO = {
    "SCHEMA - public",
    "SCHEMA - monitoring",
    "EXTENSION - pg_stat_statements",
}
# pg_dump writes these before the first table, whichever that is; the key is random.
PASSING = re.compile(r"SET default_table\w+ = .*;|\\(?:un)?restrict .*")
Described = Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a dump's list of contents; `name` is kind, schema and name."""

    line: str
    kind: str
    name: str

    def made(self) -> str:
        """Return the object that it makes or fills."""
        return self.name.replace(self.kind, DATA_OF.get(self.kind, self.kind), 1)

    def plain(self) -> str:
        """Return schema and name, without a function's arguments."""
        return self.name.removeprefix(f"{self.kind} ").partition("(")[0]


def read_entries(backup: Backup) -> list[Entry]:
    """Return a dump's list of contents; nothing of it is run. Raises OperatorError."""
    manifest = backup.manifest
    pg_restore, _ = find_program("pg_restore", int(manifest.pg_dump_version))
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder) / "contents"
        command = [str(pg_restore), "--format=custom", "--list", f"--file={listed}"]
        with start_program(command, {**os.environ, "LC_ALL": "C"}) as program:
            feed(program, backup, only_the_head=True)
            if program.finish() != 0:
                raise program.failure()
        lines = listed.read_text(errors="replace").splitlines()
    rights = manifest.rights
    owners = {*manifest.owners, NOBODY, *(rights.roles() if rights else ())}
    return [_read(line, owners) for line in lines if line and line[0] != ";"]


def _read(line: str, owners: Collection[str]) -> Entry:
    found = LINE.fullmatch(line)
    if found is None:
        raise OperatorError("the dump's list of contents can't be read")
    rest = found["rest"]
    for owner in sorted(owners, key=len, reverse=True):
        if rest.endswith(f" {owner}"):
            rest = rest.removesuffix(f" {owner}")
            break
    return Entry(line, found["kind"], f"{found['kind']} {rest.strip()}")


def describe(database: Database) -> Described:
    """Return the definitions of all that stands in a database, by kind and name.

    Raises OperatorError.
    """
    with database.transaction() as connection:
        major = server_major(connection)
    pg_dump, _ = find_program("pg_dump", major)
    shown, environment = arguments_for(database.url)
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "schema"
        command = [str(pg_dump), "--schema-only", "--no-owner", "--no-privileges"]
        command += ["--no-comments", "--no-password", "--lock-wait-timeout=60s"]
        command += [f"--file={written}", f"--dbname={shown}"]
        with start_program(command, environment) as program:
            if program.finish() != 0:
                raise program.failure()
        return _read_schema(written.read_text(errors="replace").splitlines())


def _read_schema(lines: Iterable[str]) -> Described:
    read: dict[str, list[str]] = defaultdict(list)
    name = ""
    for line in lines:
        if header := HEADER.fullmatch(line):
            name = f"{header['kind']} {header['schema']} {header['name']}"
            read[name].append("")
        elif name and not PASSING.fullmatch(line):
            read[name][-1] += line + "\n"
    return {name: sorted(map(_trimmed, texts)) for name, texts in read.items()}


def _trimmed(text: str) -> str:
    """Return a definition without the comments around it."""
    end = "--\n-- PostgreSQL database dump complete\n--"
    return text.strip("-\n ").removesuffix(end.strip("-\n ")).strip("-\n ")


def find_foreign(entries: Iterable[Entry], ours: Described) -> list[str]:
    """Return what a dump would make that our migrations do not."""
    made = {e.made() for e in entries if e.kind not in ABOUT_OTHERS}
    return sorted(made - ours.keys() - OURS_TOO)


def find_changed(found: Described, ours: Described) -> list[str]:
    """Return what in a database is not as our migrations make it, or is missing."""
    both = (found.keys() | ours.keys()) - OURS_TOO
    changed = sorted(name for name in both if found.get(name) != ours.get(name))
    return [name if name in found else f"{name} (missing)" for name in changed]


def refuse(foreign: list[str]) -> None:
    """Raise OperatorError about what is not as ours is, if anything is not."""
    if foreign:
        raise OperatorError(
            "the backup is not what the bot's migrations make: "
            f"{shown(foreign)}; nothing was changed. If you added, changed or dropped "
            "that yourself, give --trust-added; if you did not, somebody else did: "
            "restore another backup"
        )


def shown(names: list[str]) -> str:
    """Return some of the names, and how many more there are."""
    more = len(names) - MOST_SHOWN
    return "; ".join(names[:MOST_SHOWN]) + (f" and {more} more" if more > 0 else "")


def choose(entries: list[Entry], extensions: Mapping[str, str]) -> list[str]:
    """Return the lines that the owner made for a restore may run, in their order.

    Extensions and what is granted by default are another's to make, and so is what is
    said of an extension's own objects.
    """
    made = {e.plain() for e in entries if e.kind not in {*ABOUT_OTHERS, "EXTENSION"}}
    apart = {f"SCHEMA - {schema}" for schema in extensions.values()}
    return [
        entry.line
        for entry in entries
        if entry.kind not in {"EXTENSION", "DEFAULT ACL"}
        and entry.name not in apart
        and (entry.kind not in ABOUT_OTHERS or _is_about(entry, made))
    ]


def _is_about(entry: Entry, made: Collection[str]) -> bool:
    """Tell whether what is granted or remarked is about something in the dump."""
    # Such as `public TABLE users`. A kind may have several words, and so may a name.
    schema, *words = entry.plain().split(" ")
    if words[0] == "COLUMN":
        words[-1] = words[-1].partition(".")[0]
    names = {f"{schema} {' '.join(words[n:])}" for n in range(1, len(words))}
    return words == ["SCHEMA", "public"] or not names.isdisjoint(made)
