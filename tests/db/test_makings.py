"""How answers were made is stored with them: each prompt once, and nothing endless."""

from dataclasses import replace

import pytest

from db.chats import PostgresChatStore
from db.database import Database
from db.records import Making, Passage, Reply
from tests.db.privacy.aging import run
from tests.db.sql import change, rows, take_in, value, values
from tests.records import ANA, BEN, answer_to, said

MADE = Making(prompt="You help.", model="a-model", parameters={"temperature": 0.3})
MAKINGS = "SELECT count(*) FROM answer_makings"


def answer(pg: PostgresChatStore, making: Making, address: str = ANA) -> Reply:
    message = said("Hi", address)
    reply = answer_to(message, making=making)
    assert pg.record_reply(take_in(pg, message), reply)
    return reply


def test_a_prompt_is_kept_once(database: Database, pg: PostgresChatStore) -> None:
    for making in (MADE, MADE, replace(MADE, prompt="You sell.")):
        answer(pg, making)
    assert sorted(values(database, "SELECT text FROM prompts")) == [
        "You help.", "You sell.",
    ]  # fmt: skip
    hashes = values(database, "SELECT prompt_hash FROM answer_makings ORDER BY made_at")
    assert hashes[0] == hashes[1] != hashes[2]
    assert set(hashes) == set(values(database, "SELECT prompt_hash FROM prompts"))


def test_what_is_kept_has_bounds_and_is_storable(
    database: Database, pg: PostgresChatStore
) -> None:
    passage = Passage(
        chunk_id=3, document_id=1, title="Te\0rms" * 200, text="x", page=7
    )
    own = replace(passage, chunk_id=0, document_id=0, is_own=True, score=0.5)
    endless = replace(
        MADE, raw="a\0" * 10_000, finish_reason="s\0" * 500, fact_ids=(1, 2),
        left_out=(own, *(passage,) * 50), prompt="p\0" * 80_000,
    )  # fmt: skip
    reply = answer(pg, endless)
    query = """
        SELECT length(raw) AS raw, length(finish_reason) AS ending, fact_ids,
               jsonb_array_length(left_out), left_out -> 0 ->> 'chunk_id' AS chunk,
               left_out -> 1 ->> 'page' AS page, (SELECT length(text) FROM prompts),
               parameters
        FROM answer_makings WHERE reference_id::text = %(id)s
    """
    assert rows(database, query, id=reply.turn.reference_id) == [
        (8000, 200, [1, 2], 8, None, "7", 100_000, {"temperature": 0.3})
    ]


def test_a_reply_that_is_refused_leaves_none(
    database: Database, pg: PostgresChatStore
) -> None:
    message = said("Hi")
    chat_id = take_in(pg, message)
    assert pg.record_reply(chat_id, answer_to(message, making=MADE))
    again = replace(MADE, prompt="You sell.")
    assert not pg.record_reply(chat_id, answer_to(message, making=again))
    assert value(database, MAKINGS) == 1
    assert values(database, "SELECT text FROM prompts") == ["You help."]


@pytest.mark.parametrize("table", ["userchats", "userchats_archive"])
def test_it_goes_with_its_chat(
    database: Database, pg: PostgresChatStore, table: str
) -> None:
    for address in (ANA, BEN):
        answer(pg, MADE, address)
    if table == "userchats_archive":
        change(database, "WITH moved AS (DELETE FROM userchats RETURNING *) "
               "INSERT INTO userchats_archive (chat_id, customer_id, messages) "
               "SELECT chat_id, customer_id, messages FROM moved")  # fmt: skip
        assert value(database, MAKINGS) == 2
    least = f"(SELECT min(chat_id) FROM {table})"  # noqa: S608
    change(database, f"DELETE FROM {table} WHERE chat_id = {least}")  # noqa: S608
    assert value(database, MAKINGS) == 1


def test_retention_drops_prompts_that_no_answer_names(
    database: Database, pg: PostgresChatStore
) -> None:
    answer(pg, MADE)
    change(database, "INSERT INTO prompts VALUES ('old', 'old'), ('new', 'new')")
    change(database, "UPDATE prompts SET first_used_at = now() - interval '900 days' "
           "WHERE text <> 'new'")  # fmt: skip
    assert run(database)["system prompts dropped"] == 1
    assert sorted(values(database, "SELECT text FROM prompts")) == ["You help.", "new"]


def test_the_view_tells_why(database: Database, pg: PostgresChatStore) -> None:
    answer(pg, replace(MADE, turns=3, beyond_budget=2, finish_reason="stop"))
    query = """
        SELECT question, answer, turns, beyond_budget, finish_reason, passages, facts,
               prompt_since IS NOT NULL, amount FROM answers
    """
    assert rows(database, query) == [("Hi", "Yes.", 3, 2, "stop", 0, 0, True, None)]
