"""Is a webhook really from Twilio? Checked against our configured public address.

https://www.twilio.com/docs/usage/webhooks/webhooks-security
"""

import hmac
from collections.abc import Sequence

from flask import Request
from twilio.request_validator import RequestValidator

# The base64 of a SHA-1.
SIGNATURE_LENGTH = 28
# Twilio sends some dozens. Each costs time, before anybody knows who sent them.
MOST_FIELDS = 1000


class SignatureChecker:
    """Checks X-Twilio-Signature with several tokens, so that one can be rotated.

    The URL is built from PUBLIC_BASE_URL, the path and the raw query; forwarded headers
    can be forged and are never read.
    """

    def __init__(self, auth_tokens: Sequence[str], public_base_url: str) -> None:
        self._validators = [RequestValidator(token) for token in auth_tokens]
        self._public_base_url = public_base_url

    def find_fault(self, request: Request) -> str | None:
        """Return None for a genuine request, else the category of what is wrong."""
        signature = request.headers.get("X-Twilio-Signature", "")
        if not signature:
            return "missing signature"
        if len(signature) != SIGNATURE_LENGTH or len(request.form) > MOST_FIELDS:
            return "wrong signature"
        url = self._called_url(request)
        if any(self._matches(v, url, request, signature) for v in self._validators):
            return None
        return "wrong signature"

    def _called_url(self, request: Request) -> str:
        query = request.query_string.decode("latin-1")
        return self._public_base_url + request.path + (f"?{query}" if query else "")

    @staticmethod
    def _matches(
        validator: RequestValidator, url: str, request: Request, signature: str
    ) -> bool:
        # One HMAC decides nearly always; the SDK's own check tries further spellings
        # of the port, at several times the cost.
        expected = validator.compute_signature(url, request.form)
        given = signature.encode(errors="replace")
        if hmac.compare_digest(expected.encode(), given):
            return True
        return bool(validator.validate(url, request.form, signature))
