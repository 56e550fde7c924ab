"""Voice notes as text, from any server that offers /audio/transcriptions.

https://platform.openai.com/docs/api-reference/audio/createTranscription
"""

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from secrets import token_hex

from bot.http_client import Answer
from bot.llm.account import TranscriptionServer
from bot.llm.endpoint import Asking, Endpoint, Measure, Offer, unmeasured
from bot.llm.speech.sounds import Sound, find_seconds
from bot.llm.speech.transcripts import Transcript, read_transcript

log = logging.getLogger(__name__)

# An hour of speech, with every word's time, has less.
MOST_BYTES = 4 * 1024 * 1024
# The first says how sure the model is. Some models know the second alone.
FORMATS = ("verbose_json", "json")
# With these a server may mean the format.
REFUSED = frozenset({400, 422, 501})
# No voice note has less: AMR at its worst. Of what does not tell how long it is.
LEAST_BITS_A_SECOND = 4750
NOT_THIS_FILE = "it refused the recording, or TRANSCRIPTION_MODEL is wrong"
OFFER = Offer(
    path="/audio/transcriptions",
    server="the speech server",
    setting="TRANSCRIPTION",
    most_bytes=MOST_BYTES,
    refusals={
        **dict.fromkeys((400, 415, 422), NOT_THIS_FILE),
        413: "the recording is too large for it",
    },
)


class Transcriptions:
    """Asks one server what was said; safe to call from many threads.

    All that fails is an LLMError; `permanent` where it is about the recording.
    """

    def __init__(
        self,
        server: TranscriptionServer,
        clock: Callable[[], float] = time.monotonic,
        measure: Measure = unmeasured,
    ) -> None:
        self.model = server.model
        self._measure = measure
        self._format = FORMATS[0]
        self._endpoint = Endpoint(OFFER, server.base_url, server.api_key, clock)

    def transcribe(self, content: bytes, sound: Sound, seconds: float) -> Transcript:
        """Return what a recording says, within `seconds` in total. Raises LLMError.

        No prompt is sent, so that none can come back as what was heard.
        """
        deadline = time.monotonic() + seconds
        length = find_seconds(content)
        worst = len(content) * 8 / LEAST_BITS_A_SECOND if length is None else length
        asking = Asking("hearing", self.model, seconds=worst)
        with self._measure(asking) as told, self._endpoint.watching():
            answer, asked_for = self._post(content, sound, deadline, seconds)
            heard = read_transcript(self._endpoint.read(answer))
            told.seconds = length if heard.seconds is None else heard.seconds
        if asked_for != self._format:
            self._format = asked_for
            log.warning("%s is asked for %s from now on", OFFER.server, asked_for)
        return replace(heard, cost_micros=told.micros)

    def close(self) -> None:
        """End the connections; what is under way fails with LLMError."""
        self._endpoint.close()

    def _post(
        self, content: bytes, sound: Sound, deadline: float, seconds: float
    ) -> tuple[Answer, str]:
        """Return an answer, and the format that was asked for."""
        formats = FORMATS[FORMATS.index(self._format) :]
        for asked_for in formats:
            fields = {"model": self.model, "response_format": asked_for}
            type_, body = write_form(fields, sound, content)
            headers = {"Accept": "application/json", "Content-Type": type_}
            answer = self._endpoint.ask(body, headers, deadline, seconds)
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
