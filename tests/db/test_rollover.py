"""A chat that is full is continued in a new one: appends must not grow dear."""

import secrets

from bot.chat.asked import Policy, prompt_for
from db.chats import FULL_BYTES, MOST_BYTES, PostgresChatStore
from db.database import Database
from tests.db.sql import load, rows, take_in, value
from tests.records import answer_to, said

A_SIXTH = FULL_BYTES // 6


def long_text() -> str:
    """Return a text that no compression makes smaller than a sixth of a chat."""
    return secrets.token_urlsafe(A_SIXTH)


def fill(pg: PostgresChatStore, *, answered: bool) -> str:
    """Write until the chat is over the size at which it is full; return it."""
    first = said("the first")
    chat_id = take_in(pg, first)
    if answered:
        assert pg.record_reply(chat_id, answer_to(first))
    for _ in range(4):
        message = said(long_text())
        chat_id = take_in(pg, message)
        if answered:
            assert pg.record_reply(chat_id, answer_to(message, text=long_text()[:100]))
    return chat_id


def test_a_full_chat_is_continued_in_a_new_one_that_says_so(
    database: Database, pg: PostgresChatStore
) -> None:
    full = fill(pg, answered=True)
    chat_id = take_in(pg, said("the next"))
    assert chat_id != full
    assert rows(
        database, "SELECT chat_id, metadata FROM userchats WHERE is_active"
    ) == [(chat_id, {"continues": full})]


def test_a_question_without_its_answer_keeps_the_chat_open(
    pg: PostgresChatStore,
) -> None:
    full = fill(pg, answered=False)
    assert take_in(pg, said("and another thing")) == full


def test_no_chat_grows_without_bound_even_without_answers(
    database: Database, pg: PostgresChatStore
) -> None:
    for _ in range(24):
        take_in(pg, said(long_text()))
    assert value(database, "SELECT count(*) FROM userchats") > 2
    largest = value(database, "SELECT max(pg_column_size(messages)) FROM userchats")
    assert largest < MOST_BYTES + 2 * A_SIXTH


def test_the_prompt_reads_across_the_border(pg: PostgresChatStore) -> None:
    fill(pg, answered=True)
    chat = load(pg, take_in(pg, said("What did I say first?")))
    prompt = prompt_for(
        chat, chat.unanswered(), Policy(system_prompt="Help.", token_budget=100_000)
    )
    assert "the first" in str(prompt[1].content)
    assert "What did I say first?" in str(prompt[-1].content)


def test_a_question_left_open_in_the_full_chat_is_not_asked_again(
    pg: PostgresChatStore,
) -> None:
    for _ in range(10):
        take_in(pg, said(long_text()))
    chat = load(pg, take_in(pg, said("Hello?")))
    assert chat.earlier_turns
    assert all(
        turn.content not in str(chat.unanswered()) for turn in chat.earlier_turns
    )
    prompt = prompt_for(chat, chat.unanswered(), Policy(system_prompt="Help."))
    assert str(prompt[-1].content).count("\n\n") == len(chat.unanswered()) - 1


def test_new_does_not_continue(database: Database, pg: PostgresChatStore) -> None:
    fill(pg, answered=True)
    take_in(pg, said("/new", opens_chat=True))
    assert value(database, "SELECT metadata FROM userchats WHERE is_active") == {}
