"""Manifests are signed: changed, or with another key, they do not count."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from db.backups.manifest import (
    Manifest,
    check_signature,
    path_of_manifest,
    read_manifest,
    sign,
)
from db.backups.restore import verify
from db.beside.rights import plain_rights
from db.database import Database
from db.errors import OperatorError
from tests.db.backups.kept import KEY, dump_of, manifest_of, order_of

SIGNED = sign(manifest_of(Path("a.dump"), rights=plain_rights("bot")), KEY)


def test_what_was_signed_is_read_and_holds() -> None:
    read = Manifest.from_json(SIGNED.to_json())
    assert read == SIGNED
    check_signature(read, KEY)


@pytest.mark.parametrize(
    "change",
    [
        {"sha256": "1" * 64},
        {"file": "b.dump"},
        {"created_at": SIGNED.created_at.replace(year=2001)},
        {"rows": {"public.users": 1}},
        {"owners": ["postgres"]},
        {"rights": plain_rights("postgres")},
        {"encryption": "age"},
        {"automatic": False},
        {"migration": None},
        {"size": 7},
    ],
    ids=lambda change: next(iter(change)),
)
def test_no_field_can_be_changed(change: dict[str, object]) -> None:
    changed = replace(SIGNED, **change)  # type: ignore[arg-type]
    with pytest.raises(OperatorError, match="somebody changed its manifest"):
        check_signature(changed, KEY)


@pytest.mark.parametrize(
    ("manifest", "key", "told"),
    [
        (replace(SIGNED, mac=None), KEY, "is not signed: somebody else made"),
        (replace(SIGNED, mac=None, format=1), KEY, "an older version of the bot made"),
        (SIGNED, b"another", "signed with another key than yours: set ERASURE_KEY"),
        (SIGNED, None, "is missing: set ERASURE_KEY, or put erasure.key back"),
    ],
)
def test_what_is_not_vouched_for_says_why_and_what_trusting_means(
    manifest: Manifest, key: bytes | None, told: str
) -> None:
    with pytest.raises(OperatorError, match=told) as refused:
        check_signature(manifest, key)
    assert "give --trust-unsigned: what a dump says is run" in str(refused.value)


def test_a_backup_of_an_older_version_is_restored_where_it_is_trusted(
    database: Database, tmp_path: Path
) -> None:
    dump = dump_of(database, tmp_path)
    path = path_of_manifest(dump)
    old = json.loads(path.read_text())
    del old["mac"], old["rights"]
    path.write_text(json.dumps({**old, "format": 1}))
    with pytest.raises(OperatorError, match="an older version of the bot made"):
        verify(database, order_of(dump))
    outcome = verify(database, replace(order_of(dump), trust_unsigned=True))
    assert outcome.missing_roles == []


@pytest.mark.parametrize(
    "known",
    [
        {"migration": "\x1b]0;OWNED\x07"},
        {"bot_version": "1\u202e"},
        {"server_version": "16\n\x1b[2J"},
        {"pg_dump_version": "16\x9b"},
        {"sha256": "\x1b" * 64},
        {"encryption": "\x1b"},
        {"created_at": "2026-11-24T12:00:00"},
    ],
    ids=lambda known: next(iter(known)),
)
def test_a_field_that_is_none_is_refused_and_not_repeated(
    known: dict[str, object], tmp_path: Path
) -> None:
    dump = tmp_path / "a.dump"
    read = {**json.loads(SIGNED.to_json()), **known}
    path_of_manifest(dump).write_text(json.dumps(read))
    with pytest.raises(OperatorError, match="can't be read") as told:
        read_manifest(dump)
    assert str(told.value).isprintable()
