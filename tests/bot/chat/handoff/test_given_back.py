"""Given back: the model knows what was said meanwhile, and goes on without a loop."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import uuid4

from bot.chat import sentences
from bot.chat.handoff.policy import HandoffPolicy
from bot.chat.prompt import build_prompt
from bot.llm.protocol import Completion, Prompt, Tokens, Tool
from db.chats import PostgresChatStore
from db.database import Database
from db.records import PartContent, PersonReply, Turn
from db.support.replies import record_person_reply
from tests.bot.chat.conversation import Conversation
from tests.bot.chat.transcripts import PROMPT, bot_ignored, user_says
from tests.db.sql import change, value

HANDOFF = HandoffPolicy()


class Echo:
    """An LLM that says again all that it was shown but the system prompt."""

    def __init__(self) -> None:
        self.prompts: list[Prompt] = []

    def complete(
        self, prompt: Prompt, timeout: float | None = None, tools: Sequence[Tool] = ()
    ) -> Completion:
        self.prompts.append(list(prompt))
        text = "\n".join(str(message.content) for message in prompt[1:])
        return Completion(text, "echo", 0.001, Tokens(total=1))


def says(database: Database, text: str) -> None:
    """A person of ours replies, as the console has it stored."""
    user_id = value(database, "SELECT user_id FROM users")
    with database.transaction() as connection:
        record_person_reply(
            connection,
            PersonReply(
                user_id=user_id,
                author_id=None,
                text=text,
                parts=(PartContent(text),),
                reference_id=uuid4(),
            ),
        )


def give_back(database: Database) -> None:
    change(database, "SELECT give_chat(chat_id) FROM userchats")


def test_the_model_reads_what_the_person_said_and_the_customer_to_them(
    database: Database, pg: PostgresChatStore
) -> None:
    ana = Conversation("Nine.", store=pg, handoff=HANDOFF)
    ana.says("When do you open?")
    ana.hears()
    ana.says("talk to a human")
    ana.hears()
    ana.says("My cake is late")
    ana.says("Order 7")
    ana.hears()
    says(database, "Sorry! You get 10 % off.")
    ana.says("Great, until Friday")
    ana.hears()
    ana.says("By three?")
    ana.hears()
    give_back(database)
    ana.says("How much do I get off?")
    assert ana.hears() == ["Nine."]
    assert ana.llm_saw() == [
        "When do you open?",
        "Nine.",
        "talk to a human",
        sentences.WAS_PASSED_ON,
        "My cake is late\n\nOrder 7",
        sentences.WRITTEN_BY_PERSON.format("Sorry! You get 10 % off."),
        "Great, until Friday\n\nBy three?\n\nHow much do I get off?",
    ]
    roles = [getattr(message, "role", "") for message in ana.thoughts.prompts[-1]]
    assert roles == ["system", *["user", "assistant"] * 3, "user"]


def test_five_rounds_after_it_was_given_back_nothing_goes_round(
    database: Database, pg: PostgresChatStore
) -> None:
    """Not even with a model that repeats every word that it was shown."""
    ana = Conversation(llm=Echo(), store=pg, handoff=HANDOFF)
    ana.says("talk to a human")
    assert ana.hears() == [sentences.PASSED_ON]
    says(database, "I will ask our baker, and a colleague will call you tomorrow.")
    give_back(database)
    for n in range(5):
        ana.says(f"And what about number {n} of my questions?")
        [heard] = ana.hears()
        assert sentences.PASSED_ON not in heard
        assert "[A person" not in heard
        assert ana.chat.owner == "bot"
    assert value(database, "SELECT count(*) FROM support_tickets") == 1


def test_what_the_brake_held_up_stays_out_of_the_prompt() -> None:
    turns: list[Turn] = []
    notes = (sentences.NOT_ANSWERED_HANDOFF, "", sentences.NOT_ANSWERED_BRAKE, "")
    for n, why in enumerate(notes):
        turns += [
            user_says(f"message {n}", str(n)),
            replace(bot_ignored(str(n)), content=why),
        ]
    prompt = build_prompt(PROMPT, [*turns, user_says("Open?", "9")], 20, 4000)
    assert prompt[-1].content == "message 0\n\nmessage 1\n\nOpen?"


def test_what_a_person_began_a_chat_with_is_read_too(
    database: Database, pg: PostgresChatStore
) -> None:
    ana = Conversation("Yes.", store=pg, handoff=HANDOFF)
    ana.says("Hi")
    ana.hears()
    change(database, "UPDATE userchats SET is_active = false")
    says(database, "Your cake is ready.")
    give_back_all = "SELECT change_owner(user_id, 'bot', NULL, 'x', NULL) FROM users"
    change(database, give_back_all)
    ana.says("Until when can I come?")
    ana.hears()
    told = sentences.WRITTEN_BY_PERSON.format("Your cake is ready.")
    assert ana.llm_saw() == [f"{told}\n\nUntil when can I come?"]
