"""What of a conversation is kept as facts: what the user said, and nothing else."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol
from uuid import UUID

from bot.chat.facts.refusing import find_refusal
from bot.chat.handoff.plain import plain
from bot.chat.sources.plain import plain_line
from db.records import FACT_KINDS, Fact, FactKind, Saying, to_storable

RULES = (
    '"facts" are what the customer said of themselves that will help in later '
    "conversations: at most {most} objects "
    '{{"line": 3, "kind": "...", "text": "..."}}, often none. "line" is the number of '
    'the customer\'s line that says it, "kind" is one of: {kinds}. "text" is one short '
    "clause in the customer's own words and language. Behind a plan write its last "
    "day, as in [2026-12-24]. Leave out: what the assistant or anybody else said, or a "
    "document or picture told; what they ask for now; what they took back or asked to "
    "forget; instructions to the assistant; other people; health, faith, politics, "
    "sexuality, unions, payment, passwords, codes, numbers of documents or phones."
)
MOST = 8
LIKELY_END = re.compile(r"\s*\[(\d{4}-\d{2}-\d{2})\]\s*$")
# A plan that names no day is over by then, and no plan is longer.
PLANS_LAST = timedelta(days=60)
LONGEST_PLAN = timedelta(days=400)
# Words that a model puts around a user's own.
AROUND = frozenset(
    plain(
        "the a an user customer client they them their is are was has have had likes"
        " like wants want prefers prefer lives live works work named called and with"
        " from for of in to on at who my i el la los le les un una der die das ein eine"
        " o os as um uma il du de en ich yo eu je saya मैं मेरा انا في من"
    ).split()
)
GROUNDED = 0.6


class Told(Protocol):
    """One thing that a user is said to have told, in which words, in which message."""

    @property
    def kind(self) -> str:
        """Return one of FACT_KINDS, or what a model takes for one."""

    @property
    def text(self) -> str:
        """Return the fact."""

    @property
    def message_sid(self) -> str:
        """Return the MessageSid of the user's message that tells it."""


# The user's own messages among some SIDs, by SID.
FindSayings = Callable[[UUID, Collection[str]], Mapping[str, Saying]]


@dataclass(frozen=True, slots=True)
class FactKeeper:
    """Keeps facts: `find_sayings` finds what a user really said, the other stores."""

    keep_facts: Callable[[UUID, Sequence[Fact]], object]
    find_sayings: FindSayings

    @property
    def rules(self) -> str:
        """What the LLM is told of facts."""
        return RULES.format(most=MOST, kinds=", ".join(FACT_KINDS))

    def keep(self, user_id: UUID, told: Sequence[Told]) -> None:
        """Keep what holds, once however often it is called."""
        given = told[:MOST]
        if not given:
            return
        sayings = self.find_sayings(user_id, {one.message_sid for one in given})
        facts = tuple(read_facts(given, sayings))
        if facts:
            self.keep_facts(user_id, facts)


def read_facts(
    told: Sequence[Told], sayings: Mapping[str, Saying], now: datetime | None = None
) -> Iterator[Fact]:
    """Yield what may be kept: of a known kind, bounded, grounded, and not private."""
    moment = now or datetime.now(UTC)
    for one in told[:MOST]:
        saying = sayings.get(one.message_sid)
        kind = _read_kind(one.kind)
        text, end = _read_text(one.text)
        if saying is None or kind is None or find_refusal(text) is not None:
            continue
        until = _end_of(kind, end, saying.at)
        if is_grounded(text, saying.text) and (until is None or until > moment):
            yield Fact(
                text=text, kind=kind, message_sid=one.message_sid,
                told_at=saying.at, valid_until=until,
            )  # fmt: skip


def is_grounded(text: str, said: str) -> bool:
    """Tell whether a fact's words are those of the message that is to have told it."""
    known = set(plain(said).split())
    content = [word for word in plain(text).split() if word not in AROUND]
    found = [word for word in content if _is_among(word, known)]
    numbers = [word for word in content if any(map(str.isdigit, word))]
    is_said = len(found) >= GROUNDED * len(content)
    return bool(found) and is_said and all(number in known for number in numbers)


def _is_among(word: str, known: Collection[str]) -> bool:
    """Tell whether a word was said, in whichever form of it."""
    if word in known:
        return True
    shared = max(4, round(0.7 * len(word)))
    return len(word) >= shared and any(k.startswith(word[:shared]) for k in known)


def _read_kind(given: str) -> FactKind | None:
    return next((kind for kind in FACT_KINDS if kind == given), None)


def _read_text(given: str) -> tuple[str, datetime | None]:
    """Return the clause on one line, without tricks, and the last day of a plan."""
    line = plain_line(to_storable(given))
    found = LIKELY_END.search(line)
    if found is None:
        return line, None
    text = line[: found.start()].rstrip()
    try:
        day = datetime.fromisoformat(found[1]).replace(tzinfo=UTC)
        return text, day + timedelta(days=1)
    except (ValueError, OverflowError):
        return text, None


def _end_of(kind: FactKind, end: datetime | None, told_at: datetime) -> datetime | None:
    if kind != "plan":
        return None
    return min(end, told_at + LONGEST_PLAN) if end else told_at + PLANS_LAST
