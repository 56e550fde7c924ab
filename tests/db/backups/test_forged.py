"""Backups that somebody else made or changed: a dump is code, and none of it runs."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from db.backups.backup import make_backup
from db.backups.folder import BackupFolder
from db.backups.restore import RestoreRequest, restore, verify
from db.database import Database
from db.errors import OperatorError
from tests.db.backups.kept import (
    databases_beside,
    dump_of,
    leaving_no_databases,
    order_of,
    signed_again,
)
from tests.db.sql import change, value, values

# Made in the forger's database it does nothing; it does in every other one.
RUN = """
CREATE FUNCTION public.run() RETURNS text LANGUAGE plpgsql AS $$ BEGIN
  IF current_database() <> '{forge}' THEN
    COPY (SELECT 1) TO PROGRAM 'id > {proof}';
  END IF;
  RETURN ''; END $$
"""
TOUCH = """
CREATE FUNCTION public.touch(text) RETURNS text IMMUTABLE LANGUAGE plpgsql
AS $$ BEGIN RETURN public.run(); END $$
"""
FORGED = "FUNCTION public run(); FUNCTION public touch(text); INDEX public touched"


@pytest.fixture(autouse=True)
def swept(database: Database) -> Iterator[None]:
    with leaving_no_databases(database):
        yield


@dataclass(frozen=True)
class Forgery:
    """A dump that runs a command on the server, if one who may runs it."""

    dump: Path
    proof: Path

    @property
    def order(self) -> RestoreRequest:
        return order_of(self.dump)


@pytest.fixture
def forgery(database: Database, tmp_path: Path) -> Forgery:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)  # the server runs as somebody else
    for above in (tmp_path, *tmp_path.parents[:2]):
        above.chmod(above.stat().st_mode | 0o011)
    proof = shared / "proof"
    change(database, "INSERT INTO users (phone_number) VALUES ('ana')")
    change(database, RUN.format(forge=database.name, proof=proof))
    change(database, TOUCH)
    change(database, "CREATE INDEX touched ON users (public.touch(phone_number))")
    dump, _ = make_backup(database, BackupFolder(tmp_path), b"the forger's key")
    for left in ("INDEX touched", "FUNCTION touch", "FUNCTION run"):
        change(database, f"DROP {left}")
    return Forgery(dump, proof)


def test_a_dump_that_somebody_else_made_is_refused_unread(
    database: Database, forgery: Forgery
) -> None:
    for run in (verify, restore):
        with pytest.raises(OperatorError, match="signed with another key than yours"):
            run(database, forgery.order)
    assert not forgery.proof.exists()


def test_what_is_not_ours_is_named_before_anything_runs(
    database: Database, forgery: Forgery
) -> None:
    signed_again(forgery.dump)  # as if the key had been stolen, too
    for run in (verify, restore):
        with pytest.raises(OperatorError, match="give --trust-added") as told:
            run(database, forgery.order)
        assert f"migrations make: {FORGED};" in str(told.value)
    assert not forgery.proof.exists()
    assert databases_beside(database) == []


def test_a_dump_that_is_trusted_in_all_has_no_rights_to_run_a_program(
    database: Database, forgery: Forgery
) -> None:
    order = replace(forgery.order, trust_unsigned=True, trust_added=True)
    for run in (verify, restore):
        with pytest.raises(OperatorError, match="permission denied to COPY to or from"):
            run(database, order)
    assert not forgery.proof.exists()
    assert databases_beside(database) == []
    roles = "SELECT rolname FROM pg_roles WHERE starts_with(rolname, %(name)s)"
    assert values(database, roles, name=database.name) == []


def test_a_list_that_lies_is_found_out_by_what_was_made(
    database: Database, tmp_path: Path
) -> None:
    change(database, "CREATE FUNCTION xs_answered(m jsonb) RETURNS int RETURN 1")
    dump = dump_of(database, tmp_path)
    lie = dump.read_bytes().replace(b"xs_answered(jsonb)", b"is_answered(jsonb)", 1)
    dump.write_bytes(lie)
    signed_again(dump, sha256=hashlib.sha256(lie).hexdigest())
    with pytest.raises(OperatorError, match=r"make: .*FUNCTION public xs_answered"):
        verify(database, order_of(dump))


def test_a_function_of_ours_with_another_body_is_found(
    database: Database, tmp_path: Path
) -> None:
    change(
        database,
        "CREATE OR REPLACE FUNCTION masked.mask_address(address text) RETURNS text "
        "LANGUAGE sql IMMUTABLE AS 'SELECT address'",
    )
    dump = dump_of(database, tmp_path)
    with pytest.raises(OperatorError, match=r"make: FUNCTION masked mask_address"):
        verify(database, order_of(dump))


def test_what_is_missing_is_named(database: Database, tmp_path: Path) -> None:
    change(database, "DROP TRIGGER userchats_updated_at ON userchats")
    dump = dump_of(database, tmp_path)
    with pytest.raises(OperatorError, match=r"make: TRIGGER .* \(missing\);"):
        verify(database, order_of(dump))


def test_what_operators_added_is_restored_where_they_trust_it(
    database: Database, tmp_path: Path
) -> None:
    change(database, "CREATE INDEX of_mine ON users (full_name)")
    change(database, "CREATE TABLE mine (note text)")
    dump = dump_of(database, tmp_path)
    with pytest.raises(OperatorError, match="INDEX public of_mine; TABLE public mine;"):
        restore(database, order_of(dump))
    said: list[str] = []
    order = replace(order_of(dump), trust_added=True, say=said.append)
    database.close()
    restore(database, order)
    trusted = "Trusted, as --trust-added says: INDEX public of_mine; TABLE public mine"
    assert trusted in said
    assert value(database, "SELECT to_regclass('of_mine') IS NOT NULL")
