"""Asking those whom the settings name; every wait ends."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from bot.checks.findings import Finding
from bot.llm.account import LLMServer
from bot.llm.openai_chat import OpenAIChat
from bot.llm.protocol import LLMError, PromptMessage, Tool
from bot.llm.reading import SpentError
from bot.relay.account import AlertRoads
from bot.settings import Settings
from bot.wiring.looks import with_database
from db import schema
from db.errors import OperatorError
from db.outages import FAILURES
from db.support.telling.alerts import count_reach

LLM_SECONDS = 20.0
TOOLS = [
    Tool("ping", "Never call this.", {"type": "object", "properties": {}}),
]
NOBODY = (
    "alerts: nobody would be told when somebody waits for a person: give an operator a "
    "phone (docs/operations.md, Step in from your own WhatsApp), or set SMTP_URL or "
    "ALERT_WEBHOOK_URL"
)
ONLY_IN_WINDOW = (
    "alerts: whether operators are told when they wrote nothing to the bot for 24 "
    "hours: set TWILIO_ALERT_CONTENT_SID, SMTP_URL or ALERT_WEBHOOK_URL"
)


def ask_all(settings: Settings) -> Iterator[Finding]:
    """Ask each that is configured, one after the other."""
    # ruff: noqa: PLC0415 (these take a second)
    from bot.checks.templates import check_templates
    from bot.checks.twilio_account import ask_twilio
    from bot.whatsapp.templates.content import find_template

    if settings.database_url is not None and not settings.in_memory:
        yield ask_database(settings.database_url)
        yield from ask_operators(settings.database_url, settings.alert_roads)
    if settings.database_read_url is not None:
        yield ask_database(settings.database_read_url, "DATABASE_READ_URL")
    if settings.llm is not None:
        yield ask_llm(settings.llm, with_tools=settings.tools.are_set)
    if settings.twilio is not None:
        yield from ask_twilio(settings.twilio, settings.public_base_url)
        find = partial(find_template, settings.twilio)
        yield from check_templates(settings, find)


def ask_database(url: str, setting: str = "DATABASE_URL") -> Finding:
    """Tell whether the database is reachable, and at this code's migration."""
    fault = with_database(url, schema.find_fault, setting)
    if fault:
        return Finding(f"{setting}: {fault}", fits=False)
    return Finding(f"{setting}: reachable, at migration {schema.head()}")


def ask_operators(url: str, roads: AlertRoads) -> Iterator[Finding]:
    """Tell whether anybody is told when somebody waits for a person."""
    try:
        reach = with_database(url, count_reach)
    except (OperatorError, *FAILURES):
        return  # the database was asked before, and said why
    by_mail = bool(roads.mail_server) and bool(roads.emails or reach.with_email)
    if not (reach.with_phone or by_mail or roads.webhook_url):
        yield Finding(NOBODY, fits=False)
        return
    yield Finding(f"alerts: {_count(reach.with_phone)} told on WhatsApp")
    if reach.with_phone and not (roads.content_sid or by_mail or roads.webhook_url):
        yield Finding(ONLY_IN_WINDOW, fits=None)


def _count(operators: int) -> str:
    return "one operator can be" if operators == 1 else f"{operators} operators can be"


def ask_llm(server: LLMServer, *, with_tools: bool = False) -> Finding:
    """Have the LLM say one token, and tell what it taught, of tools where told to."""
    seconds = min(LLM_SECONDS, server.timeout_seconds)
    chat = OpenAIChat(replace(server, max_tokens=1, timeout_seconds=seconds))
    try:
        chat.complete([PromptMessage("user", "Hi")], tools=TOOLS[: int(with_tools)])
    except SpentError:  # reasoning took the token: it is there, and answers
        pass
    except LLMError as error:
        return Finding(f"OPENAI_...: {error}", fits=False)
    finally:
        chat.close()
    return Finding("; ".join(["OPENAI_...: the LLM answers", *chat.learned()]))
