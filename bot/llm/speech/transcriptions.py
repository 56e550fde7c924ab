"""Voice notes as text, from any server that offers /audio/transcriptions.

https://platform.openai.com/docs/api-reference/audio/createTranscription
"""

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from secrets import token_hex
from urllib.parse import urlsplit

from bot.http_bounds import HttpError, TooLargeError, TooLateError
from bot.http_client import Answer, HttpServer
from bot.llm.account import TranscriptionServer
from bot.llm.breaker import Breaker
from bot.llm.connection import find_authorities
from bot.llm.protocol import LLMError
from bot.llm.speech.sounds import Sound
from bot.llm.speech.transcripts import Transcript, read_transcript
from bot.pauses import read_pause
from db import __version__

log = logging.getLogger(__name__)

# An hour of speech, with every word's time, has less.
MOST_BYTES = 4 * 1024 * 1024
MOST_CONNECTIONS = 1000
SERVER = "the speech server"
# The first says how sure the model is. Some models know the second alone.
FORMATS = ("verbose_json", "json")
# With these a server may mean the format.
REFUSED = frozenset({400, 422, 501})
NOT_THIS_FILE = "it refused the recording, or TRANSCRIPTION_MODEL is wrong"
WHAT_TO_CHECK = {
    400: NOT_THIS_FILE,
    401: "check TRANSCRIPTION_API_KEY",
    402: "the account's credit is used up; check the account",
    403: "check what TRANSCRIPTION_API_KEY may use",
    404: "check TRANSCRIPTION_BASE_URL and TRANSCRIPTION_MODEL",
    413: "the recording is too large for it",
    415: NOT_THIS_FILE,
    422: NOT_THIS_FILE,
    429: "its rate or the account's credit is used up; check the account",
}
PERMANENT = frozenset({400, 413, 415, 422})


class Transcriptions:
    """Asks one server what was said; safe to call from many threads.

    All that fails is an LLMError; `permanent` where it is about the recording.
    """

    def __init__(
        self, server: TranscriptionServer, clock: Callable[[], float] = time.monotonic
    ) -> None:
        address = urlsplit(server.base_url)
        self.model = server.model
        self._path = address.path.rstrip("/") + "/audio/transcriptions"
        self._breaker = Breaker(clock, SERVER)
        self._format = FORMATS[0]
        self._headers = {
            "Accept": "application/json",
            "Authorization": f"Bearer {server.api_key}",
            "User-Agent": f"whatsapp-llm-bot/{__version__}",
        }
        self._server = HttpServer(
            f"{address.scheme}://{address.netloc}",
            find_authorities(),
            MOST_CONNECTIONS,
            MOST_BYTES,
        )

    def transcribe(self, content: bytes, sound: Sound, seconds: float) -> Transcript:
        """Return what a recording says, within `seconds` in total. Raises LLMError.

        No prompt is sent, so that none can come back as what was heard.
        """
        deadline = time.monotonic() + seconds
        with self._breaker.watching():
            answer, asked_for = self._post(content, sound, deadline, seconds)
            if not 200 <= answer.status < 300:
                raise _refusal(answer)
            heard = read_transcript(answer.body)
        if asked_for != self._format:
            self._format = asked_for
            log.warning("%s is asked for %s from now on", SERVER, asked_for)
        return heard

    def close(self) -> None:
        """End the connections; what is under way fails with LLMError."""
        self._server.close()

    def _post(
        self, content: bytes, sound: Sound, deadline: float, seconds: float
    ) -> tuple[Answer, str]:
        """Return an answer, and the format that was asked for."""
        formats = FORMATS[FORMATS.index(self._format) :]
        for asked_for in formats:
            fields = {"model": self.model, "response_format": asked_for}
            type_, body = write_form(fields, sound, content)
            headers = {**self._headers, "Content-Type": type_}
            try:
                answer = self._server.request(
                    "POST", self._path, headers, body, deadline
                )
            except HttpError as error:
                # Not chained: what is below quotes addresses.
                raise _explained(error, seconds) from None
            if answer.status not in REFUSED:
                break
        return answer, asked_for


def write_form(
    fields: Mapping[str, str], sound: Sound, content: bytes
) -> tuple[str, bytes]:
    """Return the type and the body of a form with a file, as RFC 7578 has it."""
    border = token_hex(16)
    line = f"--{border}".encode()
    parts = _parts(fields, sound, content)
    body = b"".join(line + b"\r\n" + part + b"\r\n" for part in parts)
    return f"multipart/form-data; boundary={border}", body + line + b"--\r\n"


def _parts(fields: Mapping[str, str], sound: Sound, content: bytes) -> Iterator[bytes]:
    told = 'Content-Disposition: form-data; name="{}"'
    for name, value in fields.items():
        yield f"{told.format(name)}\r\n\r\n{value}".encode()
    file = f'{told.format("file")}; filename="{sound.file_name}"'
    yield f"{file}\r\nContent-Type: {sound.media_type}\r\n\r\n".encode() + content


def _refusal(answer: Answer) -> LLMError:
    told = WHAT_TO_CHECK.get(answer.status, "check TRANSCRIPTION_BASE_URL")
    return LLMError(
        f"{SERVER} refused with HTTP status {answer.status}: {told}.",
        permanent=answer.status in PERMANENT,
        retry_after=read_pause(answer.headers),
    )


def _explained(error: HttpError, seconds: float) -> LLMError:
    if isinstance(error, TooLateError):
        return LLMError(f"{SERVER} gave no whole answer within {seconds:.1f} s.")
    what = "too many bytes" if isinstance(error, TooLargeError) else str(error)
    return LLMError(
        f"{SERVER} gave no usable answer ({what}): check TRANSCRIPTION_BASE_URL and"
        " that the server runs."
    )
