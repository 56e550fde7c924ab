"""What an LLM that sees is shown, over HTTP, and what one that does not is told."""

from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest

from bot.chat.answering import Answering
from bot.chat.pictures.prompt import PICTURE_TOKENS
from bot.chat.pictures.seeing import Seeing
from bot.chat.pictures.showing import Gallery
from bot.llm.account import LLMServer
from bot.llm.openai_chat import OpenAIChat
from bot.llm.protocol import LLMError
from bot.media.protocol import NotSensedError
from bot.media.senses.sight import Sight
from db.records import Reply, SeenMedia, Turn, Userchat
from tests.bot.chat.sources.shelf import PRICES, Shelf
from tests.bot.chat.transcripts import POLICY, bot_said, chat_of, user_says
from tests.bot.media.senses.pictures import png
from tests.scripted_llm import Script, ScriptedLLM

OFTEN = replace(POLICY, token_budget=8000)
NO_IMAGES = Script(
    body='{"error": {"message": "image_url is only supported by certain models."}}',
    status=400,
)


@pytest.fixture
def llm() -> Iterator[ScriptedLLM]:
    with ScriptedLLM() as llm:
        llm.always(Script(text="I see."))
        yield llm


@pytest.fixture
def client(llm: ScriptedLLM) -> Iterator[OpenAIChat]:
    server = LLMServer(api_key="k", base_url=llm.base_url, model="m")
    with closing(OpenAIChat(server)) as client:
        yield client


def photo(sid: str, text: str = "", **more: Any) -> Turn:
    return user_says(text, sid, "image/png", **more)


def answered(turn: Turn) -> tuple[Turn, Turn]:
    return turn, bot_said("Nice.", to=turn.message_sid or "")


def kept(*sids: str, kind: str = "image/png") -> dict[tuple[str, int], SeenMedia]:
    """Pictures that were looked at; what their bytes are tells their width."""
    return {
        (sid, 0): SeenMedia(
            message_sid=sid, position=0, state="read", media_type=kind, sha256=sid
        )
        for sid in sids
    }


def shown_as(sid: str) -> str:
    return f"data:image/png;base64,{b64encode(png(int(sid))).decode()}"


def seeing(
    client: OpenAIChat, read: Callable[[bytes, float], str | None] | None = None
) -> Seeing:
    gallery = Gallery(
        Sight(sees=True),
        lambda sha256: png(int(sha256)) if sha256.isdecimal() else None,
        read or (lambda _content, _seconds: None),
    )
    return Seeing(Answering(client, OFTEN), gallery)


def ask(answers: Seeing, chat: Userchat, *sids: str) -> Reply:
    batch = tuple(turn for turn in chat.turns if turn.message_sid in sids)
    return answers.answer(chat, batch, 20)


def pictures_in(prompt: list[dict[str, Any]]) -> list[str]:
    parts = prompt[-1]["content"]
    assert all(isinstance(message["content"], str) for message in prompt[:-1])
    if isinstance(parts, str):
        return []
    return [p["image_url"]["url"] for p in parts if p["type"] == "image_url"]


def text_in(prompt: list[dict[str, Any]]) -> str:
    """All that is told in words, but by the system."""
    told = []
    for message in prompt[1:]:
        content = message["content"]
        parts = [{"text": content}] if isinstance(content, str) else content
        told += [part["text"] for part in parts if "text" in part]
    return "\n".join(told)


def test_the_pictures_of_an_album_stand_behind_its_words_in_their_order(
    llm: ScriptedLLM, client: OpenAIChat
) -> None:
    chat = chat_of(photo("11"), photo("12", "Which one?"), seen=kept("11", "12"))
    assert ask(seeing(client), chat, "11", "12").turn.content.startswith("I see.")
    (prompt,) = llm.prompts
    assert pictures_in(prompt) == [shown_as("11"), shown_as("12")]
    told = text_in(prompt)
    first, second, label = map(told.index, ("picture 1 here", "picture 2 here", "[Pic"))
    assert first < told.index("Which one?") < second < label
    assert "cannot see" not in told


def test_a_quoted_picture_is_shown_and_named(
    llm: ScriptedLLM, client: OpenAIChat
) -> None:
    talk = [t for n in range(20, 30) for t in answered(user_says("Hm", str(n)))]
    quoting = user_says("And this?", "99", beside={"OriginalRepliedMessageSid": "11"})
    chat = chat_of(*answered(photo("11")), *talk, quoting, seen=kept("11"))
    ask(seeing(client), chat, "99")
    assert pictures_in(llm.prompts[0]) == [shown_as("11")]
    assert "[Picture 1, to which the user replies:]" in text_in(llm.prompts[0])


def test_follow_ups_show_the_last_pictures_again_and_older_ones_no_more(
    llm: ScriptedLLM, client: OpenAIChat
) -> None:
    turns = [t for n in range(11, 15) for t in answered(photo(str(n)))]
    chat = chat_of(
        *turns, user_says("The last two?", "99"), seen=kept("11", "12", "13", "14")
    )
    ask(seeing(client), chat, "99")
    assert pictures_in(llm.prompts[0]) == [shown_as("13"), shown_as("14")]
    assert text_in(llm.prompts[0]).count("not shown any more") == 2
    much = [t for n in range(20, 30) for t in answered(user_says("Hm", str(n)))]
    later = chat_of(*turns, *much, user_says("Now?", "99"), seen=kept("14"))
    ask(seeing(client), later, "99")
    assert pictures_in(llm.prompts[1]) == []


def test_a_prompt_shows_what_it_has_room_for_the_newest_first(
    llm: ScriptedLLM, client: OpenAIChat
) -> None:
    sids = [str(n) for n in range(11, 17)]
    chat = chat_of(*map(photo, sids), seen=kept(*sids))
    answers = seeing(client)
    ask(answers, chat, *sids)
    assert pictures_in(llm.prompts[0]) == [shown_as(n) for n in sids[-4:]]
    tight = replace(OFTEN, token_budget=2 * PICTURE_TOKENS)
    ask(Seeing(Answering(client, tight), answers.gallery), chat, *sids)
    assert pictures_in(llm.prompts[1]) == [shown_as("16")]


def test_what_is_gone_moves_or_was_unreadable_is_not_shown(
    llm: ScriptedLLM, client: OpenAIChat
) -> None:
    seen = kept("11", "gone", "12")
    seen["12", 0] = replace(seen["12", 0], state="unreadable")
    chat = chat_of(photo("11"), photo("gone"), photo("12", "Well?"), seen=seen)
    ask(seeing(client), chat, "11", "gone", "12")
    assert pictures_in(llm.prompts[0]) == [shown_as("11")]


def test_a_server_that_takes_no_pictures_is_told_their_words_and_remembered(
    llm: ScriptedLLM, client: OpenAIChat
) -> None:
    llm.next(NO_IMAGES)
    answers = seeing(client, read=lambda _content, _seconds: "RYE 4.20")
    chat = chat_of(photo("11", "How much?"), seen=kept("11"))
    told = answers._tell(chat, answers.gallery.choose(chat, chat.turns), 5)
    assert told.seen["11", 0].text == "RYE 4.20"
    assert ask(answers, chat, "11").turn.content.startswith("I see.")
    assert [len(pictures_in(prompt)) for prompt in llm.prompts] == [1, 0]
    ask(answers, chat, "11")
    assert [len(pictures_in(prompt)) for prompt in llm.prompts] == [1, 0, 0]


def test_one_picture_that_is_refused_is_left_out_and_others_are_shown(
    llm: ScriptedLLM, client: OpenAIChat
) -> None:
    llm.next(Script(status=400, body='{"error": {"message": "Could not parse it."}}'))
    chat = chat_of(photo("11", "How much?"), seen=kept("11"))

    def fails(_content: bytes, _seconds: float) -> str | None:
        raise NotSensedError("it is damaged")

    answers = seeing(client, read=fails)
    ask(answers, chat, "11")
    ask(answers, chat, "11")
    assert [len(pictures_in(prompt)) for prompt in llm.prompts] == [1, 0, 1]
    assert "which you cannot see" in text_in(llm.prompts[1])


@pytest.mark.parametrize(
    ("words", "is_believed"), [("TOTAL 45.30 \u20ac", True), (None, False)]
)
def test_a_number_that_stands_in_a_picture_alone_is_looked_for_there(
    words: str | None, is_believed: bool, llm: ScriptedLLM, client: OpenAIChat
) -> None:
    llm.always(Script(text="You paid 45.30 \u20ac [1]."))
    answers = seeing(client, read=lambda _content, _seconds: words)
    knowing = replace(answers.answering, knowledge=Shelf(PRICES))
    chat = chat_of(photo("11", "What did I pay?"), seen=kept("11"))
    said = ask(Seeing(knowing, answers.gallery), chat, "11").turn.content
    assert ("45.30" in said) == is_believed
    assert len(pictures_in(llm.prompts[-1])) == 1


def test_a_server_that_is_away_learns_us_nothing_of_pictures(
    llm: ScriptedLLM, client: OpenAIChat
) -> None:
    llm.always(Script(status=500))
    answers = seeing(client)
    chat = chat_of(photo("11", "How much?"), seen=kept("11"))
    with pytest.raises(LLMError):
        ask(answers, chat, "11")
    assert answers.gallery.sight.sees
    assert len(pictures_in(llm.prompts[-1])) == 1
