"""Who wrote to the number, as commands see it."""

import json
from collections.abc import Iterator
from uuid import UUID

import pytest

from db.chats import PostgresChatStore
from db.database import Connection, Database
from db.errors import OperatorError
from db.privacy.export import export_person
from db.queries.people import (
    find_details,
    find_person,
    list_people,
    set_active,
    to_address,
)
from tests.db.privacy.planting import CARA, CARAS_ID, MARKER, find_cara, plant
from tests.db.sql import change, take_in
from tests.records import ANA, ANAS_ID, BEN, answer_to, said, stood_on

NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def connection(database: Database, pg: PostgresChatStore) -> Iterator[Connection]:
    """Ana was answered, Ben waits."""
    message = said("Hi", ANA, other_address=ANAS_ID, profile_name="Ana")
    chat_id = take_in(pg, message)
    assert pg.record_reply(chat_id, answer_to(message))
    take_in(pg, said("Hello?", BEN))
    with database.transaction() as connection:
        yield connection


@pytest.mark.parametrize(
    "given",
    [
        "+15551230001",
        "whatsapp:+15551230001",
        " +1 (555) 123-0001 ",
        "15551230001",
        "1 555 123 0001",
        "US.1A2B3C4D5E",
        "whatsapp:US.1A2B3C4D5E",
    ],
)
def test_a_person_is_found_by_any_address(connection: Connection, given: str) -> None:
    assert find_person(connection, given).address == ANA


def test_digits_that_nobody_has_are_told_as_they_were_taken(
    connection: Connection,
) -> None:
    with pytest.raises(OperatorError, match=r"address 5551230001 \(\+5551230001\):"):
        find_person(connection, "5551230001")


def test_a_person_is_found_by_the_id(connection: Connection) -> None:
    user_id = find_person(connection, BEN).user_id
    assert find_person(connection, str(user_id)).address == BEN


@pytest.mark.parametrize("given", ["+15550000000", "", "%", NOBODY])
def test_nobody_is_found_by_what_nobody_has(connection: Connection, given: str) -> None:
    with pytest.raises(OperatorError, match="nobody has the address"):
        find_person(connection, given)


def test_a_number_that_was_handed_on_needs_the_id(
    connection: Connection, pg: PostgresChatStore
) -> None:
    take_in(pg, said("my number now", BEN, other_address="whatsapp:US.NEW"))
    take_in(pg, said("and hers", ANA, other_address="whatsapp:US.NEW2"))
    take_in(pg, said("from the id", "whatsapp:US.THIRD"))
    take_in(pg, said("with Ben's", BEN, other_address="whatsapp:US.THIRD"))
    with pytest.raises(OperatorError, match="2 users had the address") as refused:
        find_person(connection, BEN)
    former = str(refused.value).partition("(")[2].partition(",")[0]
    assert find_person(connection, former).address == BEN


def test_a_name_with_a_dot_stays_as_it_is() -> None:
    assert to_address("US.A-b.1") == "whatsapp:US.A-b.1"


def test_the_newest_come_first_and_not_too_many(connection: Connection) -> None:
    listed = list_people(connection, 10, inactive=False)
    assert [(p.address, p.chats, p.messages) for p in listed] == [
        (BEN, 1, 1),
        (ANA, 1, 2),
    ]
    (newest,) = list_people(connection, 1, inactive=False)
    assert newest.address == BEN


def test_whoever_is_deactivated_is_listed_apart(connection: Connection) -> None:
    ben = find_person(connection, BEN)
    assert list_people(connection, 10, inactive=True) == []
    assert set_active(connection, ben, active=False)
    assert not set_active(connection, ben, active=False)
    (listed,) = list_people(connection, 10, inactive=True)
    assert (listed.address, listed.is_active) == (BEN, False)
    assert set_active(connection, ben, active=True)
    assert find_person(connection, BEN).is_active


def test_the_details_tell_who_waits(connection: Connection) -> None:
    ana = find_details(connection, find_person(connection, ANA))
    assert (ana.other_addresses, ana.parts) == ([ANAS_ID], {"pending": 1})
    assert (ana.active_chats, ana.closed_chats, ana.messages) == (1, 0, 2)
    assert not ana.waits_for_an_answer
    assert find_details(connection, find_person(connection, BEN)).waits_for_an_answer


def test_the_export_holds_all_of_one_person_and_nothing_of_another(
    connection: Connection, database: Database, pg: PostgresChatStore
) -> None:
    plant(pg, database)
    text = "".join(export_person(database, find_cara(database)))
    held = json.loads(text)
    assert held["user"]["phone_number"] == CARA
    assert held["user"]["has_password"]
    assert held["user"]["earlier_passwords"] == 1
    assert "hashed_password" not in held["user"]
    assert held["other_addresses"] == [CARAS_ID]
    assert {name: len(rows) for name, rows in held.items() if name != "user"} == {
        "other_addresses": 1, "opt_outs": 1, "userchats": 2, "userchats_archive": 1,
        "reply_parts": 1, "inbound_messages": 4, "early_statuses": 1, "jobs": 5,
        "documents": 3, "products": 1, "document_uploads": 1, "document_chunks": 2,
        "document_lengths": 2, "chunk_terms": 2, "chunk_vectors": 2,
        "answer_passages": 1, "gap_questions": 1, "knowledge_gaps": 1,
        "support_tickets": 1, "support_messages": 2, "support_sessions": 1,
        "support_alerts": 1, "invitations": 1, "login_sessions": 1, "second_factors": 1,
        "audit_log": 0, "media": 1, "media_chunks": 1, "media_contents": 1,
        "user_facts": 1, "user_preferences": 1, "feedback": 1, "media_files": 0,
        "tool_calls": 1, "scheduled_messages": 1, "spendings": 1, "budgets": 1,
        "answer_makings": 1, "opt_ins": 1, "broadcast_recipients": 1,
        "proposals": 3, "proposal_sources": 3, "prompt_rules": 2, "replay_answers": 1,
        "cases": 1, "evaluation_results": 1,
    }  # fmt: skip
    assert held["userchats"][0]["messages"][0]["media"][0]["url"].endswith(MARKER)
    assert ANA not in text
    assert BEN not in text


def test_an_export_shows_passages_whether_an_answer_names_them_or_not(
    database: Database, pg: PostgresChatStore
) -> None:
    question = said("When do you open?", CARA)
    given = (stood_on("Hours", is_cited=False), stood_on("Prices"))
    chat_id = take_in(pg, question)
    assert pg.record_reply(chat_id, answer_to(question, stood_on=given))
    held = json.loads("".join(export_person(database, find_cara(database))))
    told = [(row["title"], row["passage"]) for row in held["answer_passages"]]
    assert told == [("Hours", None), ("Prices", "Prices")]


def test_an_export_longer_than_one_fetch_is_whole(
    connection: Connection, database: Database, pg: PostgresChatStore
) -> None:
    ana = find_person(connection, ANA).user_id
    change(
        database,
        "INSERT INTO userchats_archive (chat_id, customer_id) "
        "SELECT lpad(to_hex(n), 16, '0'), %(id)s FROM generate_series(1, 55) AS n",
        id=ana,
    )
    held = json.loads("".join(export_person(database, ana)))
    assert len({chat["chat_id"] for chat in held["userchats_archive"]}) == 55


def test_nobody_s_export_says_so(database: Database) -> None:
    held = json.loads("".join(export_person(database, UUID(NOBODY))))
    assert held["user"] is None
