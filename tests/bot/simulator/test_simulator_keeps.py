"""What the simulator knew it knows after a restart, as Twilio does."""

import signal
import sqlite3
import subprocess
import sys
from contextlib import AbstractContextManager, closing
from pathlib import Path

import pytest

from bot.simulator.archive import Archive
from bot.simulator.mailbox import Mailbox
from bot.simulator.records import Media, Message, PhoneMessage, new_sid
from tests.bot.simulator.desk import Desk, desk_at
from tests.bot.simulator.scripted_bot import ScriptedBot

PLACE = {"latitude": 52.5, "longitude": 13.4, "label": "Bakery"}
PAGE_BYTES = 4096
WRITES_AND_IS_KILLED = """
import os, signal, sys
from pathlib import Path
from bot.simulator.records import PhoneMessage
from bot.simulator.archive import Archive
from bot.simulator.mailbox import Mailbox
box = Mailbox(archive=Archive(Path(sys.argv[1])))
for number in range(50):
    box.add(PhoneMessage(f"SM{number:032x}", "whatsapp:+15551230001").as_message())
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "simulator.sqlite3"


def simulator(bot: ScriptedBot, file: Path) -> AbstractContextManager[Desk]:
    return desk_at(bot.webhook_url, archive=file, resume_seconds=0.05)


def with_media(data: bytes = b"bytes") -> tuple[Message, bytes]:
    sid = new_sid("MM")
    media = Media(new_sid("ME"), sid, "image/png", "a.png")
    written = PhoneMessage(sid, "whatsapp:+15551230001", media=media, content=data)
    return written.as_message(), data


def test_conversations_are_there_again(
    bot: ScriptedBot, file: Path, address: str
) -> None:
    with simulator(bot, file) as desk:
        desk.user_says(address, "Where?", profile_name="Zoë", location=PLACE)
        desk.bot_sends(address, "There.", StatusCallback=f"{bot.origin}/status")
        files = {"file": ("a.png", b"png", "image/png")}
        desk.phone("POST", "messages", data={"from": address}, files=files)
        bot.wait_until(lambda: len(bot.inbound_from(address)) == 2)
        before = desk.conversation(address)
        listed = desk.rest("GET", "Messages.json").json()
    assert file.stat().st_mode & 0o777 == 0o600
    with simulator(bot, file) as desk:
        after = desk.conversation(address)
        assert [m["sid"] for m in after["messages"]] == [
            m["sid"] for m in before["messages"]
        ]
        assert (after["name"], after["messages"][0]["location"]) == ("Zoë", PLACE)
        [media] = after["messages"][2]["media"]
        assert desk.rest("GET", media["url"], auth=None).content == b"png"
        again = desk.rest("GET", "Messages.json").json()["messages"]
        assert [m["sid"] for m in again] == [m["sid"] for m in listed["messages"]]


def test_what_was_on_its_way_arrives_after_the_restart(
    bot: ScriptedBot, file: Path, address: str
) -> None:
    said = PhoneMessage(new_sid("SM"), address).as_message()
    with simulator(bot, file) as desk:
        desk.user_says(address)
    box = Mailbox(archive=Archive(file))
    sid = new_sid("SM")
    box.add(
        Message(
            sid, address, "outbound-api", "Hi", "queued", said.created_at,
            said.updated_at, status_callback=f"{bot.origin}/status",
        )
    )  # fmt: skip
    with simulator(bot, file) as desk:
        bot.wait_until(lambda: bot.statuses_of(sid) == ["sent", "delivered"])
        assert desk.statuses(address)[-1] == "delivered"


def test_a_kill_loses_nothing(file: Path) -> None:
    command = [sys.executable, "-c", WRITES_AND_IS_KILLED, str(file)]
    assert subprocess.run(command, timeout=30).returncode == -signal.SIGKILL
    assert len(Mailbox(archive=Archive(file)).newest_first()) == 50


def test_it_is_bounded_and_forgets_for_good(file: Path) -> None:
    box = Mailbox(most_messages=3, most_media=2, archive=Archive(file))
    kept = [with_media() for _ in range(4)]
    for message, data in kept:
        box.add(message, data)
    box.delete(kept[3][0].sid)
    again = Mailbox(archive=Archive(file))
    assert [m.sid for m in again.newest_first()] == [
        kept[place][0].sid for place in (2, 1)
    ]
    contents = [again.content(message.media[0].sid) for message, _ in kept]
    assert [content is not None for content in contents] == [False, False, True, False]


def test_a_broken_file_is_put_aside(file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(b"this is no database, and longer than a header of one" * 99)
    assert Mailbox(archive=Archive(file)).newest_first() == []
    assert file.with_name("simulator.sqlite3.broken").exists()
    box = Mailbox(archive=Archive(file))
    box.add(with_media()[0])
    assert len(Mailbox(archive=Archive(file)).newest_first()) == 1


def damage(file: Path) -> bytes:
    """Write over all pages but the first, and return what the file is now."""
    whole = file.read_bytes()
    damaged = whole[:PAGE_BYTES] + b"\xff" * (len(whole) - PAGE_BYTES)
    file.write_bytes(damaged)
    return damaged


def test_a_file_with_a_damaged_page_is_put_aside(
    bot: ScriptedBot, file: Path, address: str
) -> None:
    with simulator(bot, file) as desk:
        desk.user_says(address)
    assert not file.with_name("simulator.sqlite3-wal").exists(), "one file, whole"
    damaged = damage(file)
    file.with_name("simulator.sqlite3.broken-wal").write_text("an earlier one's")
    with simulator(bot, file) as desk:
        desk.user_says(address, "And again")
    assert file.with_name("simulator.sqlite3.broken").read_bytes() == damaged
    assert not file.with_name("simulator.sqlite3.broken-wal").exists()
    with simulator(bot, file) as desk:
        assert desk.bodies(address) == ["And again"]


def test_what_a_damaged_file_had_not_taken_in_is_put_aside_with_it(file: Path) -> None:
    Archive(file)
    box = Mailbox(archive=Archive(file))
    box.add(with_media()[0])
    log = file.with_name("simulator.sqlite3-wal").read_bytes()
    damage(file)
    assert Mailbox(archive=Archive(file)).newest_first() == []
    assert log
    assert file.with_name("simulator.sqlite3.broken-wal").read_bytes() == log


def test_a_damaged_text_costs_its_message_alone(file: Path) -> None:
    box = Mailbox(archive=Archive(file))
    kept = [with_media()[0] for _ in range(3)]
    for message in kept:
        box.add(message)
    with closing(sqlite3.connect(file)) as other, other:
        damage = "UPDATE messages SET record = CAST(x'7bff7d' AS TEXT) WHERE sid = ?"
        other.execute(damage, (kept[1].sid,))
    again = Mailbox(archive=Archive(file)).newest_first()
    assert [m.sid for m in again] == [kept[2].sid, kept[0].sid]


def test_a_file_that_is_locked_stays_where_it_is(
    bot: ScriptedBot, file: Path, address: str
) -> None:
    with simulator(bot, file) as desk:
        desk.user_says(address, "Before")
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        with simulator(bot, file) as desk:
            desk.user_says(address, "Meanwhile")
            assert desk.bodies(address) == ["Meanwhile"]
        other.execute("ROLLBACK")
    assert not file.with_name("simulator.sqlite3.broken").exists()
    with simulator(bot, file) as desk:
        assert desk.bodies(address) == ["Before"]


def test_a_disk_that_cant_be_written_stops_no_conversation(
    bot: ScriptedBot, tmp_path: Path, address: str
) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    with simulator(bot, tmp_path / "data" / "simulator.sqlite3") as desk:
        assert desk.user_says(address)["webhook_status"] == 200
        assert desk.bodies(address) == ["Hello"]
