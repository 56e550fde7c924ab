"""Which account of Twilio's the bot sends and receives with."""

import re
from dataclasses import dataclass, field

from bot.environment import KEY, KEY_HINT, Reader

ADDRESS = r"whatsapp:\+[1-9][0-9]{6,14}"
MESSAGING_SERVICE = "TWILIO_MESSAGING_SERVICE_SID"


@dataclass(frozen=True, slots=True)
class TwilioAccount:
    """The account that sends and signs. Several tokens while one is being rotated."""

    account_sid: str
    auth_tokens: tuple[str, ...] = field(repr=False)
    whatsapp_number: str
    api_key_sid: str | None = None
    api_key_secret: str | None = field(default=None, repr=False)
    messaging_service_sid: str | None = None
    api_base_url: str | None = None
    shared_keys: tuple[str, ...] = field(default=(), repr=False)

    @property
    def login(self) -> tuple[str, str]:
        """Name and password at Twilio's REST API."""
        name = self.api_key_sid or self.account_sid
        return name, self.api_key_secret or self.auth_tokens[0]


def read_twilio(read: Reader) -> TwilioAccount | None:
    """Return the account; None: nothing of it is set."""
    sid = read.text("TWILIO_ACCOUNT_SID", "AC[0-9a-fA-F]{32}", "AC and 32 hex digits")
    tokens = _read_secrets(read, "TWILIO_AUTH_TOKEN")
    shared = _read_secrets(read, "TWILIO_SHARED_KEYS")
    number = read.text("TWILIO_WHATSAPP_NUMBER", ADDRESS, "like whatsapp:+14155238886")
    service = read.text(MESSAGING_SERVICE, "MG[0-9a-fA-F]{32}", "MG and 32 hex digits")
    base_url = read.origin("TWILIO_API_BASE_URL")
    account = {
        "TWILIO_ACCOUNT_SID": sid,
        "TWILIO_AUTH_TOKEN": tokens,
        "TWILIO_WHATSAPP_NUMBER": number,
    }
    keys = _read_api_key(read)
    if not read.is_set(*account, *keys, MESSAGING_SERVICE, "TWILIO_SHARED_KEYS"):
        return None
    read.expect_all(account)
    if read.is_set(*keys):
        read.expect_all(keys)
    return TwilioAccount(
        account_sid=sid or "",
        auth_tokens=tokens,
        whatsapp_number=number or "",
        api_key_sid=keys["TWILIO_API_KEY_SID"],
        api_key_secret=keys["TWILIO_API_KEY_SECRET"],
        messaging_service_sid=service,
        api_base_url=base_url,
        shared_keys=shared,
    )


def _read_api_key(read: Reader) -> dict[str, str | None]:
    key = read.text("TWILIO_API_KEY_SID", "SK[0-9a-fA-F]{32}", "SK and 32 hex digits")
    secret = read.text("TWILIO_API_KEY_SECRET", KEY, KEY_HINT)
    return {"TWILIO_API_KEY_SID": key, "TWILIO_API_KEY_SECRET": secret}


def _read_secrets(read: Reader, name: str) -> tuple[str, ...]:
    hint = f"{KEY_HINT}, or several by ,"
    return read.parsed(name, _split_secrets, (), hint)


def _split_secrets(given: str) -> tuple[str, ...]:
    secrets = [secret.strip() for secret in given.split(",")]
    found = tuple(secret for secret in secrets if secret)
    if not all(re.fullmatch(KEY, secret) for secret in found):
        raise ValueError
    return found
