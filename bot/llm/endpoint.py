"""One path of a server that offers what OpenAI's does, beside the LLM's own.

What it is asked, and what its answers mean, is its caller's.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bot.http_bounds import HttpError, TooLargeError, TooLateError
from bot.http_client import Answer, HttpServer
from bot.llm.breaker import Breaker
from bot.llm.connection import find_authorities
from bot.llm.protocol import LLMError
from bot.pauses import read_pause
from db import __version__

MOST_CONNECTIONS = 1000
USED_UP = "the account's credit is used up; check the account"
RATE = "its rate or the account's credit is used up; check the account"


@dataclass(frozen=True, slots=True)
class Asking:
    """A call of a server beside the LLM's chat, before it is made.

    `seconds` are of sound, at most; `characters` are spoken, and `input_bytes` read.
    """

    purpose: str
    model: str
    input_bytes: int = 0
    seconds: float = 0.0
    characters: int = 0


@dataclass(slots=True)
class Told:
    """What the server told of it, once it answered; None: nothing.

    `micros` is what it cost, once it is settled; None: nobody counts.
    """

    tokens: int | None = None
    seconds: float | None = None
    micros: int | None = None


Measure = Callable[[Asking], AbstractContextManager[Told]]


@contextmanager
def unmeasured(_asking: Asking) -> Iterator[Told]:
    """Count nothing: nobody asked for it."""
    yield Told()


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What is asked for, and where.

    `server` is what errors call it, `setting` how its settings begin. `refusals` say,
    by status, what is wrong with what was asked: the same would be refused again.
    `otherwise` is what to check where nothing else is known; None: its address.
    `most_bytes` bounds an answer.
    """

    path: str
    server: str
    setting: str
    most_bytes: int
    refusals: Mapping[int, str] = field(default_factory=dict)
    otherwise: str | None = None

    def hint(self, status: int) -> str:
        """Return what to check where the server answers with a status."""
        known = {
            401: f"check {self.setting}_API_KEY",
            402: USED_UP,
            403: f"check what {self.setting}_API_KEY may use",
            404: f"check {self.setting}_BASE_URL and {self.setting}_MODEL",
            429: RATE,
            **self.refusals,
        }
        return known.get(status, self.otherwise or f"check {self.setting}_BASE_URL")


class Endpoint:
    """Posts to one path, within bounds; safe to call from many threads.

    All that fails is an LLMError; `permanent` where it is about what was asked.
    """

    def __init__(
        self,
        offer: Offer,
        base_url: str,
        api_key: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        address = urlsplit(base_url)
        self._offer = offer
        self._path = address.path.rstrip("/") + offer.path
        self._breaker = Breaker(clock, offer.server)
        self._headers = {
            "Authorization": f"Bearer {api_key}",
            "User-Agent": f"whatsapp-llm-bot/{__version__}",
        }
        self._server = HttpServer(
            f"{address.scheme}://{address.netloc}",
            find_authorities(),
            MOST_CONNECTIONS,
            offer.most_bytes,
        )

    def watching(self) -> AbstractContextManager[None]:
        """Watch one asking: a server that can answer nobody is left alone."""
        return self._breaker.watching()

    def post(self, body: bytes, headers: Mapping[str, str], seconds: float) -> bytes:
        """Return a good answer, within `seconds` in total. Raises LLMError."""
        deadline = time.monotonic() + seconds
        return self.read(self.ask(body, headers, deadline, seconds))

    def ask(
        self, body: bytes, headers: Mapping[str, str], deadline: float, seconds: float
    ) -> Answer:
        """Return an answer of any status, by `deadline`. Raises LLMError.

        `seconds` is what errors say that there was.
        """
        given = {**self._headers, **headers}
        try:
            return self._server.request("POST", self._path, given, body, deadline)
        except HttpError as error:
            # Not chained: what is below quotes addresses.
            raise self._explained(error, seconds) from None

    def read(self, answer: Answer) -> bytes:
        """Return the body of a good answer. Raises LLMError for any other."""
        if 200 <= answer.status < 300:
            return answer.body
        told = self._offer.hint(answer.status)
        raise LLMError(
            f"{self._offer.server} refused with HTTP status {answer.status}: {told}.",
            permanent=answer.status in self._offer.refusals,
            retry_after=read_pause(answer.headers),
        )

    def close(self) -> None:
        """End the connections; what is under way fails with LLMError."""
        self._server.close()

    def _explained(self, error: HttpError, seconds: float) -> LLMError:
        server = self._offer.server
        what = "too many bytes" if isinstance(error, TooLargeError) else str(error)
        told = (
            f"{server} gave no usable answer ({what}): check {self._offer.setting}"
            "_BASE_URL and that the server runs."
        )
        if isinstance(error, TooLateError):
            told = f"{server} gave no whole answer within {seconds:.1f} s."
        explained = LLMError(told)
        explained.may_cost = error.may_have_arrived
        return explained
