"""Calling the bot as Twilio does: signed forms, bounded in time, few retries.

Sources: https://www.twilio.com/docs/messaging/guides/track-outbound-message-status ,
https://www.twilio.com/docs/usage/webhooks/webhooks-security and
https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
"""

import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Event
from urllib.parse import parse_qs, urlsplit

import requests
from twilio.request_validator import RequestValidator
from urllib3.exceptions import MaxRetryError

from bot.simulator.records import API_VERSION, Message, SimulatorConfig

CONNECT_SECONDS = 5.0
MOST_RETRIES = 5
MOST_ANSWER_BYTES = 65_536
FIRST_PAUSE_SECONDS = 0.2
CHANNEL_INSTALL_SID = "XE" + "0" * 32


@dataclass(frozen=True, slots=True)
class WebhookAnswer:
    """How a webhook ended; `status` is None when no answer came.

    `outcome` is `ok`, or what Twilio's retry policies call it: `ct` (no connection),
    `rt` (no answer), `4xx`, `5xx`. `error` says the same to people.
    """

    outcome: str
    error: str | None
    status: int | None = None
    content_type: str = ""
    body: str = ""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often a webhook is repeated, and after which outcomes."""

    retries: int
    outcomes: frozenset[str]

    @classmethod
    def of_url(cls, url: str) -> "RetryPolicy":
        """Read it from the URL's fragment; by default one retry after `ct`."""
        overrides = parse_qs(urlsplit(url).fragment)
        count = overrides.get("rc", ["1"])[0]
        outcomes = frozenset(overrides.get("rp", ["ct"])[0].split(","))
        return cls(min(int(count), MOST_RETRIES) if count.isdecimal() else 1, outcomes)

    def covers(self, outcome: str) -> bool:
        """Whether a webhook that ended so is repeated."""
        return outcome in self.outcomes or (outcome != "ok" and "all" in self.outcomes)


class SignedWebhooks:
    """Posts forms to the bot with the signature of `auth_token`."""

    def __init__(self, auth_token: str, total_seconds: float) -> None:
        self._validator = RequestValidator(auth_token)
        self._total_seconds = total_seconds
        self._closed = Event()

    def post(self, url: str, fields: Mapping[str, str]) -> WebhookAnswer:
        """Post `fields` to `url` and wait for the answer; never raises for it."""
        policy = RetryPolicy.of_url(url)
        ends = time.monotonic() + self._total_seconds
        headers = self._headers(url, fields)
        answer = _attempt(url, fields, headers, ends)
        for attempt in range(policy.retries):
            pause = FIRST_PAUSE_SECONDS * 2**attempt
            if not policy.covers(answer.outcome) or time.monotonic() + pause > ends:
                break
            if self._closed.wait(pause):
                break
            answer = _attempt(url, fields, headers, ends)
        return answer

    def close(self) -> None:
        """Let nothing be repeated any more."""
        self._closed.set()

    def _headers(self, url: str, fields: Mapping[str, str]) -> dict[str, str]:
        signature = self._validator.compute_signature(_signed_part(url), fields)
        return {
            "X-Twilio-Signature": signature,
            "I-Twilio-Idempotency-Token": str(uuid.uuid4()),
            "User-Agent": "TwilioProxy/1.1",
            "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
        }


def status_fields(
    message: Message, config: SimulatorConfig, user_id: str | None
) -> dict[str, str]:
    """Build the form that tells how far `message` to `user_id` is."""
    fields: dict[str, str | None] = {
        "ChannelInstallSid": CHANNEL_INSTALL_SID,
        "ChannelPrefix": "whatsapp",
        "ApiVersion": API_VERSION,
        "MessageSid": message.sid,
        "SmsSid": message.sid,
        "MessageStatus": message.status,
        "SmsStatus": message.status,
        "AccountSid": config.account_sid,
        "From": config.number,
        "To": message.address,
        "ChannelToAddress": message.address.removeprefix("whatsapp:"),
        "MessagingServiceSid": message.messaging_service_sid,
    }
    if message.error_code is not None:
        fields["ErrorCode"] = str(message.error_code)
        fields["ChannelStatusMessage"] = f"Error {message.error_code}"
    if message.status in {"delivered", "read"}:
        fields["EventType"] = message.status.upper()
        fields["ExternalUserId"] = user_id
    return {name: value for name, value in fields.items() if value is not None}


def _signed_part(url: str) -> str:
    without_fragment = url.partition("#")[0]
    parts = urlsplit(without_fragment)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _attempt(
    url: str, fields: Mapping[str, str], headers: dict[str, str], ends: float
) -> WebhookAnswer:
    left = max(0.1, ends - time.monotonic())
    origin = urlsplit(url)._replace(path="", query="", fragment="").geturl()
    try:
        with requests.Session() as session:
            session.trust_env = False  # no proxy lies between two local servers
            response = session.post(
                url,
                data=dict(fields),
                headers=headers,
                timeout=(min(CONNECT_SECONDS, left), left),
                stream=True,
            )
            with response:
                return _read(response, ends)
    except requests.ConnectionError as error:
        if error.args and isinstance(error.args[0], MaxRetryError):
            return WebhookAnswer("ct", f"The bot can't be reached at {origin}")
        return WebhookAnswer("rt", "The bot broke off the connection")
    except requests.Timeout:
        return WebhookAnswer("rt", "The bot did not answer in time")
    except requests.RequestException as error:
        return WebhookAnswer("rt", f"The bot's answer is broken: {error}")


def _read(response: requests.Response, ends: float) -> WebhookAnswer:
    body = bytearray()
    # Byte by byte: a larger piece would wait for a server that drips, past the end.
    for piece in response.iter_content(1):
        body += piece
        if len(body) > MOST_ANSWER_BYTES or time.monotonic() > ends:
            return WebhookAnswer("rt", "The bot's answer is too long or too slow")
    status = response.status_code
    outcome = "ok" if status < 400 else f"{status // 100}xx"
    return WebhookAnswer(
        outcome,
        None if outcome == "ok" else f"The bot answered {status}",
        status,
        response.headers.get("Content-Type", ""),
        body.decode("utf-8", "replace"),
    )
