"""Whether the promise was kept, told from a log of events and from nothing else.

Every acknowledged token stands in exactly one delivered answer, and answers are in
order: if a message was acknowledged before another one of the same user was sent, it
is answered before it, or before it in the same answer. Messages that were under way at
the same time have no order.

A message that got no 200 may have been stored all the same: it is answered once or
not at all.

Nor is there an answer to what a person settled (see tests.chaos.takeover_checker).
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.chaos.events import (
    Acknowledged,
    Answered,
    Back,
    Ended,
    Event,
    Killed,
    Refused,
    Sent,
)
from tests.chaos.takeover_checker import (
    Takeovers,
    check_takeovers,
    find_settled_by_persons,
)

TOKEN = re.compile(r"\[u\d+-m\d+-[0-9a-f]{4}\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The figures of a run, and the tokens that broke the promise.

    `slowest` is the longest time from an acknowledgement to the answer that the bot
    owed; `recovery` the longest time from a kill to the answer to a message
    acknowledged after it, and `since_back` from when what was killed runs again;
    seconds. `refused` counts the webhooks that were answered with 503, `failed` those
    with anything else but 200: the bot has no reason to say that. `ended` are the webs
    of which a process ended that nobody had struck.
    """

    sent: int
    acknowledged: int
    answered: int
    lost: tuple[str, ...]
    doubled: tuple[str, ...]
    out_of_order: tuple[str, ...]
    slowest: float
    recovery: float | None
    since_back: float | None = None
    refused: int = 0
    failed: int = 0
    ended: tuple[str, ...] = ()
    takeovers: Takeovers | None = None

    @property
    def holds(self) -> bool:
        broken = self.lost or self.doubled or self.out_of_order
        kept = self.takeovers is None or self.takeovers.holds
        return kept and not (broken or self.failed or self.ended)


class Story:
    """A log of events, sorted into what the questions need."""

    def __init__(self, events: Iterable[Event]) -> None:
        self.sent: dict[str, Sent] = {}
        self.acknowledged: dict[str, float] = {}
        self.answered: dict[str, float] = {}
        self.times: Counter[str] = Counter()
        self.heard: defaultdict[str, list[str]] = defaultdict(list)
        self.kills: list[float] = []
        self.returns: list[float] = []
        self.statuses: Counter[int | None] = Counter()
        for event in sorted(events, key=lambda event: event.at):
            self._add(event)

    def _add(self, event: Event) -> None:
        match event:
            case Sent():
                self.sent.setdefault(event.token, event)
            case Acknowledged():
                self.acknowledged.setdefault(event.token, event.at)
            case Refused():
                self.statuses[event.status] += 1
            case Killed():
                self.kills.append(event.at)
            case Back():
                self.returns.append(event.at)
            case Answered():
                self._add_answer(event)

    def _add_answer(self, answer: Answered) -> None:
        for token in TOKEN.findall(answer.text):
            self.times[token] += 1
            if token in self.sent and self.sent[token].user == answer.user:
                self.answered.setdefault(token, answer.at)
                self.heard[answer.user].append(token)

    def delay_of(self, token: str) -> float:
        return max(0.0, self.answered[token] - self.acknowledged[token])


def check(events: Iterable[Event]) -> Verdict:
    told = list(events)
    story, silenced = Story(told), find_settled_by_persons(told)
    # What a person settled may be told again in the answer to what came long after.
    owed = [t for t in story.acknowledged if t in story.answered and t not in silenced]
    return Verdict(
        sent=len(story.sent),
        acknowledged=len(story.acknowledged),
        answered=len(story.answered),
        lost=tuple(
            token
            for token in story.acknowledged
            if token not in story.answered and token not in silenced
        ),
        doubled=tuple(t for t, times in story.times.items() if times > 1),
        out_of_order=tuple(_find_overtaken(story)),
        slowest=max(map(story.delay_of, owed), default=0.0),
        recovery=_recovery(story, story.kills),
        since_back=_recovery(story, story.returns),
        refused=story.statuses[503],
        failed=sum(n for code, n in story.statuses.items() if code not in {503, None}),
        ended=tuple(event.name for event in told if isinstance(event, Ended)),
        takeovers=check_takeovers(told),
    )


def _find_overtaken(story: Story) -> Iterable[str]:
    for tokens in story.heard.values():
        heard = list(dict.fromkeys(tokens))
        for place, token in enumerate(heard):
            if _is_overtaken(story, token, heard[:place]):
                yield token


def _is_overtaken(story: Story, token: str, before: Sequence[str]) -> bool:
    acknowledged = story.acknowledged.get(token)
    return acknowledged is not None and any(
        story.sent[other].at > acknowledged for other in before
    )


def _recovery(story: Story, moments: Sequence[float]) -> float | None:
    waits = [_first_answer_after(story, moment) - moment for moment in moments]
    known = [wait for wait in waits if wait != float("inf")]
    return max(known, default=None)


def _first_answer_after(story: Story, moment: float) -> float:
    answers = (
        story.answered[token]
        for token, at in story.acknowledged.items()
        if at > moment and token in story.answered
    )
    return min(answers, default=float("inf"))
