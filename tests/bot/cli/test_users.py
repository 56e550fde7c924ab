"""`bot users` from the outside."""

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from db import schema
from db.chats import PostgresChatStore
from db.database import Database
from db.media.contents import MediaContents
from db.privacy.erasure import erase_person
from tests.db.access.logins import three_roles
from tests.db.privacy.copies import left_beside
from tests.db.privacy.planting import CARA, MARKER, plant
from tests.db.sql import change, take_in, value, values
from tests.records import ANA, BEN, said

SENT = """
INSERT INTO media (user_id, message_sid, position, state, media_type, sha256)
SELECT user_id, 'MM', 0, 'read', 'a/b', decode(%(name)s, 'hex') FROM users
"""
USERS = "SELECT phone_number FROM users ORDER BY created_at"


class Desk:
    """An operator's terminal."""

    def __init__(self, url: str, folder: Path) -> None:
        self.folder = folder
        self._environment = {"DATABASE_URL": url, "DATA_FOLDER": str(folder)}

    def run(self, *arguments: str, typed: str = "", **settings: str) -> Result:
        environment = {**self._environment, **settings}
        command = ["users", *arguments]
        return CliRunner().invoke(main, command, env=environment, input=typed)

    def lines(self, *arguments: str) -> list[str]:
        done = self.run(*arguments)
        assert done.exit_code == 0, done.output
        return done.output.splitlines()


@pytest.fixture
def desk(database_url: str, tmp_path: Path, pg: PostgresChatStore) -> Desk:
    take_in(pg, said("Hi", ANA, profile_name="Ana"))
    return Desk(database_url, tmp_path)


NOWHERE = "postgresql://bot:planted@127.0.0.1:9/x"


def test_who_only_looks_asks_the_standby_where_there_is_one(
    desk: Desk, database_url: str
) -> None:
    looking = [
        *("users list", f"users show {ANA}", "stats", "chats list"),
        *("chats search Hi", "chats export"),
    ]
    for words in looking:
        read = {"DATABASE_URL": NOWHERE, "DATABASE_READ_URL": database_url}
        done = CliRunner().invoke(main, words.split(), env=read)
        assert done.exit_code == 0, done.output
        away = {"DATABASE_URL": database_url, "DATABASE_READ_URL": NOWHERE}
        done = CliRunner().invoke(main, words.split(), env=away)
        assert "the database of DATABASE_READ_URL can't be reached" in done.output
        assert "host and port in DATABASE_READ_URL right?" in done.output
        assert "planted" not in done.output
    done = desk.run("deactivate", ANA, DATABASE_READ_URL=NOWHERE)
    assert "gets no answers any more" in done.output
    away = {"DATABASE_URL": NOWHERE, "DATABASE_READ_URL": database_url}
    done = desk.run("activate", ANA, **away)
    assert "the database can't be reached" in done.output


def test_the_list_is_a_table(desk: Desk, pg: PostgresChatStore) -> None:
    take_in(pg, said("Hi", BEN, profile_name="\x1b[2J\u202eneB"))
    headings, ben, ana = desk.lines("list")
    assert headings.split() == [
        "address",
        "name",
        "chats",
        "messages",
        "last",
        "message",
    ]
    assert ana.split()[:4] == [ANA, "Ana", "1", "1"]
    assert ben.split()[:2] == [BEN, "\ufffd[2J\ufffdneB"]
    assert desk.lines("list", "--limit", "1")[1:] == [ben]
    assert desk.lines("list", "--inactive")[1:] == ["(nobody)"]


def test_somebody_is_shown(desk: Desk) -> None:
    shown = dict(line.split(maxsplit=1) for line in desk.lines("show", "+15551230001"))
    assert shown["address"] == ANA
    assert shown["answers"] == "yes"
    assert shown["unanswered"] == "yes"
    assert shown["settings"] == "-"


def test_how_somebody_wants_to_be_answered_is_shown(
    desk: Desk, database: Database
) -> None:
    wishes = """
        INSERT INTO user_preferences (user_id, preferences)
        SELECT user_id, '{"length": "short", "alerts": "off"}' FROM users
    """
    change(database, wishes)
    shown = dict(line.split(maxsplit=1) for line in desk.lines("show", ANA))
    assert shown["settings"] == "alerts off, length short"


def test_deactivating_and_activating_say_what_they_mean(desk: Desk) -> None:
    (told,) = desk.lines("deactivate", ANA)
    assert told == f"{ANA} gets no answers any more."
    assert "nothing changed" in desk.lines("deactivate", ANA)[0]
    assert "no: deactivated" in "\n".join(desk.lines("show", ANA))
    assert desk.lines("list", "--inactive")[1].endswith("deactivated")
    (told,) = desk.lines("activate", ANA)
    assert "stays without one" in told
    assert "nothing changed" in desk.lines("activate", ANA)[0]


def test_a_stranger_is_refused_by_every_command(desk: Desk) -> None:
    for command in ("show", "deactivate", "activate", "export", "erase"):
        done = desk.run(command, "+19990000000")
        assert done.exit_code == 1
        assert "nobody has the address +19990000000" in done.output
        assert "Traceback" not in done.output


def test_an_export_goes_to_a_file_that_others_cant_read(
    desk: Desk, pg: PostgresChatStore, database: Database, tmp_path: Path
) -> None:
    plant(pg, database)
    file = tmp_path / "cara.json"
    desk.lines("export", CARA, "--output", str(file))
    assert file.stat().st_mode & 0o777 == 0o600
    assert json.loads(file.read_text())["user"]["full_name"] == MARKER
    assert [path.name for path in tmp_path.iterdir()] == ["cara.json"]
    assert json.loads("\n".join(desk.lines("export", CARA)))["user"]["email"]


def test_an_export_holds_nothing_that_a_terminal_obeys(
    desk: Desk, pg: PostgresChatStore
) -> None:
    take_in(pg, said("\u202e\x9b2J Zoë", BEN, profile_name="\u2066"))
    shown = "\n".join(desk.lines("export", BEN))
    assert not set(shown) & set("\u202e\x9b\u2066")
    assert json.loads(shown)["userchats"][0]["messages"][0]["content"] == (
        "\u202e\x9b2J Zoë"
    )


def test_an_export_to_nowhere_says_so(desk: Desk, tmp_path: Path) -> None:
    done = desk.run("export", ANA, "--output", str(tmp_path / "no" / "x.json"))
    assert done.exit_code == 1
    assert "can't be written" in done.output


def test_an_export_goes_through_no_link_and_replaces_no_pipe(
    desk: Desk, tmp_path: Path
) -> None:
    others, link = tmp_path / "others", tmp_path / "link.json"
    others.write_text("theirs")
    link.symlink_to(others)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for output, told in ((link, "is a link"), (pipe, "no file")):
        done = desk.run("export", ANA, "--output", str(output))
        assert done.exit_code == 1
        assert told in done.output
    assert others.read_text() == "theirs"
    assert link.is_symlink()
    assert pipe.is_fifo()


def test_erasing_asks_first(desk: Desk, database: Database) -> None:
    done = desk.run("erase", ANA, typed="n\n")
    assert done.exit_code == 1
    assert "Erase all of this for good?" in done.output
    assert values(database, USERS) == [ANA]
    assert desk.run("erase", ANA, typed="y\n").exit_code == 0
    assert values(database, USERS) == []


def test_erasing_makes_a_key_once_and_leaves_a_tombstone_beside_the_backups(
    desk: Desk, database: Database, pg: PostgresChatStore
) -> None:
    plant(pg, database)
    told = "\n".join(desk.lines("erase", CARA, "--yes"))
    assert "Keep a copy of it" in told
    assert "2 userchats, 1 userchats_archive" in told
    assert (desk.folder / "erasure.key").stat().st_mode & 0o777 == 0o600
    file = desk.folder / "backups" / "erasures.jsonl"
    assert len(file.read_text().splitlines()) == 3
    assert "A key was made" not in "\n".join(desk.lines("erase", ANA, "--yes"))
    assert len(file.read_text().splitlines()) == 4
    assert value(database, "SELECT count(*) FROM erasures") == 4


def test_with_a_configured_key_no_file_is_made(desk: Desk, database: Database) -> None:
    done = desk.run("erase", ANA, "--yes", ERASURE_KEY="sixteen-letters-or-more")
    assert done.exit_code == 0, done.output
    assert not (desk.folder / "erasure.key").exists()
    assert values(database, USERS) == []


def test_files_go_with_whom_they_are_of(desk: Desk, database: Database) -> None:
    media = desk.folder / "media"
    name = MediaContents(database, media).put(b"a picture", "image/png")
    change(database, SENT, name=name)
    told = json.loads(desk.run("export", ANA, MEDIA_STORE=str(media)).output)
    assert told["media_files"] == [{"sha256": name, "content": "YSBwaWN0dXJl"}]
    assert desk.run("erase", ANA, "--yes", MEDIA_STORE=str(media)).exit_code == 0
    assert list(media.glob("*/*")) == []


def test_a_folder_that_cant_be_written_does_not_stop_the_erasure(
    desk: Desk, database: Database
) -> None:
    (desk.folder / "taken").touch()
    done = desk.run("erase", ANA, "--yes", BACKUP_FOLDER=str(desk.folder / "taken"))
    assert done.exit_code == 0, done.output
    assert "Warning: " in done.stderr
    assert "can't be written" in done.stderr
    assert values(database, USERS) == []
    assert desk.run("show", ANA).exit_code == 1


def test_a_step_that_fails_keeps_none_from_the_others_and_can_be_done_again(
    desk: Desk, database: Database
) -> None:
    file = desk.folder / "backups" / "erasures.jsonl"
    file.parent.mkdir()
    file.write_bytes(b"\xff\n")
    with left_beside(database) as beside:
        done = desk.run("erase", ANA, "--yes")
        assert done.exit_code == 1
        assert f"this was not done: adding to {file} (" in done.stderr
        assert "line 1, is no tombstone" in done.stderr
        assert "run the same command again" in done.stderr
        assert f"{beside.name}, which a restore left, may still" in done.stderr
        assert (values(database, USERS), values(beside, USERS)) == ([], [ANA])
        file.write_text("")
        told = desk.lines("erase", "+15551230001", "--yes")
        assert f"Erased from {beside.name}, which a restore left: 1 person." in told
        assert told[-1] == f"{ANA} was erased before."
        assert values(beside, USERS) == []
    assert len(file.read_text().splitlines()) == 1


def test_what_was_broken_off_is_finished_but_nobody_stays_nobody(
    desk: Desk, database: Database
) -> None:
    key = "sixteen-letters-or-more"
    user_id = value(database, "SELECT user_id FROM users")
    assert erase_person(database, user_id, key.encode()) is not None
    done = desk.run("erase", str(user_id), "--yes", ERASURE_KEY=key)
    assert done.exit_code == 1
    assert "Error: nobody has the address" in done.stderr
    file = desk.folder / "backups" / "erasures.jsonl"
    assert len(file.read_text().splitlines()) == 1


def test_what_a_restore_left_is_reached_or_named(
    desk: Desk, database: Database, pg: PostgresChatStore
) -> None:
    plant(pg, database)
    with left_beside(database) as reached, left_beside(database, "restored") as older:
        schema.downgrade(older, "0012")
        older.close()
        done = desk.run("erase", CARA, "--yes")
        assert done.exit_code == 0, done.output
        assert f"Erased from {reached.name}, which a restore left: 1 person." in (
            done.stdout
        )
        assert values(reached, USERS) == [ANA]
        assert f"Warning: {older.name}, which a restore left, may still hold the" in (
            done.stderr
        )
        assert f'DROP DATABASE "{older.name}";' in done.stderr
        assert values(older, USERS) == [ANA, CARA]


@pytest.mark.usefixtures("desk")
def test_who_may_not_clean_up_is_told_who_may(
    database_url: str, tmp_path: Path
) -> None:
    with three_roles(database_url) as urls:
        done = Desk(urls["app"], tmp_path).run("erase", ANA, "--yes")
    assert done.exit_code == 0, done.output
    assert "this role does not own them" in done.stderr
    assert "VACUUM (ANALYZE)" in done.stderr
