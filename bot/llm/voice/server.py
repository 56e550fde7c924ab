"""Voice notes of texts, from any server that offers /audio/speech as OpenAI's does.

https://platform.openai.com/docs/api-reference/audio/createSpeech
"""

import json
import time
from collections.abc import Callable

from bot.llm.endpoint import Asking, Endpoint, Measure, Offer, unmeasured
from bot.llm.voice.account import PATH, SpeechServer

# Twenty minutes of speech; a voice note has one or two.
MOST_BYTES = 4 * 1024 * 1024
REFUSED = "check SPEECH_MODEL, SPEECH_VOICE and SPEECH_BASE_URL"
OFFER = Offer(
    path=PATH,
    server="the server that speaks",
    setting="SPEECH",
    most_bytes=MOST_BYTES,
    refusals=dict.fromkeys((400, 413, 422), REFUSED),
    otherwise=REFUSED,
)
HEADERS = {"Accept": "audio/ogg", "Content-Type": "application/json"}


class Voice:
    """Asks one server to speak; safe to call from many threads."""

    def __init__(
        self,
        server: SpeechServer,
        clock: Callable[[], float] = time.monotonic,
        measure: Measure = unmeasured,
    ) -> None:
        self._model, self._measure = server.model, measure
        self._told = {"model": server.model, "voice": server.voice}
        self._endpoint = Endpoint(OFFER, server.base_url, server.api_key, clock)

    def speak(self, text: str, seconds: float) -> bytes:
        """Return a text as it is spoken, in whatever the server calls Opus.

        Takes at most `seconds`. Raises LLMError, also while the server is left alone.
        """
        clean = text.encode(errors="replace").decode()
        asked = {**self._told, "input": clean, "response_format": "opus"}
        body = json.dumps(asked, ensure_ascii=False).encode()
        asking = Asking("speaking", self._model, characters=len(clean))
        with self._measure(asking), self._endpoint.watching():
            return self._endpoint.post(body, HEADERS, seconds)

    def close(self) -> None:
        """End the connections; what is under way fails with LLMError."""
        self._endpoint.close()
