"""One chat's talk: wait for quiet, ask for an answer, store it, until all is said.

Nothing here depends on how often it is called or where it broke off: what is answered
is what the stored transcript names as answered.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from threading import Event
from uuid import UUID

from bot.chat.acting.asking import Asking
from bot.chat.channel import Channel
from bot.chat.commands.entries import Policies, Vocabulary
from bot.chat.handoff.passing import last_word
from bot.chat.handoff.policy import HandoffPolicy
from bot.chat.language.choosing import Choosing
from bot.chat.limits.allowance import Allowance, Counts, NoCounts
from bot.chat.limits.budget import reply_beyond_budget
from bot.chat.limits.gate import close_door, reply_in_pause
from bot.chat.media.quiet import Look, Quiet
from bot.chat.patience import Pace
from bot.chat.preferences.wishes import wants_alerts
from bot.chat.replies import Answers, Batch, Recorded, notice
from bot.chat.rules import (
    has_changed,
    leave_out,
    next_batch,
    reply_without_llm,
    silence_about,
)
from bot.chat.telling import about, in_words, log_stored
from bot.llm.protocol import LLMError
from bot.media.tries import Tries
from bot.money.meter import BudgetSpentError
from bot.money.whom import spending_for
from db.records import Known, Reply, Userchat
from db.store import ChatStore

log = logging.getLogger(__name__)

MOST_REPLIES_A_CALL = 100
PAUSE = "the bot is paused: `bot resume` ends it"
SECONDS_OF_PAUSE = 15.0  # until a paused bot looks again


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """Answers chats: in order, once it is quiet, and again where that failed.

    `looks` sees what comes beside text; None: nothing does. It raises LLMError where
    that has to wait. `stopping` ends waits early. `tries` are those of what would fail
    again anyway. `counts` tells what the `allowance` is held against; while
    `is_paused`, nothing is answered but commands. `relay` does and stores what an
    operator's message asks for; its None: it is for the bot. Without `handoff` there
    are no people to pass a chat on to; `know` tells all that is kept of a user.
    `vocabulary` has the words of commands, `reminds` says whether users may be
    reminded of something, `languages` chooses each chat's. `instead`
    makes of the word that comes in place of an answer what it has to be where something
    was done for the messages.
    """

    store: ChatStore
    answering: Answers
    channel: Channel
    pace: Pace = field(default_factory=Pace)
    allowance: Allowance = field(default_factory=Allowance)
    counts: Counts = field(default_factory=NoCounts)
    is_paused: Callable[[], bool] = lambda: False
    relay: Callable[[Userchat, Batch], Recorded | None] | None = None
    looks: Look | None = None
    stopping: Event = field(default_factory=Event)
    tries: Tries = field(default_factory=Tries)
    handoff: HandoffPolicy | None = None
    know: Callable[[UUID], Known] | None = None
    vocabulary: Vocabulary | None = None
    reminds: bool = False
    languages: Choosing = field(default_factory=Choosing)
    instead: Callable[[Userchat, Batch, Reply], Reply] = lambda _, __, word: word

    @property
    def policies(self) -> Policies:
        """What commands go by."""
        return Policies(
            handoff=self.handoff,
            know=self.know,
            vocabulary=self.vocabulary,
            reminds=self.reminds,
        )

    def answer(self, chat_id: str, *, seconds: float | None = None) -> list[Reply]:
        """Answer everything unanswered in a chat; return the replies made.

        Without `seconds` an LLM that gives no answer raises LLMError, so that the
        caller tries again later. With `seconds` this is the only try: what is not
        answered by then gets an apology.
        """
        deadline = None if seconds is None else time.monotonic() + seconds
        replies: list[Reply] = []
        chat = self._load(chat_id)
        for _ in range(MOST_REPLIES_A_CALL):
            batch = next_batch(chat, self.policies) if chat else ()
            if chat is None or not batch:
                return self._done(chat, replies)
            if replies:
                self.channel.send(chat.user_id)
            with about(chat, batch):
                reply, stored = self._reply_to(chat, batch, deadline)
            if stored:
                replies.append(reply)
            chat = self._after(chat, reply, stored)
        if deadline is None:
            raise LLMError("more to answer than one call does: the rest comes next")
        return replies

    def _load(self, chat_id: str) -> Userchat | None:
        """Return the chat, with the language in which its user is answered now."""
        chat = self.store.load_chat(chat_id)
        return chat and replace(chat, language=self.languages.choose(chat))

    def _done(self, chat: Userchat | None, replies: list[Reply]) -> list[Reply]:
        """Keep what showed of the user, now that nobody waits for it."""
        if chat and replies:
            self.languages.note(chat)
        if chat and chat.owner != "bot":
            if replies:
                self.channel.send(chat.user_id)  # looking may take long
            with spending_for(chat.user_id, chat.chat_id):
                self._quiet.look_for_person(chat)
        return replies

    def _after(self, chat: Userchat, reply: Reply, stored: int) -> Userchat | None:
        """Return the chat as it is now; None: it is gone."""
        if stored == len(chat.turns) + 1:
            return chat.with_reply(reply)
        fresh = self._load(chat.chat_id)
        if fresh is None or stored or has_changed(fresh, chat):
            return fresh
        # Nothing is to be expected of another try, and what comes next would wait.
        log.error("a reply was refused, though nothing changed: it is left out")
        _, stored = self._record(fresh, leave_out(next_batch(fresh, self.policies)))
        return self._load(chat.chat_id) if stored else None

    def give_up(self, chat_id: str, reason: str | Exception) -> list[Reply]:
        """Settle the next batch of a chat, whose answer always fails, once.

        Of an exception its type is told: its text may quote what people wrote.
        """
        chat = self._load(chat_id)
        batch = next_batch(chat, self.policies) if chat else ()
        if chat is None or not batch:
            return []
        with about(chat, batch):
            word = self._last_word(chat, batch, in_words(reason))
            silence = silence_about(chat, batch, self.policies)
            reply, stored = self._record(chat, silence or word)
            return [reply] if stored else []

    def _record(
        self, chat: Userchat, made: Reply, most_turns: int | None = None
    ) -> Recorded:
        known = replace(made, language=chat.language, heard_at=chat.heard_at)
        reply = self.channel.with_parts(known)
        stored = self.store.record_reply(chat.chat_id, reply, most_turns)
        if stored:
            log_stored(reply)
        return reply, stored

    def _reply_to(
        self, chat: Userchat, batch: Batch, deadline: float | None
    ) -> Recorded:
        if self.relay and (relayed := self.relay(chat, batch)):
            return relayed
        closed = close_door(chat, batch, self.policies, self.allowance, self.counts)
        if not closed and self._pauses():
            return self._while_paused(chat, batch, deadline)
        if decided := closed or self._decide(chat, batch):
            return self._record(chat, decided)
        sid, asked = batch[-1].message_sid or "", batch
        with self.channel.typing(sid, lambda: self._is_awaited(chat.chat_id, asked)):
            try:
                before = chat, batch  # no rule speaks of what did not change
                chat, batch = self._quiet.wait(*before, deadline)
                if (chat, batch) != before and (decided := self._rule(chat, batch)):
                    return self._record(chat, decided)
                return self._ask(chat, batch, deadline)
            except LLMError as error:
                word = self._after_failure(chat, batch, error, deadline)
                return self._record(chat, word)

    def _pauses(self) -> bool:
        return self.allowance.is_paused or self.is_paused()

    def _while_paused(
        self, chat: Userchat, batch: Batch, deadline: float | None
    ) -> Recorded:
        """Answer a command; let all else wait, of which its user is told once a day.

        Raises LLMError, so that it is tried again: nothing is dropped.
        """
        reply = reply_in_pause(chat, batch, self.policies, self.allowance, self.counts)
        waits = reply is None or bool(reply.turn.notice_for)
        if waits and deadline is not None:
            reply, waits = self._last_word(chat, batch, PAUSE), False
        recorded = reply and self._record(chat, reply)
        if recorded and not waits:
            return recorded
        raise LLMError(PAUSE, retry_after=SECONDS_OF_PAUSE)

    def _decide(self, chat: Userchat, batch: Batch) -> Reply | None:
        """Return the reply for which nobody waits: none of the LLM's is due."""
        if reply := self._rule(chat, batch):
            return reply
        if self.pace.is_too_old(batch):
            reason = "no answer within ANSWER_MAX_AGE_MINUTES"
            return self._last_word(chat, batch, reason)
        beyond = self.allowance.reply_beyond(chat, batch, self.counts)
        return beyond and self.instead(chat, batch, beyond)

    def _last_word(self, chat: Userchat, batch: Batch, reason: str) -> Reply:
        word = last_word(chat, batch, reason, self.handoff)
        return self.instead(chat, batch, word)

    def _rule(self, chat: Userchat, batch: Batch) -> Reply | None:
        looks = self.looks is not None
        return reply_without_llm(chat, batch, self.policies, looks=looks)

    def _is_awaited(self, chat_id: str, batch: Batch) -> bool:
        """Tell whether the user still waits for an answer of the LLM's.

        Without a batch, whether they wait for nothing.
        """
        chat = self.store.load_chat(chat_id)
        newer = next_batch(chat, self.policies) if chat else ()
        if chat is None or not batch:
            return not newer
        if newer[: len(batch)] != batch:
            return False
        return self._rule(chat, newer) is None

    @property
    def _quiet(self) -> Quiet:
        return Quiet(
            self.pace, self.stopping, self.looks, self._refreshed, self._is_awaited
        )

    def _refreshed(self, chat: Userchat, batch: Batch) -> tuple[Userchat, Batch]:
        """Return the chat as it is now, if the batch still starts what is to do."""
        fresh = self._load(chat.chat_id)
        newer = next_batch(fresh, self.policies) if fresh else ()
        if fresh is None or newer[: len(batch)] != batch:
            return chat, batch  # settled by somebody else: record_reply will refuse
        return fresh, newer

    def _ask(self, chat: Userchat, batch: Batch, deadline: float | None) -> Recorded:
        asking = Asking(
            answering=self.answering,
            record=self._record,
            refreshed=self._refreshed,
            rule=self._rule,
            look=self._quiet.look,
            check=self._check_pause,
        )
        return asking.ask(chat, batch, deadline)

    def _check_pause(self) -> None:
        if self._pauses():
            raise LLMError(PAUSE, retry_after=SECONDS_OF_PAUSE)

    def _after_failure(
        self,
        chat: Userchat,
        batch: Batch,
        error: LLMError,
        deadline: float | None,
    ) -> Reply:
        """Return a word to the user; raise the error if none is due yet."""
        chat, batch = self._refreshed(chat, batch)
        if decided := self._rule(chat, batch):
            return decided
        if isinstance(error, BudgetSpentError):
            beyond = reply_beyond_budget(
                chat, batch, error, self.allowance, self.counts
            )
            return self.instead(chat, batch, beyond)
        poisoned = self._is_poisoned(batch, error)
        if deadline is not None or poisoned or self.pace.is_too_old(batch):
            return self._last_word(chat, batch, str(error))
        if wants_alerts(chat) and self.pace.needs_notice(chat, batch):
            self._record(chat, notice(batch, chat.language))
        raise error

    def _is_poisoned(self, batch: Batch, error: LLMError) -> bool:
        """Count a try of what fails again and again; tell whether it was the last."""
        if error.most_tries is None:
            return False
        return self.tries.count(batch[0].message_sid) >= error.most_tries
