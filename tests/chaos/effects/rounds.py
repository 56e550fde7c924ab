"""Rounds in each of which a worker is killed right after tools' effects."""

import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from bot.simulator.content.choices import CONTENT_SIDS
from db.support.allowing import Allowing
from tests.bot.chat.acting.diner import asks
from tests.chaos.effects.counter import Shop
from tests.db.sql import opened, rows
from tests.house import PATIENCE, House, Phone
from tests.scripted_llm import Script

TOOLS = Path(__file__).parent / "tools.py"
By = Literal["nobody", "customer", "operator"]
# Who has to allow it, and the tools: one that keeps its key, one that does not.
KINDS: Mapping[By, tuple[str, str]] = {
    "nobody": ("book", "order"),
    "customer": ("reserve", "send"),
    "operator": ("hire", "cater"),
}
CALLS = """
SELECT tool, state, reference_id IS NOT NULL, owner
FROM tool_calls JOIN users USING (user_id) WHERE arguments ->> 'what' = %(what)s
"""
# What stands in the ledger after a round: state, tied to an answer, who has the chat.
EXPECTED = (("done", True, "bot"), ("unknown", True, "queue"))


@dataclass
class Tally:
    """What came of all rounds; `wrong` tells which were otherwise than promised."""

    rounds: int = 0
    effects: Counter[str] = field(default_factory=Counter)
    answers: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    phones: list[Phone] = field(default_factory=list)

    def __str__(self) -> str:
        """Return the figures."""
        told = f"effects: {dict(self.effects)}; answers to each: {dict(self.answers)}"
        return f"{self.rounds} kills right after effects; {told}"

    def close(self) -> None:
        """Count who was told something more, after the answer that was due."""
        late = [one.address for one in self.phones if not one.hears_nothing_more(0)]
        self.wrong += [f"{address} was told more than once" for address in late]


def with_shop(shop: Shop) -> dict[str, str]:
    """Return the settings of a bot with the shop's tools, and questions to tap."""
    sids = ",".join(f"{number}={sid}" for number, sid in CONTENT_SIDS.items())
    choices = {"TWILIO_CHOICES_CONTENT_SIDS": sids}
    return {"BOT_TOOLS": str(TOOLS), "SHOP_URL": shop.url, **choices}


def play(
    house: House, shop: Shop, number: int, tally: Tally, allowed_by: Sequence[By]
) -> None:
    """Have two people ask for an effect of each kind; kill the worker once all stand.

    None was answered by the shop. Another worker is started, which answers them.
    """
    killed, arrived = threading.Event(), threading.Semaphore(0)

    def hold() -> None:
        arrived.release()
        killed.wait(PATIENCE)

    wanted = _wanted(allowed_by)
    begins = [_asked(house, kind, f"{kind} {number}", by) for by, kind, _ in wanted]
    shop.after = hold
    phones = []
    for begin in begins:
        phones.append(begin())
        assert arrived.acquire(timeout=PATIENCE), "no effect"
    house.kill("worker")
    killed.set()
    house.start_worker()
    for phone in phones:
        tally.answers[len(phone.hears())] += 1
    for _, kind, expected in wanted:
        _judge(house, shop, f"{kind} {number}", (kind, *expected), tally)
    tally.phones += phones
    tally.rounds += 1


def _wanted(allowed_by: Sequence[By]) -> list[tuple[By, str, tuple[Any, ...]]]:
    """Return who allows, the tool, and what is expected in the ledger."""
    return [
        (by, kind, expected)
        for by in allowed_by
        for kind, expected in zip(KINDS[by], EXPECTED, strict=True)
    ]


def _asked(house: House, kind: str, what: str, by: By) -> Callable[[], Phone]:
    """Have somebody ask for an effect, up to its beginning; return what begins it."""
    phone = house.phone()

    def ask() -> Phone:
        house.llm.reset()
        house.llm.always(Script(text="That is what came of it."))
        house.llm.next(asks((kind, {"what": what})))
        phone.says(f"Please {kind}")
        return phone

    if by == "nobody":
        return ask
    # The answer and the question, or that the team is asked.
    ask().hears(2 if by == "customer" else 1)
    return (lambda: _tap(phone)) if by == "customer" else (lambda: _allow(house, phone))


def _tap(phone: Phone) -> Phone:
    (yes, _) = phone.messages()[-1]["choices"]
    phone.says("", choice=yes)
    return phone


def _allow(house: House, phone: Phone) -> Phone:
    """Allow the oldest call that waits, as `bot tools allow` and the console do."""
    with opened(house.database_url or "") as database:
        allowing = Allowing(database)
        assert allowing.decide(allowing.waiting()[0], allows=True)
    return phone


def _judge(
    house: House, shop: Shop, what: str, expected: tuple[Any, ...], tally: Tally
) -> None:
    with opened(house.database_url or "") as database:
        found = rows(database, CALLS, what=what)
    effects = shop.effects_of(what)
    tally.effects[f"{expected[0]}: {effects}"] += 1
    if found != [expected] or effects != 1:
        tally.wrong.append(f"{what}: {effects} effects, {found}")
