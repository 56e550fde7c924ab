"""`bot db backup|restore|verify|reset` from the outside."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from db import schema
from db.backups.stream import read_identity
from db.chats import PostgresChatStore
from db.database import Database
from db.media.contents import MediaContents
from db.records import Gap
from tests.db.backups.kept import databases_beside, leaving_no_databases, new_pair
from tests.db.sql import (
    change,
    load,
    take_in,
    values,
)
from tests.records import ANA, BEN, answer_to, said

ROOT = Path(__file__).parents[3]
PEOPLE = "SELECT phone_number FROM users ORDER BY 1"
ADD = "INSERT INTO users (phone_number) VALUES (%(address)s)"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA_FOLDER", str(tmp_path))


@pytest.fixture(autouse=True)
def swept(database: Database) -> Iterator[None]:
    with leaving_no_databases(database):
        yield


def run(url: str, *arguments: str, answer: str = "", **more: str) -> Result:
    environment = {"DATABASE_URL": url, **more}
    return CliRunner().invoke(main, ["db", *arguments], env=environment, input=answer)


def dumps(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "backups").glob("*.dump"))


def test_a_backup_there_and_back(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    change(database, ADD, address="ana")
    made = run(database_url, "backup", "mine")
    assert made.exit_code == 0, made.output
    dump = tmp_path / "backups" / "mine.dump"
    assert f"\n{dump}: " in made.output
    assert made.output.startswith("A key was made: ")
    assert " rows\n" in made.output
    change(database, ADD, address="ben")
    drill = run(database_url, "verify", str(dump))
    assert drill.output.endswith("The backup can be restored.\n")
    database.close()
    asked = run(database_url, "restore", str(dump), answer="n\n")
    assert asked.exit_code == 1
    assert "What came since is not in it. [y/N]: n" in asked.output
    assert values(database, PEOPLE) == ["ana", "ben"]
    database.close()
    done = run(database_url, "restore", str(dump), "--yes")
    assert done.exit_code == 0, done.output
    assert values(database, PEOPLE) == ["ana"]
    assert "`bot reconcile --hours 1`" in done.output
    assert "`bot db go-back` puts it in its place again" in done.output
    assert databases_beside(database) == ["before"]
    assert "left by a restore" in run(database_url, "status").output
    database.close()
    back = run(database_url, "go-back", answer="y\n")
    assert "which was in use until 20" in back.output
    assert values(database, PEOPLE) == ["ana", "ben"]


def test_an_older_backup_is_migrated_and_that_is_told(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    schema.downgrade(database, "0003")
    run(database_url, "backup", "mine")
    drill = run(database_url, "verify", str(tmp_path / "backups" / "mine.dump"))
    assert drill.exit_code == 0, drill.output
    assert f"Migrated from 0003 to {schema.head()}" in drill.output
    assert schema.read_current(database) == "0003"


def test_a_broken_file_is_told(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    run(database_url, "backup", "mine")
    dump = tmp_path / "backups" / "mine.dump"
    dump.write_bytes(dump.read_bytes()[:-1])
    for command in (["restore", "--yes"], ["verify"]):
        done = run(database_url, *command, str(dump))
        assert done.exit_code == 1
        assert "bytes and should have" in done.output
    assert databases_beside(database) == []


def test_backups_are_sealed_where_a_key_is_set(
    database_url: str, tmp_path: Path
) -> None:
    key = new_pair(tmp_path / "identity.txt")
    made = run(database_url, "backup", "mine", BACKUP_PUBLIC_KEY=key)
    assert made.output.endswith("rows, encrypted\n")
    dump = str(tmp_path / "backups" / "mine.dump.age")
    assert "give --identity" in run(database_url, "verify", dump).output
    identity = str(tmp_path / "identity.txt")
    done = run(database_url, "verify", dump, "--identity", identity)
    assert done.output.endswith("The backup can be restored.\n")


def test_a_pair_of_keys_is_made_once(database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "identity.txt"
    made = run(database_url, "keygen", str(file))
    assert made.exit_code == 0, made.output
    assert file.stat().st_mode & 0o777 == 0o600
    setting = made.output.splitlines()[-1]
    public_key = str(read_identity(file).to_public())
    assert setting == f"BACKUP_PUBLIC_KEY={public_key}"
    again = run(database_url, "keygen", str(file))
    assert (again.exit_code, str(read_identity(file).to_public())) == (1, public_key)
    assert "is there already, and may be what opens your backups" in again.output


def test_what_others_wrote_into_a_manifest_is_shown_without_tricks(
    database_url: str, tmp_path: Path
) -> None:
    run(database_url, "backup", "mine")
    dump = tmp_path / "backups" / "mine.dump"
    manifest = dump.with_name("mine.dump.json")
    read = json.loads(manifest.read_text())
    for changed in ({"migration": "\x1b[2J"}, {"rows": {"\x1b]0;OWNED\x07": 1}}):
        manifest.write_text(json.dumps({**read, **changed}))
        done = run(database_url, "verify", str(dump), "--trust-unsigned")
        assert done.exit_code == 1
        assert "Nobody vouches for this backup" in done.output
        assert all(sign.isprintable() or sign == "\n" for sign in done.output)


def test_old_backups_go(database_url: str, tmp_path: Path) -> None:
    kept = {"BACKUP_KEEP_WEEKS": "0", "BACKUP_KEEP_MONTHS": "0"}
    (tmp_path / "backups").mkdir()
    run(database_url, "backup", **kept)
    (old,) = dumps(tmp_path)
    # As if it had been made a thousand years ago.
    manifest = old.with_name(old.name + ".json")
    earlier = manifest.read_text().replace('"created_at": "2', '"created_at": "1')
    manifest.rename(manifest.with_name("old.dump.json")).write_text(earlier)
    old.rename(old.with_name("old.dump"))
    done = run(database_url, "backup", BACKUP_KEEP_DAYS="1", **kept)
    assert "Removed the old backup old.dump." in done.output
    assert len(dumps(tmp_path)) == 1


def test_reset_asks_and_takes_a_backup_first(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    change(database, ADD, address="ana")
    asked = run(database_url, "reset", answer="n\n")
    assert "Delete all users, chats and jobs" in asked.output
    assert "What the business knows stays." in asked.output
    assert values(database, PEOPLE) == ["ana"]
    assert not (tmp_path / "backups").exists()
    done = run(database_url, "reset", "--yes")
    assert done.exit_code == 0, done.output
    assert values(database, PEOPLE) == []
    assert schema.find_fault(database) is None
    (dump,) = dumps(tmp_path)
    assert dump.name.startswith("before-reset-")
    database.close()
    assert run(database_url, "restore", str(dump), "--yes").exit_code == 0
    assert values(database, PEOPLE) == ["ana"]


def test_files_beside_the_database_are_told_and_go_with_a_reset(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    media = tmp_path / "media"
    MediaContents(database, media).put(b"a picture", "image/png")
    asked = run(database_url, "reset", answer="n\n", MEDIA_STORE=str(media))
    assert f"bytes of media in {media} go, too, and no backup holds" in asked.output
    assert len(list(media.glob("*/*"))) == 1
    done = run(database_url, "reset", "--yes", MEDIA_STORE=str(media))
    assert done.exit_code == 0, done.output
    assert f"The bytes of media in {media} are not in it" in done.output
    assert list(media.glob("*/*")) == []


def test_reset_without_a_backup(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    change(database, ADD, address="ana")
    assert run(database_url, "reset", "--yes", "--no-backup").exit_code == 0
    assert values(database, PEOPLE) == []
    assert not (tmp_path / "backups").exists()


def test_a_reset_forgets_nothing_that_would_be_done_again(
    database: Database, database_url: str
) -> None:
    store = PostgresChatStore(database, timedelta(days=1))
    stopping, other = said("STOP", ANA), said("Hello", BEN)
    reply = answer_to(stopping, opts_out=True)
    assert store.record_reply(take_in(store, stopping), reply)
    take_in(store, other)
    change(database, "INSERT INTO erasures (address_hash) VALUES ('somebody')")
    assert run(database_url, "reset", "--yes", "--no-backup").exit_code == 0
    assert values(database, PEOPLE) == [ANA]
    assert values(database, "SELECT address_hash FROM erasures") == ["somebody"]
    assert not store.record_inbound(stopping).is_new
    assert not store.record_inbound(other).is_new
    for emptied in ("userchats", "reply_parts", "procrastinate_jobs"):
        assert values(database, f"SELECT 1 FROM {emptied}") == []  # noqa: S608
    assert load(store, take_in(store, said("Again", ANA))).opted_out


def test_a_reset_keeps_what_is_the_businesss_own(
    database: Database, database_url: str
) -> None:
    store = PostgresChatStore(database, timedelta(days=1))
    message = said("Can I park?")
    reply = answer_to(message, gap=Gap("Can I park?", ("park",)))
    assert store.record_reply(take_in(store, message), reply)
    for title, kind, asked in (
        ("Prices", "pdf", None), ("Theirs", "answer", "Can I park?"),
        ("Parking", "answer", "Where to park"),
    ):  # fmt: skip
        change(database, "INSERT INTO documents (title, file_type, description) "
               "VALUES (%(t)s, %(k)s, %(a)s)", t=title, k=kind, a=asked)  # fmt: skip
    change(database, "INSERT INTO documents (title, file_type, user_id) "
                     "SELECT 'Ana''s', 'pdf', user_id FROM users")  # fmt: skip
    change(database, "INSERT INTO procrastinate_jobs (queue_name, task_name) "
                     "VALUES ('knowledge', 'take_in_document')")  # fmt: skip
    assert run(database_url, "reset", "--yes", "--no-backup").exit_code == 0
    kept = values(database, "SELECT title FROM documents ORDER BY id")
    assert kept == ["Prices", "Parking"]
    assert values(database, "SELECT queue_name FROM procrastinate_jobs") == [
        "knowledge"
    ]
    assert values(database, "SELECT terms FROM knowledge_gaps") == []


def test_a_reset_whose_backup_fails_deletes_nothing(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    change(database, ADD, address="ana")
    (tmp_path / "backups").write_text("in the way")
    assert run(database_url, "reset", "--yes").exit_code == 1
    assert values(database, PEOPLE) == ["ana"]


def test_the_age_of_the_last_one_can_be_checked(
    database_url: str, tmp_path: Path
) -> None:
    run(database_url, "backup", "named")
    none = run(database_url, "backup", "--check", "30h")
    assert (none.exit_code, "no backup yet" in none.output) == (1, True)
    run(database_url, "backup")
    assert run(database_url, "backup", "--check", "30h").exit_code == 0
    for manifest in (tmp_path / "backups").glob("*.json"):
        text = re.sub(
            r'"created_at": "\d{4}', '"created_at": "2020', manifest.read_text()
        )
        manifest.write_text(text)
    old = run(database_url, "backup", "--check", "30h")
    assert old.exit_code == 1
    assert "hours old" in old.output
    assert len(dumps(tmp_path)) == 2
    for manifest in (tmp_path / "backups").glob("*.json"):
        manifest.write_text(manifest.read_text().replace(': "2020', ': "9020'))
    for file in (tmp_path / "backups").glob("*-20*"):  # the next may be as young
        file.rename(file.with_name(f"ahead-{file.name}"))
    ahead = run(database_url, "backup", "--check", "30h")
    assert (ahead.exit_code, "those dated ahead" in ahead.output) == (1, True)
    assert "ahead of the clock (9020-" in run(database_url, "backup").stderr


@pytest.mark.parametrize("every", ["24", "1.5h", "0h", "h", "999999d", "-1h"])
def test_an_interval_that_is_none_is_told(every: str, database_url: str) -> None:
    done = run(database_url, "backup", f"--every={every}")
    assert done.exit_code == 2
    assert "is no time such as 30m, 24h or 7d" in done.output


def test_a_name_can_not_be_taken_every_day(database_url: str) -> None:
    done = run(database_url, "backup", "mine", "--every=24h")
    assert done.exit_code == 2
    assert "a NAME can be taken once" in done.output
