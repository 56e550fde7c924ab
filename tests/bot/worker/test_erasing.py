"""Erasing whom an operator asked to erase: by a worker, from the queue."""

import asyncio
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from procrastinate import App

from bot.worker.erasing import FarewellError, register_erasing
from db.chats import PostgresChatStore
from db.database import Database
from db.errors import OperatorError
from db.logins.audit import read_audit
from db.logins.erasing import request_erasure
from db.media.contents import MediaContents, path_of
from db.media.looked import MediaRows
from db.privacy.tombstones import FILE_NAME
from db.queue.app import build_queue
from db.queue.jobs import ERASE_PERSON, UPKEEP
from db.records import Deed, SeenMedia
from tests.bot.log_lines import recorded_log
from tests.db.logins.cheap import add_account
from tests.db.sql import change, load, take_in, value, values
from tests.records import ANA, answer_to, said

KEY = b"a key of the test's"
LEFT = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = %(name)s"


def test_who_is_to_be_erased_is_erased_once_and_the_job_goes_too(
    database: Database, pg: PostgresChatStore, tmp_path: Path
) -> None:
    take_in(pg, said("Hello", ANA))
    ana = value(database, "SELECT user_id FROM users")
    olga = add_account(database, "super_admin").user_id
    for is_new in (True, False):
        with database.transaction() as connection:
            assert request_erasure(connection, ana, olga) is is_new
    queue = build_queue(database.url)
    register_erasing(queue, database, lambda: KEY, tmp_path)
    asyncio.run(work(queue))
    assert values(database, "SELECT user_id FROM users") == [olga]
    assert value(database, LEFT, name=ERASE_PERSON) == 0
    assert (tmp_path / FILE_NAME).read_text().count("\n") == 1
    (row,) = read_audit(database)
    assert (row.action, row.actor_id, row.subject_id) == ("erased", olga, ana)
    queue.tasks[ERASE_PERSON](user_id=str(ana))  # again, as after a crash
    with database.transaction() as connection:
        assert not request_erasure(connection, ana, olga)


async def work(queue: App) -> None:
    async with queue.open_async():
        await queue.run_worker_async(queues=[UPKEEP], wait=False)


@pytest.fixture
def picture(database: Database, pg: PostgresChatStore, tmp_path: Path) -> Path:
    """The file of a picture that Ana sent."""
    message = said("Look", ANA)
    ana = load(pg, take_in(pg, message)).user_id
    rows = MediaRows(database, MediaContents(database, tmp_path / "media"))
    thing = SeenMedia(
        message_sid=message.message_sid,
        position=0,
        state="fetched",
        media_type="image/png",
    )
    kept = rows.keep(ana, thing, b"a picture")
    return path_of(tmp_path / "media", kept.sha256 or "")


def erase_ana(database: Database, folder: Path, media_folder: Path | None) -> None:
    queue = build_queue(database.url)
    register_erasing(queue, database, lambda: KEY, folder, media_folder)
    ana = value(database, "SELECT user_id FROM users")
    queue.tasks[ERASE_PERSON](user_id=str(ana))
    assert values(database, "SELECT user_id FROM users") == []


def test_files_go_at_once(database: Database, tmp_path: Path, picture: Path) -> None:
    erase_ana(database, tmp_path, tmp_path / "media")
    assert not picture.exists()


def test_files_that_cant_go_are_told(
    database: Database, tmp_path: Path, picture: Path
) -> None:
    with recorded_log() as log:
        erase_ana(database, tmp_path, None)
    assert f"remove them there: {picture.name}" in log.text


def test_what_is_missing_is_told_and_tried_again(
    database: Database, tmp_path: Path
) -> None:
    def no_key() -> bytes:
        raise OperatorError("set ERASURE_KEY")

    queue = build_queue(database.url)
    register_erasing(queue, database, no_key, tmp_path)
    task = queue.tasks[ERASE_PERSON]
    with pytest.raises(OperatorError, match="set ERASURE_KEY"):
        task(user_id=str(uuid4()))
    assert task.retry_strategy is not None


def test_the_last_super_admin_is_not_erased(database: Database) -> None:
    last = add_account(database, "super_admin")
    with (
        pytest.raises(OperatorError, match="invite another"),
        database.transaction() as connection,
    ):
        request_erasure(connection, last.user_id, last.user_id)
    assert value(database, LEFT, name=ERASE_PERSON) == 0


def test_who_asked_for_it_hears_so_first_and_is_erased_once(
    database: Database, pg: PostgresChatStore, tmp_path: Path
) -> None:
    message = said("YES FORGET", ANA)
    chat_id = take_in(pg, message)
    reply = answer_to(message, text="Done")
    after = reply.turn.reference_id
    reply = replace(reply, deeds=(Deed("erase_user", {"after": after}),))
    assert pg.record_reply(chat_id, reply)
    ana = str(value(database, "SELECT user_id FROM users"))
    queue = build_queue(database.url)
    register_erasing(queue, database, lambda: KEY, tmp_path)
    erase = queue.tasks[ERASE_PERSON]
    change(database, "DELETE FROM procrastinate_jobs WHERE task_name = 'answer_chat'")
    with pytest.raises(FarewellError):
        erase(user_id=ana, after=after)
    change(database, "UPDATE reply_parts SET status = 'queued'")
    late = said("wait", ANA)
    assert pg.record_inbound(late).is_new
    with pytest.raises(FarewellError):
        erase(user_id=ana, after=after)
    change(database, "DELETE FROM procrastinate_jobs WHERE task_name = 'answer_chat'")
    asyncio.run(work(queue))
    assert values(database, "SELECT user_id FROM users") == []
    assert value(database, LEFT, name=ERASE_PERSON) == 0
    erase(user_id=ana, after=after)  # again, as after a crash
    assert pg.record_inbound(message).is_new is False, "an old webhook, sent again"
    assert values(database, "SELECT actor_id FROM audit_log") == [None]


@pytest.mark.parametrize("status", ["failed", "canceled"])
def test_whom_no_word_reaches_is_erased_all_the_same(
    database: Database, pg: PostgresChatStore, tmp_path: Path, status: str
) -> None:
    message = said("YES FORGET", ANA)
    reply = answer_to(message, text="Done")
    after = reply.turn.reference_id
    reply = replace(reply, deeds=(Deed("erase_user", {"after": after}),))
    assert pg.record_reply(take_in(pg, message), reply)
    change(database, "UPDATE reply_parts SET status = %(status)s", status=status)
    change(database, "DELETE FROM procrastinate_jobs WHERE task_name = 'answer_chat'")
    queue = build_queue(database.url)
    register_erasing(queue, database, lambda: KEY, tmp_path)
    asyncio.run(work(queue))
    assert values(database, "SELECT user_id FROM users") == []
