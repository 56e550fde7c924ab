"""What the worker consists of."""

# ruff: noqa: PLC0415

import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from threading import Event
from typing import TYPE_CHECKING

from bot.settings import Settings, WorkerParts
from bot.wiring.acting.approval import with_approving
from bot.wiring.acting.reminders import register_reminders
from bot.wiring.acting.tools import build_acting, register_tools
from bot.wiring.broadcasts.sending import BROADCASTS_AT_ONCE, register_broadcasts
from bot.wiring.knowledge import (
    DOCUMENTS_AT_ONCE,
    build_knowledge,
    register_knowledge,
    with_school,
)
from bot.wiring.languages import build_choosing, told_when_nobody_came
from bot.wiring.media import (
    build_fetch,
    build_files,
    build_having,
    read_contents,
    register_sweeping,
    with_media,
)
from bot.wiring.media_out import build_offers, build_sent_media, with_spoken
from bot.wiring.memory import SUMMARIES_AT_ONCE, build_recall, register_memory
from bot.wiring.money.metering import (
    build_llm,
    build_measure,
    build_meter,
    register_money,
)
from bot.wiring.relay import register_relay, with_desk
from bot.wiring.senses import build_gallery, build_looking, build_senses
from bot.wiring.talk import Means, build_parting, build_talk
from bot.wiring.whatsapp.reconciling import register_reconciling
from db.chats import PostgresChatStore
from db.database import Database
from db.errors import OperatorError
from db.evaluation.proposals.rules import RulesInForce
from db.pool import Limits
from db.privacy.tombstones import find_key, make_key

if TYPE_CHECKING:
    from procrastinate import App

    from bot.chat.channel import Channel
    from bot.chat.talk import Talk
    from bot.tools.acting import Acting
    from bot.whatsapp.sending import Sender
    from bot.whatsapp.twilio import TwilioClient
    from db.support.ends import Ending

log = logging.getLogger(__name__)

WORKER_LIMITS = Limits(connections=8, statement_seconds=10, pool_seconds=30)
# Of a plain answer's statements, which all go by keys: after a failover it meets one
# pool that has to connect anew, not two.
TALK_LIMITS = replace(WORKER_LIMITS, connections=6, plans_once=True)


def build_worker(
    settings: Settings, stopping: Event, database: Database | None = None
) -> "App":
    """Return the queue with all that a worker runs on it, on this database or its own.

    Raises SettingsError.
    """
    from bot.whatsapp.sending import Sender
    from bot.worker.jobs import register_jobs
    from db.outbox import PostgresOutbox

    parts = settings.parts(WorkerParts)
    talking, database = _open(parts.database_url, database)
    twilio = _build_twilio(settings, parts, database)
    sender = Sender(PostgresOutbox(talking, settings.holding), twilio, stopping)
    channel = _build_channel(settings, twilio, sender)
    acting = build_acting(settings, database)
    talk = _build_talk(settings, parts, talking, database, channel, stopping, acting)
    queue = _build_queue(settings, parts.database_url)
    register_jobs(queue, talk, sender)
    register_reconciling(queue, settings, database, twilio)
    _register_scheduled(queue, settings, database, stopping)
    register_knowledge(queue, settings, database, stopping)
    _register_telling(queue, settings, parts, database, stopping)
    register_sweeping(queue, database, settings.media)
    register_memory(queue, settings, database, stopping)
    register_money(queue, settings, database, twilio, stopping)
    _register_acting(queue, settings, database, acting, stopping)
    return queue


def _open(url: str, database: Database | None) -> tuple[Database, Database]:
    """Return what an answer's own statements go over, and what all others do."""
    if database:
        return database, database
    opened = Database(url, WORKER_LIMITS)
    return opened.apart(TALK_LIMITS), opened


def _register_acting(
    queue: "App",
    settings: Settings,
    database: Database,
    acting: "Acting | None",
    stopping: Event,
) -> None:
    register_tools(queue, settings, database, acting, stopping.is_set)
    register_reminders(queue, settings, database, stopping.is_set)


def _build_twilio(
    settings: Settings, parts: WorkerParts, database: Database
) -> "TwilioClient":
    from bot.whatsapp.twilio import TwilioClient

    media = build_sent_media(settings, parts.twilio, database)
    return TwilioClient(parts.twilio, settings.public_base_url, media)


def _register_telling(
    queue: "App",
    settings: Settings,
    parts: WorkerParts,
    database: Database,
    stopping: Event,
) -> None:
    """Register what operators are told, and what is sent to many."""
    fetch = build_fetch(parts.twilio, settings.media)
    having = build_having(fetch, database, settings.media)
    register_relay(queue, settings, database, having)
    register_broadcasts(queue, settings, parts, database, stopping)


def _register_scheduled(
    queue: "App", settings: Settings, database: Database, stopping: Event
) -> None:
    from bot.worker.scheduled import register_ends, register_retention

    _register_erasing(queue, settings, database)
    lasts = settings.holding.lasts if settings.holding else None
    register_retention(queue, database, settings.ages, stopping.is_set, held_for=lasts)
    register_ends(queue, database, _ending(settings), stopping.is_set)


def _ending(settings: Settings) -> "Ending":
    """Return how takeovers end by themselves."""
    from db.support.ends import Ending

    handoff = settings.handoff
    return Ending(lasts=handoff.lasts, ends=handoff.ends, told=told_when_nobody_came())


def _register_erasing(queue: "App", settings: Settings, database: Database) -> None:
    from bot.worker.erasing import register_erasing

    folders = (settings.backups.path, settings.media.folder)
    register_erasing(queue, database, partial(_erasure_key, settings), *folders)


def _erasure_key(settings: Settings) -> bytes:
    """Return the key of tombstones; it is made if there is none.

    Raises OperatorError where it can't be read or made.
    """
    known = find_key(settings.erasure_key, settings.data_folder)
    if known is None:
        made = make_key(settings.data_folder)
        log.warning("a key of tombstones was made: keep a copy of %s", made)
        known = find_key(None, settings.data_folder)
    if known is None:
        raise OperatorError("the erasure key is gone")
    return known


def _build_channel(
    settings: Settings, twilio: "TwilioClient", sender: "Sender"
) -> "Channel":
    from bot.chat.channel import Channel
    from bot.worker.typing_indicators import TypingIndicators

    typing = TypingIndicators(twilio.show_typing).shown
    parts = build_parting(settings)
    return Channel(with_parts=parts, typing=typing, send=sender.send_now)


def _build_talk(  # noqa: PLR0913, PLR0917  (what it is made of)
    settings: Settings,
    parts: WorkerParts,
    talking: Database,
    database: Database,
    channel: "Channel",
    stopping: Event,
    acting: "Acting | None",
) -> "Talk":
    """Return the talk with all that looks, speaks and passes on around it."""
    looking = build_looking(settings)
    meter, cheap = build_meter(settings, database), settings.money.cheap
    means = Means(
        knowledge=build_knowledge(settings, database),
        gallery=build_gallery(looking, read_contents(database, settings.media)),
        files=build_files(database),
        offers=build_offers(settings),
        rules=RulesInForce(database),
        acting=acting,
    )
    llm = build_llm(parts.llm, meter, "answer", cheap)
    store = _build_store(settings, talking, database)
    talk = build_talk(settings, llm, store, channel, stopping, means)
    talk = with_approving(_with_database(talk, talking, database), acting, database)
    fetch = build_fetch(parts.twilio, settings.media)
    having = build_having(fetch, database, settings.media)
    desk = with_desk(talk, database, having, holds=settings.holding is not None)
    talk = with_spoken(with_school(desk, fetch, database), settings, database)
    senses = build_senses(settings, looking, build_measure(settings, database))
    return with_media(talk, fetch, database, settings.media, senses)


def _build_store(
    settings: Settings, talking: Database, database: Database
) -> PostgresChatStore:
    return PostgresChatStore(
        talking,
        settings.session_timeout,
        teachers=settings.teachers,
        recall=build_recall(settings, database),
    )


def _with_database(talk: "Talk", talking: Database, database: Database) -> "Talk":
    """Return the talk that counts, knows, pauses and chooses by what is stored."""
    from db.delivery.answered import AnswersOfLate
    from db.delivery.pausing import Pauses
    from db.memory.knowing import People

    return replace(
        talk,
        counts=AnswersOfLate(database),
        know=People(talking).know,
        is_paused=Pauses(talking).is_paused,
        languages=build_choosing(talking),
    )


def _build_queue(settings: Settings, url: str) -> "App":
    from db.queue.app import build_queue
    from db.queue.jobs import BROADCASTS, KNOWLEDGE, MEMORY, OTHER_QUEUES
    from db.queue.shares import Shares

    named = {KNOWLEDGE: DOCUMENTS_AT_ONCE, MEMORY: SUMMARIES_AT_ONCE}
    named[BROADCASTS] = BROADCASTS_AT_ONCE
    shares = Shares(named, settings.worker_concurrency, OTHER_QUEUES)
    return build_queue(url, looked=_heartbeat(settings), shares=shares)


def _heartbeat(settings: Settings) -> Callable[[], None]:
    from bot.worker.heartbeat import Heartbeat

    file = settings.worker_heartbeat_file
    return Heartbeat(file).beat if file else lambda: None
