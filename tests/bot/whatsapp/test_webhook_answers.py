"""Answers in the webhook's own TwiML, where there is neither database nor worker."""

import threading
from collections.abc import Sequence
from xml.etree import ElementTree

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from bot.chat import sentences
from bot.chat.answering import Answering
from bot.chat.asked import Policy
from bot.chat.channel import Channel
from bot.chat.patience import Pace
from bot.chat.talk import Talk
from bot.llm.protocol import LLM, Completion, LLMError, Prompt, Tool
from bot.simulator.outbound import parse_replies
from bot.whatsapp.signature import SignatureChecker
from bot.whatsapp.text.parts import with_parts
from bot.whatsapp.webhook import Webhooks, twiml
from bot.worker.inline import InlineAnswers
from db.records import PartContent, Reply
from tests.bot.chat.conversation import AWAY, ScriptedThoughts
from tests.bot.whatsapp.twilio_calls import ACCOUNT, PUBLIC, TOKEN, call, text_form
from tests.bot.whatsapp.webhook_app import NotingStore
from tests.records import reply_turn


class SlowLLM:
    """Takes all the time that it is given, and answers nothing."""

    def complete(
        self,
        prompt: Prompt,
        timeout: float | None = None,
        tools: Sequence[Tool] = (),
    ) -> Completion:
        threading.Event().wait(timeout)
        raise LLMError("too slow")


class Bot:
    """The webhooks with answers in them; `store` tells what was kept."""

    def __init__(self, llm: LLM, seconds: float = 10, quiet: float = 0) -> None:
        self.store = NotingStore()
        talk = Talk(
            store=self.store,
            answering=Answering(llm, Policy(system_prompt="You help.")),
            channel=Channel(with_parts=with_parts),
            pace=Pace(quiet_seconds=quiet),
        )
        webhooks = Webhooks(
            checker=SignatureChecker([TOKEN], PUBLIC),
            account_sid=ACCOUNT,
            store=self.store,
            answer_now=InlineAnswers(talk, seconds),
        )
        self.app = Flask("bot")
        self.app.register_blueprint(webhooks.blueprint())

    def answers(self, text: str, **form: str) -> list[str]:
        return messages_in(call(self.app, text_form(text, **form)))


def messages_in(answer: TestResponse) -> list[str]:
    """What Twilio would send to the user for this answer."""
    assert answer.status_code == 200
    assert answer.mimetype == "text/xml"
    response = ElementTree.fromstring(answer.data)  # noqa: S314
    assert response.tag == "Response"
    assert {message.tag for message in response} <= {"Message"}
    return ["".join(message.itertext()) for message in response]


def bot_thinking(*thoughts: str | LLMError) -> Bot:
    return Bot(ScriptedThoughts(*thoughts))


def test_the_answer_comes_with_the_acknowledgement_formatted_for_whatsapp() -> None:
    bot = bot_thinking("**Nine** to five & more <soon>")
    assert bot.answers("When do you open?") == ["*Nine* to five & more <soon>"]
    assert bot.store.texts[0] == "When do you open?"


def test_a_long_answer_comes_in_several_messages_in_order() -> None:
    text = "\n\n".join(f"{n}: {'word ' * 200}".strip() for n in range(4))
    told = bot_thinking(text).answers("Tell me all")
    assert len(told) > 1
    assert "\n\n".join(told) == text
    assert all(len(message) <= 1500 for message in told)


def test_a_picture_of_an_answer_is_part_of_the_twiml() -> None:
    picture = "https://shop.example/1.png?size=2&so=on"
    contents = PartContent("Here & now", media=(picture,)), PartContent("And more")
    answer = twiml([Reply(turn=reply_turn("Here"), parts=contents)])
    kind, text = answer.content_type or "", answer.get_data(as_text=True)
    with_picture, more = parse_replies("whatsapp:+15551230001", kind, text)
    assert with_picture.body == "Here & now"
    assert [media.source_url for media in with_picture.media] == [picture]
    assert (more.body, more.media) == ("And more", ())


def test_the_same_message_again_is_not_answered_again() -> None:
    bot = bot_thinking("Yes.")
    sid = "SM" + "1" * 32
    assert bot.answers("Hi", MessageSid=sid) == ["Yes."]
    assert bot.answers("Hi", MessageSid=sid) == []


def test_a_conversation_is_remembered_until_a_new_one() -> None:
    thoughts = ScriptedThoughts("Hello!", "You are Ana.", "I don't know.")
    bot = Bot(thoughts)
    assert bot.answers("I am Ana") == ["Hello!"]
    assert bot.answers("Who am I?") == ["You are Ana."]
    assert bot.answers("/new") == [sentences.NEW_CHAT]
    assert bot.answers("Who am I?") == ["I don't know."]
    assert len(thoughts.prompts[-1]) == 2


def test_after_stop_the_acknowledgement_says_nothing_until_start() -> None:
    bot = bot_thinking("Yes.")
    assert bot.answers("STOP") == [sentences.STOPPED]
    assert bot.answers("Hi") == []
    assert bot.answers("START") == [sentences.STARTED]
    assert bot.answers("Hi") == ["Yes."]


def test_what_cannot_be_read_gets_its_sentence() -> None:
    media = {"NumMedia": "1", "MediaContentType0": "audio/ogg"}
    assert bot_thinking().answers("", **media) == [sentences.UNREADABLE["audio"]]


def test_an_llm_that_fails_is_an_apology_and_the_next_message_is_answered() -> None:
    bot = bot_thinking(AWAY, "Nine.")
    assert bot.answers("When do you open?") == [sentences.GIVEN_UP]
    assert bot.answers("And now?") == ["Nine."]


def test_an_llm_that_is_too_slow_for_twilio_is_an_apology_in_time() -> None:
    assert Bot(SlowLLM(), seconds=0.2).answers("Hi") == [sentences.GIVEN_UP]


def test_a_bug_is_an_apology_and_no_server_error() -> None:
    class Broken:
        def complete(
            self, prompt: object, timeout: object = None, tools: object = ()
        ) -> Completion:
            raise KeyError("a bug")

    assert Bot(Broken()).answers("Hi") == [sentences.GIVEN_UP]


@pytest.mark.parametrize("strange", ["\x00", "\x08", "\x1b[0m", "\ufffe", "\ud800"])
def test_no_answer_of_the_llms_breaks_the_twiml(strange: str) -> None:
    [told] = bot_thinking(f"before {strange}after\n]]> --> &amp;").answers("Hi")
    assert told.startswith("before ")
    assert "after\n]]> --> &" in told


def test_a_burst_in_several_webhooks_gets_one_answer_in_one_of_them() -> None:
    thoughts = ScriptedThoughts("to all")
    bot = Bot(thoughts, quiet=1.0)  # longer than threads take to start
    told: list[list[str]] = []
    threads = [
        threading.Thread(target=lambda text=text: told.append(bot.answers(text)))
        for text in ("one", "two", "three")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == [[], [], ["to all"]]
    assert bot.store.texts.count("to all") == 1
