"""A mail server that keeps what it is told, or that says something odd."""

import socketserver
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_string
from email.message import Message
from threading import Event
from typing import Any

from bot.relay.account import MailServer
from tests.listening import Forgiving, listening

DRIPS = "220 a line that never ends"
USUAL = {"DATA": "354 go on", "QUIT": "221 bye"}


@dataclass
class Mailbox:
    """What came, and what is answered to which command, where that is not usual."""

    port: int = 0
    answers: Mapping[str, str] = field(default_factory=dict)
    heard: list[str] = field(default_factory=list)
    mails: list[Message] = field(default_factory=list)

    @property
    def server(self) -> MailServer:
        return MailServer(
            host="127.0.0.1", port=self.port, is_tls=False, user=None, password=None
        )


class _Session(socketserver.StreamRequestHandler):
    server: Any

    def handle(self) -> None:
        mailbox = self.server.mailbox
        if mailbox.answers.get("") == DRIPS:
            self._drip()
            return
        self._say(mailbox.answers.get("", "220 here"))
        while line := self.rfile.readline().decode().strip():
            mailbox.heard.append(line)
            word = line.split(maxsplit=1)[0].upper()
            answer = mailbox.answers.get(word, USUAL.get(word, "250 ok"))
            self._say(answer)
            if answer.startswith("354"):
                mailbox.mails.append(message_from_string(self._read_mail()))
                self._say("250 taken")

    def _drip(self) -> None:
        with suppress(OSError):  # until whoever called has gone
            while True:
                self.wfile.write(b"2")
                Event().wait(0.02)

    def _read_mail(self) -> str:
        lines = iter(self.rfile.readline, b".\r\n")
        return b"".join(lines).decode()

    def _say(self, answer: str) -> None:
        self.wfile.write(f"{answer}\r\n".encode())


class _Server(Forgiving, socketserver.ThreadingTCPServer):
    daemon_threads = True
    mailbox: Mailbox


@contextmanager
def mail_server(**answers: str) -> Iterator[Mailbox]:
    """Yield a mailbox; `hello` is what is said first."""
    hello = {"": answers.pop("hello")} if "hello" in answers else {}
    mailbox = Mailbox(answers={**hello, **answers})
    with listening(_Server(("127.0.0.1", 0), _Session)) as server:
        server.mailbox = mailbox
        mailbox.port = server.server_address[1]
        yield mailbox
