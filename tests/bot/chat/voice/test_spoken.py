"""Answers that are spoken: for whom wants it, and never instead of an answer."""

from dataclasses import dataclass, field, replace

import pytest

from bot.chat.replies import Batch
from bot.chat.voice.spoken import MOST_CHARACTERS, Spoken, speakable
from bot.llm.protocol import LLMError
from bot.whatsapp.text.parts import with_parts
from db.errors import StoreUnavailableError
from db.records import PartContent, Reply, Userchat
from tests.bot.chat.transcripts import chat_of, user_says
from tests.bot.media.outgoing import files
from tests.records import reply_turn


@dataclass
class Answers:
    """Gives one answer; as the LLM does, if it names a model."""

    text: str
    model: str | None = "m"
    sources: str = ""

    def answer(self, _chat: Userchat, _batch: Batch, _seconds: float, /) -> Reply:
        turn = replace(reply_turn(self.text), model=self.model)
        return Reply(turn=turn, sources=self.sources)


@dataclass
class Voice:
    """A voice, and a place for what it says."""

    sound: bytes = field(default_factory=files.ogg)
    error: Exception | None = None
    full: Exception | None = None
    said: list[str] = field(default_factory=list)

    def speak(self, text: str, seconds: float) -> bytes:
        assert 1 <= seconds <= 10
        self.said.append(text)
        if self.error:
            raise self.error
        return self.sound

    def keep(self, content: bytes, media_type: str) -> str:
        assert (content, media_type) == (self.sound, "audio/ogg")
        if self.full:
            raise self.full
        return "ab" * 32


WANTS = {"answers": "voice"}
VOICE = PartContent("", media=("stored:" + "ab" * 32,))


def parts(
    answers: Answers,
    voice: Voice,
    wants: dict[str, str] | None = None,
    seconds: float = 60,
) -> list[str | PartContent]:
    """Return what is sent: texts, or the voice note."""
    turn = user_says("Hi", "SM1")
    chat = chat_of(turn, preferences=WANTS if wants is None else wants)
    spoken = Spoken(answers, voice.speak, voice.keep)
    reply = with_parts(spoken.answer(chat, (turn,), seconds))
    assert reply.turn.content == answers.text
    return [part.body if part.body else part for part in reply.parts]


def test_who_wants_voice_gets_voice() -> None:
    voice = Voice()
    assert parts(Answers("Yes, we **do**."), voice) == [
        replace(VOICE, instead="Yes, we *do*.")
    ]
    assert voice.said == ["Yes, we do."]


@pytest.mark.parametrize(
    ("text", "sources"),
    [
        ("At 9.", ""),
        ("See https://x.example for it.", ""),
        ("Write to ana@x.example then.", ""),
        ("- bread\n- cake", ""),
        ("Yes.", "Menu"),
        ("*word* " * 299, ""),
    ],
    ids=["number", "link", "mail", "list", "sources", "long"],
)
def test_what_is_to_be_read_is_sent_as_text_too(text: str, sources: str) -> None:
    sent = parts(Answers(text, sources=sources), Voice())
    assert sent[0] == replace(VOICE, instead="")
    assert len(sent) >= 2


@pytest.mark.parametrize(
    "voice",
    [
        Voice(error=LLMError("away")),
        Voice(full=StoreUnavailableError("away")),
        Voice(full=OSError(28, "No space left on device")),
        Voice(sound=b"ID3 an mp3"),
        Voice(sound=files.ogg(b"\x01vorbis")),
        Voice(sound=b""),
    ],
    ids=["away", "no store", "full", "mp3", "vorbis", "nothing"],
)
def test_a_voice_that_fails_leaves_the_text(voice: Voice) -> None:
    assert parts(Answers("Yes."), voice) == ["Yes."]


def test_nobody_else_hears_one() -> None:
    voice = Voice()
    assert parts(Answers("Yes."), voice, {}) == ["Yes."]
    assert parts(Answers("Yes."), voice, {"answers": "text"}) == ["Yes."]
    assert parts(Answers("I pass you on.", model=None), voice) == ["I pass you on."]
    assert len(parts(Answers("word " * MOST_CHARACTERS), voice)) > 1
    assert parts(Answers("Yes."), voice, seconds=0.5) == ["Yes."]
    assert voice.said == []


def test_marks_and_addresses_are_not_said() -> None:
    text = (
        "# Open\n> We are\n- **here**: [map](https://x.example/a) or https://y.example"
    )
    assert speakable(text) == "Open We are here: map or"
