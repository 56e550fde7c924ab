"""What is looked for: people by name or number, messages by their words."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from bot.console.operators import operator
from bot.console.parts import console
from bot.console.permissions import May
from bot.console.writing import note
from db.logins.audit import Action
from db.queries.search import Findings, Hit, search_messages
from db.support.inbox.finding import (
    Page,
    Sought,
    find_owners_of_chats,
    find_people,
)

MOST_MESSAGES = 30
# Who sees active chats only gets those of so many.
LOOKED_AT = 200
MOST_CHATS = 300
SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Message:
    """A message that was found, whose it is, and whether its chat goes on."""

    hit: Hit
    user_id: UUID
    is_active: bool


@dataclass(frozen=True, slots=True)
class Found:
    """What was found; `is_cut`: the words stand in more chats than were looked into."""

    people: Page
    messages: Sequence[Message]
    is_cut: bool


def look_for(words: str) -> Found:
    """Return the people and messages that the one who asks may see. It is audited."""
    who, database = operator(), console().database
    sees_past = who.may(May.SEE_PAST)
    note(database, Action.SEARCHED)
    with database.reading(SECONDS) as connection:
        hits = search_messages(connection, words, LOOKED_AT, MOST_CHATS)
        chats = find_owners_of_chats(connection, [hit.chat_id for hit in hits.hits])
        sought = Sought(operator_id=who.user_id, sees_past=sees_past)
        people = find_people(connection, sought, words)
    seen = [
        Message(hit, chats[hit.chat_id].user_id, chats[hit.chat_id].is_active)
        for hit in hits.hits
        if sees_past or chats[hit.chat_id].is_active
    ]
    is_cut = _is_cut(hits, seen)
    return Found(people, seen[:MOST_MESSAGES], is_cut)


def _is_cut(hits: Findings, seen: Sequence[Message]) -> bool:
    return hits.is_cut or len(seen) > MOST_MESSAGES or len(hits.hits) == LOOKED_AT
