"""Where alerts go beside the operators' WhatsApp: what an operator sets of them."""

import re
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from bot.environment import KEY, Reader

MAIL = r"[^@\s,<>]+@[^@\s,<>]+\.[^@\s,<>]+"
MAIL_HINT = "an e-mail address, such as bot@example.com"
SMTP_HINT = "an address such as smtps://user:password@mail.example.com:465"
SECRET, SECRET_HINT = "[!-~]{16,}", "16 or more characters"
PORTS = {"smtp": 587, "smtps": 465}
MOST_EMAILS = 50
Channel = str
EMAIL, WEBHOOK = "email", "webhook"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Who takes e-mails; with `is_tls` from the first byte on, else after STARTTLS."""

    host: str
    port: int
    is_tls: bool
    user: str | None = field(repr=False)
    password: str | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRoads:
    """How operators are told that somebody waits for them.

    `content_sid` is the template for WhatsApp outside their service window. E-mails go
    to `emails`, or else to the operators' own addresses.
    """

    content_sid: str | None = None
    mail_server: MailServer | None = None
    mail_from: str = ""
    emails: tuple[str, ...] = ()
    webhook_url: str | None = field(default=None, repr=False)
    webhook_secret: str | None = field(default=None, repr=False)

    @property
    def channels(self) -> tuple[Channel, ...]:
        """What is used beside WhatsApp."""
        used = {EMAIL: self.mail_server, WEBHOOK: self.webhook_url}
        return tuple(name for name, way in used.items() if way)


def read_alerts(read: Reader) -> AlertRoads:
    """Return how operators are told."""
    server = read.parsed("SMTP_URL", _parse_server, None, SMTP_HINT)
    sender = read.text("ALERT_EMAIL_FROM", MAIL, MAIL_HINT)
    if read.is_set("SMTP_URL"):
        read.expect_all({"ALERT_EMAIL_FROM": sender})
    nobody: tuple[str, ...] = ()
    url = read.parsed("ALERT_WEBHOOK_URL", _parse_url, None, "an http or https address")
    secret = read.text("ALERT_WEBHOOK_SECRET", SECRET, SECRET_HINT)
    if read.is_set("ALERT_WEBHOOK_URL"):
        read.expect_all({"ALERT_WEBHOOK_SECRET": secret})
    hint = f"{MAIL_HINT}, or several by ,"
    return AlertRoads(
        content_sid=read.text(
            "TWILIO_ALERT_CONTENT_SID", "HX[0-9a-fA-F]{32}", "HX and 32 hex digits"
        ),
        mail_server=server,
        mail_from=sender or "",
        emails=read.parsed("ALERT_EMAILS", _split_emails, nobody, hint),
        webhook_url=url,
        webhook_secret=secret,
    )


def _parse_server(url: str) -> MailServer:
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname or parts.port == 0:
        raise ValueError
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError
    if not re.fullmatch(KEY, url):
        raise ValueError
    return MailServer(
        host=parts.hostname,
        port=parts.port or PORTS[parts.scheme],
        is_tls=parts.scheme == "smtps",
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
    )


def _parse_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.port == 0:
        raise ValueError
    if not re.fullmatch(KEY, url) or "@" in parts.netloc or parts.fragment:
        raise ValueError
    return url


def _split_emails(given: str) -> tuple[str, ...]:
    found = tuple(one.strip() for one in given.split(",") if one.strip())
    if len(found) > MOST_EMAILS or not all(re.fullmatch(MAIL, one) for one in found):
        raise ValueError
    return found
