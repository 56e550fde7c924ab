"""Summing talks up, one stretch after the other, each from its own words."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

from bot.chat.media.seeing import Seen
from bot.chat.memory.asking import Question, ask_about
from bot.chat.memory.line import Line
from bot.chat.memory.policy import MemoryPolicy
from bot.chat.memory.remembered import Remembered, read_remembered
from bot.chat.memory.sorting.rules import find_name
from bot.chat.memory.steps import Step, next_step
from bot.chat.memory.stretch import Room, last_sid
from bot.chat.memory.summary import Section, Summary
from bot.llm.protocol import LLM, Completion, LLMError
from bot.money.meter import BudgetSpentError
from bot.money.whom import spending_for
from bot.observability import REMEMBERED
from db.memory.protocol import MemoryStore, StoredChat
from db.records import Turn, find_summary

log = logging.getLogger(__name__)

# What a talk may cost, whatever happens: calls a day, and at once.
MOST_CALLS_A_DAY = 24
MOST_STEPS = 12


class NotRememberedError(Exception):
    """The LLM gave nothing to remember; later it may."""


class PutOffError(NotRememberedError):
    """The LLM was not asked: that would have been beyond a budget."""


@dataclass(frozen=True, slots=True)
class Noted:
    """One thing that a user told, as the LLM has it, and the message that told it."""

    kind: str
    text: str
    message_sid: str


class FactKeeper(Protocol):
    """Keeps what users told of themselves.

    `rules` tell the LLM what belongs into `facts`: objects with `line`, `kind`, `text`.
    """

    @property
    def rules(self) -> str:
        """Return them; they stand behind the others."""

    def keep(self, user_id: UUID, told: Sequence[Noted]) -> None:
        """Keep what holds. May be called again with the same: after a crash, or later.

        `told` is nothing but what lines of the user's are said to tell.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembering:
    """Sums up what falls out of prompts, and labels chats that went quiet.

    What is covered is what the stored summary names: so it may break off anywhere, and
    run twice at once.
    """

    store: MemoryStore
    llm: LLM
    policy: MemoryPolicy
    room: Room
    llm_seconds: float = 60
    facts: FactKeeper | None = None
    stopping: Callable[[], bool] = field(default=lambda: False)

    def remember(self, chat_id: str) -> None:
        """Do what is due in a chat. Raises NotRememberedError, StoreUnavailableError.

        After an error what is due still is.
        """
        for _ in range(MOST_STEPS):
            chat = self.store.load(chat_id)
            is_over = self.stopping() or not self.policy.is_on
            if chat is None or is_over or not chat.may_be_read:
                return
            is_quiet = datetime.now(UTC) - chat.last_at >= self.policy.quiet
            line = Line(chat, self.store.load)
            step = next_step(line, self.room, is_quiet=is_quiet)
            if step is None:
                return
            with spending_for(chat.user_id, chat.chat_id):
                if not self._take(chat, step, line.seen):
                    return

    def _take(self, chat: StoredChat, step: Step, seen: Seen) -> bool:
        """Take a step; tell whether the next one may follow."""
        if step.turns and not self.store.may_ask(chat.chat_id, MOST_CALLS_A_DAY):
            REMEMBERED.labels("enough for today").inc()
            return False
        found = self._ask(chat, step.turns, seen) if step.turns else None
        said = (*step.turns, *chat.turns)
        if step.is_recap and found:
            return self._store_labels(chat, found, step.turns, said)
        sections = (*step.before, *_section(step, found), *step.after)
        is_stored = self._store_summary(chat, Summary(sections))
        if found and is_stored:
            self.store.store_labels(chat.chat_id, self._labels(found, said))
        return is_stored

    def _ask(self, chat: StoredChat, turns: Sequence[Turn], seen: Seen) -> Remembered:
        question, completion = self._complete(turns, seen)
        found = read_remembered(completion.text, self.policy.topics)
        if found is None:
            REMEMBERED.labels("garbage").inc()
            cut = completion.finish_reason == "length"
            hint = ": raise LLM_MAX_TOKENS" if cut else ""
            raise NotRememberedError(f"the LLM wrote no summary as it was asked{hint}")
        if self.facts:
            self.facts.keep(chat.user_id, _noted(found, question))
        return found

    def _complete(
        self, turns: Sequence[Turn], seen: Seen
    ) -> tuple[Question, Completion]:
        """Ask; once more with half of it where that is too long for the server."""
        more = self.facts.rules if self.facts else ""
        most = self.room.tokens_to_read
        for most_tokens in (most, most // 2):
            question = ask_about(turns, self.policy.topics, most_tokens, more, seen)
            try:
                return question, self.llm.complete(question.prompt, self.llm_seconds)
            except BudgetSpentError as error:
                REMEMBERED.labels("put off").inc()
                raise PutOffError(str(error)) from None
            except LLMError as error:
                failure = error
                if not error.too_long:
                    break
        REMEMBERED.labels("no answer").inc()
        raise NotRememberedError(str(failure))

    def _store_summary(self, chat: StoredChat, summary: Summary) -> bool:
        if not summary.sections:
            return False
        own = find_summary(chat.turns)
        is_stored = self.store.store_summary(
            chat.chat_id, summary.to_turn(), own.covers_until if own else None
        )
        REMEMBERED.labels("summed up" if is_stored else "overtaken").inc()
        return is_stored

    def _store_labels(
        self,
        chat: StoredChat,
        found: Remembered,
        turns: Sequence[Turn],
        said: Sequence[Turn],
    ) -> bool:
        recap = {"text": found.section, "until": last_sid(turns)}
        labels = {**self._labels(found, said), "recap": recap}
        is_stored = self.store.store_labels(chat.chat_id, labels)
        REMEMBERED.labels("labelled" if is_stored else "overtaken").inc()
        return False  # nothing is due behind it

    def _labels(self, found: Remembered, said: Sequence[Turn]) -> dict[str, object]:
        """Return what is known of a chat by now, and what rules make of it.

        Where no rule fits, or is set, any more, what an earlier one said is undone. The
        words of all its turns count: not only those that were summed up just now.
        """
        sorted_by = {
            "department": self.policy.departments,
            "priority": self.policy.priorities,
        }
        named = {
            name: find_name(rules, found.labels, said)
            for name, rules in sorted_by.items()
        }
        return {**found.labels.to_metadata(), **named}


def _section(step: Step, found: Remembered | None) -> Sequence[Section]:
    until = last_sid(step.turns)
    return [Section(until, found.section)] if found and until else []


def _noted(found: Remembered, question: Question) -> list[Noted]:
    named = ((told, question.sid_of(told.line)) for told in found.facts)
    return [Noted(told.kind, told.text, sid) for told, sid in named if sid]
