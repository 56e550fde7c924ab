"""Connects the two sides: what the bot sends reaches phones, and the other way."""

import time
from dataclasses import dataclass
from threading import Lock
from typing import cast

from flask import current_app

from bot.simulator.archive import Archive
from bot.simulator.content.choices import TEMPLATES
from bot.simulator.content.shelf import Shelf
from bot.simulator.courier import Courier
from bot.simulator.events import Broadcast
from bot.simulator.faults import Faults
from bot.simulator.mailbox import Mailbox
from bot.simulator.outbound import TwimlError, parse_replies
from bot.simulator.phone.form import inbound_fields
from bot.simulator.records import Message, PhoneMessage, SimulatorConfig
from bot.simulator.webhooks import SignedWebhooks, WebhookAnswer

TYPING_SECONDS = 25.0
HTTP_FAILURE = 11200
CONNECTION_FAILURE = 11205


@dataclass(frozen=True, slots=True)
class WebhookReport:
    """How the webhook for a phone's message went; `replies` came as TwiML."""

    status: int | None
    seconds: float
    error: str | None
    replies: list[Message]


class Switchboard:
    """All the state of one simulator; safe to share between threads."""

    def __init__(self, config: SimulatorConfig) -> None:
        self.config = config
        self.mailbox = Mailbox(archive=Archive(config.archive))
        self.broadcast = Broadcast()
        self.faults = Faults()
        self.shelf = Shelf(TEMPLATES)
        self._webhooks = SignedWebhooks(
            config.auth_token, config.webhook_timeout_seconds
        )
        self.courier = Courier(
            config, self.mailbox, self.broadcast, self.faults, self._webhooks
        )
        self.courier.resume()
        self._typing_ends: dict[str, float] = {}
        self._typing_lock = Lock()

    def close(self) -> None:
        """End every wait; the switchboard can't be used afterwards."""
        self.faults.close()
        self._webhooks.close()
        self.courier.close()
        self.broadcast.close()

    def accept_outbound(self, message: Message) -> None:
        """Take a message from the bot, show it, and send it on its way."""
        self.mailbox.add(message)
        self._stop_typing(message.address)
        self._mark_inbound_read(message.address)
        self._show(message)
        self.courier.deliver(message)

    def deliver_inbound(self, written: PhoneMessage, origin: str) -> WebhookReport:
        """Post a phone's message to the bot and wait for the webhook's answer.

        `origin` is where the bot finds media. A sid seen before is posted again.
        """
        message = written.as_message()
        if self.mailbox.add(message, written.content):
            self._show(message)
        started = time.monotonic()
        fields = inbound_fields(written, self.config, origin)
        answer = self._webhooks.post(self.config.webhook_url, fields)
        seconds = time.monotonic() - started
        replies, error = self._take_answer(written, answer)
        return WebhookReport(answer.status, seconds, error, replies)

    def show_typing(self, message: Message) -> None:
        """Show, for 25 s at most, that the bot has read `message` and is typing."""
        moment = time.monotonic()
        with self._typing_lock:
            shown = {a: ends for a, ends in self._typing_ends.items() if ends > moment}
            self._typing_ends = {**shown, message.address: moment + TYPING_SECONDS}
        self.courier.advance(message.sid, "read")
        self._mark_inbound_read(message.address, message.sid)
        self.broadcast.publish("typing", {"typing": True}, message.address)

    def is_typing(self, address: str) -> bool:
        """Whether the typing indicator shows for `address`."""
        with self._typing_lock:
            return self._typing_ends.get(address, 0.0) > time.monotonic()

    def _stop_typing(self, address: str) -> None:
        with self._typing_lock:
            was_typing = self._typing_ends.pop(address, None) is not None
        if was_typing:
            self.broadcast.publish("typing", {"typing": False}, address)

    def _take_answer(
        self, written: PhoneMessage, answer: WebhookAnswer
    ) -> tuple[list[Message], str | None]:
        if answer.error is not None:
            no_answer = answer.status is None
            code = CONNECTION_FAILURE if no_answer else HTTP_FAILURE
            if self.courier.advance(written.sid, "failed", code) is None:
                return [], f"{answer.error}, but it took the message."
            return [], f"{answer.error}: not delivered."
        self.courier.advance(written.sid, "delivered")
        try:
            replies = parse_replies(written.address, answer.content_type, answer.body)
        except TwimlError as error:
            return [], f"Delivered, but {error}."
        for reply in replies:
            self.accept_outbound(reply)
        return replies, None

    def _mark_inbound_read(self, address: str, last_sid: str | None = None) -> None:
        for message in self.mailbox.messages_with(address):
            # What the bot refused stays so, whatever it answers to other messages.
            if message.is_inbound and message.status != "failed":
                self.courier.advance(message.sid, "read")
            if message.sid == last_sid:
                return

    def _show(self, message: Message) -> None:
        self.broadcast.publish("message", message.for_phone(), message.address)
        conversation = self.mailbox.conversation_of(message)
        self.broadcast.publish("conversation", conversation.for_phone())


def switchboard() -> Switchboard:
    """Find the switchboard of the simulator that answers the current request."""
    return cast(Switchboard, current_app.extensions["switchboard"])
