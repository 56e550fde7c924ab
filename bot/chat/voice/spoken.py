"""Answers of the LLM's that are spoken, where the user asked for it with /settings.

The sound is made and kept before the answer is stored, so that whoever is killed on the
way begins anew. Whatever fails, the text is the answer: nobody waits long for a voice.
"""

import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.chat.replies import Answers, Batch
from bot.llm.protocol import LLMError
from bot.media.outgoing.kinds import OPUS, is_opus
from bot.media.outgoing.refs import StoredRef
from bot.media.policy import tell_not_taken
from db.errors import StoreUnavailableError
from db.records import PartContent, Reply, Userchat

log = logging.getLogger(__name__)

PREFERENCE, WANTED = "answers", "voice"
# A minute and a half of speech: who hears more than that wants to read it.
MOST_CHARACTERS = 1500
MOST_SECONDS = 10.0
LEAST_SECONDS = 1.0
LINK = re.compile(r"\[([^\[\]\n]{0,200})\]\([^\s()]{1,2000}\)")
ADDRESS = re.compile(r"https?://\S+")
# Marks of Markdown, which are seen and not said.
BEFORE_LINES = re.compile(r"(?m)^[ \t]*(?:#{1,6}|>|[-*+])[ \t]+")
AROUND_WORDS = re.compile(r"[*_`~]+")
Speak = Callable[[str, float], bytes]
Keep = Callable[[bytes, str], str]


@dataclass(frozen=True, slots=True)
class Spoken:
    """Whoever answers, with a voice.

    `speak` returns a text's sound within seconds, or raises LLMError; `keep` keeps
    bytes of a type and returns their sha256, or raises OSError.
    """

    answering: Answers
    speak: Speak
    keep: Keep

    def answer(self, chat: Userchat, batch: Batch, seconds: float, /) -> Reply:
        """Return the reply to a batch, spoken where that is wanted and possible.

        Raises LLMError where there is no reply this time.
        """
        deadline = time.monotonic() + seconds
        reply = self.answering.answer(chat, batch, seconds)
        if not is_wanted(chat, reply):
            return reply
        left = min(deadline - time.monotonic(), MOST_SECONDS)
        spoken = self._speak(speakable(reply.turn.content), left)
        return replace(reply, spoken=spoken) if spoken else reply

    def _speak(self, text: str, seconds: float) -> PartContent | None:
        if not text or len(text) > MOST_CHARACTERS or seconds < LEAST_SECONDS:
            return None
        try:
            sound = self.speak(text, seconds)
            if not is_opus(sound):
                log.error("the server that speaks sent no Opus in OGG: text is sent")
                return None
            sha256 = self.keep(sound, OPUS.media_type)
        except (LLMError, StoreUnavailableError) as error:
            log.warning("an answer is not spoken: %s", error)
            return None
        except OSError as error:
            told = tell_not_taken(error)
            log.error("an answer is not spoken: %s", told)  # noqa: TRY400
            return None
        return PartContent("", media=(str(StoredRef(sha256)),))


def is_wanted(chat: Userchat, reply: Reply) -> bool:
    """Tell whether a user wants to hear a reply: the LLM's answers, none of ours."""
    return (
        chat.preferences.get(PREFERENCE) == WANTED
        and reply.turn.role == "assistant"
        and reply.turn.model is not None
    )


def speakable(text: str) -> str:
    """Return what is said of a text: without its marks and addresses."""
    named = ADDRESS.sub(" ", LINK.sub(r"\1", text))
    return " ".join(AROUND_WORDS.sub("", BEFORE_LINES.sub("", named)).split())
