"""A talk on PostgreSQL that is answered at once, and a worker that remembers it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from psycopg.types.json import Jsonb

from bot.chat.answering import Answering
from bot.chat.asked import Policy
from bot.chat.memory.policy import MemoryPolicy
from bot.chat.memory.remembering import Remembering
from bot.chat.memory.stretch import Room
from bot.llm.protocol import LLM, Completion
from bot.wiring.memory import build_fact_keeper
from db.chats import PostgresChatStore
from db.database import Database
from db.memory.recalling import Recalling
from db.memory.summaries import Summaries
from db.records import Reply, Turn, Userchat
from tests.db.sql import change, load, take_in, value
from tests.records import ANA, answer_to, reply_turn, said
from tests.scripted_llm import Script, ScriptedLLM

POLICY = Policy(system_prompt="You are the bakery's assistant.")
LABELS = {
    "topics": ["orders", "Ana Lopez"],
    "intent": "order",
    "sentiment": "positive",
    "language": "es",
    "resolved": True,
}
APPEND = """
UPDATE userchats SET messages = messages || %(turns)s WHERE chat_id = %(chat_id)s
"""


def remembers(section: str, **labels: object) -> Script:
    """Return an answer that sums a stretch up like this."""
    told: Mapping[str, Any] = {"section": section, "labels": {**LABELS, **labels}}
    return Script(text=json.dumps(told))


def shown(server: ScriptedLLM, number: int = -1) -> str:
    """Return what one question about a stretch showed of it."""
    return str(server.prompts[number][-1]["content"])


@dataclass
class Talker:
    """One user; `llm` sums up, and answers where it is asked to."""

    database: Database
    llm: LLM
    policy: Policy = POLICY
    address: str = ANA
    chat_id: str = ""
    sids: list[str] = field(default_factory=list)

    @property
    def store(self) -> PostgresChatStore:
        memory = self.policy.memory
        recall = Recalling(self.database, memory.across_chats).add
        return PostgresChatStore(self.database, timedelta(days=1), recall=recall)

    @property
    def remembering(self) -> Remembering:
        policy = self.policy
        room = Room(policy.most_turns, policy.token_budget)
        return Remembering(
            store=Summaries(self.database),
            llm=self.llm,
            policy=policy.memory,
            room=room,
            facts=build_fact_keeper(self.database),
        )

    def says(self, text: str, answer: str | None = "Yes.", **known: Any) -> None:
        """Write, and be answered with these words, if any."""
        message = said(text, self.address, **known)
        self.chat_id = take_in(self.store, message)
        self.sids.append(message.message_sid)
        if answer is not None:
            reply = answer_to(message, text=answer)
            if known.get("opens_chat"):
                reply = replace(reply, turn=replace(reply.turn, command="new"))
            assert self.store.record_reply(self.chat_id, reply)

    def talks(
        self, exchanges: int, about: str = "bread {}?", answer: str = "Answer {}."
    ) -> None:
        """Say things that are all different, and be answered.

        The first as it happens, which may open a chat; the others are put into it.
        """
        self.says(about.format(len(self.sids)), answer.format(len(self.sids)))
        turns: list[Turn] = []
        for _ in range(exchanges - 1):
            number = len(self.sids)
            message = said(about.format(number), self.address)
            turns += [message.turn, answer_to(message, text=answer.format(number)).turn]
            self.sids.append(message.message_sid)
        told = Jsonb([turn.to_json() for turn in turns])
        change(self.database, APPEND, turns=told, chat_id=self.chat_id)

    def remembers(self) -> None:
        """Let the worker do what is due."""
        self.remembering.remember(self.chat_id)

    def goes_quiet(self, hours: float = 1) -> None:
        """Let hours pass without a message."""
        age = timedelta(hours=hours)
        statement = """UPDATE userchats
            SET updated_at = updated_at - %(age)s, created_at = created_at - %(age)s"""
        change(self.database, statement, age=age)

    def asks(self, text: str) -> list[str]:
        """Write and have the LLM answer; return the texts of the prompt."""
        self.says(text, None)
        chat = self.chat
        seen = Watching(self.llm)
        reply = Answering(seen, self.policy).answer(chat, chat.unanswered(), 10)
        assert self.store.record_reply(self.chat_id, replace(reply, parts=()))
        return seen.texts

    @property
    def chat(self) -> Userchat:
        return load(self.store, self.chat_id)

    @property
    def metadata(self) -> dict[str, Any]:
        found = "SELECT metadata FROM userchats WHERE chat_id = %(chat_id)s"
        metadata: dict[str, Any] = value(self.database, found, chat_id=self.chat_id)
        return metadata

    def settle(self) -> None:
        """Have what is unanswered answered."""
        sids = [turn.message_sid or "" for turn in self.chat.unanswered()]
        turn = reply_turn("Yes.", in_reply_to=tuple(sids))
        assert self.store.record_reply(self.chat_id, Reply(turn=turn))

    def with_memory(self, **known: Any) -> "Talker":
        """Return the same talk under another policy."""
        memory = MemoryPolicy(**known)
        return replace(self, policy=replace(self.policy, memory=memory))


@dataclass
class Watching:
    """An LLM, and the texts of the last prompt that it was given."""

    llm: LLM
    texts: list[str] = field(default_factory=list)

    def complete(
        self, prompt: Any, timeout: float | None = None, tools: Any = ()
    ) -> Any:
        self.texts = [str(message.content) for message in prompt]
        return self.llm.complete(prompt, timeout, tools)


@dataclass
class Attentive:
    """An LLM that sums up whatever of `facts` (by a word of it) a stretch tells."""

    facts: Mapping[str, str]
    asked: list[str] = field(default_factory=list)

    def complete(
        self, prompt: Any, timeout: float | None = None, tools: Any = ()
    ) -> Any:
        shown = str(prompt[-1].content)
        self.asked.append(shown)
        told = [fact for word, fact in self.facts.items() if word in shown]
        text = remembers(" ".join(told) or "They spoke of bread.").text
        return Completion(text or "", "attentive", 0.1)
