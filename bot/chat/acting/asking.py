"""Asking the LLM until its answer is stored: messages may come while it works."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.chat.patience import seconds_to
from bot.chat.replies import Answers, Batch, Recorded
from bot.llm.protocol import LLMError
from bot.tools.running import OvertakenError
from db.records import Reply, Userchat

MOST_PROMPTS_AGAIN = 2  # when new messages came while the LLM worked
ANY_TURNS = 2**31 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What a talk lends: its answers, and how it stores, looks again and decides.

    `check` raises LLMError where the bot was paused meanwhile.
    """

    answering: Answers
    record: Callable[[Userchat, Reply, int | None], Recorded]
    refreshed: Callable[[Userchat, Batch], tuple[Userchat, Batch]]
    rule: Callable[[Userchat, Batch], Reply | None]
    look: Callable[[Userchat, Batch, float | None], Userchat]
    check: Callable[[], None]

    def ask(self, chat: Userchat, batch: Batch, deadline: float | None) -> Recorded:
        """Store the LLM's answer; ask again if messages came while it worked.

        The store refuses the answer then, and throwing it away is safe: what tools did
        for it stands in the ledger, and the LLM is shown it when it is asked again. If
        asking again fails, the answer to what came first still holds, unless tools were
        called since; the rest comes next.
        """
        reply = self._answer(chat, batch, deadline)
        recorded: Recorded | None = None
        for tries_left in reversed(range(MOST_PROMPTS_AGAIN + 1)):
            self.check()
            recorded = (reply and self._store(chat, reply, tries_left)) or recorded
            if recorded and recorded[1]:
                return recorded
            fresh, newer = self.refreshed(chat, batch)
            if decided := self.rule(fresh, newer):
                return self.record(chat, decided, None)  # a person took it over
            try:
                if tries_left and (newer != batch or reply is None):
                    fresh, reply = self._anew(fresh, newer, deadline)
            except LLMError as error:
                return self._after(error, chat, reply)
            chat, batch = fresh, newer
        if reply is None or recorded is None:
            raise OvertakenError
        return recorded

    def _anew(
        self, chat: Userchat, batch: Batch, deadline: float | None
    ) -> tuple[Userchat, Reply | None]:
        """Return the chat with what newer messages brought, and the answer to all."""
        seen = self.look(chat, batch, deadline)
        return seen, self._answer(seen, batch, deadline)

    def _store(self, chat: Userchat, reply: Reply, tries_left: int) -> Recorded:
        most_turns = len(chat.turns) if tries_left else ANY_TURNS
        return self.record(chat, reply, most_turns)

    def _after(self, error: LLMError, chat: Userchat, reply: Reply | None) -> Recorded:
        """Store the answer that there is, if it knows of all that was done."""
        if reply is None or error.acted:
            raise error
        return self.record(chat, reply, ANY_TURNS)

    def _answer(
        self, chat: Userchat, batch: Batch, deadline: float | None
    ) -> Reply | None:
        """Return the LLM's answer; None: messages came before a tool was called."""
        try:
            return self.answering.answer(chat, batch, seconds_to(deadline))
        except OvertakenError:
            return None
