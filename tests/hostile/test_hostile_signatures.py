"""Requests that Twilio did not sign: refused, whatever they look like."""

import base64
from typing import NamedTuple

import pytest

from tests.bot.whatsapp.twilio_calls import INBOUND, PUBLIC, STATUS, sign, text_form
from tests.hostile.conftest import PLANTED, Target
from tests.hostile.raw_http import post, signature_of

FORM = text_form(PLANTED)
GENUINE = signature_of(FORM)
DELIVERED = text_form(PLANTED, MessageStatus="delivered")
PART = f"{STATUS}?part=00000000-0000-4000-8000-000000000001"


class Forgery(NamedTuple):
    """A request, and how the refusal begins."""

    says: str
    request: bytes
    reason: str = "wrong signature"


def signed_with(signature: str) -> bytes:
    return post(FORM, signature=signature)


def without_signature(*headers: tuple[str, str]) -> bytes:
    return post(FORM, signature="", headers=headers)


FORGERIES = [
    Forgery("no signature", without_signature(), "missing signature"),
    Forgery("an empty one", without_signature(("X-Twilio-Signature", "")), "missing"),
    Forgery("a blank one", without_signature(("X-Twilio-Signature", " \t")), "missing"),
    Forgery(
        "under a name with underscores",
        without_signature(("X_Twilio_Signature", GENUINE)),
        "missing",
    ),
    Forgery("random bytes in base64", signed_with("q" * 27 + "=")),
    Forgery("no base64 at all", signed_with("&%$!<script>")),
    Forgery("padding only", signed_with("=" * 28)),
    Forgery("the right one, cut", signed_with(GENUINE[:-1])),
    Forgery("the right one, longer", signed_with(GENUINE + "A")),
    Forgery("the right one in hex", signed_with(base64.b64decode(GENUINE).hex())),
    Forgery("the right one in capitals", signed_with(GENUINE.upper())),
    Forgery("8 KB of it", signed_with("A" * 8000)),
    Forgery("in Latin letters", signed_with("\u00e9" * 28)),
    Forgery("a format string", signed_with("%s%n{0}{self}${jndi:ldap://evil}")),
    Forgery("by another account's token", post(FORM, token="of-somebody-else")),
    Forgery("by no token", post(FORM, token="")),
    Forgery(
        "twice, the genuine one first",
        without_signature(("X-Twilio-Signature", GENUINE), ("X-Twilio-Signature", "x")),
    ),
    Forgery(
        "twice, the genuine one last",
        without_signature(("X-Twilio-Signature", "x"), ("X-Twilio-Signature", GENUINE)),
    ),
    Forgery(
        "that claims another algorithm",
        post(
            FORM,
            signature="x",
            headers=[("X-Twilio-Webhooks-Signature-Settings", "algorithm=none")],
        ),
        "no shared key is set",
    ),
    Forgery(
        "of a form with another text",
        post(FORM | {"Body": f"{PLANTED}!"}, signature=GENUINE),
    ),
    Forgery(
        "of a form from somebody else",
        post(FORM | {"From": "whatsapp:+15550001111"}, signature=GENUINE),
    ),
    Forgery("of a form with a field more", post(FORM | {"x": "1"}, signature=GENUINE)),
    Forgery(
        "of a form with a field less",
        post({k: v for k, v in FORM.items() if k != "To"}, signature=GENUINE),
    ),
    Forgery(
        "of a form with a second Body",
        post([*FORM.items(), ("Body", "x")], signature=GENUINE),
    ),
    Forgery("of a message, on the status path", post(FORM, target=STATUS)),
    Forgery("of a status, on the message path", post(FORM, STATUS, target=INBOUND)),
    Forgery(
        "of another part's status",
        post(DELIVERED, PART, target=PART.replace("0001", "0002")),
    ),
    Forgery(
        "of a part's status, without the part", post(DELIVERED, PART, target=STATUS)
    ),
    Forgery("with a query that was not signed", post(FORM, target=f"{INBOUND}?x=1")),
    Forgery(
        "of the URL alone, as for JSON",
        post(FORM, signature=sign(PUBLIC + INBOUND, {})),
    ),
    Forgery(
        "for the address it was sent to",
        post(FORM, signature=sign(f"http://bot.example.com{INBOUND}", FORM)),
    ),
    Forgery(
        "for another account",
        post(FORM | {"AccountSid": "AC" + "0b" * 16}),
        "another account",
    ),
    Forgery(
        "for no account",
        post({k: v for k, v in FORM.items() if k != "AccountSid"}),
        "another account",
    ),
    Forgery(
        "for another account first, then ours",
        post([("AccountSid", "AC" + "0b" * 16), *FORM.items()]),
        "another account",
    ),
]


@pytest.mark.parametrize("forgery", FORGERIES, ids=lambda forgery: forgery.says)
def test_what_twilio_did_not_sign_for_us_is_refused(
    target: Target, forgery: Forgery
) -> None:
    answer = target.refuses(forgery.request)
    assert answer.status == 403
    assert answer.headers["content-type"].startswith("text/xml")
    assert answer.text.startswith(f"<Response><!-- {forgery.reason}")


def test_a_replayed_message_adds_nothing(target: Target) -> None:
    request = post(text_form("Once", From="whatsapp:+15550002222"))
    assert target.web.ask(request).status == 200
    assert target.refuses(request).status == 200


@pytest.mark.parametrize("token", ["the-next-token", "token-of-the-tests"])
def test_the_table_above_could_fail(target: Target, token: str) -> None:
    form = text_form("Genuine", From=f"whatsapp:+1555000{len(token):04}")
    answer, new = target.takes(post(form, token=token))
    assert answer.status == 200
    assert new["inbound_messages"] == 1
