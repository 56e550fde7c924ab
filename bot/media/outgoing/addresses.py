"""Signed addresses that end soon: what Twilio loads our media from.

Web and worker share no other secret than Twilio's auth tokens, so the key is derived
from these, one for each: what was signed by the old one holds while both are set.
"""

import base64
import binascii
import hmac
import struct
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from urllib.parse import quote

from bot.media.outgoing.refs import Ref, read_ref

MEDIA_PATH = "/media"
# Twilio loads at once, and again for some minutes where that fails.
LIFETIME_SECONDS = 3600
LABEL = b"whatsapp bot: addresses of media, 1"
MAC_BYTES = 20
EXPIRY = struct.Struct(">Q")
LONGEST_TOKEN = 1000


@dataclass(frozen=True, slots=True)
class MediaAddresses:
    """Signs addresses beneath `base_url`, and reads what comes back of them."""

    secrets: Sequence[str] = field(repr=False)
    base_url: str = ""
    now: Callable[[], float] = time.time

    def sign(self, ref: Ref, name: str) -> str:
        """Return an address for what a ref names; `name` is what a phone shows."""
        expires = int(self.now()) + LIFETIME_SECONDS
        told = EXPIRY.pack(expires) + str(ref).encode()
        signed = _mac(self.secrets[0], told) + told
        token = base64.urlsafe_b64encode(signed).rstrip(b"=").decode()
        return f"{self.base_url}{MEDIA_PATH}/{token}/{quote(name, safe='')}"

    def read(self, token: str) -> Ref | None:
        """Return what a token names; None: it is not ours, or its time is over."""
        signed = _decode(token)
        mac, told = signed[:MAC_BYTES], signed[MAC_BYTES:]
        # All of them, so that the time tells nothing.
        matches = [hmac.compare_digest(mac, _mac(one, told)) for one in self.secrets]
        if not any(matches) or len(told) <= EXPIRY.size:
            return None
        (expires,) = EXPIRY.unpack(told[: EXPIRY.size])
        if expires < self.now():
            return None
        return read_ref(told[EXPIRY.size :].decode())


def _mac(secret: str, told: bytes) -> bytes:
    key = hmac.digest(secret.encode(), LABEL, sha256)
    return hmac.digest(key, told, sha256)[:MAC_BYTES]


def _decode(token: str) -> bytes:
    """Return a token's bytes; none where it has another form than those we write."""
    if len(token) > LONGEST_TOKEN:
        return b""
    try:
        signed = base64.b64decode(token + "=" * (-len(token) % 4), b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""
    is_ours = base64.urlsafe_b64encode(signed).rstrip(b"=") == token.encode()
    return signed if is_ours else b""
