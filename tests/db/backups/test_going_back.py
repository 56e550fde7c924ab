"""Going back to the database that a restore replaced; and what restores leave."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from db import schema
from db.backups.replacement import find_way_back
from db.backups.restore import restore, verify
from db.backups.since_backup import SinceBackup
from db.beside.left import find_beside, name_beside
from db.beside.new_database import stop_writes
from db.beside.target import alone
from db.database import Database
from db.errors import OperatorError
from tests.db.backups.kept import databases_beside, leaving_no_databases, order_of
from tests.db.backups.times import Times
from tests.db.parts import again, replied
from tests.db.sql import PATIENT, change, load, take_in, value, values
from tests.records import ANA, BEN, answer_to, new_sid, said

PEOPLE = "SELECT phone_number FROM users ORDER BY 1"
CLEO = "whatsapp:+15551230003"


@pytest.fixture
def times(database: Database, tmp_path: Path) -> Iterator[Times]:
    with leaving_no_databases(database):
        yield Times(database, tmp_path)


def test_what_was_in_use_is_in_use_again_and_nobody_who_was_erased(
    times: Times,
) -> None:
    take_in(times.pg, said("Hello", ANA))
    take_in(times.pg, said("Hello", BEN))
    times.back_up()
    take_in(times.pg, said("Hello", CLEO))
    times.restore()
    assert values(times.database, PEOPLE) == [ANA, BEN]
    times.erase(BEN)
    assert times.go_back().erased == 1
    assert values(times.database, PEOPLE) == [ANA, CLEO]
    assert schema.find_fault(times.database) is None
    assert databases_beside(times.database) == ["before"]
    take_in(times.pg, said("Writes go on", CLEO))
    times.go_back()  # and there again
    assert values(times.database, PEOPLE) == [ANA]


def test_what_happened_meanwhile_is_not_done_again(times: Times) -> None:
    times.back_up()
    answered, open_still = said("Do you sell bread?", ANA), said("And rye?", BEN)
    answered_chat = take_in(times.pg, answered)
    open_chat = take_in(times.pg, open_still)
    (part,) = replied(times.pg, times.outbox, "Yes.", to=CLEO)
    times.restore()
    # Taken in anew from Twilio, the first of them only, and answered.
    reply = answer_to(answered)
    assert times.pg.record_reply(take_in(times.pg, answered), reply)
    (sent,) = times.outbox.find_parts(UUID(reply.turn.reference_id))
    times.accept(sent, new_sid())
    new = said("I am new", ANA)
    assert times.pg.record_reply(take_in(times.pg, new), answer_to(new, parts=()))
    since = times.go_back().since
    assert since == SinceBackup(seen=1, settled=1, moved=0, doubted=1)
    assert load(times.pg, answered_chat).unanswered() == ()
    (waits,) = load(times.pg, open_chat).unanswered()
    assert waits.message_sid == open_still.message_sid
    assert not times.pg.record_inbound(new).is_new
    assert again(times.outbox, part).status == "uncertain"


def test_an_older_one_is_migrated_and_a_cut_short_try_is_repeated(
    times: Times,
) -> None:
    schema.downgrade(times.database, "0009")
    times.back_up()
    times.restore()
    with times.database.maintenance(PATIENT) as beside:
        stop_writes(beside, times.database.name)
    times.go_back()
    assert schema.find_fault(times.database) is None
    take_in(times.pg, said("Writes go on", ANA))


def test_a_database_that_is_gone_is_gone_back_from(times: Times) -> None:
    take_in(times.pg, said("Hello", ANA))
    times.back_up()
    times.restore()
    times.lose_the_database()
    assert times.go_back().unread == "there is none"
    assert values(times.database, PEOPLE) == [ANA]
    with pytest.raises(OperatorError, match="there is no database to go back to"):
        find_way_back(times.database)


def test_a_restore_sweeps_what_earlier_ones_left(times: Times) -> None:
    times.back_up()
    first = times.restore().before
    killed = name_beside(times.database.name, "restored")
    with times.database.maintenance(PATIENT) as beside:
        change(beside, f"CREATE ROLE {killed} LOGIN")
        change(beside, f"CREATE DATABASE {killed} OWNER {killed} STRATEGY file_copy")
    order = replace(order_of(times.dump), say=times.said.append)
    second = restore(times.database, order).before
    assert [left.name for left in find_beside(times.database)] == [second]
    told = [said for said in times.said if said.startswith("Dropped")]
    assert told == [
        f"Dropped {killed}, left by one that was cut short",
        f"Dropped {first}, which an earlier restore left",
    ]
    mine = "SELECT count(*) FROM pg_roles WHERE starts_with(rolname, %(name)s)"
    assert value(times.database, mine, name=times.database.name) == 0


def test_two_restores_at_once_are_one(times: Times) -> None:
    times.back_up()
    with (
        alone(times.database),
        pytest.raises(
            OperatorError, match=r"another restore or drill of .* is running"
        ),
    ):
        verify(times.database, order_of(times.dump))
