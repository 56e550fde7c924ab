"""One chat's talk: wait for quiet, ask the LLM, store the answer, until all is said.

Nothing here depends on how often it is called or where it broke off: what is answered
is what the stored transcript names as answered.
"""

import logging
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from threading import Event
from uuid import UUID

from bot.chat import turn as turns
from bot.chat.turn import Batch, Policy
from bot.llm.protocol import LLM, LLMError
from bot.observability import ANSWERS, LLM_ERRORS, LLM_SECONDS, bound
from db.records import Reply, Userchat
from db.store import ChatStore

log = logging.getLogger(__name__)

MOST_REPLIES_A_CALL = 100
MOST_PROMPTS_AGAIN = 2  # when new messages came while the LLM worked
MOST_QUIET_WAITS = 3
MOST_POISONED_ATTEMPTS = 5


def _no_typing(_message_sid: str) -> AbstractContextManager[None]:
    return nullcontext()


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """Answers chats. `prepare` turns a reply into the parts that are sent.

    `send` sends what is stored for a user, before the next answer takes its time; what
    is stored last is the caller's to send. `typing` shows the user that an answer is
    being made; `stopping` ends waits early.
    """

    store: ChatStore
    llm: LLM
    policy: Policy
    prepare: Callable[[Reply], Reply]
    typing: Callable[[str], AbstractContextManager[None]] = _no_typing
    send: Callable[[UUID], None] = lambda _user_id: None
    stopping: Event = field(default_factory=Event)

    def answer(
        self, chat_id: str, *, attempt: int = 0, seconds: float | None = None
    ) -> list[Reply]:
        """Answer everything unanswered in a chat; return the replies made.

        Without `seconds` an LLM that gives no answer raises LLMError, so that the
        caller tries again later (`attempt` counts that). With `seconds` this is the
        only try: what is not answered by then gets an apology.
        """
        deadline = None if seconds is None else time.monotonic() + seconds
        replies: list[Reply] = []
        chat = self.store.load_chat(chat_id)
        for _ in range(MOST_REPLIES_A_CALL):
            batch = turns.next_batch(chat) if chat else ()
            if chat is None or not batch:
                return replies
            if replies:
                self.send(chat.user_id)
            with bound(message_sid=batch[-1].message_sid or ""):
                reply = self.prepare(self._reply_to(chat, batch, attempt, deadline))
                stored = self._record(chat_id, reply)
            if stored:
                replies.append(reply)
            chat = self._after(chat, batch, reply, stored)
        if deadline is None:
            raise LLMError("more to answer than one call does: the rest comes next")
        return replies

    def _after(
        self, chat: Userchat, batch: Batch, reply: Reply, stored: int
    ) -> Userchat | None:
        """Return the chat as it is now, or None if nothing more can be done in it."""
        if stored == len(chat.turns) + 1:
            return turns.after(chat, reply)
        fresh = self.store.load_chat(chat.chat_id)
        if fresh and not stored and turns.next_batch(fresh) == batch:
            log.error("a reply was refused, though its messages look unanswered")
            return None
        return fresh

    def give_up(self, chat_id: str, reason: str | Exception) -> list[Reply]:
        """Settle the next batch of a chat, whose answer always fails, once.

        Of an exception its type is told: its text may quote what people wrote.
        """
        chat = self.store.load_chat(chat_id)
        batch = turns.next_batch(chat) if chat else ()
        if not batch:
            return []
        with bound(message_sid=batch[-1].message_sid or ""):
            reply = self.prepare(turns.give_up(batch, _in_words(reason)))
            return [reply] if self._record(chat_id, reply) else []

    def _record(self, chat_id: str, reply: Reply) -> int:
        stored = self.store.record_reply(chat_id, reply)
        if stored:
            _note(reply)
        return stored

    def _reply_to(
        self, chat: Userchat, batch: Batch, attempt: int, deadline: float | None
    ) -> Reply:
        reply = turns.reply_without_llm(chat, batch)
        if reply is not None:
            return reply
        if turns.is_too_old(batch, self.policy):
            return turns.give_up(batch, "no answer within ANSWER_MAX_AGE_MINUTES")
        with self.typing(batch[-1].message_sid or ""):
            chat, batch = self._wait_for_quiet(chat, batch, deadline)
            try:
                return self._ask(chat, batch, deadline)
            except LLMError as error:
                return self._after_failure(chat, batch, error, attempt, deadline)

    def _wait_for_quiet(
        self, chat: Userchat, batch: Batch, deadline: float | None
    ) -> tuple[Userchat, Batch]:
        """Return the chat once nothing new came for a moment, or after three."""
        for _ in range(MOST_QUIET_WAITS):
            silent = turns.age_of(batch[-1:]).total_seconds()
            quiet = self.policy.quiet_seconds
            if silent >= quiet:
                break
            self.stopping.wait(_until(deadline, min(quiet, quiet - silent)))
            chat, batch = self._refreshed(chat, batch)
        return chat, batch

    def _refreshed(self, chat: Userchat, batch: Batch) -> tuple[Userchat, Batch]:
        """Return the chat as it is now, if the batch still starts what is to do."""
        fresh = self.store.load_chat(chat.chat_id)
        newer = turns.next_batch(fresh) if fresh else ()
        if fresh is None or newer[: len(batch)] != batch:
            return chat, batch  # settled by somebody else: record_reply will refuse
        return fresh, newer

    def _ask(self, chat: Userchat, batch: Batch, deadline: float | None) -> Reply:
        """Return the LLM's answer; ask again if messages came while it worked.

        If that fails, the answer to what came first still holds; the rest comes next.
        """
        reply = self._complete(chat, batch, deadline)
        for _ in range(MOST_PROMPTS_AGAIN):
            fresh, newer = self._refreshed(chat, batch)
            if newer == batch:
                break
            chat, batch = fresh, newer
            try:
                reply = self._complete(chat, batch, deadline)
            except LLMError:
                break
        return reply

    def _complete(self, chat: Userchat, batch: Batch, deadline: float | None) -> Reply:
        prompt = turns.prompt_for(chat, batch, self.policy)
        try:
            seconds = _until(deadline, self.policy.llm_seconds)
            completion = self.llm.complete(prompt, seconds)
        except LLMError as error:
            LLM_ERRORS.inc()
            log.warning("the LLM gave no answer: %s", error)
            raise
        LLM_SECONDS.observe(completion.response_time)
        return turns.reply_with(completion, batch)

    def _after_failure(
        self,
        chat: Userchat,
        batch: Batch,
        error: LLMError,
        attempt: int,
        deadline: float | None,
    ) -> Reply:
        """Return a word to the user; raise the error if none is due yet."""
        poisoned = error.permanent and attempt + 1 >= MOST_POISONED_ATTEMPTS
        if deadline is not None or poisoned or turns.is_too_old(batch, self.policy):
            return turns.give_up(batch, str(error))
        if turns.needs_notice(chat, batch, self.policy):
            self._record(chat.chat_id, self.prepare(turns.notice(batch)))
        raise error


def _until(deadline: float | None, seconds: float) -> float:
    """Return `seconds`, or what is left of them until the deadline."""
    if deadline is None:
        return seconds
    return min(seconds, max(0.1, deadline - time.monotonic()))


def _in_words(reason: str | Exception) -> str:
    if isinstance(reason, str):
        return reason
    return f"internal error: {type(reason).__name__}"


def _note(reply: Reply) -> None:
    """Count and log a reply that was stored."""
    kind = _kind(reply)
    ANSWERS.labels(kind).inc()
    fields = {
        "reference_id": reply.turn.reference_id,
        "in_reply_to": list(reply.turn.in_reply_to or reply.turn.notice_for),
        "parts": len(reply.parts),
        "llm_seconds": reply.turn.response_time,
    }
    if reply.error:
        log.error("gave up on a message: %s", reply.error, extra=fields)
    else:
        log.info("stored a turn of ours: %s", kind, extra=fields)


def _kind(reply: Reply) -> str:
    turn = reply.turn
    if turn.role == "system":
        return "silence"
    if turn.error or turn.notice_for:
        return "apology" if turn.error else "notice"
    return turn.command or ("answer" if turn.model else "sentence")
