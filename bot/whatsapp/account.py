"""Which account of Twilio's the bot sends and receives with."""

from dataclasses import dataclass, field


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
