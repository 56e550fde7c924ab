"""From a batch to the LLM's answer: prompt, LLM, reply."""

import logging
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo

from bot.chat import sentences
from bot.chat.beside import Quotable
from bot.chat.endings import at_whole_sentence, without_repetition
from bot.chat.prompt import build_prompt, estimate_tokens
from bot.chat.replies import Batch, say, unreadable_sentences
from bot.llm.protocol import LLM, Completion, LLMError, Prompt, PromptMessage
from bot.observability import LLM_ERRORS, LLM_SECONDS
from db.records import Reply, Userchat, find_unanswered, to_storable

log = logging.getLogger(__name__)

# How many prompts are tried at once, each shorter than the one before.
MOST_PROMPTS = 4
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


@dataclass(slots=True)
class Room:
    """How long a prompt may be, in tokens, once the LLM's server told it."""

    tokens: int | None = None

    def limit(self, policy: Policy) -> Policy:
        """Return the policy for prompts that fit."""
        budget = min(policy.token_budget, self.tokens or policy.token_budget)
        return replace(policy, token_budget=budget)


@dataclass(frozen=True, slots=True)
class Answering:
    """The only way to an LLM.

    Asking has no effects: an answer may be thrown away, and asked for again. Once there
    are tools, they record their effects for the batch that asked for them, and a batch
    is asked again only before its first effect. What is remembered is `room`.
    """

    llm: LLM
    policy: Policy
    room: Room = field(default_factory=Room)

    def answer(self, chat: Userchat, batch: Batch, seconds: float) -> Reply:
        """Return the LLM's reply to a batch of the chat; nothing is stored or sent.

        Takes at most `seconds`, and no longer than the policy says. Raises LLMError.
        """
        seconds = min(seconds, self.policy.llm_seconds)
        deadline = time.monotonic() + seconds
        policy, told = self.room.limit(self.policy), None
        prompt = prompt_for(chat, batch, policy)
        for tries_left in reversed(range(MOST_PROMPTS)):
            try:
                completion = self._complete(prompt, seconds)
                break
            except LLMError as error:
                policy = _policy_after(error, policy, prompt)
                told = error.prompt_tokens or told
                shorter = prompt_for(chat, batch, policy)
                seconds = deadline - time.monotonic()
                if shorter == prompt or not tries_left or seconds <= 0:
                    raise
                log.warning("the LLM is asked once more, with less of the chat")
                prompt = shorter
        self._remember(told)
        return _reply_with(completion, batch)

    def _remember(self, prompt_tokens: int | None) -> None:
        """Keep what a server told, now that it answered: never what only failed."""
        if prompt_tokens and prompt_tokens < self.policy.token_budget:
            self.room.tokens = prompt_tokens
            log.warning(
                "prompts have %d tokens at most from now on, as the LLM's server told:"
                " lower PROMPT_TOKEN_BUDGET",
                prompt_tokens,
            )

    def _complete(self, prompt: Prompt, seconds: float) -> Completion:
        try:
            completion = self.llm.complete(prompt, seconds)
        except LLMError as error:
            LLM_ERRORS.inc()
            log.warning("the LLM gave no answer: %s", error)
            raise
        LLM_SECONDS.observe(completion.response_time)
        return completion


def _policy_after(error: LLMError, policy: Policy, prompt: Prompt) -> Policy:
    """Return what to show after a refusal; the same where less would not help.

    What the server refuses may stand in what was said before: then the messages that
    are to be answered go alone.
    """
    if error.too_long:
        estimated = sum(estimate_tokens(str(message.content)) for message in prompt)
        taken = min(policy.token_budget, estimated)
        fits = error.prompt_tokens
        budget = fits if fits and fits < taken else taken // 2
        return replace(policy, token_budget=budget)
    return replace(policy, most_turns=1) if error.permanent else policy


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
    said = _ended(completion)
    text = "\n\n".join(filter(None, (said, unreadable_sentences(batch))))
    return Reply(
        turn=replace(
            say(text, batch),
            model=to_storable(completion.model),
            tokens_used=completion.tokens.total,
            response_time=round(completion.response_time, 3),
        )
    )


def _ended(completion: Completion) -> str:
    """Return the LLM's words; marked where they were cut, by its server or here."""
    text = without_repetition(completion.text)
    if text != completion.text:
        log.warning("the LLM repeated itself: check OPENAI_MODEL and LLM_TEMPERATURE")
    if completion.finish_reason == "length":
        log.warning("an answer was cut at the token limit: raise LLM_MAX_TOKENS")
    elif completion.finish_reason == "content_filter":
        log.warning("an answer was cut by the content filter of the LLM's server")
    else:
        return text
    return at_whole_sentence(text)
