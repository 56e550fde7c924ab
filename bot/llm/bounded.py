"""An HTTP client that reads answers up to a size, and no further.

It comes with the SDK, which takes a second to load: only `Connection` imports it.
"""

from collections.abc import AsyncIterator

import httpx2
import openai

from bot.llm.protocol import LLMError
from bot.llm.refusals import FEW_TRIES

# The longest answers have some hundred KB. An event stream that nobody asked for has
# 300 bytes a token; and each of the worker's threads may read an answer at once.
MOST_BYTES = 4 * 1024 * 1024


def build_client(*, trust_env: bool) -> httpx2.AsyncClient:
    """Return a client of the SDK's kind whose reads raise LLMError past MOST_BYTES."""
    return openai.DefaultAsyncHttpx2Client(
        trust_env=trust_env, event_hooks={"response": [_bound]}
    )


async def _bound(response: httpx2.Response) -> None:
    """Have the body be counted as it comes, unpacked: a packed one may be a bomb."""
    packed = httpx2.Response(
        response.status_code,
        headers=response.headers,
        stream=response.stream,
        request=response.request,
    )
    response.stream = _Bounded(packed)
    response.headers.pop("content-encoding", None)


class _Bounded(httpx2.AsyncByteStream):
    """The bytes of a body, unpacked; too many of them are an error."""

    def __init__(self, packed: httpx2.Response) -> None:
        self._packed = packed

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left = MOST_BYTES
        async for chunk in self._packed.aiter_bytes():
            left -= len(chunk)
            if left < 0:
                raise LLMError(
                    f"The LLM's server sent more than {MOST_BYTES >> 20} MB for one"
                    " answer: check OPENAI_BASE_URL and OPENAI_MODEL.",
                    most_tries=FEW_TRIES,
                )
            yield chunk

    async def aclose(self) -> None:
        await self._packed.aclose()
