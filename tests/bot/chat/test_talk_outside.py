"""What a talk shows outside: to an LLM's real server, and in the log."""

from datetime import UTC, datetime

import pytest

from bot.chat import sentences
from bot.chat.asked import tell_date
from bot.llm.account import LLMServer
from bot.llm.openai_chat import OpenAIChat
from bot.llm.protocol import LLMError
from tests.bot.chat.conversation import AWAY, Conversation
from tests.bot.chat.transcripts import PROMPT
from tests.bot.log_lines import recorded_log
from tests.scripted_llm import Script, ScriptedLLM


def test_a_conversation_with_a_server_that_is_away_for_a_while() -> None:
    with ScriptedLLM() as server:
        llm = OpenAIChat(
            LLMServer(api_key="k", base_url=server.base_url, model="m", max_tokens=50)
        )
        ana = Conversation(llm=llm)
        server.next(Script(status=503), Script(text="**Nine** to five.\x00"))
        ana.says("When do you open?")
        with pytest.raises(LLMError, match="503"):
            ana.hears()
        assert ana.hears() == ["**Nine** to five.\ufffd"]
        llm.close()
    assert server.prompts[-1] == [
        {"role": "system", "content": f"{PROMPT}\n\n{tell_date(datetime.now(UTC))}"},
        {"role": "user", "content": "When do you open?"},
    ]


def test_an_answer_is_logged_with_its_chat_s_message_and_without_its_text() -> None:
    ana = Conversation("a-secret-answer")
    ana.says("a-secret-question")
    with recorded_log("INFO") as told:
        ana.hears()
    [line] = told.lines
    assert line["message"] == "stored a turn of ours: answer"
    assert line["message_sid"] == ana.sids[0]
    assert line["in_reply_to"] == ana.sids
    assert (line["parts"], line["llm_seconds"]) == (1, 0.001)
    assert "a-secret" not in told.text


@pytest.mark.parametrize(
    ("text", "minutes", "kind"),
    [
        ("/help", 0, "help"),
        ("STOP", 0, "stop"),
        ("", 0, "sentence"),
        ("Hi", 0, "answer"),
    ],
)
def test_the_log_says_what_kind_of_turn_it_was(
    text: str, minutes: float, kind: str
) -> None:
    ana = Conversation()
    ana.says(text, minutes=minutes)
    with recorded_log("INFO") as told:
        ana.hears()
    assert told.messages == [f"stored a turn of ours: {kind}"]


def test_silence_is_logged_as_silence() -> None:
    ana = Conversation()
    ana.says("STOP")
    ana.hears()
    ana.says("Hi")
    with recorded_log("INFO") as told:
        ana.hears()
    assert told.messages == ["stored a turn of ours: silence"]


def test_a_failing_llm_and_a_notice_are_logged() -> None:
    ana = Conversation(AWAY)
    ana.says("Hi", minutes=3)
    with recorded_log("INFO") as told:
        assert ana.is_kept_waiting()
    assert told.messages == [
        "the LLM gave no answer: the LLM is away",
        "stored a turn of ours: notice",
    ]
    assert {line["message_sid"] for line in told.lines} == set(ana.sids)


def test_giving_up_is_an_error_in_the_log() -> None:
    ana = Conversation()
    ana.says("Hi", minutes=61)
    with recorded_log("ERROR") as told:
        assert ana.hears() == [sentences.GIVEN_UP]
    [line] = told.lines
    assert "ANSWER_MAX_AGE_MINUTES" in line["message"]
    assert line["in_reply_to"] == ana.sids
