"""What Twilio's webhooks refuse, and how."""

from collections.abc import Sequence

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from tests.bot.log_lines import recorded_log
from tests.bot.whatsapp.twilio_calls import (
    ACCOUNT,
    INBOUND,
    PUBLIC,
    STATUS,
    call,
    sign,
    text_form,
)
from tests.bot.whatsapp.webhook_app import (
    NotingStore,
    StoreAway,
    build_app,
    is_acknowledged,
    refusal,
)

PLANTED = "planted --> </Response><Message>hi</Message>"


@pytest.fixture
def store() -> NotingStore:
    return NotingStore()


@pytest.fixture
def app(store: NotingStore) -> Flask:
    return build_app(store)


@pytest.mark.parametrize("path", [INBOUND, STATUS])
@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"X-Twilio-Signature": ""}, "missing signature"),
        ({"X-Twilio-Signature": "bm90IHRoZSBzaWduYXR1cmU="}, "wrong signature"),
        ({"X-Twilio-Signature": "\u00ff\u00fe"}, "wrong signature"),
    ],
)
def test_what_twilio_did_not_sign_is_refused_and_logged_with_the_reason(
    app: Flask, store: NotingStore, path: str, headers: dict[str, str], reason: str
) -> None:
    with recorded_log() as told:
        answer = call(app, text_form(PLANTED), path, headers=headers)
    assert answer.status_code == 403
    assert refusal(answer).startswith(reason)
    assert told.messages == [f"refused a webhook: {reason}"]
    assert told.lines[0]["path"] == path
    assert "planted" not in told.text
    assert store.texts == []


@pytest.mark.parametrize("account", ["AC" + "0b" * 16, "", ACCOUNT.upper()])
def test_a_message_for_another_account_is_refused(
    app: Flask, store: NotingStore, account: str
) -> None:
    answer = call(app, text_form(AccountSid=account))
    assert answer.status_code == 403
    assert refusal(answer).startswith("another account")
    assert store.texts == []


@pytest.mark.parametrize(
    ("path", "changes"),
    [
        (INBOUND, {"MessageSid": PLANTED}),
        (INBOUND, {"From": PLANTED}),
        (INBOUND, {"MessageSid": "", "Body": PLANTED}),
        (STATUS, {"MessageStatus": PLANTED}),
        (STATUS, {"MessageSid": "--", "MessageStatus": "sent"}),
    ],
)
def test_a_form_that_is_no_message_is_refused_in_words_of_ours(
    app: Flask, store: NotingStore, path: str, changes: dict[str, str]
) -> None:
    with recorded_log() as told:
        answer = call(app, text_form(**changes), path)
    assert answer.status_code == 400
    assert refusal(answer) in told.messages[0]
    assert "planted" not in answer.text + told.text
    assert store.texts == []


@pytest.mark.parametrize("path", [INBOUND, STATUS])
def test_a_body_of_100_kb_is_refused_and_logged(
    app: Flask, store: NotingStore, path: str
) -> None:
    with recorded_log() as told:
        answer = call(app, text_form("x" * 100_000), path)
    assert answer.status_code == 413
    assert refusal(answer)
    assert told.messages == ["refused a webhook: too large"]
    assert store.texts == []


def test_the_longest_text_of_whatsapp_is_no_large_body(
    app: Flask, store: NotingStore
) -> None:
    assert is_acknowledged(call(app, text_form("\U0001f44b" * 4096)))
    assert len(store.texts[0]) == 4096


@pytest.mark.parametrize("path", [INBOUND, STATUS])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_webhooks_are_posted(app: Flask, path: str, method: str) -> None:
    assert app.test_client().open(path, method=method).status_code == 405


def test_a_store_that_is_away_is_a_503_that_says_that_nothing_was_stored() -> None:
    with recorded_log() as told:
        answer = call(build_app(StoreAway()), text_form(PLANTED))
    assert answer.status_code == 503
    assert refusal(answer) == "the database is away; nothing was stored"
    assert int(answer.headers["Retry-After"]) > 0
    [line] = told.lines
    assert line["level"] == "ERROR"
    assert "planted" not in told.text


@pytest.mark.parametrize(
    "raw",
    [
        b"Body=%ff%fe%c3",
        b"Body=\xff\xfe\xed\xa0\x80",
        b"Body=%ED%A0%80%00",
        b"Body",
        b"=&&==&%",
        b"Body=a;b=c",
        b"a=1&" * 10_000,
    ],
)
@pytest.mark.parametrize(
    "content_type",
    [
        "application/x-www-form-urlencoded",
        "application/json",
        "multipart/form-data",
        "",
    ],
)
def test_bytes_that_are_no_form_are_refused(
    app: Flask, raw: bytes, content_type: str
) -> None:
    answer = app.test_client().post(
        INBOUND,
        data=raw,
        content_type=content_type,
        headers={"X-Twilio-Signature": sign(PUBLIC + INBOUND, {})},
    )
    assert answer.status_code == 403
    assert refusal(answer)


hostile = st.text(max_size=60) | st.sampled_from(
    ["\x00", "--><Message>x</Message>", "whatsapp:+15551230000", "9" * 400, "%s{}"]
)
names = st.sampled_from(
    ["MessageSid", "From", "Body", "NumMedia", "MediaUrl0", "MediaContentType0",
     "ProfileName", "ExternalUserId", "Latitude", "Longitude", "OptOutType",
     "MessageStatus", "SmsStatus", "ErrorCode", "AccountSid"]
) | st.text(max_size=10)  # fmt: skip


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    st.sampled_from([INBOUND, STATUS]),
    st.sampled_from([{}, {"AccountSid": ACCOUNT}, text_form(MessageStatus="sent")]),
    st.lists(st.tuples(names, hostile), max_size=8),
)
def test_no_signed_form_is_a_server_error_or_puts_words_into_an_answer(
    app: Flask, path: str, base: dict[str, str], extra: Sequence[tuple[str, str]]
) -> None:
    answer = call(app, MultiDict([*base.items(), *extra]), path)
    if answer.status_code == 200:
        assert is_acknowledged(answer)
    else:
        assert answer.status_code in {400, 403}
        assert refusal(answer)
