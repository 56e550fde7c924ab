"""Which server speaks: what an operator sets of it."""

from dataclasses import dataclass, field

from bot.environment import KEY, KEY_HINT, Reader
from bot.llm.account import MODEL, MODEL_HINT, OPENAI_URL, LLMServer

PATH = "/audio/speech"


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechServer:
    """Where voice notes come from; `model` and `voice` by the server's names."""

    api_key: str = field(repr=False)
    base_url: str
    model: str
    voice: str


def read_speech(read: Reader, llm: LLMServer | None) -> SpeechServer | None:
    """Return the server that speaks; None where none is set.

    By default it is the LLM's. A key that was given for one server goes to no other.
    """
    model = read.text("SPEECH_MODEL", MODEL, MODEL_HINT)
    url = read.url("SPEECH_BASE_URL")
    key = read.text("SPEECH_API_KEY", KEY, KEY_HINT)
    voice = read.text("SPEECH_VOICE", MODEL, "a voice's name") or "alloy"
    if url and url.endswith(PATH):
        read.problems["SPEECH_BASE_URL"] = f"must end before {PATH}"
    llm_url = (llm.base_url or OPENAI_URL) if llm else None
    found = url or llm_url
    if url or key:
        read.expect_all({"SPEECH_MODEL": model})
    elif model and not found:
        told = "is missing (or OPENAI_API_KEY)"
        read.problems.setdefault("SPEECH_BASE_URL", told)
    if not model or not found:
        return None
    ours = llm.api_key if llm and found == llm_url else "none"
    return SpeechServer(api_key=key or ours, base_url=found, model=model, voice=voice)


def tell_speaking(speech: SpeechServer | None) -> str:
    """Return what speaks answers, in words for operators."""
    return f"spoken by {speech.model}" if speech else "none: set SPEECH_MODEL"
