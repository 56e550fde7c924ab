"""From a batch to the LLM's answer: prompt, LLM, reply."""

import logging
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo

from bot.chat import sentences
from bot.chat.beside import Quotable
from bot.chat.prompt import build_prompt
from bot.chat.replies import Batch, say, unreadable_sentences
from bot.llm.protocol import LLM, Completion, LLMError, PromptMessage
from bot.observability import LLM_ERRORS, LLM_SECONDS
from db.records import Reply, Userchat, find_unanswered, to_storable

log = logging.getLogger(__name__)

# In English, whatever the machine's language is.
WEEKDAYS = (
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What an operator decided about answers: what the LLM sees, and its time.

    `timezone` is the business's, whose date the LLM is told.
    """

    system_prompt: str
    most_turns: int = 20
    token_budget: int = 4000
    llm_seconds: float = 60
    timezone: tzinfo = UTC


@dataclass(frozen=True, slots=True)
class Answering:
    """The only way to an LLM.

    Asking has no effects: an answer may be thrown away, and asked for again. Once there
    are tools, they record their effects for the batch that asked for them, and a batch
    is asked again only before its first effect.
    """

    llm: LLM
    policy: Policy

    def answer(self, chat: Userchat, batch: Batch, seconds: float) -> Reply:
        """Return the LLM's reply to a batch of the chat; nothing is stored or sent.

        Takes at most `seconds`, and no longer than the policy says. Raises LLMError.
        """
        prompt = prompt_for(chat, batch, self.policy)
        try:
            most_seconds = min(seconds, self.policy.llm_seconds)
            completion = self.llm.complete(prompt, most_seconds)
        except LLMError as error:
            LLM_ERRORS.inc()
            log.warning("the LLM gave no answer: %s", error)
            raise
        LLM_SECONDS.observe(completion.response_time)
        return _reply_with(completion, batch)


def prompt_for(chat: Userchat, batch: Batch, policy: Policy) -> list[PromptMessage]:
    """Return the prompt for a batch: what was said, nothing that comes after it."""
    answered_now = {turn.message_sid for turn in batch}
    open_ones = (*find_unanswered(chat.earlier_turns), *chat.unanswered())
    later = {turn.message_sid for turn in open_ones} - answered_now
    said = (*chat.earlier_turns, *chat.turns)
    turns = [turn for turn in said if turn.message_sid not in later]
    # A long burst is read whole: the answer settles all of it.
    most_turns = max(policy.most_turns, len(batch))
    own: Quotable = {t.message_sid: (t.role, t.content) for t in said if t.message_sid}
    today = datetime.now(policy.timezone)
    return build_prompt(
        f"{policy.system_prompt}\n\n{tell_date(today)}",
        turns,
        most_turns,
        policy.token_budget,
        {**own, **chat.quoted},
    )


def tell_date(today: datetime) -> str:
    """Return the date, its weekday and the time zone, for the LLM.

    Without the time, which would be another one in each prompt: servers keep what they
    computed for prompts that begin alike.
    """
    return sentences.TODAY.format(
        weekday=WEEKDAYS[today.weekday()], date=today.date(), zone=today.tzinfo
    )


def _reply_with(completion: Completion, batch: Batch) -> Reply:
    """Return the LLM's answer to a batch, and what could not be read beside it."""
    text = "\n\n".join(filter(None, (completion.text, unreadable_sentences(batch))))
    return Reply(
        turn=replace(
            say(text, batch),
            model=to_storable(completion.model),
            tokens_used=completion.tokens.total,
            response_time=round(completion.response_time, 3),
        )
    )
