"""A bot of a few lines: takes webhooks down and answers as it is told."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Condition
from typing import Any

from flask import Flask, Response, request
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.house import PATIENCE
from tests.listening import listening

EMPTY_TWIML = Response("<Response/>", content_type="text/xml")


class QuietRequestHandler(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002
        pass


@dataclass
class Received:
    url: str
    form: dict[str, str]
    headers: dict[str, str]


@dataclass
class ScriptedBot:
    origin: str = ""
    received: list[Received] = field(default_factory=list)
    answers: list[Response] = field(default_factory=list)
    files: dict[str, Response] = field(default_factory=dict)
    news: Condition = field(default_factory=Condition)

    @property
    def webhook_url(self) -> str:
        return f"{self.origin}/webhooks/whatsapp?bot=1"

    def will_answer(self, *answers: Response) -> None:
        self.answers[:] = answers

    def will_reply_with_twiml(self, inner: str) -> None:
        twiml = f"<Response>{inner}</Response>"
        self.will_answer(Response(twiml, content_type="text/xml"))

    def inbound_from(self, address: str) -> list[Received]:
        return [got for got in self.received if got.form.get("From") == address]

    def callbacks_of(self, sid: str) -> list[Received]:
        """Return what was told of one message; others' may come at any time."""
        return [
            got
            for got in self.received
            if got.form.get("MessageSid") == sid and "MessageStatus" in got.form
        ]

    def statuses_of(self, sid: str) -> list[str]:
        return [got.form["MessageStatus"] for got in self.callbacks_of(sid)]

    def wait_until(self, holds: Callable[[], bool]) -> None:
        with self.news:
            assert self.news.wait_for(holds, PATIENCE), "never came true"

    def give_file(self, name: str) -> Response:
        return self.files.get(name) or Response("no such file", 404)

    def take_down(self) -> Response:
        is_status = request.path.startswith("/status")
        with self.news:
            self.received.append(
                Received(request.url, request.form.to_dict(), dict(request.headers))
            )
            self.news.notify_all()
            if is_status:
                return Response(status=204)
            return self.answers.pop(0) if self.answers else EMPTY_TWIML


@contextmanager
def served(app: Flask, port: int = 0) -> Iterator[str]:
    server = make_server(
        "127.0.0.1", port, app, threaded=True, request_handler=QuietRequestHandler
    )
    with listening(server):
        yield f"http://127.0.0.1:{server.server_port}"


@contextmanager
def scripted_bot() -> Iterator[ScriptedBot]:
    bot = ScriptedBot()
    app = Flask("scripted bot")
    for path in ("/webhooks/whatsapp", "/status"):
        app.add_url_rule(path, path, bot.take_down, methods=["POST"])
    app.add_url_rule("/files/<name>", view_func=bot.give_file)
    with served(app) as origin:
        bot.origin = origin
        yield bot
