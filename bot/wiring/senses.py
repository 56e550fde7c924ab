"""What hears and sees."""

# ruff: noqa: PLC0415

from collections.abc import Callable
from typing import TYPE_CHECKING

from bot.settings import Settings

if TYPE_CHECKING:
    from bot.chat.pictures.showing import Gallery
    from bot.llm.endpoint import Measure
    from bot.media.protocol import Sense
    from bot.media.senses.children import Children
    from bot.media.senses.sight import Looking

# Hexadecimal sha256 to the bytes; None: they are not kept any more.
Load = Callable[[str], bytes | None]


def build_senses(
    settings: Settings,
    looking: "Looking | None" = None,
    measure: "Measure | None" = None,
) -> dict[str, "Sense"]:
    """Return what reads each kind of media, by its kind; what is missing can't be read.

    `looking` is what a gallery has, so that both learn whether the LLM sees.
    """
    from bot.media.senses.children import Children
    from bot.media.senses.documents import Documents

    looking = looking or build_looking(settings)
    # All kinds of children share the few places that there are.
    children = looking.children or Children()
    senses: dict[str, Sense] = {"document": Documents(children)}
    if voice := _build_voice(settings, children, measure):
        senses["audio"] = voice
    if looking.sight.sees or looking.children:
        senses["image"] = looking
    return senses


def build_looking(settings: Settings) -> "Looking":
    """Return what looks at pictures, if only to say that it can't."""
    from bot.media.senses.children import Children
    from bot.media.senses.extras import can_read_here
    from bot.media.senses.sight import Looking, Sight

    sees = settings.llm is not None and settings.llm.sees
    return Looking(Sight(sees), Children() if can_read_here() else None)


def build_gallery(looking: "Looking", load: Load) -> "Gallery":
    """Return what shows pictures to the LLM; `load` gives their bytes."""
    from bot.chat.pictures.showing import Gallery

    return Gallery(looking.sight, load, looking.read)


def _build_voice(
    settings: Settings, children: "Children", measure: "Measure | None"
) -> "Sense | None":
    from bot.llm.endpoint import unmeasured
    from bot.llm.speech.transcriptions import Transcriptions
    from bot.media.senses.extras import can_listen_here
    from bot.media.senses.voice import VoiceByServer, VoiceHere

    if settings.transcription:
        return VoiceByServer(
            Transcriptions(settings.transcription, measure=measure or unmeasured)
        )
    return VoiceHere(children) if can_listen_here() else None
