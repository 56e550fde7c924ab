"""The web process as it is wired, and what a supervisor asks of it."""

from collections.abc import Iterator

import pytest
from flask import Flask

from bot.serving.health import health_routes
from bot.settings import Settings, SettingsError
from bot.wiring import build_web
from db import __version__
from db.schema import head
from tests.bot.log_lines import logging_kept
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
}
MEMORY = {
    **TWILIO,
    "STORAGE_BACKEND": "memory",
    "OPENAI_BASE_URL": "http://127.0.0.1:9",
}
NOBODY_LISTENS = {**TWILIO, "DATABASE_URL": "postgresql://bot:planted@127.0.0.1:9/x"}


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
    fault, about = str(ready.text).splitlines()
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
def test_readyz_says_why_not(fault: str | None, status: int) -> None:
    app = Flask("bot")
    app.register_blueprint(health_routes(lambda: fault, "bot 1.0"))
    answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.text) == (
        status,
        f"{fault or 'ready'}\nbot 1.0\n",
    )
    assert app.test_client().get("/healthz").status_code == 200


def test_metrics_count_webhooks_without_a_word_of_theirs() -> None:
    app = app_of(MEMORY)
    call(app, text_form("/help"))
    call(app, text_form("planted"), token="wrong")
    metrics = app.test_client().get("/metrics")
    assert metrics.mimetype == "text/plain"
    assert 'bot_webhooks_total{kind="message",outcome="new"}' in metrics.text
    assert (
        'bot_webhooks_total{kind="refused",outcome="wrong signature"}' in metrics.text
    )
    assert "planted" not in metrics.text


@pytest.mark.parametrize("path", ["/", "/webhooks", f"{INBOUND}/", "/static/x"])
def test_there_is_nothing_else(path: str) -> None:
    assert app_of(MEMORY).test_client().get(path).status_code == 404
