"""Voice notes of texts, from any server that offers /audio/speech as OpenAI's does.

https://platform.openai.com/docs/api-reference/audio/createSpeech
"""

import json
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from bot.http_bounds import HttpError, TooLateError
from bot.http_client import HttpServer
from bot.llm.breaker import Breaker
from bot.llm.connection import find_authorities
from bot.llm.protocol import LLMError
from bot.llm.voice.account import PATH, SpeechServer
from bot.pauses import read_pause
from db import __version__

# Twenty minutes of speech; a voice note has one or two.
MOST_BYTES = 4 * 1024 * 1024
MOST_CONNECTIONS = 100
SERVER = "the server that speaks"
WHAT_TO_CHECK = {
    401: "check SPEECH_API_KEY",
    402: "the account's credit is used up; check the account",
    403: "check what SPEECH_API_KEY may use",
    404: "check SPEECH_BASE_URL and SPEECH_MODEL",
    429: "its rate or the account's credit is used up; check the account",
}
REFUSED = "check SPEECH_MODEL, SPEECH_VOICE and SPEECH_BASE_URL"


class Voice:
    """Asks one server to speak; safe to call from many threads."""

    def __init__(
        self, server: SpeechServer, clock: Callable[[], float] = time.monotonic
    ) -> None:
        address = urlsplit(server.base_url)
        self._path = address.path.rstrip("/") + PATH
        self._told = {"model": server.model, "voice": server.voice}
        self._breaker = Breaker(clock, SERVER)
        self._headers = {
            "Accept": "audio/ogg",
            "Authorization": f"Bearer {server.api_key}",
            "Content-Type": "application/json",
            "User-Agent": f"whatsapp-llm-bot/{__version__}",
        }
        origin = f"{address.scheme}://{address.netloc}"
        self._server = HttpServer(
            origin, find_authorities(), MOST_CONNECTIONS, MOST_BYTES
        )

    def speak(self, text: str, seconds: float) -> bytes:
        """Return a text as it is spoken, in whatever the server calls Opus.

        Takes at most `seconds`. Raises LLMError, also while the server is left alone.
        """
        deadline = time.monotonic() + seconds
        clean = text.encode(errors="replace").decode()
        asked = {**self._told, "input": clean, "response_format": "opus"}
        body = json.dumps(asked, ensure_ascii=False).encode()
        with self._breaker.watching():
            return self._post(body, deadline, seconds)

    def close(self) -> None:
        """End the connections; what is under way fails with LLMError."""
        self._server.close()

    def _post(self, body: bytes, deadline: float, seconds: float) -> bytes:
        ask = self._server.request
        try:
            answer = ask("POST", self._path, self._headers, body, deadline)
        except TooLateError:
            told = f"{SERVER} gave no whole answer within {seconds:.1f} s."
            raise LLMError(told) from None
        except HttpError as error:
            # Not chained: what is below quotes addresses.
            told = f"{SERVER} gave no usable answer ({error}): check SPEECH_BASE_URL."
            raise LLMError(told) from None
        if 200 <= answer.status < 300:
            return answer.body
        told = WHAT_TO_CHECK.get(answer.status, REFUSED)
        raise LLMError(
            f"{SERVER} refused with HTTP status {answer.status}: {told}.",
            permanent=answer.status in {400, 413, 422},
            retry_after=read_pause(answer.headers),
        )
