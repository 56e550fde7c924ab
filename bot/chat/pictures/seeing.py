"""A link of the chain: the LLM is shown pictures, or told what stands in them."""

import logging
import time
from dataclasses import dataclass, replace

from bot.chat.answering import Answering
from bot.chat.pictures.prompt import Shown
from bot.chat.pictures.showing import Gallery
from bot.chat.replies import Batch
from bot.llm.protocol import LLMError
from bot.media.senses.sight import READER
from db.records import Reply, SeenMedia, Userchat

log = logging.getLogger(__name__)

# How long the words of pictures are looked for that could not be shown, as a share of
# the time that is left, and in seconds.
SHARE_OF_READING = 0.5
MOST_SECONDS_OF_READING = 30.0
# Begins as what is beyond us does: its sender is told that pictures can't be looked at.
NOT_SEEN = "beyond us: the LLM's server refused it, and no words were found in it"


@dataclass(frozen=True, slots=True)
class Seeing:
    """Answers from pictures, too.

    A server that refuses them is asked again without, with the words that stand in
    them. That it refuses all pictures is remembered once it answered so.
    """

    answering: Answering
    gallery: Gallery

    def answer(self, chat: Userchat, batch: Batch, seconds: float, /) -> Reply:
        """Return the reply, within `seconds`. Raises LLMError."""
        deadline = time.monotonic() + seconds
        shown = self.gallery.choose(chat, batch)
        try:
            return replace(self.answering, shown=shown).answer(chat, batch, seconds)
        except LLMError as error:
            refusal = error
            left = deadline - time.monotonic()
            if not (shown and error.permanent and not error.too_long) or left <= 0:
                raise
        log.warning("the LLM is asked once more, without pictures")
        told = self._tell(chat, shown, left)
        reply = self.answering.answer(told, batch, deadline - time.monotonic())
        if refusal.no_pictures:
            self.gallery.sight.sees = False
            log.warning("pictures are not shown from now on: set OPENAI_VISION=off")
        return reply

    def _tell(
        self, chat: Userchat, shown: tuple[Shown, ...], seconds: float
    ) -> Userchat:
        """Return the chat with the words in pictures that are not shown."""
        until = time.monotonic() + min(
            seconds * SHARE_OF_READING, MOST_SECONDS_OF_READING
        )
        told = {
            one.key: _with_words(chat.seen[one.key], one, until - time.monotonic())
            for one in shown
        }
        return replace(chat, seen={**chat.seen, **told})


def _with_words(seen: SeenMedia, one: Shown, seconds: float) -> SeenMedia:
    if text := seen.text or one.read(seconds):
        return replace(seen, text=text, text_by=seen.text_by or READER)
    # Perhaps there was no time: that it says nothing would be a guess.
    return replace(seen, state="unreadable", error=NOT_SEEN)
