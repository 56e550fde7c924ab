"""`bot explain` from the outside: why the bot said that."""

import json

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from db.chats import PostgresChatStore
from db.database import Database
from db.records import Making, Passage, Reply
from tests.db.sql import change, take_in
from tests.records import answer_to, said, stood_on

MADE = Making(
    prompt="You help.",
    model="a-model",
    parameters={"temperature": 0.3, "max_tokens": 500},
    finish_reason="length",
    raw="4.20 \u20ac [1]\x1b[31m",
    input_tokens=1234,
    output_tokens=56,
    seconds=1.25,
    turns=3,
    shown_from="SM1",
    beyond_turns=2,
    beyond_budget=1,
    fact_ids=(1,),
    left_out=(Passage(chunk_id=3, document_id=1, title="Cakes", text="x", page=9),),
)


@pytest.fixture
def reply(pg: PostgresChatStore) -> tuple[str, str, Reply]:
    """An answer, its chat and the message that it answers."""
    message = said("What does rye bread cost?", profile_name="Ana")
    chat_id = take_in(pg, message)
    on = (stood_on("Hours", is_cited=False), stood_on("Price list", page=7, score=0.83))
    made = answer_to(message, text="4.20 \u20ac", making=MADE, stood_on=on)
    assert pg.record_reply(chat_id, made)
    return chat_id, message.message_sid, made


def explain(url: str, *words: str) -> Result:
    return CliRunner().invoke(main, ["explain", *words], env={"DATABASE_URL": url})


def test_an_answer_is_explained_in_sentences(
    database_url: str, reply: tuple[str, str, Reply]
) -> None:
    told = explain(database_url, reply[0]).output
    assert "They wrote: What does rye bread cost?\n" in told
    assert "It said:    4.20 \u20ac\n" in told
    cited = "Price list, page 7, passage 2, which fits 0.83; the answer names it"
    assert told.index(cited) < told.index("Hours, passage 1")
    assert "It saw 3 turns of the talk" in told
    assert "It knew 1 fact of them, forgotten since." in told
    assert "Cakes, page 9 (fits 0.00), because the prompt's budget ended" in told
    assert "1 older turn, because the prompt's budget ended" in told
    assert "2 older turns, because there are more than is set" in told
    assert "By a-model (max_tokens 500, temperature 0.3)." in told
    assert "It was cut at the limit of its tokens (length)." in told
    assert "1,234 tokens read; 56 written; 1.2 s." in told
    assert "\x1b" not in told


def test_it_is_found_by_each_of_its_names(
    database: Database, database_url: str, reply: tuple[str, str, Reply]
) -> None:
    chat_id, sid, made = reply
    change(database, "UPDATE reply_parts SET message_sid = 'SMpart'")
    named = (chat_id[:12], sid, "SMpart", str(made.turn.reference_id))
    told = [explain(database_url, one, "--json") for one in named]
    assert {one.exit_code for one in told} == {0}
    assert len({one.output for one in told}) == 1
    found = json.loads(told[0].output)
    assert found["answer"]["reference_id"] == made.turn.reference_id
    assert (found["prompt"], found["making"]["turns"]) == ("You help.", 3)
    assert [one["title"] for one in found["passages"]] == ["Hours", "Price list"]


def test_an_answer_of_no_llm_says_so(database_url: str, pg: PostgresChatStore) -> None:
    message = said("Hi")
    chat_id = take_in(pg, message)
    nothing = explain(database_url, chat_id)
    assert nothing.exit_code == 1
    assert "has no answer (yet)" in nothing.output
    assert pg.record_reply(chat_id, answer_to(message))
    assert "No LLM made it" in explain(database_url, chat_id).output


@pytest.mark.parametrize("given", ["SMnone", "f" * 16, "0" * 32, "%"])
def test_what_is_not_known_is_told(database_url: str, given: str) -> None:
    done = explain(database_url, given)
    assert done.exit_code == 1
    assert "Error: " in done.output
    assert "Traceback" not in done.output
