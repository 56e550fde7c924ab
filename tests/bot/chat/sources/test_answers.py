"""Answers from the business's documents, as a customer gets them."""

from dataclasses import replace

import pytest

from bot.chat import sentences
from bot.chat.answering import Answering
from bot.llm.protocol import LLMError
from db.records import Found, Gap, Turn
from tests.bot.chat.conversation import REFUSED, Conversation
from tests.bot.chat.sources.shelf import CAKE, HOURS, PRICES, TERMS, Customer, Shelf
from tests.bot.chat.transcripts import POLICY, PROMPT, bot_said, chat_of, user_says
from tests.bot.llm.clients import client_of
from tests.bot.log_lines import recorded_log
from tests.scripted_llm import Script, ScriptedLLM

QUOTE = "> Rye bread, 500 g: 4.20 \u20ac\n> Wheat rolls: 0.60 \u20ac each"
ASKED = "What does rye bread cost?"


def test_an_answer_names_its_source_once_and_keeps_what_it_stood_on() -> None:
    reply = Customer("It costs 4.20 \u20ac [1]. Half is 500 g [1].").asks()
    assert reply.turn.content == "It costs 4.20 \u20ac. Half is 500 g."
    assert reply.sources == "\U0001f4c4 Price list 2026, page 7"
    assert [(s.passage.chunk_id, s.is_cited) for s in reply.stood_on] == [
        (1, True),
        (2, False),
        (3, False),
    ]
    assert reply.gap is None


def test_a_number_that_was_not_given_is_not_cited() -> None:
    reply = Customer("It costs 4.20 \u20ac [9][1], as I know [4].").asks()
    assert reply.turn.content == "It costs 4.20 \u20ac, as I know."
    assert reply.sources == "\U0001f4c4 Price list 2026, page 7"


def test_a_strict_server_of_a_reasoning_model_is_asked_and_read() -> None:
    said = "<think>[2] says 9.99 \u20ac. [unknown]</think>4,20 \u20ac\u30101\u3011."
    with ScriptedLLM() as server, client_of(server.base_url) as llm:
        server.next(Script(text=said))
        answering = Answering(llm, POLICY, knowledge=Shelf(PRICES, HOURS))
        batch = (user_says(ASKED, "2"), user_says("Please", "3"))
        talk = (user_says("Hi", "1"), bot_said("Hello", "1"))
        reply = answering.answer(chat_of(*talk, *batch), batch, 10)
    assert (reply.turn.content, reply.gap) == ("4,20 \u20ac.", None)
    assert reply.sources == "\U0001f4c4 Price list 2026, page 7"
    roles = [message["role"] for message in server.prompts[-1]]
    assert roles == ["system", "user", "assistant", "user"]


@pytest.mark.parametrize(
    "wrong",
    ["It costs 4.50 \u20ac [1].", "It costs $4.20 [1].", "We close at 20:30 [2], 9 %."],
)
def test_a_wrong_number_gives_way_to_the_passage_s_own_words(wrong: str) -> None:
    with recorded_log() as log:
        reply = Customer(wrong).asks()
    assert reply.turn.content.startswith("> ")
    assert reply.sources
    assert sum(stood.is_cited for stood in reply.stood_on) == 1
    assert "4.50" not in reply.turn.content + log.text
    assert "number that was not given" in log.text


def test_the_right_price_is_quoted_in_place_of_a_wrong_one() -> None:
    assert Customer("It costs 4.02 \u20ac [1].").hears() == QUOTE
    assert "18.50 EUR" in Customer("The cake is 81.50 EUR [3].").hears("A cake?")


def test_what_does_not_tell_the_answer_becomes_a_gap() -> None:
    reply = Customer("I don't know that, but a colleague will. [unknown]").asks()
    assert reply.turn.content == "I don't know that, but a colleague will."
    assert reply.gap == Gap(ASKED, TERMS)
    assert not reply.sources
    assert len(reply.stood_on) == 3


def test_where_nothing_is_said_but_the_marker_we_say_it() -> None:
    reply = Customer("[unknown]").asks()
    assert reply.turn.content == sentences.UNKNOWN
    assert reply.gap


def test_a_topic_that_is_not_known_is_told_to_the_llm_and_kept() -> None:
    ana = Customer("I don't know. [unknown]", shelf=Shelf(PRICES, confidence=0.01))
    reply = ana.asks()
    assert ana.prompt[-1] == f"{sentences.NOTHING_FOUND}\n\n{ASKED}"
    assert (reply.turn.content, reply.gap) == ("I don't know.", Gap(ASKED, TERMS))
    assert reply.stood_on == ()


def test_what_the_llm_invents_of_an_unknown_topic_is_not_said() -> None:
    shelf = Shelf(confidence=0.0)
    assert Customer("It costs 9.99 \u20ac.", shelf=shelf).hears() == sentences.UNKNOWN
    assert Customer("We have 3 of it.", shelf=shelf).hears() == "We have 3 of it."


@pytest.mark.parametrize(
    "said", ["Thanks!", "Hi, how are you?", "\U0001f44d", "Ol\u00e1"]
)
@pytest.mark.parametrize("quotes", [True, False])
def test_small_talk_is_no_gap(said: str, quotes: bool) -> None:
    ana = Customer("Gladly.", shelf=Shelf(confidence=0.0), quotes_uncited=quotes)
    reply = ana.asks(said)
    assert (reply.turn.content, reply.gap) == ("Gladly.", None)


def test_without_knowledge_an_answer_stays_as_it_is() -> None:
    shelf = Shelf(confidence=None)
    ana = Customer("See [1]: 9.99 \u20ac [unknown]", shelf=shelf)
    reply = ana.asks()
    assert reply.turn.content == "See [1]: 9.99 \u20ac [unknown]"
    assert (reply.gap, reply.stood_on, ana.prompt[-1]) == (None, (), ASKED)


@pytest.mark.parametrize("has_documents", [True, False])
def test_a_question_tells_whether_there_are_documents(has_documents: bool) -> None:
    ana, batch = Customer("Gladly."), (user_says(ASKED, "now"),)
    chat = chat_of(*batch, has_documents=has_documents)
    ana.answering.answer(chat, batch, 30)
    [(question, _)] = ana.shelf.questions
    assert question.has_documents is has_documents


def test_a_model_that_never_cites_is_replaced_by_the_best_passage() -> None:
    ana = Customer("Bread is a food of 4.20 \u20ac.", quotes_uncited=True)
    reply = ana.asks()
    assert (reply.turn.content, reply.sources[-6:]) == (QUOTE, "page 7")
    assert Customer("4.20 \u20ac [1].", quotes_uncited=True).hears() == "4.20 \u20ac."
    nothing = Customer("Food.", shelf=Shelf(confidence=0.0), quotes_uncited=True)
    assert nothing.hears() == sentences.UNKNOWN
    assert nothing.asks().gap


def test_what_is_hardly_known_is_not_quoted_for_a_model_that_never_cites() -> None:
    shelf = Shelf(PRICES, confidence=0.2)
    reply = Customer("Food.", shelf=shelf, quotes_uncited=True).asks()
    assert (reply.turn.content, reply.gap) == (sentences.UNKNOWN, Gap(ASKED, TERMS))
    assert Customer("Food.", shelf=shelf).hears() == "Food."


def test_what_it_cites_by_chance_is_not_known_for_that() -> None:
    shelf = Shelf(PRICES, confidence=0.1)
    reply = Customer("David won. [1]", shelf=shelf, quotes_uncited=True).asks()
    assert (reply.turn.content, reply.sources) == (sentences.UNKNOWN, "")


@pytest.mark.parametrize("said", ["We bake. [2]", "It is 9.99 \u20ac. [2]"])
def test_the_best_passage_is_quoted_and_not_one_that_is_cited_by_chance(
    said: str,
) -> None:
    ana = Customer(said, shelf=Shelf(PRICES, HOURS), quotes_uncited=True)
    assert ana.hears() == QUOTE


@pytest.mark.parametrize("quotes", [True, False])
def test_an_answer_that_repeats_how_passages_are_shown_is_none(quotes: bool) -> None:
    lines = PRICES.text.split("\n")
    echo = f"[2] {HOURS.title}\n| {lines[1]}\n=> [1]"
    assert Customer(echo, shelf=Shelf(PRICES), quotes_uncited=quotes).hears() == QUOTE
    table = f"| Item | Price |\n|---|---|\n| {lines[1]} | {lines[0]} | [1]"
    assert "Item" in Customer(table, shelf=Shelf(PRICES)).hears()


def test_of_all_that_is_known_the_passage_with_the_question_s_words_is_quoted() -> None:
    shelf = Shelf()
    shelf.found = Found(passages=(HOURS, PRICES), is_whole=True, terms=TERMS)
    ana = Customer("Food.", shelf=shelf, quotes_uncited=True)
    assert ana.hears() == QUOTE
    assert ana.hears("Parking?") == sentences.UNKNOWN


def test_what_the_system_prompt_tells_may_be_said_where_nothing_is_found() -> None:
    policy = replace(POLICY, system_prompt="We open at 9:15.")
    ana = Customer("At 9:15.", shelf=Shelf(confidence=0.0), policy=policy)
    assert ana.hears("When do you open?") == "At 9:15."
    assert "that your instructions do not tell either" in ana.prompt[-1]


def test_what_has_no_words_of_the_user_is_no_gap() -> None:
    ana = Customer("I don't know. [unknown]", shelf=Shelf(PRICES, confidence=0.01))
    assert ana.asks(" ").gap is None


def test_passages_that_fit_alike_are_quoted_both() -> None:
    large = replace(PRICES, chunk_id=9, text="Large rye bread: 6.10 \u20ac", score=0.88)
    ana = Customer("Food.", shelf=Shelf(PRICES, large, HOURS), quotes_uncited=True)
    assert ana.hears() == f"{QUOTE}\n\n> Large rye bread: 6.10 \u20ac"
    ana.shelf.found = Found(passages=(HOURS, PRICES, large), is_whole=True, terms=TERMS)
    assert ana.hears("Rye bread?") == f"{QUOTE}\n\n> Large rye bread: 6.10 \u20ac"


def test_a_picture_that_is_asked_for_is_sent_after_the_text() -> None:
    (picture,) = Customer("Here it is: [picture 3] [3] [picture 1]").asks().pictures
    assert (picture.body, picture.media) == (
        "Plum cake",
        ("https://bakery.example/plum.jpg",),
    )
    assert Customer("[picture 1] [picture 9] Here.").asks().pictures == ()
    assert Customer("[picture 3]").hears() == "Plum cake"


@pytest.mark.parametrize(
    ("shown", "line"),
    [
        ("off", ""),
        ("names", "\U0001f4c4 Price list 2026, page 7; Products: Plum cake"),
        (
            "links",
            "\U0001f4c4 Price list 2026 https://bakery.example/prices.pdf; "
            "Products: Plum cake https://bakery.example/plum",
        ),
    ],
)
def test_sources_are_names_links_or_nothing(shown: str, line: str) -> None:
    assert Customer("Yes [1][3].", shown=shown).asks().sources == line


def test_knowledge_is_asked_with_what_was_said_before_and_for_a_bounded_time() -> None:
    ana = Customer("Until 13:00 [2].")
    talk: tuple[Turn, ...] = (
        user_says("When do you open?", "1"),
        bot_said("At 7.", "1"),
    )
    ana.asks("And on Saturdays?", *talk)
    ((question, seconds),) = ana.shelf.questions
    assert question.text == "And on Saturdays?"
    assert question.earlier == ("When do you open?",), "our answer would find itself"
    assert 500 < question.most_tokens < 2000
    assert 0 < seconds <= 5


def test_that_we_do_not_know_is_nothing_that_a_question_leans_on() -> None:
    ana = Customer("Until 13:00 [2].")
    talk = (user_says("When do you open?", "1"), bot_said(sentences.UNKNOWN, "1"))
    ana.asks("And on Saturdays?", *talk)
    assert ana.shelf.questions[0][0].earlier == ("When do you open?",)


def test_a_refused_prompt_is_asked_again_without_the_material() -> None:
    ana = Customer(REFUSED, REFUSED, "I don't know.")
    reply = ana.asks(ASKED, user_says("Hi", "1"), bot_said("Hello", "1"))
    assert (reply.turn.content, reply.gap) == ("I don't know.", None)
    assert ["4.20" in str(prompt) for prompt in ana.llm.prompts] == [True, True, False]


def test_a_prompt_that_is_too_long_keeps_the_best_passage_and_the_question() -> None:
    too_long = LLMError("too long", permanent=True, too_long=True)
    long = [replace(HOURS, chunk_id=n, text="open " * 200) for n in range(4, 8)]
    ana = Customer(too_long, "4.20 \u20ac [1].", shelf=Shelf(PRICES, *long))
    reply = ana.asks(ASKED, user_says("x" * 2000, "1"), bot_said("y" * 900, "1"))
    first, last = map(str, ana.llm.prompts)
    assert (first.count("open"), "xxx" in first) == (800, True)
    assert (0 < last.count("open") < 800, "xxx" in last) == (True, False)
    assert ASKED in last
    assert "4.20" in last
    assert 1 < len(reply.stood_on) < 5


def test_where_no_material_fits_the_llm_is_told_that_nothing_was_found() -> None:
    ana = Customer("Sorry. [unknown]", policy=replace(POLICY, token_budget=200))
    assert ana.hears() == "Sorry."
    assert ana.prompt[-1].startswith(sentences.NOTHING_FOUND)


def test_the_memory_store_has_no_knowledge() -> None:
    ana = Conversation("Nine [1].")
    ana.says("When do you open?")
    assert ana.hears() == ["Nine [1]."]
    assert ana.llm_saw() == ["When do you open?"]
    assert str(ana.thoughts.prompts[-1][0].content).startswith(PROMPT)
    assert CAKE.title not in str(ana.thoughts.prompts)
