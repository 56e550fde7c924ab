"""What a talk consists of, whoever runs it."""

# ruff: noqa: PLC0415

from dataclasses import replace
from threading import Event
from typing import TYPE_CHECKING

from bot.settings import Settings
from bot.wiring.languages import with_languages

if TYPE_CHECKING:
    from bot.chat.channel import Channel
    from bot.chat.files.finding import OwnFiles
    from bot.chat.limits.allowance import Allowance
    from bot.chat.pictures.showing import Gallery
    from bot.chat.replies import Answers
    from bot.chat.talk import Talk
    from bot.knowledge.protocol import Knowledge
    from bot.llm.protocol import LLM
    from db.store import ChatStore


def build_talk(  # noqa: PLR0913  (most have defaults)
    settings: Settings,
    llm: "LLM",
    store: "ChatStore",
    *,
    channel: "Channel | None" = None,
    stopping: Event | None = None,
    knowledge: "Knowledge | None" = None,
    gallery: "Gallery | None" = None,
    files: "OwnFiles | None" = None,
) -> "Talk":
    """Return the talk on an LLM.

    Without a channel its replies stay here; what else is not given is not shown.
    """
    from bot.chat.channel import Channel
    from bot.chat.talk import Talk
    from bot.whatsapp.text.parts import with_parts

    talk = Talk(
        store=store,
        answering=_build_answering(settings, llm, knowledge, gallery, files),
        channel=channel or Channel(with_parts=with_parts),
        pace=settings.pace,
        allowance=_allowance(settings),
        vocabulary=settings.vocabulary,
        handoff=settings.policy.handoff,
        stopping=stopping or Event(),
    )
    return with_languages(talk, settings.wording)


def _allowance(settings: Settings) -> "Allowance":
    """Return what is allowed, with who is called beyond a budget."""
    calls = settings.money.beyond == "person"
    person = settings.policy.handoff if calls else None
    return replace(settings.allowance, calls_person=person)


def _build_answering(
    settings: Settings,
    llm: "LLM",
    knowledge: "Knowledge | None",
    gallery: "Gallery | None",
    files: "OwnFiles | None",
) -> "Answers":
    from bot.chat.answering import Answering
    from bot.chat.files.finding import NoFiles
    from bot.chat.pictures.seeing import Seeing
    from bot.knowledge.protocol import NoKnowledge

    known = knowledge or NoKnowledge()
    answering = Answering(
        llm, settings.policy, knowledge=known, files=files or NoFiles()
    )
    return Seeing(answering, gallery) if gallery else answering
