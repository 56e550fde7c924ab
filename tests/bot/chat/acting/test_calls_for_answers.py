"""Answers that are made with tools: what is asked, done, told, and kept."""

from bot.chat.sentences import UNKNOWN_HERE
from bot.tools import words
from bot.tools.protocol import MOST_RESULT_BYTES
from db.database import Database
from tests.bot.chat.acting.diner import Guest, asks, on_the_shelf
from tests.bot.chat.sources.shelf import HOURS, Shelf
from tests.db.sql import value
from tests.scripted_llm import Script

SOUP = {"dish": "soup"}


def test_a_tool_is_called_and_its_result_makes_the_answer(ana: Guest) -> None:
    ana.server.next(asks(("price", SOUP), text="Let me look."), Script(text="7.40 EUR"))
    ana.says("What is the soup?", ProfileName="Ana")
    assert ana.hears() == ["7.40 EUR"]
    assert [each.name for each in ana.kitchen.callers] == ["Ana"]
    first, second = ana.server.requests
    offered = [one["function"]["name"] for one in first.body["tools"]]
    assert offered == ["price", "order", "reserve", "burn", "pay"]
    assert words.RULES in first.body["messages"][0]["content"]
    assert [one["role"] for one in second.body["messages"]][-2:] == [
        "assistant",
        "tool",
    ]
    assert ana.results() == ["7.40 EUR"]
    (call,) = ana.calls
    assert (call.tool, call.arguments, call.state) == ("price", SOUP, "done")
    assert str(call.reference_id) == ana.last.reference_id
    assert ana.last.tokens_used
    assert ana.bot_said == ["7.40 EUR"]


def test_an_answer_without_a_call_leaves_nothing(ana: Guest) -> None:
    ana.says("Hello")
    assert ana.hears() == ["You said: Hello"]
    assert ana.calls == []
    assert len(ana.server.requests) == 1


def test_several_calls_at_once_and_after_another_have_ids_of_their_own(
    ana: Guest,
) -> None:
    both = asks(("price", SOUP), ("reserve", {"people": 4}))
    ana.server.next(both, asks(("order", SOUP)), Script(text="All is done."))
    ana.says("A table for 4, and soup if it is cheap")
    assert ana.hears() == ["All is done."]
    assert ana.kitchen.done == ["price of soup", "table for 4", "order of soup"]
    assert ana.states == ["price done", "reserve done", "order done"]
    assert ana.kitchen.keys == [ana.calls[1].call_id]
    prompt = ana.server.prompts[-1]
    told = [one["tool_call_id"] for one in prompt if one["role"] == "tool"]
    assert told == ["call_0", "call_1", "call_2"]


def test_what_is_no_call_is_told_and_nothing_begins(ana: Guest) -> None:
    wrong = asks(("fly", {}), ("reserve", {"people": "four"}), ("a b\n", {}))
    ana.server.next(wrong, Script(text="Sorry."))
    ana.says("Fly me to the moon")
    assert ana.hears() == ["Sorry."]
    assert ana.results() == [
        "Not called: there is no tool 'fly'.",
        "Not called: people must be of type integer.",
        "Not called: there is no tool 'a b\\n'.",
    ]
    assert ana.calls == []


def test_what_nobody_allows_is_refused_and_kept(ana: Guest) -> None:
    ana.server.next(asks(("burn", {}), ("pay", {})), Script(text="I may not."))
    ana.says("Burn it, and pay")
    assert ana.hears() == ["I may not."]
    assert ana.results() == [words.NOT_ALLOWED, words.NOBODY_ALLOWS]
    assert ana.states == ["burn refused", "pay refused"]
    assert ana.kitchen.done == []


def test_the_same_call_has_one_effect_and_a_loop_ends(ana: Guest) -> None:
    ana.server.next(*[asks(("order", SOUP))] * 3, Script(text="Ordered once."))
    ana.says("Soup!")
    assert ana.hears() == ["Ordered once."]
    assert ana.kitchen.done == ["order of soup"]
    assert ana.results() == ["Ordered.", *[f"{words.AGAIN}Ordered."] * 2]
    assert "tools" not in ana.server.requests[-1].body


def test_an_answer_has_so_many_calls_and_then_has_to_say_something(ana: Guest) -> None:
    dishes = [asks(("price", {"dish": f"dish {n}"})) for n in range(8)]
    ana.server.next(*dishes, Script(text="They are all 7.40 EUR"))
    ana.says("Tell me all prices")
    assert ana.hears() == ["They are all 7.40 EUR"]
    assert len(ana.kitchen.done) == len(ana.calls) == 8
    assert "tools" not in ana.server.requests[-1].body


def test_a_flood_of_calls_is_cut(ana: Guest) -> None:
    flood = asks(*[("price", {"dish": f"dish {n}"}) for n in range(50)])
    ana.server.next(flood, Script(text="Too many."))
    ana.says("Tell me all prices")
    assert ana.hears() == ["Too many."]
    assert len(ana.kitchen.done) == 8
    assert ana.results()[8:] == [words.NO_MORE]


def test_of_a_flood_of_words_the_ledger_keeps_a_bound(ana: Guest) -> None:
    ana.kitchen.costs, ana.kitchen.why = "\u00fc\ud800" * 9_000, "\u00fc" * 9_000
    ana.kitchen.fails.append("order of soup")
    ana.server.next(asks(("price", SOUP), ("order", SOUP)), Script(text="Well."))
    ana.says("Soup, whatever it costs!")
    assert ana.hears() == ["Well."]
    assert ana.states == ["price done", "order failed"]
    kept = [text for call in ana.calls for text in (call.result, call.error) if text]
    assert len(kept) == 3
    for text in kept:
        assert text.endswith(words.CUT)
        size = len(text.encode()) - len(words.CUT.encode())
        assert MOST_RESULT_BYTES - 4 <= size <= MOST_RESULT_BYTES


def test_what_failed_for_certain_may_be_tried_once_more(ana: Guest) -> None:
    ana.kitchen.fails += ["order of soup"] * 3
    ana.server.next(*[asks(("order", SOUP))] * 3, Script(text="It does not work."))
    ana.says("Soup!")
    assert ana.hears() == ["It does not work."]
    assert ana.states == ["order failed"] * 2
    assert ana.results()[0] == "Failed, and nothing was done: the oven is cold"
    assert ana.chat.owner == "bot"


def test_what_may_have_happened_is_not_repeated_and_a_person_is_called(
    ana: Guest,
) -> None:
    ana.kitchen.hangs.append("order of soup")
    ana.server.next(asks(("order", SOUP)), Script(text="Somebody looks at it."))
    ana.says("Soup!")
    (heard,) = ana.hears()
    assert heard.startswith("Somebody looks at it.\n\n")
    assert ana.results() == [words.UNKNOWN]
    assert ana.states == ["order unknown"]
    assert ana.calls[0].error is not None
    assert ana.calls[0].error.startswith("it raised TimeoutError")
    assert ana.kitchen.done == ["order of soup"]
    assert (ana.chat.owner, ana.last.hands_over) == ("queue", "effect")


def test_what_honours_its_key_is_asked_again_with_it(ana: Guest) -> None:
    ana.kitchen.hangs.append("table for 4")
    ana.server.next(asks(("reserve", {"people": 4})), Script(text="Reserved."))
    ana.says("A table for 4")
    assert ana.hears() == ["Reserved."]
    assert ana.kitchen.keys == [ana.calls[0].call_id] * 2
    assert ana.states == ["reserve done"]


def test_what_only_reads_and_gives_no_answer_has_failed(ana: Guest) -> None:
    ana.kitchen.hangs.append("price of soup")
    ana.server.next(asks(("price", SOUP)), Script(text="I can't look now."))
    ana.says("What is the soup?")
    assert ana.hears() == ["I can't look now."]
    assert ana.states == ["price failed"]
    assert ana.chat.owner == "bot"


def test_a_price_that_a_tool_told_is_said_and_no_other(
    ana: Guest, database: Database
) -> None:
    """What the documents don't tell is no gap, either, where a tool tells it."""
    for shelf in (Shelf(), Shelf(HOURS)):
        on_the_shelf(ana, shelf)
        ana.server.next(asks(("price", SOUP)), Script(text="It costs 7.40 EUR."))
        ana.says("What does the soup cost?")
        assert ana.hears() == ["It costs 7.40 EUR."]
    assert value(database, "SELECT count(*) FROM gap_questions") == 0
    on_the_shelf(ana, Shelf())
    ana.server.next(asks(("price", SOUP)), Script(text="It costs 9.90 EUR."))
    ana.says("And with bread?")
    assert ana.hears() == [UNKNOWN_HERE]
