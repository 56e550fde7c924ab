"""What sums talks up, and recalls it."""

# ruff: noqa: PLC0415

from dataclasses import replace
from threading import Event
from typing import TYPE_CHECKING

from bot.settings import Settings, WorkerParts
from bot.wiring.money.metering import build_llm, build_meter
from db.database import Database

if TYPE_CHECKING:
    from collections.abc import Callable

    from procrastinate import App

    from bot.chat.facts.keeping import FactKeeper
    from bot.chat.memory.remembering import Remembering
    from bot.llm.account import LLMServer
    from db.records import Userchat

# Beside WORKER_CONCURRENCY, so that no answer waits for a summary.
SUMMARIES_AT_ONCE = 2
# A section, labels and facts, in JSON.
LEAST_TOKENS = 800


def build_recall(
    settings: Settings, database: Database
) -> "Callable[[Userchat, str | None], Userchat]":
    """Return what adds to a chat what is remembered; nothing where that is off."""
    from db.memory.recalling import Recalling

    policy = settings.policy.memory
    if not policy.is_on:
        return lambda chat, _: chat
    return Recalling(database, policy.across_chats).add


def register_memory(
    queue: "App", settings: Settings, database: Database, stopping: Event
) -> None:
    """Register what sums up and labels, and the look for what is due.

    Where memory is off, jobs that were left find nothing to do.
    """
    from bot.worker.memory.jobs import register_look, register_remembering
    from db.memory.due import Due

    remembering = _build_remembering(settings, database, stopping)
    register_remembering(queue, remembering)
    if remembering.policy.is_on:
        room = remembering.room
        due = Due(
            quiet=remembering.policy.quiet,
            most_turns=room.most_turns,
            new_turns=max(room.most_turns - room.kept_turns, 1),
            new_bytes=room.new_bytes,
        )
        register_look(queue, database, due)


def build_fact_keeper(database: Database) -> "FactKeeper":
    """Return what keeps what users tell of themselves."""
    from bot.chat.facts.keeping import FactKeeper
    from db.memory.facts import Facts

    facts = Facts(database)
    return FactKeeper(keep_facts=facts.keep, find_sayings=facts.find_sayings)


def _build_remembering(
    settings: Settings, database: Database, stopping: Event
) -> "Remembering":
    """Return what sums up: it asks the LLM's server apart from answers.

    That one is slow here, or refuses, holds up nothing there.
    """
    from bot.chat.memory.remembering import Remembering
    from bot.chat.memory.stretch import Room
    from db.memory.summaries import Summaries

    policy = settings.policy
    server = _unhurried(settings.parts(WorkerParts).llm)
    return Remembering(
        store=Summaries(database),
        llm=build_llm(server, build_meter(settings, database), "memory"),
        policy=policy.memory,
        room=Room(policy.most_turns, policy.token_budget),
        llm_seconds=policy.llm_seconds,
        facts=build_fact_keeper(database),
        stopping=stopping.is_set,
    )


def _unhurried(llm: "LLMServer") -> "LLMServer":
    """Return the server, asked for plain JSON that is not cut."""
    most = max(llm.max_tokens, LEAST_TOKENS)
    return replace(llm, temperature=0.0, max_tokens=most)
