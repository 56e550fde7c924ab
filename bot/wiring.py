"""What the web process and the worker wire alike: how answers are made."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from threading import Event
from typing import cast
from uuid import UUID

from bot.chat.answering import Answering, Policy
from bot.chat.talk import Channel, Pace, Talk
from bot.llm.openai_chat import OpenAIChat
from bot.settings import LLMSettings, Settings, TwilioSettings
from bot.upkeep import build_forgetting_store
from bot.whatsapp.reconciliation import Reconciliation
from bot.whatsapp.text.parts import with_parts
from bot.whatsapp.twilio import TwilioClient
from db.engine import build_engine
from db.store import ChatStore


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


def build_reconciliation(settings: Settings) -> Reconciliation:
    """Return the comparison with Twilio, for a command (see Settings.require)."""
    engine = build_engine(settings.database_url or "")
    store = build_forgetting_store(settings, engine)
    twilio = cast(TwilioSettings, settings.twilio)
    return Reconciliation(store, TwilioClient(twilio, settings.public_base_url))
