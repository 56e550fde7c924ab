"""What a server's refusal means, told without the key and without the prompt.

Servers quote both in their messages, so that of these nothing is told; codes are.
https://platform.openai.com/docs/guides/error-codes
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.llm.protocol import LLMError
from bot.pauses import read_pause

# The same prompt would be refused again.
PERMANENT_STATUSES = frozenset({400, 413, 422})
FEW_TRIES = 2
# No smaller budget can be set, either: what a server seems to tell may be nonsense.
LEAST_TOKENS = 200
NO_PICTURES = "it takes no pictures; set OPENAI_VISION=off, or check OPENAI_MODEL"
REFUSED = "it refused the prompt; check OPENAI_MODEL and LLM_MAX_TOKENS"
TOO_LONG = "the prompt is too long for it; check PROMPT_TOKEN_BUDGET"
FILTERED = "its content filter refused the prompt; check the filter of your account"
WHAT_TO_CHECK = {
    400: REFUSED,
    401: "check OPENAI_API_KEY",
    402: "the account's credit is used up; check the account",
    403: "check what OPENAI_API_KEY may use",
    404: "check OPENAI_BASE_URL and OPENAI_MODEL",
    413: TOO_LONG,
    422: REFUSED,
    429: "its rate or the account's credit is used up; check the account",
}
# Such as insufficient_quota or context_length_exceeded: nothing that a user wrote.
ERROR_CODE = re.compile(r"[a-z]+(_[a-z]+)+")
# What a server says before it quotes anything.
_SAID_LENGTH = 400
_QUOTES_PROMPT = re.compile(r"[\"'](?:messages|role|content)[\"']\s*:")
_FILTER_CODE = re.compile(
    r"content_?(filter|policy)|responsible_?ai|data_?inspection|moderation|safety"
    r"|prompt_?blocked|prohibited_?content",
    re.IGNORECASE,
)
_FILTER_WORDS = re.compile(
    r"content (management )?(policy|filter)|\bwas flagged\b|inappropriate content",
    re.IGNORECASE,
)
_LENGTH_CODE = re.compile(
    r"context_?(length|size)|exceed_context|max_length|too_(long|large)", re.IGNORECASE
)
_LENGTH_WORDS = re.compile(
    r"context (length|size|window)|(prompt|input|request|messages?) (is|are|was) too"
    r" (long|large)|reduce (the|your) (length|prompt|input)|too many (input )?tokens",
    re.IGNORECASE,
)
# "image_url is only supported by certain models", "No endpoints found that support
# image input", "image input is not supported - hint: ... mmproj", "x is not a
# multimodal model", "unknown variant `image_url`, expected `text`", "content must be a
# string"
_NO_PICTURES = re.compile(
    r"image_?(?:url|input)?s?\W[^.]{0,60}\b(?:not|n't|only|unsupported|unknown|invalid)\b"
    r"[^.]{0,40}\b(?:support|enabled|allowed|accept|certain models|type)"
    r"|(?:not|n't|no endpoints?)\b[^.]{0,40}\b(?:support|accept|process|enabled for)\w*"
    r"[^.]{0,20}\b(?:image|vision|multi-?modal)"
    r"|not (?:a )?(?:multi-?modal|vision)|unknown variant .?image_url|mmproj"
    r"|content\b[^.]{0,40}must be a string|at most 0 image",
    re.IGNORECASE,
)
# "maximum context length is 8192 tokens", "210000 tokens > 200000 maximum", "too large
# for model with 32768 maximum context length", "tokens allowed (1048576)"
_LENGTH_TOLD = re.compile(
    r"context (?:length|size|window)\D{0,20}?(\d{3,8})\b|\b(\d{3,8}) max"
    r"|allowed \((\d{3,8})\)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A server's answer that is none: its status, and the error as it came."""

    status: int
    error: Any = field(repr=False)
    retry_after: float | None = None

    @property
    def codes(self) -> list[str]:
        """What the error calls itself, most exact first; maybe nothing."""
        known = self.error if isinstance(self.error, dict) else {}
        inner = known.get("innererror") or known.get("inner_error")
        inner = inner if isinstance(inner, dict) else {}
        names = (inner.get("code"), known.get("code"), known.get("type"))
        return [name for name in names if isinstance(name, str)]

    @property
    def said(self) -> str:
        """The beginning of its message: for rules, never to be shown."""
        error = self.error
        if isinstance(error, dict):
            error = error.get("message") or error.get("detail")
        return _QUOTES_PROMPT.split(str(error or "")[:_SAID_LENGTH])[0]

    @property
    def is_filter(self) -> bool:
        """Whether what stands in the prompt was refused for what it says."""
        if not 400 <= self.status < 500:
            return False
        by_code = any(_FILTER_CODE.search(code) for code in self.codes)
        return by_code or bool(_FILTER_WORDS.search(self.said))

    @property
    def is_length(self) -> bool:
        """Whether a shorter prompt may be taken."""
        if self.status == 413 or any(_LENGTH_CODE.search(code) for code in self.codes):
            return True
        return self.status in {400, 422, 500} and bool(_LENGTH_WORDS.search(self.said))

    @property
    def is_about_pictures(self) -> bool:
        """Whether it takes no pictures, whichever was shown."""
        return self.status >= 400 and bool(_NO_PICTURES.search(self.said))

    def find_prompt_tokens(self, answer_tokens: int) -> int | None:
        """Return how long a prompt may be beside its answer, if it tells."""
        if not self.is_length:
            return None
        told = self.error.get("n_ctx") if isinstance(self.error, dict) else None
        if not isinstance(told, int):  # which is llama.cpp's
            match = _LENGTH_TOLD.search(self.said)
            told = int(match[match.lastindex or 0]) if match else 0
        left = told - answer_tokens
        return left if left >= LEAST_TOKENS else None

    def explained(self, answer_tokens: int = 0) -> LLMError:
        """Return it as what the queue understands, of a prompt with such an answer."""
        default = (
            "check OPENAI_BASE_URL" if self.status < 500 else "the fault is its own"
        )
        check = WHAT_TO_CHECK.get(self.status, default)
        if self.is_length:
            check = TOO_LONG
        elif self.is_filter:
            check = FILTERED
        elif self.is_about_pictures:
            check = NO_PICTURES
        error = LLMError(
            f"The LLM's server answered {self._told()}: {check}.",
            permanent=self.is_length
            or self.is_filter
            or self.is_about_pictures
            or self.status in PERMANENT_STATUSES,
            most_tries=FEW_TRIES if self.is_filter or self.is_length else None,
            too_long=self.is_length,
            retry_after=self.retry_after,
        )
        error.no_pictures = self.is_about_pictures
        error.prompt_tokens = self.find_prompt_tokens(answer_tokens)
        return error

    def _told(self) -> str:
        code = next((c for c in self.codes if ERROR_CODE.fullmatch(c[:60])), None)
        return f"{self.status} ({code[:60]})" if code else f"{self.status}"


def find_refusal(answer: Any) -> Refusal | None:
    """Return the error that a server put into an answer which looks like one.

    https://openrouter.ai/docs/api-reference/errors
    """
    if not isinstance(answer, dict):
        return None
    choices = answer.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    error = answer.get("error")
    if not error and isinstance(first, dict):
        error = first.get("error")
    if not error:
        return None
    code = str(error.get("code")) if isinstance(error, dict) else ""
    status = int(code) if re.fullmatch("[45][0-9]{2}", code, re.ASCII) else 500
    refusal = Refusal(status, error)
    # One that names no status is the server's fault, unless it says what is wrong.
    is_ours = refusal.is_length or Refusal(400, error).is_filter
    return Refusal(400, error) if status == 500 and is_ours else refusal


def read_refusal(status: int, text: str, headers: Mapping[str, str]) -> Refusal:
    """Return the refusal that an answer is whose status is an error's."""
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        body = text.strip()
    error = body.get("error", body) if isinstance(body, dict) else body
    return Refusal(status, error, read_pause(headers))
