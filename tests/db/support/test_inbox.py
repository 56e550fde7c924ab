"""The inbox: who is in which list, in what order, page by page."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest

from db.chats import PostgresChatStore
from db.database import Database
from db.support.inbox.finding import (
    Place,
    Sought,
    count_lists,
    count_waiting,
    find_people,
    read_labels,
    read_list,
    read_version,
)
from db.support.inbox.rows import InboxRow
from db.support.owners import change_owner
from tests.bot.console.conftest import add_operator
from tests.db.sql import change, load, take_in, value
from tests.records import answer_to, said

FLOOD = """
INSERT INTO inbound_messages (message_sid, address)
SELECT 'SMflood' || n, 'whatsapp:+15550000002' FROM generate_series(1, 700) AS n
"""
LAST_OF_FLOOD = """
UPDATE userchats SET messages = messages || '[{"role": "user", "content": "x",
  "timestamp": "2026-01-01T00:00:00+00:00", "message_sid": "SMflood99"}]'
WHERE customer_id = %(user_id)s
"""


def writes(pg: PostgresChatStore, number: int, *texts: str) -> UUID:
    """Have somebody write; return who that is."""
    address, name = f"whatsapp:+1555000{number:04d}", f"Person {number}"
    texts = texts or ("Hello",)
    chats = [take_in(pg, said(text, address, profile_name=name)) for text in texts]
    return load(pg, chats[-1]).user_id


def give(
    database: Database,
    user_id: UUID,
    owner: str,
    to: UUID | None = None,
    hours: int = 0,
) -> None:
    """Have somebody have a person's chats since some hours."""
    change_owner(database, user_id, owner, operator=to, why="/human")  # type: ignore[arg-type]
    since = timedelta(hours=hours)
    statement = (
        "UPDATE users SET owner_since = now() - %(since)s WHERE user_id = %(user_id)s"
    )
    change(database, statement, since=since, user_id=user_id)


def ids(rows: Sequence[InboxRow]) -> list[UUID]:
    return [row.user_id for row in rows]


@pytest.fixture
def olga(database: Database) -> UUID:
    return add_operator(database, "supporter").user_id


def test_who_waits_longest_comes_first_and_the_urgent_before_all(
    pg: PostgresChatStore, database: Database, olga: UUID
) -> None:
    short, long, urgent, bots = (writes(pg, number) for number in range(4))
    for user_id, hours in ((short, 1), (long, 5), (urgent, 0)):
        give(database, user_id, "queue", hours=hours)
    raised = "UPDATE support_tickets SET priority = 'urgent' WHERE user_id = %(u)s"
    change(database, raised, u=urgent)
    sought = Sought(operator_id=olga, most=2)
    first = read_list(database, "queue", sought)
    assert ids(first.rows) == [urgent, long]
    assert first.after is not None
    rest = read_list(database, "queue", sought, first.after)
    assert ids(rest.rows) == [short]
    assert rest.after is None
    assert first.rows[1].owner_reason == "/human"
    assert ids(read_list(database, "bot", sought).rows) == [bots]
    assert count_waiting(database) == 3


def test_mine_come_before_other_humans(
    pg: PostgresChatStore, database: Database, olga: UUID
) -> None:
    bea = add_operator(database, "supporter", "Bea").user_id
    mine, hers = writes(pg, 1), writes(pg, 2)
    give(database, mine, "human", olga)
    give(database, hers, "human", bea)
    sought = Sought(operator_id=olga)
    rows = read_list(database, "human", sought).rows
    assert [(row.user_id, row.owner_name) for row in rows] == [
        (mine, "Olga"), (hers, "Bea"),
    ]  # fmt: skip
    assert ids(read_list(database, "mine", sought).rows) == [mine]
    counts = count_lists(database, olga)
    assert (counts.queue, counts.mine, counts.human) == (0, 1, 2)


def test_the_bots_chats_are_found_by_their_last_message_each_once(
    pg: PostgresChatStore, database: Database, olga: UUID
) -> None:
    people = [writes(pg, number, "Hello", "Again") for number in range(5)]
    people.append(people.pop(0))
    writes(pg, 0, "Once more")
    found: list[UUID] = []
    place: Place | None = Place()
    while place is not None:
        page = read_list(database, "bot", Sought(operator_id=olga, most=2), place)
        found += ids(page.rows)
        place = page.after
    assert found == people[::-1]


def test_one_who_writes_without_end_hides_nobody(
    pg: PostgresChatStore, database: Database, olga: UUID
) -> None:
    quiet = writes(pg, 1)
    flood = writes(pg, 2, *(["again"] * 3))
    # As if they had written hundreds of messages after that.
    change(database, FLOOD)
    change(database, LAST_OF_FLOOD, user_id=flood)
    page = read_list(database, "bot", Sought(operator_id=olga))
    assert ids(page.rows) == [flood, quiet]


def test_a_row_tells_of_the_last_message_and_what_is_new_to_whom(
    pg: PostgresChatStore, database: Database, olga: UUID
) -> None:
    question = said("When do you open?", "whatsapp:+15550000001")
    chat_id = take_in(pg, question)
    pg.record_reply(chat_id, answer_to(question, text="At nine."))
    (row,) = read_list(database, "bot", Sought(operator_id=olga)).rows
    assert (row.last_role, row.last_words, row.unread) == ("assistant", "At nine.", 0)
    give(database, row.user_id, "queue")
    change(
        database,
        "INSERT INTO support_sessions (operator_id, user_id, read_turns)"
        " VALUES (%(olga)s, %(u)s, 1)", olga=olga, u=row.user_id,
    )  # fmt: skip
    (row,) = read_list(database, "queue", Sought(operator_id=olga)).rows
    assert row.unread == 1
    bea = add_operator(database, "supporter", "Bea").user_id
    (row,) = read_list(database, "queue", Sought(operator_id=bea)).rows
    assert (row.unread, row.looking, row.failed) == (2, ["Olga"], False)
    change(database, "UPDATE reply_parts SET status = 'undelivered'")
    (row,) = read_list(database, "queue", Sought(operator_id=bea)).rows
    assert row.failed


def test_tickets_are_found_by_label_and_assignee_and_rest_apart(
    pg: PostgresChatStore, database: Database, olga: UUID
) -> None:
    one, other = writes(pg, 1), writes(pg, 2)
    give(database, one, "queue")
    give(database, other, "human", olga)
    label = "UPDATE support_tickets SET labels = '{late}' WHERE user_id = %(u)s"
    change(database, label, u=one)
    late = Sought(operator_id=olga, label="late")
    assert ids(read_list(database, "queue", late).rows) == [one]
    assert read_list(database, "human", late).rows == []
    hers = Sought(operator_id=olga, assignee_id=olga)
    assert ids(read_list(database, "human", hers).rows) == [other]
    assert read_labels(database) == ["late"]
    give(database, one, "bot")
    assert ids(read_list(database, "bot", late).rows) == [one]
    snooze = (
        "UPDATE support_tickets SET status = 'snoozed',"
        " snoozed_until = now() + interval '1 hour' WHERE user_id = %(u)s"
    )
    change(database, snooze, u=other)
    assert read_list(database, "human", Sought(operator_id=olga)).rows == []
    assert ids(read_list(database, "snoozed", hers).rows) == [other]


def test_who_sees_no_past_finds_nobody_whose_chats_are_closed(
    pg: PostgresChatStore, database: Database, olga: UUID
) -> None:
    gone, there = writes(pg, 1), writes(pg, 2)
    for user_id in (gone, there):
        give(database, user_id, "queue")
        value(
            database,
            "SELECT resolve_ticket(id) FROM support_tickets WHERE user_id = %(u)s",
            u=user_id,
        )
    change(
        database,
        "UPDATE userchats SET is_active = false WHERE customer_id = %(u)s", u=gone,
    )  # fmt: skip
    supporter = Sought(operator_id=olga)
    admin = Sought(operator_id=olga, sees_past=True)
    assert ids(read_list(database, "resolved", supporter).rows) == [there]
    assert ids(read_list(database, "resolved", admin).rows) == [there, gone]
    for words in ("person", "555 000", "+1555000"):
        assert ids(find_people(database, supporter, words).rows) == [there]
        assert len(find_people(database, admin, words).rows) == 2
    for words in ("100%", "_", "Olga", "5"):
        assert find_people(database, admin, words).rows == []


def test_each_change_makes_another_version(
    pg: PostgresChatStore, database: Database, olga: UUID
) -> None:
    seen = {read_version(database)}

    def is_new() -> bool:
        before = len(seen)
        seen.add(read_version(database))
        return len(seen) > before

    user_id = writes(pg, 1)
    assert is_new()
    give(database, user_id, "queue")
    assert is_new()
    change(database, "UPDATE support_tickets SET priority = 'high'")
    assert is_new()
    change(
        database,
        "INSERT INTO support_sessions (operator_id, user_id) VALUES (%(o)s, %(u)s)",
        o=olga, u=user_id,
    )  # fmt: skip
    assert is_new()
    give(database, user_id, "bot")
    assert is_new()


def test_the_last_words_are_a_person_s_whatever_notes_stand_behind(
    database: Database, pg: PostgresChatStore, olga: UUID
) -> None:
    ana = writes(pg, 1, "Is anybody there?")
    note = """UPDATE userchats SET messages = messages || '[{"role": "system",
      "content": "A note.", "timestamp": "2026-01-01T00:00:00+00:00"}]'"""
    for _ in range(3):  # none, a note, and a summary behind it
        (row,) = read_list(database, "bot", Sought(operator_id=olga)).rows
        assert (row.user_id, row.last_words) == (ana, "Is anybody there?")
        change(database, note)
