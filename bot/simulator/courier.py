"""Takes outbound messages to the phone, and tells how far messages are.

Statuses: https://www.twilio.com/docs/messaging/guides/track-outbound-message-status
"""

import logging
import queue
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from threading import Event, Thread

from bot.simulator.events import Broadcast
from bot.simulator.faults import Faults
from bot.simulator.loading import NotLoadedError, load, origin_of
from bot.simulator.mailbox import Mailbox
from bot.simulator.records import STATUS_RANKS, Media, Message, SimulatorConfig, now
from bot.simulator.webhooks import SignedWebhooks, status_fields

LANES = 8
ON_ITS_WAY = frozenset({"accepted", "queued", "sent"})
MOST_WAITING_IN_A_LANE = 2_000
SERVICE_WINDOW = timedelta(hours=24)
OUTSIDE_SERVICE_WINDOW = 63016
MEDIA_NOT_LOADED = 63019

log = logging.getLogger(__name__)
Errand = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Step:
    """A status that a message reaches, with Twilio's error if it is a bad one."""

    status: str
    error_code: int | None = None


READ = Step("read")


class Courier:
    """A few threads, each with its lane: a message's steps all go down one lane."""

    def __init__(
        self,
        config: SimulatorConfig,
        mailbox: Mailbox,
        broadcast: Broadcast,
        faults: Faults,
        webhooks: SignedWebhooks,
    ) -> None:
        self._config = config
        self._mailbox = mailbox
        self._broadcast = broadcast
        self._faults = faults
        self._webhooks = webhooks
        self._closed = Event()
        self._lanes: list[queue.Queue[Errand | None]] = []
        for _ in range(LANES):
            lane: queue.Queue[Errand | None] = queue.Queue(MOST_WAITING_IN_A_LANE)
            self._lanes.append(lane)
            Thread(target=_run_errands, args=(lane,), daemon=True).start()

    def deliver(self, message: Message) -> None:
        """Take an accepted message through its statuses, soon."""
        self._add(message.sid, partial(self._deliver, message))

    def resume(self) -> None:
        """Take what was on its way at the last end on, once the bot may listen."""
        left = [
            message
            for message in reversed(self._mailbox.newest_first())
            if not message.is_inbound and message.status in ON_ITS_WAY
        ]
        if left:
            Thread(target=self._resume, args=(left,), daemon=True).start()

    def _resume(self, messages: list[Message]) -> None:
        if not self._closed.wait(self._config.resume_seconds):
            for message in messages:
                self.deliver(message)

    def mark_read(self, address: str) -> None:
        """Turn what was delivered to `address` into read: a page shows it now."""
        for message in self._mailbox.messages_with(address):
            if not message.is_inbound and message.status == "delivered":
                self._add(message.sid, partial(self._go, message, [READ]))

    def advance(
        self, sid: str, status: str, error_code: int | None = None
    ) -> Message | None:
        """Move a message's status forward, and tell the open pages.

        None when the message is gone or further.
        """
        moved = self._mailbox.advance(sid, status, error_code)
        if moved is not None:
            news = {"sid": sid, "status": status, "error_code": error_code}
            self._broadcast.publish("status", news, moved.address)
        return moved

    def close(self) -> None:
        """Stop waiting; what a lane still holds is left."""
        self._closed.set()
        for lane in self._lanes:
            with suppress(queue.Full):
                lane.put_nowait(None)

    def _add(self, sid: str, errand: Errand) -> None:
        try:
            self._lanes[int(sid[-4:], 16) % LANES].put_nowait(errand)
        except queue.Full:
            log.warning("%s gets no more statuses: too many wait", sid)

    def _deliver(self, message: Message) -> None:
        if not all(self._load(message, media) for media in message.media):
            self._go(message, [Step("failed", MEDIA_NOT_LOADED)])
            return
        self._go(message, self._left(message))
        delivered = self._mailbox.find(message.sid)
        if delivered is None or delivered.status != "delivered":
            return
        if self._broadcast.is_watched(message.address):
            self._go(message, [READ])

    def _load(self, message: Message, media: Media) -> bool:
        """Load what the bot sends from where it is, and show it; False: it must fail.

        What lies elsewhere may only be out of reach of this machine.
        """
        if media.source_url is None or media.size is not None:
            return True
        bot_origin = origin_of(self._config.webhook_url)
        try:
            found = load(media.source_url, bot_origin)
        except NotLoadedError as error:
            if origin_of(media.source_url) != bot_origin:
                return True  # the page links to it
            text = f"{media.source_url} was not sent: {error}."
            log.warning("%s", text)
            self._broadcast.publish("problem", {"text": text}, message.address)
            return False
        size = len(found.data)
        loaded = replace(media, content_type=found.content_type, size=size)
        kept = self._mailbox.keep_content(message.sid, loaded, found.data)
        if kept is not None:
            news = {"sid": kept.sid, "media": kept.for_phone()["media"]}
            self._broadcast.publish("media", news, kept.address)
        return True

    def _plan(self, message: Message) -> list[Step]:
        queued = [Step("queued")] if message.messaging_service_sid else []
        if refusal := self._refusal_of(message):
            return [*queued, Step("failed", refusal)]
        fault = self._faults.take("delivery")
        if fault is None:
            return [*queued, Step("sent"), Step("delivered")]
        sent = [] if fault.kind == "failed" else [Step("sent")]
        return [*queued, *sent, Step(fault.kind, fault.code)]

    def _refusal_of(self, message: Message) -> int | None:
        """Return why WhatsApp won't have it: approved templates go out at any time."""
        if message.fails_with or (message.content_sid and not message.needs_window):
            return message.fails_with
        last_inbound = self._mailbox.last_inbound(message.address)
        is_open = last_inbound and now() - last_inbound.created_at <= SERVICE_WINDOW
        return None if is_open else OUTSIDE_SERVICE_WINDOW

    def _left(self, message: Message) -> list[Step]:
        """Return the steps that are before a message still."""
        reached = STATUS_RANKS[message.status]
        plan = self._plan(message)
        return [step for step in plan if STATUS_RANKS[step.status] > reached]

    def _go(self, message: Message, steps: list[Step]) -> None:
        late = self._faults.take("callbacks", {"shuffle"}) is not None
        kept_back: list[Message] = []
        for step in steps:
            if self._closed.wait(self._config.status_delay_seconds):
                return
            moved = self.advance(message.sid, step.status, step.error_code)
            if moved is None:
                return
            if late:
                kept_back.insert(0, moved)
            else:
                self._call_back(moved)
        for moved in kept_back:
            self._call_back(moved)

    def _call_back(self, message: Message) -> None:
        if message.status_callback is None:
            return
        fault = self._faults.take("callbacks", {"drop", "double"})
        times = 1 if fault is None else {"drop": 0, "double": 2}[fault.kind]
        for _ in range(times):
            self._post(message.status_callback, message)

    def _post(self, url: str, message: Message) -> None:
        user_id = self._user_id(message.address)
        fields = status_fields(message, self._config, user_id)
        answer = self._webhooks.post(url, fields)
        if answer.error is not None:
            text = f"{answer.error}: status callback {message.status!r} got lost"
            log.warning("%s, message %s", text, message.sid)
            self._broadcast.publish("problem", {"text": text}, message.address)

    def _user_id(self, address: str) -> str | None:
        last_inbound = self._mailbox.last_inbound(address)
        return None if last_inbound is None else last_inbound.external_user_id


def _run_errands(lane: queue.Queue[Errand | None]) -> None:
    # Without a deadline on purpose: the lane waits for work until it is closed.
    while (errand := lane.get()) is not None:
        try:
            errand()
        except Exception:
            log.exception("A delivery broke off")
