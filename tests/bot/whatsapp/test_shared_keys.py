"""Webhooks that are signed with a SharedKey of Twilio's instead of the Auth Token.

https://www.twilio.com/docs/usage/webhooks/webhook-shared-keys
"""

import pytest
from flask import Request
from werkzeug.datastructures import Headers, MultiDict
from werkzeug.test import EnvironBuilder

from bot.whatsapp.signature import SignatureChecker, read_form
from tests.bot.whatsapp.twilio_calls import INBOUND, PUBLIC, TOKEN, sign

FORM = {"MessageSid": "SM1", "Body": "Hola \U0001f44b"}
KEY = "secret-of-the-shared-key"
SETTINGS = "key=webhooks_sharedkey_01,algorithm=HMAC_SHA256"


def fault_of(
    secret: str,
    hash_: str,
    settings: str | None = SETTINGS,
    keys: tuple[str, ...] = (KEY,),
) -> str | None:
    """What the checker says of a request that is signed so."""
    signature = sign(PUBLIC + INBOUND, FORM, secret, hash_)
    headers = Headers({"X-Twilio-Signature": signature})
    if settings is not None:
        headers["X-Twilio-Webhooks-Signature-Settings"] = settings
    made = EnvironBuilder(INBOUND, method="POST", data=MultiDict(FORM), headers=headers)
    checker = SignatureChecker([TOKEN], PUBLIC, keys)
    request = Request(made.get_environ())
    return checker.find_fault(request, read_form(request))


@pytest.mark.parametrize("keys", [(KEY,), ("next", KEY), (KEY, "next")])
def test_what_a_shared_key_signed_is_genuine(keys: tuple[str, ...]) -> None:
    assert fault_of(KEY, "sha256", keys=keys) is None
    assert fault_of(KEY, "sha256", f" {SETTINGS.replace(',', ' , ')}", keys) is None


def test_what_a_token_signed_stays_genuine_beside_shared_keys() -> None:
    assert fault_of(TOKEN, "sha1", None) is None
    assert fault_of(TOKEN, "sha1", "") is None


@pytest.mark.parametrize(
    ("secret", "hash_", "settings"),
    [
        ("another", "sha256", SETTINGS),
        (TOKEN, "sha256", SETTINGS),
        (TOKEN, "sha1", SETTINGS),
        (KEY, "sha1", SETTINGS),
        (KEY, "sha256", None),
        (KEY, "sha1", None),
        (KEY, "sha1", "key=webhooks_sharedkey_01"),
        (KEY, "sha1", "key=webhooks_sharedkey_01,algorithm=HMAC_SHA1"),
        (KEY, "sha256", "key=webhooks_sharedkey_01,algorithm=HMAC_SHA512"),
        (TOKEN, "sha256", "algorithm=HMAC_SHA256"),
        (TOKEN, "sha1", "nonsense"),
        (KEY, "sha256", ",,,=,=" * 100),
    ],
)
def test_no_secret_is_good_for_what_the_other_one_signs(
    secret: str, hash_: str, settings: str | None
) -> None:
    assert fault_of(secret, hash_, settings) == "wrong signature"


def test_without_shared_keys_the_log_says_what_is_missing() -> None:
    assert fault_of(KEY, "sha256", keys=()) == "no shared key is set"
    assert fault_of(TOKEN, "sha1", keys=()) == "no shared key is set"
