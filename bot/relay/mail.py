"""An e-mail to the operators: one connection, one message, an end to every wait."""

import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from email.utils import formatdate
from threading import Timer

from bot.environment import LOOPBACK
from bot.relay.account import AlertRoads, MailServer
from bot.relay.announcement import Announcement, NotAnnouncedError, Trouble

SECONDS = 20.0
READY = 220
WORDS = {"waits": "waits for a person", "ends": "your takeover ends soon"}
BODY = """\
{name}: {what} (ticket {ticket}, {why}).

Last words: {words}

Answer in the console, or from your own WhatsApp by quoting the bot's message.
"""


def send_mail(
    roads: AlertRoads, announcement: Announcement, seconds: float = SECONDS
) -> None:
    """Send it to all of its addresses at once, within `seconds`.

    Raises NotAnnouncedError.
    """
    _send(roads, write_mail(roads.mail_from, announcement), seconds)


def send_trouble_mail(
    roads: AlertRoads, trouble: Trouble, seconds: float = SECONDS
) -> None:
    """Send it to all of its addresses at once. Raises NotAnnouncedError."""
    message = _begin(roads.mail_from, trouble)
    message["Subject"] = "Your WhatsApp bot needs you"
    message.set_content(f"{trouble.text}\n")
    _send(roads, message, seconds)


def _send(roads: AlertRoads, message: EmailMessage, seconds: float) -> None:
    if not message["To"]:
        reason = "no operator has an e-mail address, and ALERT_EMAILS names none"
        raise NotAnnouncedError(reason)
    if roads.mail_server is None:
        raise NotAnnouncedError("SMTP_URL is missing")
    try:
        with _connected(roads.mail_server, _domain(roads.mail_from), seconds) as server:
            server.send_message(message)
    except (smtplib.SMTPException, OSError, ValueError) as error:
        raise NotAnnouncedError(_explain(error)) from None


def write_mail(sender: str, announcement: Announcement) -> EmailMessage:
    """Return the message; tried again it has the same Message-ID."""
    what = WORDS[announcement.event]
    message = _begin(sender, announcement)
    message["Subject"] = f"[#{announcement.ticket}] {announcement.name}: {what}"
    text = BODY.format(
        name=announcement.name,
        what=what,
        ticket=announcement.ticket,
        why=announcement.why,
        words=announcement.words,
    )
    message.set_content(text)
    return message


def _begin(sender: str, told: Announcement | Trouble) -> EmailMessage:
    message = EmailMessage()
    message["From"] = sender
    message["To"] = ", ".join(told.to)
    message["Date"] = formatdate()
    message["Message-ID"] = f"<{told.id}@{_domain(sender)}>"
    message["Auto-Submitted"] = "auto-generated"
    return message


def _domain(address: str) -> str:
    return address.rpartition("@")[2]


@contextmanager
def _connected(server: MailServer, ours: str, seconds: float) -> Iterator[smtplib.SMTP]:
    """Yield a session; whatever the server does, it is over in time.

    `ours` is what we are called: looking our name up may take long.
    """
    trusted = ssl.create_default_context()
    opened = (
        smtplib.SMTP_SSL(local_hostname=ours, timeout=seconds, context=trusted)
        if server.is_tls
        else smtplib.SMTP(local_hostname=ours, timeout=seconds)
    )
    with _bounded(opened, seconds):
        # What TLS checks: its constructor takes it, but would connect unbounded.
        opened._host = server.host  # type: ignore[attr-defined]
        code, said = opened.connect(server.host, server.port)
        if code != READY:
            raise smtplib.SMTPConnectError(code, said)
        if not server.is_tls and server.host not in LOOPBACK:
            opened.starttls(context=trusted)
        if server.user is not None:
            opened.login(server.user, server.password or "")
        yield opened
        opened.quit()


@contextmanager
def _bounded(session: smtplib.SMTP, seconds: float) -> Iterator[None]:
    """Break the session off in time: its own timeout is one for each read."""

    def abort() -> None:
        if connected := session.sock:
            # TLS's own would wait for its turn.
            with suppress(OSError):
                socket.socket.shutdown(connected, socket.SHUT_RDWR)

    timer = Timer(seconds, abort)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        session.close()


def _explain(error: Exception) -> str:
    """Say what failed; a server's own words may quote what we sent."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return "the mail server refuses the login: check SMTP_URL"
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return "the mail server offers no TLS: use smtps:// in SMTP_URL"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"the mail server refused it ({error.smtp_code}): see its log"
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "the mail server refused all addresses: check ALERT_EMAILS"
    if isinstance(error, ssl.SSLError):
        return "TLS with the mail server fails: check host and port in SMTP_URL"
    return f"the mail server can't be reached ({type(error).__name__}): check SMTP_URL"
