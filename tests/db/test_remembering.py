"""What a reply changes of what is known of its user: with the reply, or not at all."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from db.chats import PostgresChatStore
from db.database import Database
from db.memory.facts import MOST_KEPT, Facts
from db.memory.knowing import People
from db.records import (
    Deed,
    Fact,
    FactKind,
    HandOver,
    InboundMessage,
    Reply,
)
from tests.db.sql import change, rows, take_in, value, values
from tests.records import ANA, BEN, answer_to, said

NOW = datetime.now(UTC)
KNOWN = "SELECT full_name, name_is_given, email, email_is_given, company FROM users"
ERASING = """
SELECT count(*) FROM procrastinate.procrastinate_jobs WHERE task_name = 'erase_person'
"""
OWNERS_ADDRESS = "owner@shop.example"


def doing(message: InboundMessage, *deeds: Deed) -> Reply:
    return answer_to(message, deeds=deeds)


def tell(pg: PostgresChatStore, address: str = ANA, **lead: str) -> None:
    message = said("I am …", address, profile_name="ana*")
    assert pg.record_reply(take_in(pg, message), doing(message, lead_of(**lead)))


def lead_of(**lead: str) -> Deed:
    return Deed("keep_lead", lead)


def forgetting(*ids: int) -> Deed:
    return Deed("forget_facts", {"ids": [*ids]})


def judgement(
    answer: UUID, rating: int, text: str | None = None, sid: str = "SM1"
) -> Deed:
    told = {"reference_id": str(answer), "rating": rating, "text": text}
    return Deed("judge", {**told, "message_sid": sid})


def fact(
    text: str,
    minutes_ago: float = 0,
    kind: FactKind = "person",
    until: datetime | None = None,
) -> Fact:
    told_at = NOW - timedelta(minutes=minutes_ago)
    return Fact(text=text, kind=kind, message_sid="SM1", told_at=told_at,
                valid_until=until)  # fmt: skip


def ana(database: Database) -> UUID:
    found: UUID = value(database, "SELECT user_id FROM users LIMIT 1")
    return found


def test_what_they_tell_of_themselves_stays_theirs(
    database: Database, pg: PostgresChatStore
) -> None:
    tell(pg, name="Ana\x00 Ruiz", email="ana@x.example", company="ACME")
    known = [("Ana\ufffd Ruiz", True, "ana@x.example", True, "ACME")]
    assert rows(database, KNOWN) == known
    tell(pg)  # WhatsApp's name comes with every message, and nothing new is told
    assert rows(database, KNOWN) == known
    tell(pg, email="new@x.example")
    known_now = People(database).know(ana(database))
    assert (known_now.email, known_now.company) == ("new@x.example", "ACME")


def test_who_is_passed_on_by_the_same_words_is_known_and_waits(
    database: Database, pg: PostgresChatStore
) -> None:
    message = said("I am Ana, a person please")
    reply = doing(message, lead_of(name="Ana"))
    asked = HandOver(reason="asked", lasts=timedelta(hours=1))
    assert pg.record_reply(take_in(pg, message), replace(reply, hands_over=asked))
    both = "SELECT full_name, owner FROM users"
    assert rows(database, both) == [("Ana", "queue")]


@pytest.mark.parametrize("role", ["user", "super_admin"])
def test_an_address_that_somebody_has_is_not_taken(
    database: Database, pg: PostgresChatStore, role: str
) -> None:
    has = "INSERT INTO users (email, role) VALUES (%(email)s, %(role)s)"
    change(database, has, email=OWNERS_ADDRESS, role=role)
    tell(pg, BEN, email=OWNERS_ADDRESS)
    told = rows(database, f"{KNOWN} ORDER BY phone_number")
    assert told[0] == ("ana*", False, None, False, None)


def test_an_operator_s_log_in_is_not_changed_from_a_phone(
    database: Database, pg: PostgresChatStore
) -> None:
    tell(pg, name="Olga")
    logs_in = "UPDATE users SET role = 'admin', email = %(email)s"
    change(database, logs_in, email=OWNERS_ADDRESS)
    tell(pg, name="Olga O.", email="else@x.example")
    assert rows(database, KNOWN) == [("Olga O.", True, OWNERS_ADDRESS, False, None)]


def test_a_reply_that_is_refused_changes_nothing(
    database: Database, pg: PostgresChatStore
) -> None:
    message = said("I am Ana")
    chat_id = take_in(pg, message)
    assert pg.record_reply(chat_id, answer_to(message))
    Facts(database).keep(ana(database), [fact("Has a dog")])
    known = value(database, "SELECT id FROM user_facts")
    for deed in (
        lead_of(name="Ana"),
        judgement(uuid4(), 1),
        forgetting(known),
        Deed("erase_user", {"after": "x"}),
    ):
        assert not pg.record_reply(chat_id, doing(message, deed))
    assert value(database, "SELECT count(*) FROM feedback") == 0
    assert value(database, "SELECT count(*) FROM audit_log") == 0
    assert value(database, "SELECT count(*) FROM user_facts") == 1
    mine = "SELECT full_name, facts_since FROM users"
    assert rows(database, mine) == [(None, None)]
    assert value(database, ERASING) == 0


def test_a_later_judgement_of_an_answer_takes_the_place_of_the_first(
    database: Database, pg: PostgresChatStore
) -> None:
    answer = uuid4()
    for rating, words in ((1, None), (-1, "cold\x00"), (-1, None)):
        message = said("thumb")
        deed = judgement(answer, rating, words, message.message_sid)
        assert pg.record_reply(take_in(pg, message), doing(message, deed))
    kept = "SELECT rating, text, message_sid, given_by, operator_id FROM feedback"
    assert rows(database, kept) == [
        (-1, "cold\ufffd", message.message_sid, "user", None)
    ]


def test_a_fact_is_kept_once_and_renewed_by_who_tells_it_again(
    database: Database, pg: PostgresChatStore
) -> None:
    take_in(pg, said("hi"))
    facts, user = Facts(database), ana(database)
    first = [fact("Has a dog, Rex", 60), fact("Flies to Rome", until=NOW)]
    assert facts.keep(user, first) == 1, "one is over"
    assert facts.keep(user, first) == 0
    over = """
    INSERT INTO user_facts (user_id, kind, text, message_sid, valid_until)
    SELECT user_id, 'plan', 'Flew', 'SM0', now() FROM users"""
    change(database, over)
    again = [fact("has a dog: Rex!", 5), fact("Has a dog, Rex", 90)]
    assert facts.keep(user, again) == 0
    assert values(database, "SELECT text FROM user_facts") == ["has a dog: Rex!"]
    assert facts.keep(uuid4(), first) == 0


def test_no_more_are_kept_than_so_many_and_a_prompt_gets_the_newest(
    database: Database, pg: PostgresChatStore
) -> None:
    chat_id = take_in(pg, said("hi"))
    many = [fact(f"Fact number{n} of\x00 all", minutes_ago=n) for n in range(10_000)]
    assert Facts(database).keep(ana(database), many) == MOST_KEPT
    assert len(People(database).know(ana(database)).facts) == MOST_KEPT
    chat = pg.load_chat(chat_id)
    assert chat
    assert len(chat.facts) == 8
    assert chat.facts[0].text == "Fact number0 of\ufffd all"


def test_what_was_forgotten_is_not_found_in_the_transcript_again(
    database: Database, pg: PostgresChatStore
) -> None:
    message = said("forget my dog")
    chat_id = take_in(pg, message)
    facts, user = Facts(database), ana(database)
    facts.keep(user, [fact("Has a dog", 1), fact("Likes rye", 1)])
    known = value(database, "SELECT id FROM user_facts WHERE text = 'Has a dog'")
    assert pg.record_reply(chat_id, doing(message, forgetting(known)))
    assert facts.keep(user, [fact("Has a dog", 1), fact("Has a cat", 1)]) == 0
    assert values(database, "SELECT text FROM user_facts") == ["Likes rye"]
    assert facts.keep(user, [fact("Has a new dog", minutes_ago=-600)]) == 1


def test_nobody_has_another_person_s_fact_forgotten(
    database: Database, pg: PostgresChatStore
) -> None:
    take_in(pg, said("hi"))
    Facts(database).keep(ana(database), [fact("Has a dog")])
    known = value(database, "SELECT id FROM user_facts")
    theirs = said("/forget 1", BEN)
    assert pg.record_reply(take_in(pg, theirs), doing(theirs, forgetting(known)))
    assert values(database, "SELECT text FROM user_facts") == ["Has a dog"]


def test_what_somebody_said_themselves_is_found_also_what_was_heard(
    database: Database, pg: PostgresChatStore
) -> None:
    wrote, spoke, passed_on = said("I have a dog"), said(""), said("He has a cat")
    turn = replace(passed_on.turn, beside={"Forwarded": "true"})
    for message in (wrote, spoke, replace(passed_on, turn=turn)):
        take_in(pg, message)
    heard = """
    INSERT INTO media (user_id, message_sid, position, state, media_type, text)
    SELECT user_id, %(sid)s, position, 'read', type, text FROM users,
      (VALUES (0, 'audio/ogg', 'I like rye'), (1, 'image/png', 'ACME pays'))
        AS seen (position, type, text)
    """
    change(database, heard, sid=spoke.message_sid)
    sids = [each.message_sid for each in (wrote, spoke, passed_on)]
    found = Facts(database).find_sayings(ana(database), sids)
    assert {sid: saying.text.strip() for sid, saying in found.items()} == {
        wrote.message_sid: "I have a dog",
        spoke.message_sid: "I like rye",
    }
    assert Facts(database).find_sayings(uuid4(), sids) == {}
