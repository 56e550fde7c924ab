"""Asking those whom the settings name; every wait ends."""

from collections.abc import Iterator
from dataclasses import replace

from bot.checks.findings import Finding
from bot.llm.account import LLMServer
from bot.llm.openai_chat import OpenAIChat
from bot.llm.protocol import LLMError, PromptMessage
from bot.llm.reading import SpentError
from bot.settings import Settings
from bot.wiring import with_database
from db import schema

LLM_SECONDS = 20.0


def ask_all(settings: Settings) -> Iterator[Finding]:
    """Ask each that is configured, one after the other."""
    from bot.checks.twilio_account import ask_twilio  # noqa: PLC0415 (takes a second)

    if settings.database_url is not None and not settings.in_memory:
        yield ask_database(settings.database_url)
    if settings.database_read_url is not None:
        yield ask_database(settings.database_read_url, "DATABASE_READ_URL")
    if settings.llm is not None:
        yield ask_llm(settings.llm)
    if settings.twilio is not None:
        yield from ask_twilio(settings.twilio, settings.public_base_url)


def ask_database(url: str, setting: str = "DATABASE_URL") -> Finding:
    """Tell whether the database is reachable, and at this code's migration."""
    fault = with_database(url, schema.find_fault, setting)
    if fault:
        return Finding(f"{setting}: {fault}", fits=False)
    return Finding(f"{setting}: reachable, at migration {schema.head()}")


def ask_llm(server: LLMServer) -> Finding:
    """Have the LLM say one token."""
    seconds = min(LLM_SECONDS, server.timeout_seconds)
    chat = OpenAIChat(replace(server, max_tokens=1, timeout_seconds=seconds))
    try:
        chat.complete([PromptMessage("user", "Hi")])
    except SpentError:  # reasoning took the token: it is there, and answers
        pass
    except LLMError as error:
        return Finding(f"OPENAI_...: {error}", fits=False)
    finally:
        chat.close()
    return Finding("OPENAI_...: the LLM answers")
