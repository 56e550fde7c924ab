"""A reply that puts a chat into the queue, or takes it out: all of it, or nothing."""

import threading
from dataclasses import replace
from datetime import timedelta

from db.chats import PostgresChatStore
from db.database import Database
from db.records import HandOver, InboundMessage, Reply
from tests.db.sql import change, rows, take_in, value
from tests.records import answer_to, said

ASKED = HandOver(reason="asked", subject="cake\x00 late", lasts=timedelta(hours=8))
JOBS = """
SELECT count(*) FROM procrastinate.procrastinate_jobs
WHERE task_name = 'alert_operators' AND status = 'todo'
"""
EVENTS = "SELECT body, details ->> 'why' FROM support_messages ORDER BY id"


def pass_on(pg: PostgresChatStore, message: InboundMessage) -> Reply:
    reply = answer_to(message, text="I pass you on.", hands_over=ASKED)
    assert pg.record_reply(take_in(pg, message), reply)
    return reply


def give_back(pg: PostgresChatStore, message: InboundMessage) -> int:
    reply = answer_to(message, text="Here I am.", gives_back=True)
    reply = replace(reply, turn=replace(reply.turn, command="bot"))
    return pg.record_reply(take_in(pg, message), reply)


def test_it_opens_one_ticket_and_calls_operators_once_and_the_next_joins_it(
    database: Database, pg: PostgresChatStore
) -> None:
    pass_on(pg, said("agent"))
    owner = "SELECT owner, owner_reason, owner_until - owner_since FROM users"
    assert rows(database, owner) == [("queue", "asked", timedelta(hours=8))]
    tickets = "SELECT subject, reason, status, chat_id FROM support_tickets"
    chat_id = value(database, "SELECT chat_id FROM userchats")
    assert rows(database, tickets) == [("cake\ufffd late", "asked", "open", chat_id)]
    assert value(database, JOBS) == 1
    sent = "SELECT count(*) FROM reply_parts WHERE status = 'pending'"
    assert value(database, sent) == 1, "who is passed on hears so"
    assert give_back(pg, said("/bot"))
    pass_on(pg, said("agent again"))
    assert value(database, "SELECT count(*) FROM support_tickets") == 1
    assert value(database, JOBS) == 1
    assert rows(database, EVENTS) == [
        ("queued", "asked"),
        ("given back", "asked"),
        ("queued", "asked"),
    ]


def test_a_reply_that_is_refused_hands_nothing_over(
    database: Database, pg: PostgresChatStore
) -> None:
    question = said("agent")
    chat_id = take_in(pg, question)
    assert pg.record_reply(chat_id, answer_to(question))
    late = answer_to(question, hands_over=ASKED)
    assert not pg.record_reply(chat_id, late)
    overtaken = said("and one more")
    take_in(pg, overtaken)
    assert not pg.record_reply(chat_id, answer_to(overtaken, hands_over=ASKED), 2)
    assert value(database, "SELECT owner FROM users") == "bot"
    assert value(database, "SELECT count(*) FROM support_tickets") == 0
    assert value(database, JOBS) == 0


def test_nothing_takes_a_chat_out_of_a_human_s_hands(
    database: Database, pg: PostgresChatStore
) -> None:
    pass_on(pg, said("agent"))
    change(database, "SELECT take_chat(chat_id) FROM userchats")
    assert not give_back(pg, said("/bot"))
    silent = answer_to(said("x"), parts=(), gives_back=True)
    assert pg.record_reply(
        str(value(database, "SELECT chat_id FROM userchats")), silent
    )
    assert value(database, "SELECT owner FROM users") == "human"


def test_two_workers_that_pass_on_the_same_message_do_it_once(
    database: Database, pg: PostgresChatStore
) -> None:
    question = said("agent")
    chat_id = take_in(pg, question)
    stored: list[int] = []

    def pass_it_on() -> None:
        stored.append(pg.record_reply(chat_id, answer_to(question, hands_over=ASKED)))

    workers = [threading.Thread(target=pass_it_on) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(stored) == [0, 0, 0, 2]
    assert rows(database, EVENTS) == [("queued", "asked")]
