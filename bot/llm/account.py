"""Which LLM's server is asked, and how: what an operator sets of it."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class LLMServer:
    """Where answers come from, and how they are asked for.

    Without `base_url` it is OpenAI's own. `timeout_seconds` is for a whole answer,
    however slowly the server drips. `organization` and `project` say on whose account,
    where the key may use several.
    """

    api_key: str = field(repr=False)
    base_url: str | None = None
    organization: str | None = None
    project: str | None = None
    model: str
    temperature: float = 0.3
    max_tokens: int = 500
    timeout_seconds: float = 60
