"""`bot chat`: a phone in the terminal, through the simulator."""

import json
import mimetypes
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import quote, urljoin

import click
import requests

from bot.simulator.records import is_address
from bot.terminal import printable
from db.errors import OperatorError

ANSWER_SECONDS = 90.0
POLL_SECONDS = 0.2
# The parts of one answer follow each other within this time.
LAST_PART_SECONDS = 1.0
REQUEST_SECONDS = 20
SILENCE = (
    f"No answer within {ANSWER_SECONDS:.0f} s: see the log. (None comes after STOP "
    "until START, nor to a thumbs up, to who writes as fast as a machine, to a "
    "deactivated user, or in a chat that a person has taken over.)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What is sent with a text, or without one.

    `quote` is the MessageSid of the message that it replies to, or "last" for the bot's
    last one. `location` has latitude, longitude and label.
    """

    files: tuple[Path, ...] = ()
    location: Mapping[str, object] | None = None
    quote: str | None = None


NOTHING = Beside()


class Phone:
    """Writes as one address to the bot behind the simulator at `origin`."""

    def __init__(self, origin: str, address: str) -> None:
        """Raise OperatorError where the address is none of WhatsApp's."""
        if not is_address(address):
            raise OperatorError(
                f"nobody can write as {address.removeprefix('whatsapp:')!r}: give a "
                "number with its country code, such as +15551230001"
            )
        self._origin = origin
        self._address = address
        self._session = requests.Session()
        self._session.trust_env = False  # a proxy for the outside is none for here

    def say(self, text: str, beside: Beside = NOTHING) -> Iterator[str]:
        """Send a message, then yield the bot's messages until it has answered.

        With files the text is the first one's caption: each is a message of its own, as
        on a phone. Who wrote before keeps the name they had then. Raises OperatorError
        where there is nothing to send, no simulator runs, the bot refuses or is silent.
        """
        if not (text.strip() or beside.files or beside.location):
            raise OperatorError("there is nothing to send: write a text")
        conversation = self._conversation()
        known = {message["sid"] for message in conversation.get("messages", [])}
        self._send_all(text, beside, conversation)
        deadline = time.monotonic() + ANSWER_SECONDS
        answered = False
        while time.monotonic() < deadline:
            told = self._conversation().get("messages", [])
            fresh = [message for message in told if message["sid"] not in known]
            for message in fresh:
                known.add(message["sid"])
                if message["direction"] == "outbound":
                    answered = True
                    deadline = time.monotonic() + LAST_PART_SECONDS
                    yield _in_words(message, self._origin)
            Event().wait(POLL_SECONDS)
        if not answered:
            raise OperatorError(SILENCE)

    def _send_all(
        self, text: str, beside: Beside, conversation: Mapping[str, Any]
    ) -> None:
        form = {"from": self._address, "body": text}
        if name := conversation.get("name"):
            form["profile_name"] = name
        if beside.quote:
            form["reply_to"] = _find_quoted(beside.quote, conversation)
        if beside.location:
            form["location"] = json.dumps(beside.location)
        first, *others = beside.files or (None,)
        self._send(form, first)
        for file in others:
            self._send({**form, "body": ""}, file)

    def _send(self, form: dict[str, str], file: Path | None) -> None:
        sent = self._call("post", "/simulator/messages", form, file)
        if sent.get("webhook_status") != 200:
            why = sent.get("error") or "the simulator does not say why"
            raise OperatorError(f"The bot did not take the message. {why}")

    def _conversation(self) -> dict[str, Any]:
        return self._call("get", f"/simulator/conversations/{quote(self._address)}")

    def _call(
        self,
        method: str,
        path: str,
        form: dict[str, str] | None = None,
        file: Path | None = None,
    ) -> dict[str, Any]:
        told = {"data": form, "files": _attach(file)} if file else {"json": form}
        try:
            answer = self._session.request(
                method, self._origin + path, timeout=REQUEST_SECONDS, **told
            )
        except requests.RequestException:
            raise OperatorError(
                f"No simulator answers at {self._origin}: start the bot with `make "
                "run`. (With Twilio's credentials set there is none: use WhatsApp.)"
            ) from None
        if answer.status_code == 404:
            return {}
        if not answer.ok:
            raise OperatorError(f"The simulator refused: {_reason(answer)}")
        found: dict[str, Any] = answer.json()
        return found


def converse(phone: Phone) -> None:
    """Talk line by line until the input ends."""
    click.echo("Write a message and press Enter; Ctrl-D ends.", err=True)
    for line in sys.stdin:
        if line.strip():
            for message in phone.say(line.rstrip("\n")):
                click.echo(f"bot: {printable(message)}")


def read_location(told: str) -> dict[str, object]:
    """Return the place that LAT,LONG[,LABEL] names. Raises OperatorError."""
    latitude, _, rest = told.partition(",")
    longitude, _, label = rest.partition(",")
    try:
        place = {"latitude": float(latitude), "longitude": float(longitude)}
    except ValueError:
        raise OperatorError(
            f"{told!r} is no place: write latitude and longitude in degrees, and its "
            "name if it has one, such as 52.52,13.405,Bakery"
        ) from None
    return {**place, "label": label.strip()}


def _find_quoted(quote: str, conversation: Mapping[str, Any]) -> str:
    """Return the MessageSid of a message by its sid, or of the bot's last one."""
    messages = conversation.get("messages", [])
    if quote != "last":
        return quote
    sids = [m["sid"] for m in messages if m["direction"] == "outbound"]
    if not sids:
        raise OperatorError("the bot has sent nothing yet that could be quoted")
    return str(sids[-1])


def _in_words(message: Mapping[str, Any], origin: str) -> str:
    """Return a message with where to find what came with it, and what to choose."""
    things = [
        f"[{media['type']}: {urljoin(origin, media['url'])}]"
        for media in message["media"]
    ]
    choices = [
        f"[{number}] {choice['text']}"
        for number, choice in enumerate(message["choices"], 1)
    ]
    return "\n".join([*filter(None, [message["body"]]), *things, *choices])


def _attach(file: Path) -> dict[str, tuple[str, bytes, str]]:
    """Return a file as a browser would send it."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise OperatorError(f"{file} can't be read: {error.strerror}") from None
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    return {"file": (file.name, content, kind)}


def _reason(answer: requests.Response) -> str:
    """Return the sentence in an error of the simulator's."""
    try:
        return str(answer.json()["error"])
    except (ValueError, KeyError, TypeError):
        return f"HTTP {answer.status_code}"
