"""Many webhooks at once: nothing lost, nothing doubled, one active chat."""

import random
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

import pytest

from db.chats import PostgresChatStore
from db.database import Database
from db.records import InboundMessage, Receipt
from tests.db.sql import change, load, rows, take_in, value, values
from tests.records import ANA, ANAS_ID, answer_to, said

THREADS = 32


def record_at_once(
    pg: PostgresChatStore, messages: Iterable[InboundMessage]
) -> list[Receipt]:
    with ThreadPoolExecutor(THREADS) as threads:
        return list(threads.map(pg.record_inbound, messages))


def shuffled(messages: list[InboundMessage], times: int) -> list[InboundMessage]:
    repeated = messages * times
    random.Random(2).shuffle(repeated)  # noqa: S311  (the same order each time)
    return repeated


def stored_sids(database: Database) -> Counter[str]:
    query = """
        SELECT element ->> 'message_sid'
        FROM userchats, jsonb_array_elements(messages) AS element
    """
    return Counter(values(database, query))


def test_300_messages_three_times_each_are_stored_and_queued_once(
    database: Database, pg: PostgresChatStore
) -> None:
    people = [f"whatsapp:+1555000{n:04}" for n in range(10)]
    messages = [said(f"message {n}", people[n % 10]) for n in range(300)]
    receipts = record_at_once(pg, shuffled(messages, 3))
    assert sum(receipt.is_new for receipt in receipts) == 300
    assert stored_sids(database) == Counter(m.message_sid for m in messages)
    assert value(database, "SELECT count(*) FROM users") == 10
    assert values(database, "SELECT is_active FROM userchats") == [True] * 10
    assert every_message_has_its_job(database, 300)


def every_message_has_its_job(database: Database, messages: int) -> bool:
    query = """
        SELECT chat_id, customer_id, jsonb_array_length(userchats.messages), count(*)
        FROM userchats JOIN procrastinate_jobs AS job
        ON job.lock = 'answer:' || customer_id
           AND job.args = jsonb_build_object('chat_id', chat_id)
           AND job.task_name = 'answer_chat' AND job.queue_name = 'answers'
           AND job.status = 'todo' AND job.queueing_lock IS NULL
        GROUP BY chat_id
    """
    found = rows(database, query)
    total = value(database, "SELECT count(*) FROM procrastinate_jobs")
    return total == messages == sum(row[3] for row in found) and all(
        stored == jobs for _, _, stored, jobs in found
    )


@pytest.mark.parametrize("round_", range(2))
def test_the_first_messages_of_one_new_user_make_one_chat(
    database: Database, pg: PostgresChatStore, round_: int
) -> None:
    messages = [said(f"{n}", ANA, profile_name="Ana") for n in range(THREADS)]
    receipts = record_at_once(pg, messages)
    assert len({receipt.chat_id for receipt in receipts}) == 1
    assert len(stored_sids(database)) == THREADS
    assert value(database, "SELECT count(*) FROM users") == 1


def test_number_and_id_at_once_make_one_user(
    database: Database, pg: PostgresChatStore
) -> None:
    messages = [said(f"{n}", ANA, other_address=ANAS_ID) for n in range(THREADS)]
    assert all(receipt.is_new for receipt in record_at_once(pg, messages))
    assert value(database, "SELECT count(*) FROM users") == 1
    assert values(database, "SELECT address FROM user_aliases") == [ANAS_ID]


def test_changing_names_at_once_lock_nobody_out(
    database: Database, pg: PostgresChatStore
) -> None:
    # First contacts: some know the user already, some are about to make it.
    people = [f"whatsapp:+1555000{n:04}" for n in range(25)]
    names = [f"Name {n}" for n in range(12)]
    messages = [said("Hi", who, profile_name=name) for who in people for name in names]
    assert all(receipt.is_new for receipt in record_at_once(pg, messages))
    assert len(stored_sids(database)) == 300
    assert set(values(database, "SELECT full_name FROM users")) <= set(names)


def test_many_messages_to_an_idle_chat_open_one_new_chat(
    database: Database, pg: PostgresChatStore
) -> None:
    old = take_in(pg, said("two days ago"))
    change(database, "ALTER TABLE userchats DISABLE TRIGGER userchats_updated_at")
    change(database, "UPDATE userchats SET updated_at = now() - interval '2 days'")
    change(database, "ALTER TABLE userchats ENABLE TRIGGER userchats_updated_at")
    receipts = record_at_once(pg, [said(f"{n}") for n in range(THREADS)])
    (new,) = {receipt.chat_id for receipt in receipts}
    assert new is not None
    assert new != old
    assert len(load(pg, new).turns) == THREADS
    assert len(load(pg, old).turns) == 1
    assert values(database, "SELECT chat_id FROM userchats WHERE is_active") == [new]


def test_new_chats_asked_for_at_once_lose_nothing(
    database: Database, pg: PostgresChatStore
) -> None:
    messages = [said(f"{n}", opens_chat=n % 3 == 0) for n in range(96)]
    receipts = record_at_once(pg, shuffled(messages, 2))
    assert sum(receipt.is_new for receipt in receipts) == 96
    assert stored_sids(database) == Counter(m.message_sid for m in messages)
    assert value(database, "SELECT count(*) FROM userchats WHERE is_active") == 1


def test_whatever_comes_at_once_is_stored_and_queued_once(
    database: Database, pg: PostgresChatStore
) -> None:
    chance = random.Random(3)  # noqa: S311  (the same order each time)
    people = [f"whatsapp:+1555000{n:04}" for n in range(4)]
    messages = [
        said(
            f"message {n}",
            people[n % 4],
            profile_name=chance.choice([None, "Ana", "Ben"]),
            other_address=chance.choice([None, f"whatsapp:US.ID{n % 4}"]),
            opens_chat=chance.random() < 0.2,
        )
        for n in range(240)
    ]
    receipts = record_at_once(pg, shuffled(messages, 2))
    assert sum(receipt.is_new for receipt in receipts) == 240
    assert stored_sids(database) == Counter(m.message_sid for m in messages)
    active = "SELECT count(*) FROM userchats WHERE is_active"
    assert value(database, active) == value(database, "SELECT count(*) FROM users") == 4
    assert every_message_has_its_job(database, 240)


def test_of_many_replies_to_one_message_one_is_stored(
    database: Database, pg: PostgresChatStore
) -> None:
    message = said("a question")
    chat_id = take_in(pg, message)
    replies = [answer_to(message, text=f"answer {n}") for n in range(THREADS)]
    with ThreadPoolExecutor(THREADS) as threads:
        stored = list(threads.map(lambda r: pg.record_reply(chat_id, r), replies))
    assert len(list(filter(None, stored))) == 1
    winner = replies[stored.index(2)]
    assert values(database, "SELECT body FROM reply_parts") == [
        p.body for p in winner.parts
    ]
    assert load(pg, chat_id).turns[1].content == winner.turn.content


def test_messages_and_replies_at_once_lose_neither(pg: PostgresChatStore) -> None:
    asked = [said(f"question {n}") for n in range(40)]
    (chat_id,) = {take_in(pg, message) for message in asked}
    with ThreadPoolExecutor(THREADS) as threads:
        replies = [
            threads.submit(pg.record_reply, chat_id, answer_to(m)) for m in asked
        ]
        others = [threads.submit(pg.record_inbound, said(f"{n}")) for n in range(40)]
    assert all(reply.result() for reply in replies)
    assert {other.result().chat_id for other in others} == {chat_id}
    chat = load(pg, chat_id)
    assert len(chat.turns) == 120
    assert len(chat.unanswered()) == 40
