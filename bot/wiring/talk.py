"""What a talk consists of, whoever runs it."""

# ruff: noqa: PLC0415

from threading import Event
from typing import TYPE_CHECKING

from bot.settings import Settings
from bot.wiring.languages import with_languages

if TYPE_CHECKING:
    from bot.chat.channel import Channel
    from bot.chat.files.finding import OwnFiles
    from bot.chat.pictures.showing import Gallery
    from bot.chat.replies import Answers
    from bot.chat.talk import Talk
    from bot.knowledge.protocol import Knowledge
    from bot.llm.account import LLMServer
    from bot.tools.acting import Acting
    from db.store import ChatStore


def build_talk(  # noqa: PLR0913  (most have defaults)
    settings: Settings,
    llm: "LLMServer",
    store: "ChatStore",
    *,
    channel: "Channel | None" = None,
    stopping: Event | None = None,
    knowledge: "Knowledge | None" = None,
    gallery: "Gallery | None" = None,
    files: "OwnFiles | None" = None,
    acting: "Acting | None" = None,
) -> "Talk":
    """Return the talk on an LLM's server; what is not given, it does not do."""
    from bot.chat.channel import Channel
    from bot.chat.talk import Talk
    from bot.whatsapp.text.parts import with_parts

    talk = Talk(
        store=store,
        answering=_build_answering(settings, llm, knowledge, gallery, files, acting),
        channel=channel or Channel(with_parts=with_parts),
        pace=settings.pace,
        allowance=settings.allowance,
        vocabulary=settings.vocabulary,
        handoff=settings.policy.handoff,
        stopping=stopping or Event(),
    )
    return with_languages(talk, settings.wording)


def _build_answering(  # noqa: PLR0913, PLR0917  (what an answer is made of)
    settings: Settings,
    llm: "LLMServer",
    knowledge: "Knowledge | None",
    gallery: "Gallery | None",
    files: "OwnFiles | None",
    acting: "Acting | None",
) -> "Answers":
    from bot.chat.answering import Answering
    from bot.chat.files.finding import NoFiles
    from bot.chat.pictures.seeing import Seeing
    from bot.knowledge.protocol import NoKnowledge
    from bot.llm.openai_chat import OpenAIChat

    known = knowledge or NoKnowledge()
    answering = Answering(
        OpenAIChat(llm),
        settings.policy,
        knowledge=known,
        files=files or NoFiles(),
        acting=acting,
    )
    return Seeing(answering, gallery) if gallery else answering
