"""Answers where there is no queue (STORAGE_BACKEND=memory): inside the webhook."""

import logging
import threading
import time
from collections.abc import Sequence

from bot.chat.talk import Talk
from db.records import Reply

log = logging.getLogger(__name__)


class InlineAnswers:
    """The answer's road where there is no queue: all of it inside the webhook."""

    def __init__(self, talk: Talk, seconds: float) -> None:
        self._talk = talk
        self._seconds = seconds
        # A fixed number of locks: two chats that share one only wait for each other.
        self._locks = [threading.Lock() for _ in range(256)]

    def __call__(self, chat_id: str) -> Sequence[Reply]:
        """Return the replies to all that is unanswered in the chat, in time."""
        deadline = time.monotonic() + self._seconds
        lock = self._locks[hash(chat_id) % len(self._locks)]
        if not lock.acquire(timeout=self._seconds):
            return self._talk.give_up(chat_id, "another answer took too long")
        try:
            return self._talk.answer(chat_id, seconds=deadline - time.monotonic())
        except Exception as error:
            log.exception("answering a chat failed")
            return self._talk.give_up(chat_id, error)
        finally:
            lock.release()
