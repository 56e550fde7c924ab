"""From a batch to the LLM's answer: prompt, LLM, reply."""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from bot.chat import sentences
from bot.chat.acting.calls import (
    seconds_of,
    wanted_for,
    with_calls,
    with_tools,
)
from bot.chat.acting.needs import stands_on_tools
from bot.chat.asked import (
    Asked,
    Policy,
    ask_for,
    room_for_passages,
    tokens_of_prompt,
)
from bot.chat.assertions.holding import held, holding_of, with_person
from bot.chat.endings import ended
from bot.chat.feedback.thumbs import with_judgement
from bot.chat.files.finding import NoFiles, OwnFiles
from bot.chat.files.joining import with_own
from bot.chat.handoff.action import Wish, read_wish, with_action
from bot.chat.lead.action import read_lead, with_lead, words_or_thanks
from bot.chat.making.keeping import with_making
from bot.chat.media.seeing import unreadable_sentences, words_of
from bot.chat.offers.action import choose_files, with_files, words_or_here
from bot.chat.pictures.prompt import (
    PICTURE_TOKENS,
    Shown,
    numbered,
    with_pictures,
    within,
    words_in,
)
from bot.chat.replies import Batch, say
from bot.chat.sources.asking import question_of
from bot.chat.sources.checking import Checked, check_answer
from bot.chat.sources.material import Material
from bot.chat.sources.naming import name_sources
from bot.chat.standing.rules import GivenRules, StandingRules, with_rules
from bot.knowledge.protocol import Knowledge, NoKnowledge
from bot.languages.speaking import speak
from bot.llm.protocol import LLM, Completion, LLMError, Prompt, Tool
from bot.media.outgoing.offers import NoOffers, Offers
from bot.observability import LLM_ERRORS, LLM_SECONDS
from bot.tools.acting import Acted, Acting
from db.records import Reply, Userchat, to_storable

log = logging.getLogger(__name__)

# How many prompts are tried at once, each shorter than the one before.
MOST_PROMPTS = 4
# How long knowledge is looked through, as a share of an answer's time, and in seconds.
SHARE_OF_FINDING = 0.25
MOST_SECONDS_OF_FINDING = 5.0
# What the LLM gets in any case.
LEAST_SECONDS = 0.1


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

    An answer may be thrown away, and asked for again: what `acting` does for it stands
    in a ledger, under the batch that asked for it, and is never repeated. What is
    remembered is `room`. `shown` are pictures for this one answer, what matters most
    first.
    """

    llm: LLM
    policy: Policy
    room: Room = field(default_factory=Room)
    knowledge: Knowledge = field(default_factory=NoKnowledge)
    files: OwnFiles = field(default_factory=NoFiles)
    offers: Offers = field(default_factory=NoOffers)
    rules: StandingRules = field(default_factory=GivenRules)
    shown: tuple[Shown, ...] = ()
    acting: Acting | None = None

    def answer(self, chat: Userchat, batch: Batch, seconds: float) -> Reply:
        """Return the LLM's reply to a batch of the chat; nothing is stored or sent.

        Takes at most `seconds`, and no longer than the policy, and the limits of tools,
        say. Raises LLMError.
        """
        prompt = with_rules(self.policy.system_prompt, self.rules.find())
        offered = self.offers.find()
        policy = replace(self.policy, system_prompt=prompt, offered=offered)
        return replace(self, policy=policy)._asked_for(chat, batch, seconds)

    def _asked_for(self, chat: Userchat, batch: Batch, seconds: float) -> Reply:
        most = self.policy.llm_seconds + seconds_of(self.acting)
        deadline = time.monotonic() + min(seconds, most)
        policy, told = with_tools(self.room.limit(self.policy), self.acting), None
        material = self._find(chat, batch, policy, deadline)
        asked = self._ask(chat, batch, policy, material)
        for tries_left in reversed(range(MOST_PROMPTS)):
            try:
                acted = self._act(asked.prompt, chat, batch, deadline)
                break
            except LLMError as error:
                policy, material = _after(error, policy, asked)
                told = error.prompt_tokens or told
                shorter = self._ask(chat, batch, policy, material)
                is_late = time.monotonic() >= deadline
                if shorter.prompt == asked.prompt or not tries_left or is_late:
                    raise
                log.warning("the LLM is asked once more, with less of the chat")
                asked = shorter
        self._remember(told)
        return self._reply(acted, asked, chat, batch)

    def _act(
        self, prompt: Prompt, chat: Userchat, batch: Batch, deadline: float
    ) -> Acted:
        """Return what the LLM says, after its calls where there are tools."""
        wanted = wanted_for(chat, batch, deadline) if self.acting else None
        if self.acting is None or wanted is None:
            return Acted(self._complete(prompt, deadline - time.monotonic()))
        holding = holding_of(chat, self.acting)
        check = holding.correct if holding else None
        return self.acting.complete(self._complete, prompt, wanted, check)

    def _reply(self, acted: Acted, asked: Asked, chat: Userchat, batch: Batch) -> Reply:
        """Return the reply that a completion makes: what is said, and what is done."""
        raw = acted.completion
        acted, untrue = held(acted, chat, self.acting)
        completion = acted.completion
        if acted.told:
            asked = replace(asked, talk=(*asked.talk, *acted.told))
        chosen = choose_files(completion.text, self.policy.offered, chat)
        noted = read_lead(chosen.text)
        said = read_wish(words_or_thanks(noted, chat))
        text = words_or_here(said.text, chosen, chat)
        said = replace(said, text=ended(replace(completion, text=text)))
        question = "\n".join(words_of(turn, chat.seen) for turn in batch)
        policy, on_tools = self._after_tools(acted, said.text)
        checked = _checked(said, question, asked, policy)
        if acted.has_done or on_tools:
            checked = replace(checked, gap=None)  # a tool told it, or is to
        reply = _reply_with(completion, checked, chat, batch, self.policy)
        reply = with_files(reply, chosen, chat)
        acting = with_action(reply, said, chat, batch, self.policy.handoff)
        acting = with_calls(acting, acted, chat, self.policy.handoff)
        acting = with_person(acting, untrue, chat, self.policy.handoff)
        judged = with_judgement(with_lead(acting, noted, chat, batch), chat, batch)
        return with_making(judged, asked, raw)

    def _after_tools(self, acted: Acted, said: str) -> tuple[Policy, bool]:
        """Return how an answer is checked; whether a model that never cites says it.

        What stands on tools gives way to no passage.
        """
        policy, acting = self.policy, self.acting
        if acting is None or not policy.sources.quotes_uncited:
            return policy, False
        if not stands_on_tools(acted, said, acting.offered()):
            return policy, False
        sources = replace(policy.sources, quotes_uncited=False)
        return replace(policy, sources=sources), True

    def _ask(
        self, chat: Userchat, batch: Batch, policy: Policy, material: Material
    ) -> Asked:
        """Return what the LLM is asked, with the pictures that there is room for."""
        shown = within(self.shown, policy.token_budget)
        if not shown:
            return ask_for(chat, batch, policy, material)
        rest = policy.token_budget - PICTURE_TOKENS * len(shown)
        told = numbered(chat, shown)
        asked = ask_for(told, batch, replace(policy, token_budget=rest), material)
        return replace(asked, prompt=with_pictures(asked.prompt, shown), shown=shown)

    def _find(
        self, chat: Userchat, batch: Batch, policy: Policy, deadline: float
    ) -> Material:
        """Return what the business, and the user's own files, say about a batch."""
        question = question_of(chat, batch, room_for_passages(policy))
        own = self.files.find(chat, batch, question)
        seconds = (deadline - time.monotonic()) * SHARE_OF_FINDING
        found = self.knowledge.find(question, min(seconds, MOST_SECONDS_OF_FINDING))
        return with_own(Material.of(found), own, question.most_tokens)

    def _remember(self, prompt_tokens: int | None) -> None:
        """Keep what a server told, now that it answered: never what only failed."""
        if prompt_tokens and prompt_tokens < self.policy.token_budget:
            self.room.tokens = prompt_tokens
            log.warning(
                "prompts have %d tokens at most from now on, as the LLM's server told:"
                " lower PROMPT_TOKEN_BUDGET",
                prompt_tokens,
            )

    def _complete(
        self, prompt: Prompt, seconds: float, tools: Sequence[Tool] = ()
    ) -> Completion:
        most = max(min(seconds, self.policy.llm_seconds), LEAST_SECONDS)
        try:
            completion = self.llm.complete(prompt, most, tools)
        except LLMError as error:
            LLM_ERRORS.inc()
            log.warning("the LLM gave no answer: %s", error)
            raise
        LLM_SECONDS.observe(completion.response_time)
        return completion


def _after(error: LLMError, policy: Policy, asked: Asked) -> tuple[Policy, Material]:
    """Return what to show after a refusal; the same where less would not help.

    What the server refuses may stand in what was said before, or in what is remembered
    of it: then the messages that are to be answered go alone. Or in the material: then
    they go without it.
    """
    if error.too_long:
        taken = min(policy.token_budget, tokens_of_prompt(asked.prompt))
        fits = error.prompt_tokens
        budget = fits if fits and fits < taken else taken // 2
        return replace(policy, token_budget=budget), asked.material
    if not error.permanent or asked.shown:
        return policy, asked.material  # it may be the pictures: see Seeing
    material = asked.material
    is_alone = len(asked.prompt) <= len(("system", "user"))
    if is_alone and material.passages:
        material = material.without_passages()
    without = replace(policy.memory, is_on=False)
    return replace(policy, most_turns=1, memory=without), material


def _reply_with(
    completion: Completion,
    checked: Checked,
    chat: Userchat,
    batch: Batch,
    policy: Policy,
) -> Reply:
    """Return the LLM's answer to a batch, and what could not be read beside it."""
    sources = name_sources(checked.named, policy.sources.shown, chat.language)
    unread = unreadable_sentences(chat, batch)
    words = _words(checked, chat.language, policy)
    text = "\n\n".join(filter(None, (words, unread)))
    return Reply(
        turn=replace(
            say(text, batch),
            model=to_storable(completion.model),
            tokens_used=completion.tokens.total,
            response_time=round(completion.response_time, 3),
        ),
        sources=to_storable(sources),
        pictures=checked.pictures,
        stood_on=checked.stood_on,
        gap=checked.gap,
    )


def _checked(said: Wish, question: str, asked: Asked, policy: Policy) -> Checked:
    """Return what may be said; nothing, where a person is asked for without a word."""
    if said.why is not None and not said.text:
        return Checked("")
    read = partial(words_in, asked.shown)
    return check_answer(
        said.text, asked.material, question, asked.talk, policy.sources, read
    )


def _words(checked: Checked, language: str | None, policy: Policy) -> str:
    if checked.text is not None:
        return checked.text
    unknown = sentences.UNKNOWN_HERE if policy.handoff else sentences.UNKNOWN
    return speak(language, unknown)
