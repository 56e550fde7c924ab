"""A webhook of the operators': signed JSON, posted once a try, within a deadline.

X-Bot-Signature is `t=<seconds since 1970>,sha256=<hex>`: the HMAC-SHA256, keyed with
ALERT_WEBHOOK_SECRET, of that number, a dot and the body's bytes.
"""

import hashlib
import hmac
import json
import time
from urllib.parse import urlsplit

from bot.http_bounds import HttpError
from bot.http_client import HttpServer
from bot.relay.account import AlertRoads
from bot.relay.announcement import Announcement, NotAnnouncedError, Trouble

SECONDS = 10.0
MOST_BYTES = 64 * 1024
SIGNATURE = "x-bot-signature"


def post_webhook(roads: AlertRoads, announcement: Announcement) -> None:
    """Post it. Raises NotAnnouncedError unless the answer is a 2xx."""
    _post(roads, write_body(announcement))


def post_trouble(roads: AlertRoads, trouble: Trouble) -> None:
    """Post what is wrong with the bot. Raises NotAnnouncedError."""
    told = {"id": str(trouble.id), "event": "trouble", "words": trouble.text}
    _post(roads, json.dumps(told, ensure_ascii=False).encode())


def _post(roads: AlertRoads, body: bytes) -> None:
    url = urlsplit(roads.webhook_url or "")
    headers = {
        "content-type": "application/json",
        "user-agent": "whatsapp-llm-bot",
        SIGNATURE: sign(body, roads.webhook_secret or "", int(time.time())),
    }
    path = (url.path or "/") + (f"?{url.query}" if url.query else "")
    deadline = time.monotonic() + SECONDS
    try:
        server = HttpServer(f"{url.scheme}://{url.netloc}", None, 1, MOST_BYTES)
        try:
            answer = server.request("POST", path, headers, body, deadline)
        finally:
            server.close()
    except HttpError as error:
        reason = f"no answer came from ALERT_WEBHOOK_URL ({error})"
        raise NotAnnouncedError(reason) from error
    if not 200 <= answer.status < 300:
        raise NotAnnouncedError(f"ALERT_WEBHOOK_URL answered {answer.status}")


def write_body(announcement: Announcement) -> bytes:
    """Return the JSON; `id` is the same for every try."""
    told = {
        "id": str(announcement.id),
        "event": announcement.event,
        "ticket": announcement.ticket,
        "user_id": str(announcement.user_id),
        "name": announcement.name,
        "why": announcement.why,
        "words": announcement.words,
    }
    return json.dumps(told, ensure_ascii=False).encode()


def sign(body: bytes, secret: str, seconds: int) -> str:
    """Return the header that shows that it is ours, and when it was sent."""
    signed = f"{seconds}.".encode() + body
    digest = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return f"t={seconds},sha256={digest}"
