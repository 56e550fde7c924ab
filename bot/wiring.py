"""What the web process and the worker wire alike: how answers are made."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from threading import Event
from typing import cast
from uuid import UUID

from bot.chat.answering import Answering, Policy
from bot.chat.talk import Channel, Pace, Talk
from bot.llm.openai_chat import OpenAIChat
from bot.settings import LLMSettings, Settings, TwilioSettings
from bot.whatsapp.reconciliation import Reconciliation
from bot.whatsapp.text.parts import with_parts
from bot.whatsapp.twilio import TwilioClient
from db import schema
from db.chats import PostgresChatStore
from db.database import Database
from db.pool import Limits
from db.privacy.tombstones import find_key, was_erased
from db.records import InboundMessage
from db.store import ChatStore

ONE_LOOK = Limits(connections=1)


def build_talk(
    settings: Settings,
    store: ChatStore,
    typing: Callable[[str], AbstractContextManager[None]] = lambda _sid: nullcontext(),
    send: Callable[[UUID], None] = lambda _user_id: None,
    stopping: Event | None = None,
) -> Talk:
    """Return the talk on the configured LLM (see Settings.require)."""
    return Talk(
        store=store,
        answering=Answering(_build_llm(settings), _build_policy(settings)),
        channel=Channel(with_parts=with_parts, typing=typing, send=send),
        pace=_build_pace(settings),
        stopping=stopping or Event(),
    )


def _build_llm(settings: Settings) -> OpenAIChat:
    # A second that the first answer shall not wait for, nor count to its deadline.
    import openai  # noqa: F401, PLC0415

    configured = cast(LLMSettings, settings.llm)
    return OpenAIChat(
        api_key=configured.api_key,
        base_url=configured.base_url,
        model=configured.model,
        temperature=settings.llm_temperature,
        max_tokens=settings.llm_max_tokens,
        timeout=settings.llm_timeout_seconds,
    )


def _build_policy(settings: Settings) -> Policy:
    return Policy(
        system_prompt=settings.system_prompt,
        most_turns=settings.max_conversation_history,
        token_budget=settings.prompt_token_budget,
        llm_seconds=settings.llm_timeout_seconds,
    )


def _build_pace(settings: Settings) -> Pace:
    return Pace(
        quiet_seconds=settings.answer_quiet_seconds,
        notice_seconds=settings.answer_notice_seconds,
        max_age=settings.answer_max_age,
    )


def build_reconciliation(
    settings: Settings, database: Database, client: TwilioClient | None = None
) -> Reconciliation:
    """Return the comparison with Twilio (see Settings.require)."""
    twilio = cast(TwilioSettings, settings.twilio)
    return Reconciliation(
        PostgresChatStore(database, settings.session_timeout),
        client or TwilioClient(twilio, settings.public_base_url),
        partial(_was_erased, settings, database),
    )


def _was_erased(
    settings: Settings, database: Database, message: InboundMessage
) -> bool:
    """Tell whether a message's sender was erased after sending it."""
    key = find_key(settings.upkeep.erasure_key, settings.data_folder)
    if key is None:
        return False
    addresses = [a for a in (message.address, message.other_address) if a]
    return was_erased(database, key, addresses, message.turn.timestamp)


def require_current(settings: Settings) -> None:
    """Raise OperatorError where the database is at another migration than this code."""
    database = Database(settings.database_url or "", ONE_LOOK)
    try:
        schema.require_current(database)
    finally:
        database.close()
