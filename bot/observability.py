"""What the bot tells about itself: JSON log lines and metrics, without secrets.

Every line carries the message_sid and chat_id that it is about. Addresses are masked
wherever they turn up, in messages, extras and stack traces alike.
"""

import contextvars
import logging
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from prometheus_client import Counter, Histogram
from pythonjsonlogger.json import JsonFormatter

# +12 345 6789 and whatsapp:CC.id, however they are written around.
NUMBER = re.compile(r"\+(\d{2})\d{3,11}(\d{2})(?!\d)")
USERNAME_ID = re.compile(r"(whatsapp(?::|%3A)[A-Z]{2}\.(?:ENT\.)?)[A-Za-z0-9]+")
ESCAPED_NUMBER = re.compile(r"%2B(\d{2})\d{3,11}(\d{2})(?!\d)")

_about: contextvars.ContextVar[dict[str, str] | None] = contextvars.ContextVar(
    "about", default=None
)

WEBHOOKS = Counter("bot_webhooks", "Webhooks by kind and outcome", ["kind", "outcome"])
ACK_SECONDS = Histogram("bot_ack_seconds", "Time from webhook to acknowledgement")
ANSWERS = Counter("bot_answers", "Turns of ours by kind", ["kind"])
LLM_SECONDS = Histogram(
    "bot_llm_seconds", "Time of LLM calls", buckets=(0.25, 0.5, 1, 2, 4, 8, 15, 30, 60)
)
LLM_ERRORS = Counter("bot_llm_errors", "LLM calls without an answer")
SENDS = Counter("bot_sends", "Parts given to Twilio by outcome", ["outcome"])


def mask(text: str) -> str:
    """Hide the middle of phone numbers and the whole of username ids."""
    text = NUMBER.sub(r"+\1***\2", text)
    return USERNAME_ID.sub(r"\1***", ESCAPED_NUMBER.sub(r"%2B\1***\2", text))


@contextmanager
def bound(**about: str) -> Iterator[None]:
    """Add fields such as message_sid to every log line written inside."""
    token = _about.set({**(_about.get() or {}), **about})
    try:
        yield
    finally:
        _about.reset(token)


class _MaskedJson(JsonFormatter):
    """A JSON line with the bound fields; every text in it is masked."""

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        return {key: _mask_value(value) for key, value in log_data.items()}

    def add_fields(
        self,
        log_data: dict[str, Any],
        record: logging.LogRecord,
        message_dict: dict[str, Any],
    ) -> None:
        super().add_fields(log_data, record, message_dict)
        log_data.update(_about.get() or {})


def _mask_value(value: Any) -> Any:
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, dict):
        return {key: _mask_value(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_mask_value(inner) for inner in value]
    return value


# These say at INFO what our own lines say better, or log query strings with numbers.
LOUD = ("procrastinate", "twilio", "httpx", "httpx2", "openai", "alembic", "urllib3")


def configure_logging(level: str) -> None:
    """Send every logger of the process to stdout as JSON lines."""
    handler = logging.StreamHandler(sys.stdout)
    formatter = _MaskedJson(
        "%(asctime)s %(levelname)s %(name)s %(message)s",
        rename_fields={"asctime": "time", "levelname": "level", "name": "logger"},
        json_ensure_ascii=False,
        timestamp=False,
    )
    formatter.converter = time.gmtime
    formatter.default_time_format = "%Y-%m-%dT%H:%M:%S"
    formatter.default_msec_format = "%s.%03dZ"
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in LOUD:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
