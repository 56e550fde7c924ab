"""`bot chat`: a phone in the terminal, through the simulator."""

import sys
import time
from collections.abc import Iterator
from threading import Event
from typing import Any
from urllib.parse import quote

import click
import requests

from db.errors import OperatorError

ANSWER_SECONDS = 90.0
POLL_SECONDS = 0.2
# The parts of one answer follow each other within this time.
LAST_PART_SECONDS = 1.0
REQUEST_SECONDS = 20


class Phone:
    """Writes as one address to the bot behind the simulator at `origin`."""

    def __init__(self, origin: str, address: str) -> None:
        self._origin = origin
        self._address = address

    def say(self, text: str) -> Iterator[str]:
        """Send a message, then yield the bot's messages until it has answered.

        Raises OperatorError where no simulator runs, the bot refuses or is silent.
        """
        known = {message["sid"] for message in self._messages()}
        form = {"from": self._address, "body": text, "profile_name": "Terminal"}
        sent = self._call("post", "/simulator/messages", form)
        if sent.get("webhook_status") != 200:
            raise OperatorError(f"The bot did not take the message: {sent}")
        deadline = time.monotonic() + ANSWER_SECONDS
        answered = False
        while time.monotonic() < deadline:
            fresh = [m for m in self._messages() if m["sid"] not in known]
            for message in fresh:
                known.add(message["sid"])
                if message["direction"] == "outbound":
                    answered = True
                    deadline = time.monotonic() + LAST_PART_SECONDS
                    yield message["body"]
            Event().wait(POLL_SECONDS)
        if not answered:
            raise OperatorError(
                f"No answer within {ANSWER_SECONDS:.0f} s: see the log. (None comes "
                "after STOP until START, nor to a deactivated user, nor in a chat that "
                "a person has taken over.)"
            )

    def _messages(self) -> list[dict[str, str]]:
        path = f"/simulator/conversations/{quote(self._address)}"
        found: list[dict[str, str]] = self._call("get", path).get("messages", [])
        return found

    def _call(
        self, method: str, path: str, form: dict[str, str] | None = None
    ) -> dict[str, Any]:
        try:
            answer = requests.request(
                method, self._origin + path, timeout=REQUEST_SECONDS, json=form
            )
        except requests.RequestException:
            raise OperatorError(
                f"No simulator answers at {self._origin}: start the bot with `make "
                "run`. (With Twilio's credentials set there is none: use WhatsApp.)"
            ) from None
        if answer.status_code == 404:
            return {}
        if not answer.ok:
            raise OperatorError(f"The simulator said: {answer.text.strip()}")
        found: dict[str, Any] = answer.json()
        return found


def converse(phone: Phone) -> None:
    """Talk line by line until the input ends."""
    click.echo("Write a message and press Enter; Ctrl-D ends.", err=True)
    for line in sys.stdin:
        if line.strip():
            for message in phone.say(line.rstrip("\n")):
                click.echo(f"bot: {message}")
