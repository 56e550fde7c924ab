"""After a restore nothing is said twice: the bot is told what happened since."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from db.backups.restore import RestoreRequest, restore, verify
from db.backups.since_backup import SinceBackup
from db.database import Database
from db.errors import OperatorError
from db.privacy.tombstones import Graveyard, append_missing
from db.records import DeliveryStatus
from tests.db.backups.kept import leaving_no_databases, order_of, signed_again
from tests.db.backups.times import Times
from tests.db.parts import again, replied
from tests.db.sql import change, load, take_in, value, values
from tests.records import ANA, BEN, answer_to, new_sid, said

CLEO = "whatsapp:+15551230003"


@pytest.fixture
def times(database: Database, tmp_path: Path) -> Iterator[Times]:
    with leaving_no_databases(database):
        yield Times(database, tmp_path)


def test_what_was_answered_since_is_not_answered_again(times: Times) -> None:
    asked = said("Do you sell bread?")
    chat_id = take_in(times.pg, asked)
    times.back_up()
    assert times.pg.record_reply(chat_id, answer_to(asked))
    assert times.restore().since == SinceBackup(seen=0, settled=1, moved=0, doubted=0)
    chat = load(times.pg, chat_id)
    assert chat.unanswered() == ()
    assert [turn.role for turn in chat.turns] == ["user", "system"]
    assert not times.pg.record_inbound(asked).is_new


def test_what_is_still_unanswered_is_answered_from_the_backup(times: Times) -> None:
    first, second = said("Do you sell bread?"), said("And rye?")
    chat_id = take_in(times.pg, first)
    take_in(times.pg, second)
    times.back_up()
    assert times.pg.record_reply(chat_id, answer_to(first))
    outcome = times.restore()
    assert outcome.since is not None
    assert outcome.since.settled == 1
    waiting = "SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'"
    assert value(times.database, waiting) > 0
    unanswered = load(times.pg, chat_id).unanswered()
    assert [turn.message_sid for turn in unanswered] == [second.message_sid]


def test_what_came_and_was_answered_since_is_not_taken_in_again(times: Times) -> None:
    times.back_up()
    sent, silent = said("Do you sell bread?", ANA), said("STOP", BEN)
    times.pg.record_reply(take_in(times.pg, silent), answer_to(silent, parts=()))
    chat_id = take_in(times.pg, sent)
    reply = answer_to(sent)
    assert times.pg.record_reply(chat_id, reply)
    (made,) = times.outbox.find_parts(UUID(reply.turn.reference_id))
    times.accept(made, new_sid())
    outcome = times.restore()
    assert outcome.since == SinceBackup(seen=2, settled=0, moved=0, doubted=0)
    assert not times.pg.record_inbound(sent).is_new
    assert not times.pg.record_inbound(silent).is_new


def test_what_came_since_is_known_though_the_backup_is_dated_ahead(
    times: Times,
) -> None:
    times.back_up()
    signed_again(times.dump, created_at=datetime.now(UTC) + timedelta(days=400))
    sent = said("Do you sell bread?")
    times.pg.record_reply(take_in(times.pg, sent), answer_to(sent, parts=()))
    times.restore()
    assert not times.pg.record_inbound(sent).is_new


def test_numbers_of_ours_that_were_written_to_since_are_known(times: Times) -> None:
    times.back_up()
    sent = said("Do you sell bread?", our_address=CLEO)
    times.pg.record_reply(take_in(times.pg, sent), answer_to(sent, parts=()))
    times.restore()
    assert times.outbox.find_our_addresses() == [CLEO]


def test_what_came_since_and_waits_for_its_answer_is_taken_in_again(
    times: Times,
) -> None:
    times.back_up()
    waits, unsent = said("Do you sell bread?", ANA), said("And rye?", BEN)
    take_in(times.pg, waits)
    times.pg.record_reply(take_in(times.pg, unsent), answer_to(unsent))
    outcome = times.restore()
    assert outcome.since == SinceBackup(seen=0, settled=0, moved=0, doubted=0)
    assert times.pg.record_inbound(waits).is_new
    assert times.pg.record_inbound(unsent).is_new


def test_parts_are_where_they_had_got_to(times: Times) -> None:
    (waiting,) = replied(times.pg, times.outbox, "Yes.", to=ANA)
    (sent,) = replied(times.pg, times.outbox, "No.", to=BEN)
    (gone,) = replied(times.pg, times.outbox, "Perhaps.", to=CLEO)
    times.back_up()
    times.accept(sent, "SM1")
    change(times.database, "DELETE FROM reply_parts WHERE address = %(a)s", a=CLEO)
    outcome = times.restore()
    assert outcome.since == SinceBackup(seen=0, settled=0, moved=2, doubted=1)
    now = [again(times.outbox, part) for part in (waiting, sent, gone)]
    assert [part.status for part in now] == ["pending", "sent", "uncertain"]
    assert [part.message_sid for part in now] == [None, "SM1", None]


def test_what_twilio_refused_since_is_sent_again_and_its_old_sid_is_done_with(
    times: Times,
) -> None:
    (part,) = replied(times.pg, times.outbox, "Yes.", to=ANA)
    (final,) = replied(times.pg, times.outbox, "No.", to=BEN)
    first, last = new_sid(), new_sid()
    times.accept(part, first)
    times.accept(final, last)
    times.back_up()
    assert times.outbox.record_delivery_status(failed(first, 63018))
    assert times.outbox.record_delivery_status(failed(last, 63024))
    change(times.database, "DELETE FROM procrastinate_jobs")
    outcome = times.restore()
    assert outcome.since == SinceBackup(seen=0, settled=0, moved=2, doubted=0)
    assert again(times.outbox, part).status == "pending"
    assert again(times.outbox, final).status == "failed"
    waiting = "SELECT args ->> 'user_id' FROM procrastinate_jobs WHERE status = 'todo'"
    assert str(part.user_id) in values(times.database, waiting)
    # Told once more: it is that refusal, and no other.
    times.outbox.record_delivery_status(failed(first, 63018))
    assert again(times.outbox, part).status == "pending"
    refused = "SELECT refused_sids FROM reply_parts WHERE part_id = %(part)s"
    assert value(times.database, refused, part=part.part_id) == [first]


def failed(sid: str, code: int) -> DeliveryStatus:
    return DeliveryStatus(message_sid=sid, status="failed", error_code=code)


def test_stop_holds(times: Times) -> None:
    take_in(times.pg, said("Hello", ANA))
    times.back_up()
    for address in (ANA, BEN):  # who was new after the backup as well
        stop = said("STOP", address)
        silence = answer_to(stop, parts=(), opts_out=True)
        assert times.pg.record_reply(take_in(times.pg, stop), silence)
    times.restore()
    stopped = "SELECT phone_number FROM opt_outs JOIN users USING (user_id) ORDER BY 1"
    assert values(times.database, stopped) == [ANA, BEN]
    assert load(times.pg, take_in(times.pg, said("Hello?", BEN))).opted_out


@pytest.mark.parametrize("lost", ["the database", "a table", "its rows"])
def test_where_nobody_can_tell_nothing_is_said_twice(times: Times, lost: str) -> None:
    asked = said("Do you sell bread?", ANA)
    chat_id = take_in(times.pg, asked)
    (part,) = replied(times.pg, times.outbox, "Yes.", to=BEN)
    times.back_up()
    if lost == "the database":
        times.lose_the_database()
    if lost == "a table":
        change(times.database, "DROP TABLE reply_parts CASCADE")
    if lost == "its rows":
        change(times.database, "DELETE FROM users")
    outcome = times.restore()
    assert outcome.since == SinceBackup(seen=0, settled=1, moved=0, doubted=1)
    assert outcome.replaced is not None
    assert (outcome.replaced.unread is None) == (lost == "its rows")
    assert load(times.pg, chat_id).unanswered() == ()
    assert again(times.outbox, part).status == "uncertain"
    assert not times.pg.record_inbound(asked).is_new


def test_who_was_erased_since_is_not_brought_back(times: Times) -> None:
    take_in(times.pg, said("Hello", ANA))
    take_in(times.pg, said("Hello", BEN))
    times.back_up()
    times.erase(ANA)
    assert verify(times.database, order_of(times.dump)).erased == 1
    assert times.restore().erased == 1
    assert values(times.database, "SELECT phone_number FROM users") == [BEN]
    assert value(times.database, "SELECT count(*) FROM erasures") == 1


def test_tombstones_outlive_the_database_in_their_file(times: Times) -> None:
    take_in(times.pg, said("Hello", ANA))
    times.back_up()
    times.erase(ANA)
    assert append_missing(times.database, times.folder) == 1
    times.lose_the_database()
    assert times.restore().erased == 1
    assert values(times.database, "SELECT phone_number FROM users") == []


def test_without_their_key_tombstones_stop_a_restore(times: Times) -> None:
    take_in(times.pg, said("Hello", ANA))
    times.back_up()
    times.erase(ANA)
    times.database.close()
    keyless = RestoreRequest(
        dump=times.dump, identity=None, graveyard=Graveyard(times.folder / "none", None)
    )
    with pytest.raises(OperatorError, match="set ERASURE_KEY, or put erasure"):
        restore(times.database, keyless)
    assert values(times.database, "SELECT phone_number FROM users") == []
    take_in(times.pg, said("Hello again", BEN))  # writes go on


def test_no_worker_passes_for_one_that_lived_through_the_restore(times: Times) -> None:
    register = "SELECT procrastinate_register_worker_v1()"
    times.back_up()
    lived_through = value(times.database, register)
    times.restore()
    assert value(times.database, register) > lived_through
