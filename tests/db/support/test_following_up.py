"""Who is silent after an offer is asked once, and nobody else."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from db.chats import PostgresChatStore
from db.database import Database
from db.support.owners import Owners
from db.support.saying import (
    SHUT,
    UNHEARD,
    WITH_A_PERSON,
    WROTE,
    say_due,
)
from tests.db.sql import (
    change,
    rows,
    take_in,
    value,
)
from tests.db.support.reminding import (
    HELD,
    PARTS,
    SAID,
    SAYING,
    STATE,
    due,
    follow,
    plan,
)
from tests.db.support.takeovers import find_user
from tests.records import said


def test_who_is_silent_after_an_offer_is_asked_once(
    database: Database, pg: PostgresChatStore
) -> None:
    follow(pg)
    follow(pg, "And cakes?")  # the newer offer takes the older one's place
    due(database)
    assert say_due(database, SAYING) == {"said": 1}
    assert say_due(database, SAYING) == {}
    assert rows(database, PARTS) == [("follow_up None: ", "pending")]


def test_whoever_wrote_since_or_has_a_person_is_not_asked(
    database: Database, pg: PostgresChatStore, owners: Owners
) -> None:
    follow(pg)
    message = said("Rye")
    take_in(pg, message)
    due(database)
    assert say_due(database, SAYING) == {"canceled": 1}
    follow(pg, "More?")
    owners.take(find_user(database), None)
    owners.give(find_user(database), None)
    due(database)
    assert say_due(database, SAYING) == {"canceled": 1}
    follow(pg, "Even more?")
    due(database)
    change(database, """UPDATE userchats SET messages = (
      SELECT jsonb_agg(m || jsonb_build_object('timestamp', now() - interval '25 h'))
      FROM jsonb_array_elements(messages) AS m)""")  # fmt: skip
    assert say_due(database, HELD) == {"dropped": 1}
    assert sorted(rows(database, STATE)) == [
        ("canceled", WITH_A_PERSON), ("canceled", WROTE), ("dropped", SHUT)
    ]  # fmt: skip


def test_nobody_is_asked_about_what_did_not_reach_them(
    database: Database, pg: PostgresChatStore
) -> None:
    chat_id = follow(pg, "Cake?")
    change(
        database,
        """INSERT INTO reply_parts (reference_id, chat_id, user_id, position, address,
             body, status)
           SELECT offer_id, %(id)s, user_id, 0, 'x', 'Cake', 'failed'
           FROM scheduled_messages WHERE state = 'waiting'""",
        id=chat_id,
    )
    due(database)
    assert say_due(database, SAYING) == {"canceled": 1}
    assert rows(database, STATE) == [("canceled", UNHEARD)]


def test_in_quiet_hours_a_follow_up_waits_and_a_reminder_does_not(
    database: Database, pg: PostgresChatStore
) -> None:
    follow(pg)
    plan(database)
    due(database)
    morning = datetime.now(UTC) + 8 * timedelta(hours=1)
    quiet: Any = replace(SAYING, rests_until=lambda _at: morning)
    assert say_due(database, quiet) == {"said": 1}
    assert rows(database, PARTS) == SAID
    waits = "SELECT say_at FROM scheduled_messages WHERE state = 'waiting'"
    assert value(database, waits) == morning
