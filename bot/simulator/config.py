"""What the simulator must know about the bot that it serves."""

from dataclasses import dataclass

API_VERSION = "2010-04-01"


@dataclass(frozen=True, slots=True)
class SimulatorConfig:
    """Credentials that the bot must present, and where the bot listens.

    `webhook_url` takes inbound messages; it may end in connection overrides
    (`#rc=3&rp=all`), which are followed and left out of the signature, see
    https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides .
    `public_url` is the origin of the media that webhooks point at (default: the
    origin under which the phone's request came in). `status_delay_seconds` lies
    before each delivery status, `webhook_timeout_seconds` bounds one webhook with
    its retries.
    """

    account_sid: str
    auth_token: str
    webhook_url: str
    number: str = "whatsapp:+14155238886"
    api_key_sid: str | None = None
    api_key_secret: str | None = None
    public_url: str = ""
    status_delay_seconds: float = 0.03
    webhook_timeout_seconds: float = 15.0

    def message_path(self, sid: str) -> str:
        """Name a message's path in the REST API, without `.json`."""
        return f"/{API_VERSION}/Accounts/{self.account_sid}/Messages/{sid}"

    def media_path(self, message_sid: str, sid: str) -> str:
        """Name the path of a message's media in the REST API: its bytes lie there."""
        return f"{self.message_path(message_sid)}/Media/{sid}"
