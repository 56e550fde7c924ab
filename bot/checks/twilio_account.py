"""What Twilio says of its account, our number, and where it calls.

https://www.twilio.com/docs/iam/api/account ,
https://www.twilio.com/docs/whatsapp/api/senders and
https://www.twilio.com/docs/messaging/api/service-resource
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from twilio.rest import Client

from bot.checks.findings import Finding
from bot.http_bounds import HttpError
from bot.whatsapp.account import TwilioAccount
from bot.whatsapp.paths import INBOUND_PATH
from bot.whatsapp.rest_client import REST_ERRORS
from bot.whatsapp.twilio import build_sdk

SECONDS = 10.0
# More than two are never valid at once.
MOST_TOKENS = 4
MOST_SENDERS = 1000
SANDBOX = "whatsapp:+14155238886"
OVERRIDES = "#rc=3&rp=all"


def ask_twilio(twilio: TwilioAccount, public_base_url: str) -> Iterator[Finding]:
    """Ask about credentials, number and webhook address; a few requests, each bounded.

    What depends on credentials that Twilio refuses is not asked.
    """
    credentials = list(_ask_credentials(twilio))
    yield from credentials
    if not any(finding.fits for finding in credentials):
        return
    sdk = build_sdk(replace(twilio, api_key_sid=None, api_key_secret=None), SECONDS)
    expected = public_base_url + INBOUND_PATH
    if twilio.whatsapp_number == SANDBOX:
        yield Finding(_of_the_sandbox(expected), None)
        return
    yield from _ask_about_number(sdk, twilio, expected)


def _ask_credentials(twilio: TwilioAccount) -> Iterator[Finding]:
    tokens = twilio.auth_tokens[:MOST_TOKENS]
    for place, token in enumerate(tokens, start=1):
        name = "TWILIO_AUTH_TOKEN" + (f", number {place}" if len(tokens) > 1 else "")
        alone = replace(
            twilio, auth_tokens=(token,), api_key_sid=None, api_key_secret=None
        )
        yield _ask_account(build_sdk(alone, SECONDS), twilio.account_sid, name)
    if twilio.api_key_sid:
        yield _ask_with_key(build_sdk(twilio, SECONDS), twilio)


def _ask_account(sdk: Client, account_sid: str, name: str) -> Finding:
    try:
        account = sdk.api.v2010.accounts(account_sid).fetch()
    except REST_ERRORS as error:
        return _refused(name, error, "Account SID in Twilio's console")
    kind = "; it is a trial account" if account.type == "Trial" else ""
    told = f"{name}: Twilio takes it; the account is {account.status}{kind}"
    return Finding(told, account.status == "active")


def _ask_with_key(sdk: Client, twilio: TwilioAccount) -> Finding:
    """Ask for what every key may see: standard ones don't see the account."""
    name = "TWILIO_API_KEY_SID"
    try:
        sdk.messages.list(to=twilio.whatsapp_number, limit=1, page_size=1)
    except REST_ERRORS as error:
        return _refused(name, error, "API keys in Twilio's console")
    return Finding(f"{name}: Twilio takes it with its secret")


def _of_the_sandbox(expected: str) -> str:
    return (
        "TWILIO_WHATSAPP_NUMBER: it is the sandbox's, of which Twilio's API tells "
        "nothing; see that its settings in the console say, under When a message comes "
        f"in, {expected}{OVERRIDES} (POST)"
    )


def _ask_about_number(
    sdk: Client, twilio: TwilioAccount, expected: str
) -> Iterator[Finding]:
    sender, told = _find_sender(sdk, twilio.whatsapp_number)
    yield told
    by_service = False
    if service := twilio.messaging_service_sid:
        by_service, found = _ask_service(sdk, service, twilio.whatsapp_number, expected)
        yield from found
    if sender is not None and not by_service:
        webhook = sender.webhook or {}
        called = webhook.get("callback_url"), webhook.get("callback_method")
        yield _compare(f"the webhook of {twilio.whatsapp_number}", called, expected)


def _find_sender(sdk: Client, number: str) -> tuple[Any, Finding]:
    name = "TWILIO_WHATSAPP_NUMBER"
    try:
        found = sdk.messaging.v2.channels_senders.list(
            channel="whatsapp", limit=MOST_SENDERS, page_size=MOST_SENDERS
        )
    except REST_ERRORS as error:
        return None, _refused(name, error, "Senders in Twilio's console", fits=None)
    mine = [sender for sender in found if sender.sender_id == number]
    if not mine:
        others = f"none of its {len(found)} WhatsApp senders" if found else "no sender"
        text = f"{name}: the account has {others} with this number"
        return None, Finding(text, fits=False)
    status = str(mine[0].status)
    text = f"{name}: it is the account's sender, and {status}"
    return mine[0], Finding(text, "ONLINE" in status)


def _ask_service(
    sdk: Client, sid: str, number: str, expected: str
) -> tuple[bool, list[Finding]]:
    """Return whether the service's own webhook counts, and what was found."""
    name = "TWILIO_MESSAGING_SERVICE_SID"
    try:
        service = sdk.messaging.v1.services(sid).fetch()
        senders = sdk.messaging.v1.services(sid).channel_senders.list(
            limit=MOST_SENDERS, page_size=MOST_SENDERS
        )
    except REST_ERRORS as error:
        return False, [_refused(name, error, "Messaging Services in Twilio's console")]
    holds = number in {sender.sender for sender in senders}
    has = "has" if holds else "does not have"
    told = [Finding(f"{name}: it {has} {number} among its senders", holds)]
    if service.use_inbound_webhook_on_number:
        return False, told
    called = service.inbound_request_url, service.inbound_method
    return True, [*told, _compare("the Messaging Service's webhook", called, expected)]


def _compare(what: str, called: tuple[Any, Any], expected: str) -> Finding:
    address, method = str(called[0] or ""), str(called[1] or "POST")
    wanted = f"it must be {expected}{OVERRIDES} (POST)"
    if not address:
        return Finding(f"{what} is not set: {wanted}", fits=False)
    plain, overrides, _ = address.partition("#")
    if plain != expected or method != "POST":
        return Finding(f"{what} is {plain} ({method}): {wanted}", fits=False)
    once = "" if overrides else f"; with {OVERRIDES} Twilio would try again"
    return Finding(f"{what} is PUBLIC_BASE_URL's{once}")


def _refused(
    name: str, error: Exception, hint: str, fits: bool | None = False
) -> Finding:
    return Finding(f"{name}: {_explain(error, hint)}", fits)


def _explain(error: Exception, hint: str) -> str:
    """Say what failed; never in the words of who answered, which may quote us."""
    status = _status_of(error)
    if status is None:
        why = f" ({error})" if isinstance(error, HttpError) else ""
        return (
            f"Twilio can't be reached{why}: check the network and TWILIO_API_BASE_URL"
        )
    if status in {401, 403}:
        return f"Twilio refuses the credentials ({status}): see {hint}"
    if status == 404:
        return f"Twilio does not know it, or not for this account: see {hint}"
    return f"who answers for Twilio said {status}: try again, and see {hint}"


def _status_of(error: Exception) -> int | None:
    """Return the HTTP status of an answer; the SDK puts a list's aside."""
    status = getattr(error, "status", None)
    if status is None:
        answers = (getattr(part, "status_code", None) for part in error.args)
        status = next((code for code in answers if isinstance(code, int)), None)
    return status
