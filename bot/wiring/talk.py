"""What a talk consists of, whoever runs it."""

# ruff: noqa: PLC0415

from dataclasses import dataclass, replace
from functools import partial
from threading import Event
from typing import TYPE_CHECKING

from bot.settings import Settings
from bot.wiring.languages import with_languages

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.chat.answering import Room
    from bot.chat.channel import Channel
    from bot.chat.files.finding import OwnFiles
    from bot.chat.limits.allowance import Allowance
    from bot.chat.pictures.showing import Gallery
    from bot.chat.replies import Answers
    from bot.chat.standing.rules import StandingRules
    from bot.chat.talk import Talk
    from bot.knowledge.protocol import Knowledge
    from bot.llm.protocol import LLM
    from bot.media.outgoing.offers import Offers
    from bot.tools.acting import Acting
    from db.records import Reply
    from db.store import ChatStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What an answer is made from, beside the LLM; what is None is not there.

    `room` is what earlier answers learned of how long prompts may be.
    """

    knowledge: "Knowledge | None" = None
    gallery: "Gallery | None" = None
    files: "OwnFiles | None" = None
    offers: "Offers | None" = None
    rules: "StandingRules | None" = None
    acting: "Acting | None" = None
    room: "Room | None" = None


def build_talk(  # noqa: PLR0913, PLR0917  (what a talk is made of)
    settings: Settings,
    llm: "LLM",
    store: "ChatStore",
    channel: "Channel | None" = None,
    stopping: Event | None = None,
    means: Means | None = None,
) -> "Talk":
    """Return the talk on an LLM; what is not given, it does not do."""
    from bot.chat.channel import Channel
    from bot.chat.talk import Talk

    talk = Talk(
        store=store,
        answering=build_answering(settings, llm, means or Means()),
        channel=channel or Channel(with_parts=build_parting(settings)),
        pace=settings.pace,
        allowance=_allowance(settings),
        vocabulary=settings.vocabulary,
        handoff=settings.policy.handoff,
        reminds=settings.policy.reminders.is_on,
        stopping=stopping or Event(),
    )
    return with_languages(talk, settings.wording)


def build_parting(settings: Settings) -> "Callable[[Reply], Reply]":
    """Return what makes a reply's messages, with choices to tap where that is set.

    By PRICES it makes as few of them as it can, where they cost something.
    """
    from bot.whatsapp.text.parts import with_parts

    prices = settings.money.prices
    fewest = prices is not None and prices.parts_cost
    contents = settings.policy.choices.contents
    return partial(with_parts, contents=contents, fewest=fewest)


def _allowance(settings: Settings) -> "Allowance":
    """Return what is allowed, with who is called beyond a budget."""
    calls = settings.money.beyond == "person"
    person = settings.policy.handoff if calls else None
    return replace(settings.allowance, calls_person=person)


def build_answering(settings: Settings, llm: "LLM", means: Means) -> "Answers":
    """Return what makes answers; what is not given, it does not do."""
    from bot.chat.answering import Answering, Room
    from bot.chat.choices.offering import Offering
    from bot.chat.files.finding import NoFiles
    from bot.chat.pictures.seeing import Seeing
    from bot.chat.standing.rules import GivenRules
    from bot.knowledge.protocol import NoKnowledge
    from bot.media.outgoing.offers import NoOffers

    answering = Answering(
        llm,
        settings.policy,
        room=means.room or Room(),
        knowledge=means.knowledge or NoKnowledge(),
        files=means.files or NoFiles(),
        offers=means.offers or NoOffers(),
        rules=means.rules or GivenRules(),
        acting=means.acting,
    )
    seeing = Seeing(answering, means.gallery) if means.gallery else answering
    is_offering = settings.policy.choices.is_on
    offering = Offering(seeing, settings.vocabulary) if is_offering else seeing
    return _with_follow_ups(settings, offering)


def _with_follow_ups(settings: Settings, answers: "Answers") -> "Answers":
    """Return answers after whose offers who is silent is asked once, if that is set."""
    from bot.chat.reminders.following import Following

    after = settings.policy.reminders.follow_up
    return Following(answers, after) if after and not settings.in_memory else answers
