"""The one place where processes are put together.

Each process loads only what it needs: what only one of them does is imported inside
the function that builds it.
"""

# ruff: noqa: PLC0415

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from threading import Event
from typing import TYPE_CHECKING, TypeVar

from bot.settings import InlineParts, Settings, WebParts, WorkerParts
from bot.whatsapp.paths import INBOUND_PATH
from db import __version__, schema
from db.chats import PostgresChatStore
from db.database import Database
from db.pool import Limits
from db.privacy.tombstones import find_key, was_erased
from db.records import InboundMessage, Reply

if TYPE_CHECKING:
    from flask import Flask
    from procrastinate import App

    from bot.chat.talk import Channel, Talk
    from bot.knowledge.protocol import Knowledge
    from bot.llm.account import LLMServer
    from bot.whatsapp.account import TwilioAccount
    from bot.whatsapp.reconciliation import Reconciliation
    from bot.whatsapp.twilio import TwilioClient
    from bot.whatsapp.webhook import Webhooks
    from db.outbox import PostgresOutbox
    from db.store import ChatStore

Result = TypeVar("Result")
ONE_LOOK = Limits(connections=1)
WORKER_LIMITS = Limits(connections=8, statement_seconds=10, pool_seconds=30)
# Beside WORKER_CONCURRENCY, so that no answer waits for a document.
DOCUMENTS_AT_ONCE = 2
# Twilio waits for 15 s:
# https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
INLINE_SECONDS = 12.0


def build_web(settings: Settings) -> "Flask":
    """Return the web application. Raises SettingsError."""
    return (_build_inline if settings.in_memory else _build_web)(settings)


def _build_web(settings: Settings) -> "Flask":
    from bot.serving.webhook_app import build_app
    from db.outbox import PostgresOutbox
    from db.queue.wake_ups import WakeUps

    parts = settings.parts(WebParts)
    limits = Limits(connections=settings.web_threads)
    database = Database(parts.database_url, limits)
    wake_workers = WakeUps(parts.database_url).ring
    webhooks = _build_webhooks(
        settings,
        parts.twilio,
        store=PostgresChatStore(database, settings.session_timeout, wake_workers),
        outbox=PostgresOutbox(database),
    )
    return build_app(
        webhooks,
        lambda: schema.find_fault(database),
        _about(schema.head()),
        settings.metrics_token,
        settings.public_base_url + INBOUND_PATH,
    )


def _build_inline(settings: Settings) -> "Flask":
    from bot.serving.webhook_app import build_app
    from bot.worker.inline import InlineAnswers
    from db.in_memory import MemoryChatStore

    parts = settings.parts(InlineParts)
    store = MemoryChatStore(settings.session_timeout)
    talk = replace(
        build_talk(settings, parts.llm, store), count_answers=store.count_answers
    )
    webhooks = _build_webhooks(
        settings,
        parts.twilio,
        store=store,
        answer_now=InlineAnswers(talk, INLINE_SECONDS),
    )
    return build_app(
        webhooks,
        lambda: None,
        _about("none"),
        settings.metrics_token,
        settings.public_base_url + INBOUND_PATH,
    )


def _build_webhooks(
    settings: Settings,
    twilio: "TwilioAccount",
    store: "ChatStore",
    outbox: "PostgresOutbox | None" = None,
    answer_now: "Callable[[str], Sequence[Reply]] | None" = None,
) -> "Webhooks":
    from bot.whatsapp.signature import SignatureChecker
    from bot.whatsapp.webhook import Webhooks

    return Webhooks(
        checker=SignatureChecker(
            twilio.auth_tokens, settings.public_base_url, twilio.shared_keys
        ),
        account_sid=twilio.account_sid,
        our_number=twilio.whatsapp_number,
        messaging_service_sid=twilio.messaging_service_sid,
        store=store,
        outbox=outbox,
        answer_now=answer_now,
    )


def _about(migration: str) -> str:
    return f"bot {__version__}, migration {migration}"


def build_worker(settings: Settings, stopping: Event) -> "App":
    """Return the queue with all that a worker runs on it. Raises SettingsError."""
    from bot.chat.talk import Channel
    from bot.whatsapp.sending import Sender
    from bot.whatsapp.text.parts import with_parts
    from bot.whatsapp.twilio import TwilioClient
    from bot.worker.jobs import register_jobs
    from bot.worker.scheduled import register_reconciliation, register_retention
    from bot.worker.typing_indicators import TypingIndicators
    from db.delivery.answered import AnswersOfLate
    from db.outbox import PostgresOutbox

    parts = settings.parts(WorkerParts)
    database = Database(parts.database_url, WORKER_LIMITS)
    store = _teaching_store(settings, database)
    twilio = TwilioClient(parts.twilio, settings.public_base_url)
    sender = Sender(PostgresOutbox(database), twilio, stopping)
    typing = TypingIndicators(twilio.show_typing).shown
    channel = Channel(with_parts=with_parts, typing=typing, send=sender.send_now)
    talk = replace(
        build_talk(settings, parts.llm, store, channel, stopping),
        count_answers=AnswersOfLate(database).count,
    )
    queue = _build_queue(settings, parts.database_url)
    register_jobs(queue, talk, sender)
    register_reconciliation(queue, build_reconciliation(settings, database, twilio))
    register_retention(queue, database, settings.ages, stopping.is_set)
    _register_intake(queue, database)
    _register_embedding(queue, settings, database, stopping)
    return queue


def _register_embedding(
    queue: "App", settings: Settings, database: Database, stopping: Event
) -> None:
    from bot.llm.embeddings import Embeddings
    from bot.worker.scheduled import register_embedding
    from db.knowledge.vectors import Vectors

    if settings.embeddings:
        server = Embeddings(settings.embeddings)
        register_embedding(queue, Vectors(database), server, stopping.is_set)


def _register_intake(queue: "App", database: Database) -> None:
    from bot.knowledge.taking_in.intake import Intake
    from bot.knowledge.taking_in.versions import read_version
    from bot.worker.documents import register_intake
    from db.knowledge.documents import Documents

    register_intake(queue, Intake(Documents(database), read_version))


def _build_queue(settings: Settings, url: str) -> "App":
    from db.queue.app import build_queue
    from db.queue.jobs import KNOWLEDGE, OTHER_QUEUES
    from db.queue.shares import Shares

    documents = {KNOWLEDGE: DOCUMENTS_AT_ONCE}
    shares = Shares(documents, settings.worker_concurrency, OTHER_QUEUES)
    return build_queue(url, looked=_heartbeat(settings), shares=shares)


def _teaching_store(settings: Settings, database: Database) -> PostgresChatStore:
    """Return the store that knows who teaches: only answers ask for that."""
    timeout = settings.session_timeout
    return PostgresChatStore(database, timeout, teachers=settings.teachers)


def _heartbeat(settings: Settings) -> Callable[[], None]:
    from bot.worker.heartbeat import Heartbeat

    file = settings.worker_heartbeat_file
    return Heartbeat(file).beat if file else lambda: None


def build_talk(
    settings: Settings,
    llm: "LLMServer",
    store: "ChatStore",
    channel: "Channel | None" = None,
    stopping: Event | None = None,
) -> "Talk":
    """Return the talk on an LLM's server; without a channel its replies stay here."""
    from bot.chat.answering import Answering
    from bot.chat.talk import Channel, Talk
    from bot.llm.openai_chat import OpenAIChat
    from bot.whatsapp.text.parts import with_parts

    return Talk(
        store=store,
        answering=Answering(OpenAIChat(llm), settings.policy),
        channel=channel or Channel(with_parts=with_parts),
        pace=settings.pace,
        allowance=settings.allowance,
        stopping=stopping or Event(),
    )


def build_knowledge(_settings: Settings, _database: Database) -> "Knowledge":
    """Return what finds passages in a database."""
    from bot.knowledge.protocol import NoKnowledge

    return NoKnowledge()


def build_reconciliation(
    settings: Settings, database: Database, twilio: "TwilioClient"
) -> "Reconciliation":
    """Return the comparison of what Twilio received with what was taken in."""
    from bot.whatsapp.reconciliation import Reconciliation
    from db.outbox import PostgresOutbox

    return Reconciliation(
        PostgresChatStore(database, settings.session_timeout),
        PostgresOutbox(database),
        twilio,
        partial(_was_erased, settings, database),
    )


def _was_erased(
    settings: Settings, database: Database, message: InboundMessage
) -> bool:
    """Tell whether a message's sender was erased after sending it."""
    key = find_key(settings.erasure_key, settings.data_folder)
    if key is None:
        return False
    addresses = [a for a in (message.address, message.other_address) if a]
    return was_erased(database, key, addresses, message.turn.timestamp)


def with_database(
    url: str, work: Callable[[Database], Result], setting: str = "DATABASE_URL"
) -> Result:
    """Do something with a database over one connection, before a process begins."""
    with closing(Database(url, ONE_LOOK, setting)) as database:
        return work(database)
