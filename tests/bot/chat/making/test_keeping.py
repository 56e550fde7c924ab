"""How an answer was made is kept with it: what the LLM saw, and what it did not."""

from dataclasses import replace
from datetime import UTC, datetime

from bot.chat.answering import Answering
from bot.llm.protocol import Completion, Tokens
from db.records import Fact, Making, Reply
from tests.bot.chat.conversation import ScriptedThoughts
from tests.bot.chat.sources.shelf import CAKE, HOURS, PRICES, Customer, Shelf
from tests.bot.chat.test_answering import OneAnswer
from tests.bot.chat.transcripts import POLICY, chat_of, user_says

NOW = datetime.now(UTC)


def made(reply: Reply) -> Making:
    assert reply.making is not None
    return reply.making


def test_the_prompt_is_the_same_for_everybody() -> None:
    turns = (user_says("Hi", "1"),)
    answering = Answering(ScriptedThoughts("Yes.", "No."), POLICY)
    fact = Fact(
        text="Likes rye.", kind="other", message_sid="0", told_at=NOW, fact_id=7
    )
    known = replace(chat_of(*turns), facts=(fact,), name="Ana", language="de")
    first = made(answering.answer(chat_of(*turns), turns, 10))
    second = made(answering.answer(known, turns, 10))
    assert first.prompt == second.prompt
    assert first.prompt.startswith(POLICY.system_prompt)
    assert (first.fact_ids, second.fact_ids) == ((), (7,))


def test_what_the_server_told_is_kept() -> None:
    completion = Completion(
        "Yes.",
        "a-model",
        1.5,
        Tokens(10, 2, 12, cached=4),
        "length",
        parameters={"temperature": 0.3},
    )
    turns = (user_says("Hi", "1"),)
    found = made(
        Answering(OneAnswer(completion), POLICY).answer(chat_of(*turns), turns, 10)
    )
    assert (found.model, found.seconds, found.finish_reason) == (
        "a-model",
        1.5,
        "length",
    )
    assert (found.input_tokens, found.output_tokens, found.cached_tokens) == (10, 2, 4)
    assert found.parameters == {"temperature": 0.3}


def test_the_llms_own_words_are_kept_where_others_were_said() -> None:
    ana = Customer("Rye bread is 4.20 \u20ac [1].", "It is 99 \u20ac [1].")
    said, unsaid = ana.asks(), ana.asks()
    assert made(said).raw in {None, "Rye bread is 4.20 \u20ac [1]."}
    assert "99" not in unsaid.turn.content
    assert made(unsaid).raw == "It is 99 \u20ac [1]."


def test_turns_that_were_left_out_are_counted_by_why() -> None:
    turns = tuple(user_says(f"line {n} {'x' * 300}", str(n)) for n in range(12))
    chat = chat_of(*(replace(turn, message_sid=None) for turn in turns[:-1]), turns[-1])
    policy = replace(POLICY, most_turns=8, token_budget=600)
    found = made(
        Answering(ScriptedThoughts("Yes."), policy).answer(chat, turns[-1:], 10)
    )
    assert found.beyond_turns == 4
    assert found.beyond_budget > 0
    assert found.turns + found.beyond_budget == 8
    whole = made(
        Answering(ScriptedThoughts("Yes."), POLICY).answer(chat, turns[-1:], 10)
    )
    assert (whole.turns, whole.beyond_turns, whole.beyond_budget) == (12, 0, 0)


def test_passages_without_room_are_named() -> None:
    long = replace(PRICES, text="Rye bread: 4.20 \u20ac\n" * 60)
    policy = replace(POLICY, token_budget=600)
    ana = Customer("At 7.", shelf=Shelf(long, HOURS, CAKE), policy=policy)
    found = made(ana.asks())
    assert {one.title for one in found.left_out} >= {"Products"}
    assert PRICES.title not in {one.title for one in found.left_out}
    roomy = Customer("At 7.")
    assert made(roomy.asks()).left_out == ()


def test_that_nothing_was_found_is_kept() -> None:
    ana = Customer("I do not know.", shelf=Shelf(confidence=0.1))
    assert made(ana.asks()).is_missing
