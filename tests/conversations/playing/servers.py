"""What stands outside: an LLM's server, Twilio with its media, and a voice."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from tests.bot.media.senses.sounds import BREAD
from tests.bot.whatsapp.scripted_twilio import taken
from tests.listening import Request, Response, answering
from tests.scripted_llm import Script, ScriptedLLM

# Nobody wrote an answer for it: the step tells so.
UNEXPECTED = Script(text="(this answer was not scripted)")


class Model(ScriptedLLM):
    """An LLM's server, during whose work something may happen.

    `played` is what it said to each request; `by_prompt` finds it again, once it is
    asked the same.
    """

    def __post_init__(self) -> None:
        self.meanwhile: deque[Callable[[], object] | None] = deque()
        self.played: list[Script] = []
        self.by_prompt: Callable[[], Script | None] | None = None
        super().__post_init__()

    def take_script(self) -> Script:
        if self.by_prompt:
            return self.by_prompt() or UNEXPECTED
        if self.meanwhile and (happens := self.meanwhile.popleft()):
            happens()
        self.played.append(super().take_script())
        return self.played[-1]

    def reset(self) -> None:
        super().reset()
        self.meanwhile.clear()
        self.played.clear()
        self.always(UNEXPECTED)


@dataclass(frozen=True, slots=True)
class Delivered:
    """A message as a phone shows it."""

    text: str
    media: tuple[str, ...]
    sid: str


@dataclass
class Twilio:
    """Takes messages for phones, gives media, and speaks aloud.

    `media` are bytes, or a status, by the last part of their address.
    """

    url: str = ""
    media: dict[str, bytes | int] = field(default_factory=dict)
    delivered: list[Delivered] = field(default_factory=list)
    spoken: list[str] = field(default_factory=list)

    def answer(self, request: Request) -> Response:
        if request.path.endswith("/audio/speech"):
            self.spoken.append(request.body.decode())
            return Response(200, BREAD.read_bytes())
        if request.method == "GET":
            return self._give(request.path.rpartition("/")[2])
        if not request.path.endswith("/Messages.json"):
            return Response(200, {"success": True})  # that somebody types
        form = parse_qs(request.body.decode(), keep_blank_values=True)
        status, told = taken("sent")
        # Twilio has a template's text: here its SID stands for it.
        text = (form.get("Body") or form.get("ContentSid") or [""])[0]
        media = form.get("MediaUrl", [])
        sid = str(told["sid"]) if isinstance(told, dict) else ""
        self.delivered.append(Delivered(text, tuple(media), sid))
        return Response(status, told)

    def _give(self, name: str) -> Response:
        content: Any = self.media.get(name, 404)
        if isinstance(content, int):
            return Response(content, {"message": "as told"})
        return Response(200, content)


@contextmanager
def twilio() -> Iterator[Twilio]:
    made = Twilio()
    with answering(made.answer) as made.url:
        yield made
