"""Twilio's REST API: send a part, look for one that may have been sent, typing.

https://www.twilio.com/docs/messaging/api/message-resource
"""

import json
import logging
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from twilio.rest import Client
from twilio.rest.api.v2010.account.message import MessageInstance

from bot.media.outgoing.refs import is_ours
from bot.whatsapp.account import TwilioAccount
from bot.whatsapp.media.sent import SentMedia
from bot.whatsapp.outcomes import DeliveryError, Outcome, explain
from bot.whatsapp.paths import STATUS_PATH
from bot.whatsapp.rest_client import RebasedHttpClient
from bot.whatsapp.templates.rules import fault_of_values
from db.delivery.codes import ABOUT_TEMPLATES
from db.errors import StoreUnavailableError
from db.records import FAILED, Part, PartContent

log = logging.getLogger(__name__)

SEND_SECONDS = 10.0
TYPING_SECONDS = 3.0
MOST_LISTED = 50
LARGEST_PAGE = 1000  # of Twilio's lists
MOST_RECEIVED = 10_000
MOST_MEDIA = 10
MOST_PRICE = Decimal(1000)
CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class Accepted:
    """What Twilio said of a message that it took."""

    message_sid: str
    status: str
    error_code: int | None = None


@dataclass(frozen=True, slots=True)
class ListedMessage:
    """A message that Twilio received for us, in the words of its webhook."""

    form: dict[str, str]
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Price:
    """What Twilio billed for a message, and in which currency, such as USD."""

    amount: Decimal
    currency: str


class TwilioClient:
    """Sends as the configured number or Messaging Service.

    `media` makes addresses of what is ours among a part's media; without it only what
    is an address already can be sent.
    """

    def __init__(
        self,
        twilio: TwilioAccount,
        public_base_url: str,
        media: SentMedia | None = None,
    ) -> None:
        self._twilio = twilio
        self._media = media
        self._status_url = public_base_url + STATUS_PATH
        self._sdk = build_sdk(twilio, SEND_SECONDS)
        self._typing_sdk = build_sdk(twilio, TYPING_SECONDS)

    def send_part(self, part: Part) -> Accepted:
        """Give a part to Twilio, once and without retries. Raises DeliveryError."""
        content = self._content_of(part)
        try:
            message = self._sdk.messages.create(
                to=part.address,
                status_callback=f"{self._status_url}?part={part.part_id}",
                **self._from(part),
                **content,
            )
        except Exception as error:
            raise _explain_of(part, error) from error
        if not message.sid:
            raise DeliveryError(Outcome.UNKNOWN, "Twilio's answer names no message")
        return Accepted(message.sid, str(message.status))

    def _content_of(self, part: PartContent) -> dict[str, Any]:
        """Return what a message says, in the words of the SDK's `create`.

        A file that can't be sent leaves its words alone. Raises DeliveryError where
        nothing is left, or the store can't be asked.
        """
        if template := part.template:
            if fault := fault_of_values(template.variables):
                raise DeliveryError(Outcome.PERMANENT, fault)
            variables = json.dumps(dict(template.variables))
            return {"content_sid": template.content_sid, "content_variables": variables}
        media = self._addresses_of(part.media)
        if not (part.body or media):
            reason = "the file that was to be sent can't be: the log says why"
            raise DeliveryError(Outcome.PERMANENT, reason)
        body = {"body": part.body} if part.body else {}
        return {**body, **({"media_url": media} if media else {})}

    def _addresses_of(self, media: Sequence[str]) -> list[str]:
        if self._media is None:
            return [one for one in media if not is_ours(one)]
        try:
            return self._media.addresses_of(media)
        except StoreUnavailableError as error:
            raise DeliveryError(Outcome.SAFE, str(error)) from error

    def _from(self, part: Part) -> dict[str, str]:
        """Return who sends: of a Messaging Service the number that was written to.

        https://www.twilio.com/docs/messaging/api/message-resource#create-a-message
        """
        service = self._twilio.messaging_service_sid
        if not service:
            return {"from_": self._twilio.whatsapp_number}
        written_to = {"from_": part.our_address} if part.our_address else {}
        return {"messaging_service_sid": service, **written_to}

    def find_sent(self, part: Part, since: datetime) -> Sequence[Accepted]:
        """Return messages to that address with the part's text made since then.

        A template's message has the text that was approved, which may be another than
        the part's body: any counts, and those in its words before others. No date is
        sent along: a message still in Twilio's queue has no DateSent. Raises
        DeliveryError.
        """
        listed = self._list_outbound(part.address, since)
        same = [message for message in listed if (message.body or "") == part.body]
        others = [one for one in listed if one not in same] if part.template else []
        return [
            Accepted(message.sid, message.status, message.error_code)
            for message in (*others, *same)
        ]

    def find_answers(self, address: str, since: datetime) -> Sequence[str]:
        """Return the SIDs of what was sent to the address since then, by anybody.

        Without what failed. Raises DeliveryError.
        """
        listed = self._list_outbound(address, since)
        return [message.sid for message in listed if message.status not in FAILED]

    def _list_outbound(self, address: str, since: datetime) -> list[MessageInstance]:
        try:
            listed = self._sdk.messages.list(
                to=address, limit=MOST_LISTED, page_size=MOST_LISTED
            )
        except Exception as error:
            raise explain(error) from error
        return [
            message
            for message in listed
            if str(message.direction).startswith("outbound")
            and (message.date_created is None or message.date_created >= since)
        ]

    def find_received(
        self, since: datetime, written_to: Callable[[], Collection[str]] = tuple
    ) -> Sequence[ListedMessage]:
        """Return what users sent to our number since then, oldest first.

        With a Messaging Service also what they sent to the numbers that were
        `written_to` before. Twilio promises a day's precision for DateSent, so it is
        filtered here too. Raises DeliveryError.
        """
        ours = {self._twilio.whatsapp_number}
        if self._twilio.messaging_service_sid:
            ours |= set(written_to())
        try:
            found = [
                _read_listed(message)
                for number in sorted(ours)
                for message in self._list_inbound(number, since)
                if message.from_ not in ours and _sent_at(message) >= since
            ]
        except Exception as error:
            raise explain(error) from error
        return sorted(found, key=lambda message: message.received_at)

    def _list_inbound(self, number: str, since: datetime) -> list[MessageInstance]:
        listed = self._sdk.messages.list(
            to=number,
            date_sent_after=since - timedelta(days=1),
            limit=MOST_RECEIVED,
            page_size=LARGEST_PAGE,
        )
        if len(listed) == MOST_RECEIVED:
            log.error(
                "only the newest %d messages to us are looked at: what got lost before"
                " them stays lost",
                MOST_RECEIVED,
            )
        return [message for message in listed if message.direction == "inbound"]

    def find_price(self, message_sid: str) -> Price | None:
        """Return what a message of ours cost; None: Twilio does not tell, or not yet.

        Raises DeliveryError.
        """
        try:
            message = self._sdk.messages(message_sid).fetch()
        except Exception as error:
            raise explain(error) from error
        return _read_price(message.price, message.price_unit)

    def show_typing(self, message_sid: str) -> None:
        """Show who wrote a message that an answer is being made. Raises DeliveryError.

        It shows for 25 s at most.
        """
        try:
            self._typing_sdk.messaging.v2.typing_indicator.create(
                channel="whatsapp", message_id=message_sid
            )
        except Exception as error:
            raise explain(error) from error


def _explain_of(part: Part, error: Exception) -> DeliveryError:
    """Explain an error; what Twilio says of a template is final where a text may go."""
    refusal = explain(error)
    gives_way = part.template and part.instead and refusal.code in ABOUT_TEMPLATES
    if gives_way and refusal.outcome == Outcome.REFUSED:
        refusal.outcome = Outcome.PERMANENT
    return refusal


def _read_price(told: object, unit: object) -> Price | None:
    """Read a price, which Twilio tells as what the account loses: "-0.00500"."""
    try:
        amount = abs(Decimal(str(told)))
    except InvalidOperation:
        return None
    currency = str(unit).upper()
    is_price = amount.is_finite() and amount <= MOST_PRICE
    is_whole = is_price and CURRENCY.fullmatch(currency) is not None
    return Price(amount, currency) if is_whole else None


def _sent_at(message: MessageInstance) -> datetime:
    sent: datetime = message.date_sent or message.date_created
    return sent


def _read_listed(message: MessageInstance) -> ListedMessage:
    form = {
        "MessageSid": message.sid,
        "From": str(message.from_),
        "To": str(message.to),
        "Body": message.body or "",
        "NumMedia": message.num_media or "0",
    }
    if form["NumMedia"] != "0":
        for index, media in enumerate(message.media.list(limit=MOST_MEDIA)):
            path = str(media.uri).removesuffix(".json")
            form[f"MediaContentType{index}"] = str(media.content_type)
            form[f"MediaUrl{index}"] = f"https://api.twilio.com{path}"
    return ListedMessage(form, _sent_at(message))


def build_sdk(twilio: TwilioAccount, timeout: float) -> Client:
    """Return Twilio's own client; each request has `timeout` seconds in all."""
    http_client = RebasedHttpClient(twilio.api_base_url, timeout)
    return Client(*twilio.login, twilio.account_sid, http_client=http_client)
