"""Which servers answer, embed and listen: what an operator sets of them."""

import re
from dataclasses import dataclass, field, replace
from typing import Any

from bot.environment import KEY, KEY_HINT, Reader

OPENAI_URL = "https://api.openai.com/v1"
# `docker run --env-file` takes a comment for a part of the value.
# Of a verdict: a word, and a sentence.
JUDGE_TOKENS = 300
MODEL, MODEL_HINT = r"(?!.*\s#).+", "a model's name"
# Models that are known to see, by names that servers use.
SEEING = re.compile(
    r"(?<![\w.])(?:gpt-4o(?!.*(?:audio|realtime|transcribe|tts|search))|gpt-4\.[15]"
    r"|gpt-4-turbo(?!-preview)|gpt-5|o3(?!-mini)|o4-mini|claude-|gemini-[1-9]"
    r"|pixtral|llava|qwen[\d.]*-?vl|llama-?4|llama-?3\.2-(?:11b|90b)|gemma-?3(?!n)"
    r"|mistral-small-?3\.[12]|minicpm-v|internvl)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LLMServer:
    """Where answers come from, and how they are asked for.

    Without `base_url` it is OpenAI's own. `timeout_seconds` is for a whole answer,
    however slowly the server drips. `organization` and `project` say on whose account,
    where the key may use several. `sees`: pictures are shown to the model.
    `tools_in_text`: it calls tools by tagged text, whatever its server takes.
    """

    api_key: str = field(repr=False)
    base_url: str | None = None
    organization: str | None = None
    project: str | None = None
    model: str
    temperature: float = 0.3
    max_tokens: int = 500
    timeout_seconds: float = 60
    sees: bool = False
    tools_in_text: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddingServer:
    """Where the vectors of texts come from; `model` by the server's name for it."""

    api_key: str = field(repr=False)
    base_url: str
    model: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptionServer:
    """Where voice notes become text; `model` by the server's name for it."""

    api_key: str = field(repr=False)
    base_url: str
    model: str


def read_llm(read: Reader, timeout_seconds: float) -> LLMServer | None:
    """Return the LLM's server; None where none is set."""
    key = read.text("OPENAI_API_KEY", KEY, KEY_HINT)
    server = LLMServer(
        api_key=key or "none",
        base_url=_read_url(read, "OPENAI_BASE_URL", "/chat/completions"),
        organization=read.text("OPENAI_ORG_ID", KEY, KEY_HINT),
        project=read.text("OPENAI_PROJECT_ID", KEY, KEY_HINT),
        model=read.text("OPENAI_MODEL", MODEL, MODEL_HINT) or "gpt-4o-mini",
        temperature=read.number("LLM_TEMPERATURE", 0.3, 0, 2),
        max_tokens=read.integer("LLM_MAX_TOKENS", 500, 1, 100_000),
        timeout_seconds=timeout_seconds,
        tools_in_text=_read_tools_in_text(read),
    )
    server = replace(server, sees=_read_vision(read, server.model))
    return server if read.is_set("OPENAI_API_KEY", "OPENAI_BASE_URL") else None


def read_embeddings(read: Reader, llm: LLMServer | None) -> EmbeddingServer | None:
    """Return the embeddings' server; None where none is set.

    By default it is the LLM's. A key that was given for one server goes to no other.
    """
    found = _read_beside(read, "EMBEDDING", "/embeddings", llm)
    return EmbeddingServer(**found) if found else None


def read_transcription(
    read: Reader, llm: LLMServer | None
) -> TranscriptionServer | None:
    """Return the server that listens to voice notes; None where none is set.

    By default it is the LLM's, as with embeddings.
    """
    found = _read_beside(read, "TRANSCRIPTION", "/audio/transcriptions", llm)
    return TranscriptionServer(**found) if found else None


def read_judge(read: Reader, llm: LLMServer | None) -> LLMServer | None:
    """Return the server whose model judges answers; None where none is set.

    By default it is the LLM's, as with embeddings, and on the same account.
    """
    found = _read_beside(read, "JUDGE", "/chat/completions", llm)
    if found is None:
        return None
    is_same = llm is not None and found["base_url"] == (llm.base_url or OPENAI_URL)
    return LLMServer(
        **found,
        organization=llm.organization if llm and is_same else None,
        project=llm.project if llm and is_same else None,
        temperature=0,
        max_tokens=JUDGE_TOKENS,
        timeout_seconds=llm.timeout_seconds if llm else 60,
    )


def _read_beside(
    read: Reader, prefix: str, asked_path: str, llm: LLMServer | None
) -> dict[str, Any] | None:
    """Return key, address and model of what may be another server than the LLM's."""
    model = read.text(f"{prefix}_MODEL", MODEL, MODEL_HINT)
    url = _read_url(read, f"{prefix}_BASE_URL", asked_path)
    key = read.text(f"{prefix}_API_KEY", KEY, KEY_HINT)
    llm_url = (llm.base_url or OPENAI_URL) if llm else None
    found = url or llm_url
    if url or key:
        read.expect_all({f"{prefix}_MODEL": model})
    elif model and not found:
        told = "is missing (or OPENAI_API_KEY)"
        read.problems.setdefault(f"{prefix}_BASE_URL", told)
    if not model or not found:
        return None
    ours = llm.api_key if llm and found == llm_url else "none"
    return {"api_key": key or ours, "base_url": found, "model": model}


def _read_vision(read: Reader, model: str) -> bool:
    """Return whether the model is shown pictures: as told, or known by its name."""
    told = read.text("OPENAI_VISION", "on|off", "on or off")
    return told == "on" if told else bool(SEEING.search(model))


def _read_tools_in_text(read: Reader) -> bool:
    return read.text("OPENAI_TOOLS", "calls|text", "calls or text") == "text"


def _read_url(read: Reader, name: str, asked_path: str) -> str | None:
    url = read.url(name)
    if url and url.endswith(asked_path):
        read.problems[name] = f"must end before {asked_path}"
        return None
    return url
