"""What puts a chat into the queue by rule: the operator's words, and a second no."""

from itertools import takewhile

import regex

from bot.chat import sentences
from bot.chat.handoff.passing import pass_on
from bot.chat.handoff.plain import contains, plain
from bot.chat.handoff.policy import HandoffPolicy
from bot.chat.replies import Batch
from db.records import Reply, Turn, Userchat

# Thumbs down in any skin, alone, once or more often.
THUMBS_DOWN = regex.compile("(?:\U0001f44e[\U0001f3fb-\U0001f3ff\ufe0f]*\\s*)+")
MOST_THUMBS = 2


def pass_on_by_rule(
    chat: Userchat, batch: Batch, policy: HandoffPolicy | None
) -> Reply | None:
    """Return the reply that passes a batch on for what is in it; None: nothing is."""
    if policy is None:
        return None
    if any(_has_word(turn, policy) for turn in batch):
        return pass_on(chat, batch, policy, "keyword")
    if any(map(is_thumbs_down, batch)) and _thumbs_since(chat, batch) >= MOST_THUMBS:
        return pass_on(chat, batch, policy, "thumbs")
    return None


def is_thumbs_down(turn: Turn) -> bool:
    """Tell whether a message says 👎 and nothing else."""
    text = turn.content.strip()
    return len(text) <= 100 and THUMBS_DOWN.fullmatch(text) is not None


def _has_word(turn: Turn, policy: HandoffPolicy) -> bool:
    if not policy.words:
        return False
    said = plain(turn.content)
    return any(contains(said, word) for word in policy.words)


def _thumbs_since(chat: Userchat, batch: Batch) -> int:
    """Count them since a person had the chat, or was to have it."""
    waiting = {turn.message_sid for turn in batch}
    before = [turn for turn in chat.turns if turn.message_sid not in waiting]
    since = takewhile(lambda turn: not _is_a_persons(turn), reversed(before))
    theirs = [turn for turn in (*since, *batch) if turn.role == "user"]
    return sum(map(is_thumbs_down, theirs))


def _is_a_persons(turn: Turn) -> bool:
    is_note = turn.content == sentences.NOT_ANSWERED_HANDOFF and turn.role == "system"
    return turn.is_by_person or turn.hands_over is not None or is_note
