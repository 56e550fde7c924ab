"""A situation of the past: what the bot knew when it answered."""

from dataclasses import dataclass
from datetime import datetime

from db.records.calls import Call
from db.records.chats import Turn, Userchat
from db.records.passages import Found


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What the bot knew when it answered, as far as it is kept.

    `chat` ends with what was written by then: `batch` is what is to be answered, all
    of it unanswered. `at` is when; `said` is what was answered, None: nothing.
    `reference_id` names the answer.

    `calls` are those that were made for the answer, in their order, as they were then.
    `known` are those of the batch that stood before the LLM was asked: it was shown
    them. `waiting` are the user's of before that nobody had allowed yet, `done` those
    that had their effect; both have the newest first.

    `found` is what knowledge told, with the passages in the order in which they were
    given; None: it is not known. What is not kept any more, or was changed since, is
    told in words for an operator: `found_gone` of what was found, `gone` of the rest.
    """

    chat: Userchat
    batch: tuple[Turn, ...]
    at: datetime
    said: str | None = None
    reference_id: str | None = None
    calls: tuple[Call, ...] = ()
    known: tuple[Call, ...] = ()
    waiting: tuple[Call, ...] = ()
    done: tuple[Call, ...] = ()
    found: Found | None = None
    gone: tuple[str, ...] = ()
    found_gone: tuple[str, ...] = ()
