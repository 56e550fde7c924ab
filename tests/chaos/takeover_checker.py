"""Whether the bot kept silent while people had its chats, and their words arrived.

From when a takeover came back until the chat was given back no part of the bot's may
reach the user. What reached them between the instant at which the database had the
takeover and its return was on its way to Twilio then: it is counted, not forbidden.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.chaos.events import (
    Acknowledged,
    Answered,
    CutOff,
    Event,
    PersonSaid,
    Sent,
    Silenced,
    Taken,
)

SAID = re.compile(r"\[p\d+-\d+\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Takeovers:
    """The figures of takeovers, and what broke the promise.

    `busy` are those at which the bot had something to say: a message was unanswered, or
    its answer not sent; `cut_off` parts of it never were. `talked_over` are its words
    to whom a human had. `settled` messages were a person's to answer; of those that
    came after a chat was given back `again` were answered by the bot, and `silent`
    were not.
    """

    taken: int
    busy: int
    cut_off: int
    talked_over: tuple[str, ...]
    on_their_way: int
    said: int
    lost: tuple[str, ...]
    doubled: tuple[str, ...]
    out_of_order: tuple[str, ...]
    settled: int
    again: int
    silent: tuple[str, ...]
    slowest: float

    @property
    def holds(self) -> bool:
        words = self.lost or self.doubled or self.out_of_order
        return not (self.talked_over or words or self.silent)

    def __str__(self) -> str:
        return (
            f"{self.taken} takeovers (the slowest took {self.slowest:.1f} s), "
            f"{self.busy} of them while the bot had something to say "
            f"({self.cut_off} parts cut off): "
            f"{len(self.talked_over)} parts of the bot's after them, "
            f"{self.on_their_way} on their way meanwhile; {self.said} human replies: "
            f"{len(self.lost)} lost, {len(self.doubled)} doubled, "
            f"{len(self.out_of_order)} out of order; {self.settled} messages settled "
            f"by them, {self.again} answered by the bot after it was given back, "
            f"{len(self.silent)} not"
        )


def check_takeovers(events: Sequence[Event]) -> Takeovers | None:
    """Return what became of takeovers; None: there were none."""
    taken = [event for event in events if isinstance(event, Taken)]
    if not taken:
        return None
    answers = [event for event in events if isinstance(event, Answered)]
    bots = [answer for answer in answers if not SAID.search(answer.text)]
    said = [event for event in events if isinstance(event, PersonSaid)]
    times = Counter(token for one in answers for token in SAID.findall(one.text))
    answered = {token for one in bots for token in _tokens(one.text)}
    after = _find_after(events, taken)
    return Takeovers(
        taken=len(taken),
        busy=sum(_had_something_to_say(one, events, bots) for one in taken),
        cut_off=sum(event.parts for event in events if isinstance(event, CutOff)),
        talked_over=tuple(_find_between(taken, bots, over=True)),
        on_their_way=len(list(_find_between(taken, bots, over=False))),
        said=len(said),
        lost=tuple(one.token for one in said if not times[one.token]),
        doubled=tuple(token for token, count in times.items() if count > 1),
        out_of_order=tuple(_find_swapped(said, answers)),
        settled=len(find_settled_by_persons(events)),
        again=len(after & answered),
        silent=tuple(sorted(after - answered)),
        slowest=max(one.returned - one.at for one in taken),
    )


def find_settled_by_persons(events: Sequence[Event]) -> set[str]:
    """Return the tokens that need no answer: they came before a chat was given back."""
    given = _last_given(events)
    silenced = {event.token for event in events if isinstance(event, Silenced)}
    sent = [event for event in events if isinstance(event, Sent)]
    return {
        one.token
        for one in sent
        if one.token in silenced and one.at < given.get(one.user, float("-inf"))
    }


def _find_after(events: Sequence[Event], taken: Sequence[Taken]) -> set[str]:
    """Return the acknowledged tokens that came once a chat was the bot's again.

    (While it is being given back it is both's: a second is left out.)
    """
    given = _last_given(taken)
    acknowledged = {e.token for e in events if isinstance(e, Acknowledged)}
    return {
        event.token
        for event in events
        if isinstance(event, Sent)
        and event.token in acknowledged
        and event.at > given.get(event.user, float("inf")) + 1
    }


def _had_something_to_say(
    one: Taken, events: Sequence[Event], bots: Sequence[Answered]
) -> bool:
    asked = {e.token for e in events if isinstance(e, Sent) and _is_before(e, one)}
    before = (bot for bot in bots if _is_before(bot, one))
    return bool(asked - {token for bot in before for token in _tokens(bot.text)})


def _is_before(event: Sent | Answered, one: Taken) -> bool:
    return event.user == one.user and event.at < one.at


def _last_given(events: Iterable[Event]) -> dict[str, float]:
    taken = [event for event in events if isinstance(event, Taken)]
    return {one.user: one.given for one in sorted(taken, key=lambda one: one.given)}


def _find_between(
    taken: Sequence[Taken], bots: Sequence[Answered], *, over: bool
) -> Iterable[str]:
    heard: defaultdict[str, list[Answered]] = defaultdict(list)
    for answer in bots:
        heard[answer.user].append(answer)
    for one in taken:
        begin, end = (one.returned, one.given) if over else (one.at, one.returned)
        for answer in heard[one.user]:
            if begin < answer.at <= end:
                yield f"{answer.at:.3f} to {answer.user}: {answer.text[:60]}"


def _find_swapped(
    said: Sequence[PersonSaid], answers: Sequence[Answered]
) -> Iterable[str]:
    told: defaultdict[str, list[str]] = defaultdict(list)
    for one in sorted(said, key=lambda one: one.at):
        told[one.user].append(one.token)
    for user, tokens in told.items():
        mine = (a for a in sorted(answers, key=lambda a: a.at) if a.user == user)
        heard = [token for a in mine for token in SAID.findall(a.text)]
        wanted = [token for token in tokens if token in heard]
        yield from (a for a, b in zip(heard, wanted, strict=False) if a != b)


def _tokens(text: str) -> list[str]:
    return re.findall(r"\[u\d+-m\d+-[0-9a-f]{4}\]", text)
