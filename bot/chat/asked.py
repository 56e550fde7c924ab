"""What the LLM is asked for a batch: instructions, what is known, what was said."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo

from bot.chat import sentences
from bot.chat.choices.policy import ChoicePolicy
from bot.chat.choices.sentences import OFFER
from bot.chat.facts.describing import describe_facts, find_told
from bot.chat.handoff.policy import HandoffPolicy
from bot.chat.language.choosing import tell_language
from bot.chat.lead.sentences import LEAD
from bot.chat.memory.policy import MemoryPolicy
from bot.chat.memory.recall import Memory, recall
from bot.chat.offers.telling import tell_offers
from bot.chat.pictures.prompt import Shown, tokens_of
from bot.chat.preferences.wishes import tell_wishes
from bot.chat.prompt import (
    Talked,
    fit_talk,
    prompt_of,
    tokens_beside,
)
from bot.chat.quotes.finding import quotable_of
from bot.chat.reminders.policy import ReminderPolicy
from bot.chat.reminders.sentences import NOW
from bot.chat.replies import Batch
from bot.chat.sources.material import Material
from bot.chat.sources.policy import SourcePolicy
from bot.llm.protocol import Prompt, PromptMessage
from bot.media.outgoing.offers import Offer
from db.records import Fact, Passage, Userchat, find_unanswered

# In English, whatever the machine's language is.
WEEKDAYS = (
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What an operator decided about answers: what the LLM sees, and its time.

    `timezone` is the business's, whose date the LLM is told. Without `handoff` there
    are no people to pass a chat on to. `memory` is for what a prompt does not show.
    `offered` are files that an answer may bring. `at` is the moment at which the LLM
    is asked; None: now.
    """

    system_prompt: str
    most_turns: int = 20
    token_budget: int = 4000
    llm_seconds: float = 60
    timezone: tzinfo = UTC
    sources: SourcePolicy = field(default_factory=SourcePolicy)
    handoff: HandoffPolicy | None = None
    memory: MemoryPolicy = field(default_factory=MemoryPolicy)
    offered: tuple[Offer, ...] = ()
    choices: ChoicePolicy = field(default_factory=ChoicePolicy)
    reminders: ReminderPolicy = field(default_factory=ReminderPolicy)
    at: datetime | None = None

    @property
    def moment(self) -> datetime:
        """When the LLM is asked, as the business's clocks show it."""
        return (self.at or datetime.now(UTC)).astimezone(self.timezone)


@dataclass(frozen=True, slots=True)
class Built:
    """A prompt without material, and what it shows; `rules` are what never changes."""

    prompt: list[PromptMessage]
    rules: str
    talked: Talked
    memory: Memory
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What the LLM is asked: the prompt, its material, and all else that it says.

    `shown` are the pictures in the prompt, `left_out` the passages for which it has no
    room; `built` tells what it shows beside them.
    """

    prompt: list[PromptMessage]
    material: Material
    talk: tuple[str, ...]
    built: Built
    shown: tuple[Shown, ...] = ()
    left_out: tuple[Passage, ...] = ()


def room_for_passages(policy: Policy) -> int:
    """Return how many tokens of a prompt passages may have: half of what is free."""
    free = tokens_beside(_system_prompt(policy), policy.token_budget)
    return Material.tokens_of_passages(free // 2)


def ask_for(chat: Userchat, batch: Batch, policy: Policy, material: Material) -> Asked:
    """Return what the LLM is asked, with as much material as there is room for.

    Talk and material get half of the prompt each; what one leaves, the other may take.
    """
    alone, found = build_for(chat, batch, policy), material.passages
    system, *talk = alone.prompt
    room = tokens_beside(str(system.content), policy.token_budget)
    if material.passages:
        fitting = material.within(max(room // 2, room - tokens_of_prompt(talk)))
        material = fitting if fitting.passages else material.without_passages()
    built = alone
    if material.tokens:
        less = replace(policy, token_budget=policy.token_budget - material.tokens)
        built = build_for(chat, batch, less)
    *before, last = built.prompt
    given = replace(last, content=material.before(str(last.content)))
    said = tuple(str(message.content) for message in (*before, last))
    left_out = _left_out(found, material.passages)
    return Asked([*before, given], material, said, built, left_out=left_out)


def _left_out(
    found: Sequence[Passage], given: Sequence[Passage]
) -> tuple[Passage, ...]:
    """Return the passages that are not given; one that was cut is."""
    known = [replace(passage, text="") for passage in given]
    return tuple(one for one in found if replace(one, text="") not in known)


def tokens_of_prompt(prompt: Prompt) -> int:
    """Return about how many tokens a prompt has, its pictures included."""
    return sum(tokens_of(message.content) for message in prompt)


def prompt_for(chat: Userchat, batch: Batch, policy: Policy) -> list[PromptMessage]:
    """Return the prompt for a batch: what was said, nothing that comes after it."""
    return build_for(chat, batch, policy).prompt


def build_for(chat: Userchat, batch: Batch, policy: Policy) -> Built:
    """Return that prompt with what it shows."""
    answered_now = {turn.message_sid for turn in batch}
    open_ones = (*find_unanswered(chat.earlier_turns), *chat.unanswered())
    later = {turn.message_sid for turn in open_ones} - answered_now
    said = (*chat.earlier_turns, *chat.turns)
    turns = [turn for turn in said if turn.message_sid not in later]
    # A long burst is read whole: the answer settles all of it.
    most_turns = max(policy.most_turns, len(batch))
    is_on = policy.memory.is_on
    now = policy.moment
    memory = recall(chat, turns, policy.token_budget, now, is_on=is_on)
    known = describe_facts(chat.facts, now)
    of_user = (tell_language(chat), tell_wishes(chat), known)
    system = _system_prompt(policy, *of_user, *memory.told)
    room = tokens_beside(system, policy.token_budget)
    quotable = quotable_of(chat, turns)
    talked = fit_talk(memory.turns, most_turns, room, quotable, chat.seen)
    facts = tuple(find_told(chat.facts, now))
    prompt = prompt_of(system, talked)
    return Built(prompt, rules_of(policy), talked, memory, facts)


def rules_of(policy: Policy) -> str:
    """Return what every system prompt says, whoever asks and when."""
    return "\n\n".join(filter(None, (policy.system_prompt, *_rules(policy))))


def _system_prompt(policy: Policy, *of_user: str) -> str:
    today = tell_date(policy.moment)
    told = (policy.system_prompt, today, *_rules(policy))
    return "\n\n".join(filter(None, (*told, *of_user, _tell_time(policy))))


def _rules(policy: Policy) -> list[str]:
    """Return what the bot tells an LLM beside the operator's own words."""
    # A model that never cites writes no markers either, but whatever it reads.
    if policy.sources.quotes_uncited:
        return []
    told = [sentences.HANDOVER, LEAD] if policy.handoff else []
    told += [OFFER] if policy.choices.is_on else []
    return [*told, tell_offers(policy.offered)]


def _tell_time(policy: Policy) -> str:
    """Return the time, where it is needed: last, for it is another one each time."""
    now = policy.moment
    return NOW.format(time=f"{now:%H:%M}") if policy.reminders.is_on else ""


def tell_date(today: datetime) -> str:
    """Return the date, its weekday and the time zone, for the LLM.

    Without the time, which would be another one in each prompt: servers keep what they
    computed for prompts that begin alike.
    """
    return sentences.TODAY.format(
        weekday=WEEKDAYS[today.weekday()], date=today.date(), zone=today.tzinfo
    )
