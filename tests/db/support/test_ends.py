"""Takeovers end by themselves: somebody is warned, and nobody waits for ever."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from db.chats import PostgresChatStore
from db.database import Database
from db.memory.languages import remember_language
from db.outbox import PostgresOutbox
from db.records import Owner
from db.support.ends import LOT, Ended, Ending, end_takeovers
from db.support.owners import Owners
from tests.db.sql import change, holding, load, rows, take_in, value
from tests.db.support.takeovers import add_operator, events, find_user, reply_to, says
from tests.records import answer_to, said

HOUR = timedelta(hours=1)
TOLD = "Nobody came. I am here again. (es, whatsapp:+15551230001)"


def tell(language: str | None, address: str) -> str:
    return f"Nobody came. I am here again. ({language}, {address})"


ENDING = Ending(lasts=HOUR, told=tell)
NOTHING = Ended()
ALERTS = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'alert_operators'"
LATER = """UPDATE users SET owner_until = owner_until - %(time)s
WHERE owner_until IS NOT NULL"""


def later(database: Database, **time: float) -> None:
    """Have time pass, as far as takeovers know of it."""
    change(database, LATER, time=timedelta(**time))


def owner_of(database: Database, chat_id: str) -> tuple[object, ...]:
    query = """SELECT owner, owner_reason, owner_until IS NULL FROM users
    JOIN userchats ON customer_id = user_id WHERE chat_id = %(id)s"""
    [found] = rows(database, query, id=chat_id)
    return found


@pytest.mark.parametrize(
    ("lasts", "before"),
    [(HOUR, timedelta(minutes=6)), (timedelta(days=1), timedelta(minutes=30))],
)
def test_somebody_is_warned_a_tenth_of_the_time_before(
    lasts: timedelta, before: timedelta
) -> None:
    assert Ending(lasts=lasts).warned_before == before


def test_an_operator_is_warned_once_and_again_once_the_end_has_moved(
    database: Database, pg: PostgresChatStore, owners: Owners
) -> None:
    take_in(pg, said("Hi"))
    ana, olga = find_user(database), add_operator(database)
    owners.take(ana, olga, HOUR)
    later(database, minutes=53)
    assert end_takeovers(database, ENDING) == NOTHING
    later(database, minutes=2)
    assert end_takeovers(database, ENDING) == Ended(warned=1)
    assert end_takeovers(database, ENDING) == NOTHING
    assert events(database) == [("taken", olga), ("ends soon", None)]
    assert value(database, ALERTS) == 1
    says(database, reply_to(ana, author_id=olga, lasts=HOUR))
    later(database, minutes=53)
    assert end_takeovers(database, ENDING) == NOTHING
    later(database, minutes=5)
    assert end_takeovers(database, ENDING) == Ended(warned=1)


@pytest.mark.parametrize("ends", ["bot", "queue"])
def test_what_a_human_has_goes_where_it_is_set(
    database: Database, pg: PostgresChatStore, owners: Owners, ends: Owner
) -> None:
    asked = said("Where is it?")
    chat_id = take_in(pg, asked)
    owners.take(find_user(database), None, HOUR)
    assert pg.record_reply(chat_id, answer_to(asked, parts=()))
    later(database, minutes=61)
    ending = replace(ENDING, ends=ends)
    assert end_takeovers(database, ending) == Ended(given_back=1)
    assert owner_of(database, chat_id) == (ends, "ended", ends == "bot")
    change_told = "given back" if ends == "bot" else "queued"
    assert events(database) == [("taken", None), ("ended", None), (change_told, None)]
    assert value(database, ALERTS) == (ends == "queue")
    assert load(pg, chat_id).unanswered() == (), "what was written stays settled"
    assert value(database, "SELECT count(*) FROM reply_parts") == 0
    assert value(database, "SELECT status FROM support_tickets") == "open"
    assert end_takeovers(database, ending) == NOTHING


def test_who_waited_in_vain_is_told_once_and_gets_the_bot_again(
    database: Database, pg: PostgresChatStore, owners: Owners, outbox: PostgresOutbox
) -> None:
    chat_id = take_in(pg, said("A person, please"))
    ana = find_user(database)
    owners.give(ana, None, to="queue", lasts=HOUR)
    remember_language(database, ana, "de")
    remember_language(database, ana, "es")
    later(database, minutes=61)
    runs = [
        threading.Thread(target=end_takeovers, args=[database, ENDING])
        for _ in range(3)
    ]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert owner_of(database, chat_id) == ("bot", "ended", True)
    assert value(database, "SELECT status FROM support_tickets") == "open"
    told = load(pg, chat_id).turns[-1]
    assert (told.content, told.is_by_bot, told.in_reply_to) == (TOLD, True, ())
    claimed = outbox.claim_next(ana, HOUR, HOUR)
    assert claimed
    assert (claimed.is_claimed, claimed.part.body) == (True, TOLD)
    assert value(database, "SELECT count(*) FROM reply_parts") == 1
    sends = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'send_parts'"
    assert value(database, sends) == 1


@pytest.mark.parametrize("why", ["stopped", "inactive", "closed", "no chat"])
def test_who_may_not_be_written_to_is_told_nothing(
    database: Database, pg: PostgresChatStore, owners: Owners, why: str
) -> None:
    asked = said("A person, please")
    if why == "closed":
        before = datetime.now(UTC) - timedelta(hours=25)
        asked = replace(asked, turn=replace(asked.turn, timestamp=before))
    chat_id = take_in(pg, asked)
    owners.give(find_user(database), None, to="queue", lasts=HOUR)
    does = {
        "stopped": "INSERT INTO opt_outs (user_id) SELECT user_id FROM users",
        "inactive": "UPDATE users SET is_active = false",
        "no chat": "UPDATE userchats SET is_active = false",
    }
    if why in does:
        change(database, does[why])
    later(database, minutes=61)
    assert end_takeovers(database, ENDING) == Ended(given_back=1)
    assert owner_of(database, chat_id)[0] == "bot"
    assert value(database, "SELECT count(*) FROM reply_parts") == 0
    assert len(load(pg, chat_id).turns) == 1


def test_what_nobody_limited_does_not_end(
    database: Database, pg: PostgresChatStore, owners: Owners
) -> None:
    take_in(pg, said("Hi"))
    owners.take(find_user(database), None)
    assert end_takeovers(database, ENDING) == NOTHING


def test_who_works_on_a_chat_just_then_keeps_it(
    database: Database, pg: PostgresChatStore, owners: Owners
) -> None:
    chat_id = take_in(pg, said("Hi"))
    ana = find_user(database)
    owners.take(ana, None, HOUR)
    later(database, minutes=61)
    with holding(database, "SELECT 1 FROM users FOR NO KEY UPDATE"):
        assert end_takeovers(database, ENDING) == NOTHING
    says(database, reply_to(ana, lasts=HOUR))
    assert end_takeovers(database, ENDING) == NOTHING
    assert owner_of(database, chat_id)[0] == "human"


def test_a_snoozed_ticket_opens_when_its_time_came(
    database: Database, pg: PostgresChatStore, owners: Owners
) -> None:
    take_in(pg, said("Hi"))
    owners.take(find_user(database), None)
    snooze = "UPDATE support_tickets SET status = 'snoozed', snoozed_until = now() + "
    change(database, snooze + "interval '1 hour'")
    assert end_takeovers(database, ENDING) == NOTHING
    change(database, snooze + "interval '-1 s'")
    assert end_takeovers(database, ENDING) == Ended(opened=1)
    ticket = "SELECT status, snoozed_until FROM support_tickets"
    assert rows(database, ticket) == [("open", None)]
    assert events(database)[-1] == ("opened again", None)
    assert value(database, ALERTS) == 1


def test_many_end_in_lots_and_who_is_asked_to_stop_stops(database: Database) -> None:
    count = LOT + 5
    change(
        database,
        "INSERT INTO users (phone_number, owner, owner_until)"
        " SELECT 'whatsapp:+1555' || n, 'human', now()"
        " FROM generate_series(1, %(n)s) AS n",
        n=count,
    )
    assert end_takeovers(database, ENDING, lambda: True) == NOTHING
    assert end_takeovers(database, ENDING) == Ended(given_back=count)
