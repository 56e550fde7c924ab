"""The web process as it is wired, and what a supervisor asks of it."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from bot.observability import NowAndThen
from bot.serving.health import health_routes
from bot.settings import Settings, SettingsError
from bot.wiring.web import build_web
from db import __version__
from db.schema import head
from tests.bot.log_lines import logging_kept, recorded_log
from tests.bot.whatsapp.twilio_calls import (
    ACCOUNT,
    BOT,
    INBOUND,
    PUBLIC,
    STATUS,
    TOKEN,
    call,
    text_form,
)

TWILIO = {
    "TWILIO_ACCOUNT_SID": ACCOUNT,
    "TWILIO_AUTH_TOKEN": f"an-older-token,{TOKEN}",
    "TWILIO_WHATSAPP_NUMBER": BOT,
    "PUBLIC_BASE_URL": PUBLIC,
    "METRICS_TOKEN": "a-token-of-the-tests",
}
MEMORY = {
    **TWILIO,
    "STORAGE_BACKEND": "memory",
    "OPENAI_BASE_URL": "http://127.0.0.1:9",
}
NOBODY_LISTENS = {**TWILIO, "DATABASE_URL": "postgresql://bot:planted@127.0.0.1:9/x"}
METRICS_TOKEN = "a-token-of-the-tests"
BEARER = {"Authorization": f"Bearer {METRICS_TOKEN}"}


@pytest.fixture(autouse=True)
def _own_logging() -> Iterator[None]:
    with logging_kept():
        yield


def app_of(environment: dict[str, str]) -> Flask:
    return build_web(Settings.from_env(environment))


def test_the_memory_backend_is_wired_without_a_database() -> None:
    app = app_of(MEMORY)
    assert call(app, text_form("/help")).text.count("<Message>") == 1
    assert call(app, text_form(MessageStatus="sent"), STATUS).status_code == 200
    assert app.test_client().get("/readyz").status_code == 200


def test_bodies_are_bounded() -> None:
    assert call(app_of(MEMORY), text_form("x" * 100_000)).status_code == 413


def test_a_database_that_is_away_is_told_and_does_not_stop_the_process() -> None:
    app = app_of(NOBODY_LISTENS)
    assert call(app, text_form()).status_code == 503
    client = app.test_client()
    ready = client.get("/readyz")
    assert ready.status_code == 503
    assert ready.text == "not ready\n"
    told = client.get("/readyz", headers=BEARER)
    fault, about = str(told.text).splitlines()
    assert fault.startswith("the database can't be reached: Connection refused")
    assert "127.0.0.1" not in fault
    assert about == f"bot {__version__}, migration {head()}"
    assert client.get("/healthz").text == "alive\n"


@pytest.mark.parametrize(
    ("left_out", "missing"),
    [
        ("TWILIO_ACCOUNT_SID", {"TWILIO_ACCOUNT_SID"}),
        ("OPENAI_BASE_URL", {"OPENAI_API_KEY"}),
    ],
)
def test_what_is_missing_stops_the_start(left_out: str, missing: set[str]) -> None:
    environment = {k: v for k, v in MEMORY.items() if k != left_out}
    with pytest.raises(SettingsError) as caught:
        app_of(environment)
    assert set(caught.value.problems) == missing


@pytest.mark.parametrize(
    ("fault", "status"), [(None, 200), ("run `bot db upgrade`", 503)]
)
def test_readyz_says_why_not_to_who_bears_the_token(
    fault: str | None, status: int
) -> None:
    app = Flask("bot")
    app.register_blueprint(health_routes(lambda: fault, "bot 1.0", METRICS_TOKEN))
    answer = app.test_client().get("/readyz", headers=BEARER)
    told = f"{fault or 'ready'}\nbot 1.0\n"
    assert (answer.status_code, answer.text) == (status, told)
    for headers in ({}, {"Authorization": "Bearer a-token"}):
        answer = app.test_client().get("/readyz", headers=headers)
        told = "not ready\n" if fault else "ready\n"
        assert (answer.status_code, answer.text) == (status, told)
    assert app.test_client().get("/healthz").status_code == 200


def test_strangers_see_no_metrics() -> None:
    client = app_of(MEMORY).test_client()
    for headers in ({}, {"Authorization": "Bearer x"}, {"X-Forwarded-For": "::1"}):
        answer = client.get("/metrics", headers=headers)
        assert (answer.status_code, "bot_" in answer.text) == (401, False)
    nobody = app_of({**MEMORY, "METRICS_TOKEN": ""}).test_client()
    for headers in ({}, {"Authorization": "Bearer "}, {"Authorization": "Bearer None"}):
        assert nobody.get("/metrics", headers=headers).status_code == 404


def test_a_process_that_has_just_started_spoils_no_metrics(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    (tmp_path / "counter_1.db").touch()  # made, and not written to yet
    answer = app_of(MEMORY).test_client().get("/metrics", headers=BEARER)
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status", "fault"),
    [
        ("GET", INBOUND, 405, "another method"),
        ("POST", f"{INBOUND}/", 404, "a slash at the end of the path"),
        ("POST", f"{INBOUND}x", 404, "an unknown path"),
        ("POST", "/whatsapp", 404, "an unknown path"),
    ],
)
def test_a_webhook_that_went_astray_is_led_to_its_address(
    method: str, path: str, status: int, fault: str
) -> None:
    app = app_of(MEMORY)
    with recorded_log() as told:
        for _ in range(3):
            answer = app.test_client().open(
                path, method=method, headers={"X-Twilio-Signature": "planted"}
            )
    assert (answer.status_code, answer.mimetype) == (status, "text/xml")
    assert f"POST to {INBOUND}" in answer.text
    [line] = told.messages
    assert (
        line == f"refused {fault}: the webhook is taken at {PUBLIC}{INBOUND}, by POST"
    )


def test_what_no_webhook_was_meant_by_is_counted_and_not_logged() -> None:
    client = app_of(MEMORY).test_client()
    with recorded_log() as told:
        assert client.get("/wp-login.php").status_code == 404
    assert told.text == ""
    metrics = client.get("/metrics", headers=BEARER).text
    assert 'bot_refused_requests_total{reason="an unknown path"}' in metrics


def test_refused_webhooks_are_logged_at_once_and_then_summed_up() -> None:
    times = iter((0.0, 1.0, 59.0, 60.0, 61.0, 61.0))
    with recorded_log() as told:
        often = NowAndThen(logging.getLogger("bot"), lambda: next(times))
        for _ in range(5):
            often.log("refused a webhook: wrong signature")
        often.log("refused a webhook: another account")
    assert told.messages == [
        "refused a webhook: wrong signature",
        "refused a webhook: wrong signature (2 more like this since the last line)",
        "refused a webhook: another account",
    ]


def test_a_forger_fills_no_log() -> None:
    app = app_of(MEMORY)
    with recorded_log() as told:
        for _ in range(10):
            assert call(app, text_form("x"), token="wrong").status_code == 403
    assert told.messages == ["refused a webhook: wrong signature"]


def test_metrics_count_webhooks_without_a_word_of_theirs() -> None:
    app = app_of(MEMORY)
    call(app, text_form("/help"))
    call(app, text_form("planted"), token="wrong")
    metrics = app.test_client().get("/metrics", headers=BEARER)
    assert metrics.mimetype == "text/plain"
    assert 'bot_webhooks_total{kind="message",outcome="new"}' in metrics.text
    assert (
        'bot_webhooks_total{kind="refused",outcome="wrong signature"}' in metrics.text
    )
    assert "planted" not in metrics.text


@pytest.mark.parametrize("path", ["/", "/webhooks", f"{INBOUND}/", "/static/x"])
def test_there_is_nothing_else(path: str) -> None:
    assert app_of(MEMORY).test_client().get(path).status_code == 404
