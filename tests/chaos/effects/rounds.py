"""Rounds in each of which a worker is killed right after a tool's effect."""

import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

from tests.bot.chat.acting.diner import asks
from tests.chaos.effects.counter import Shop
from tests.db.sql import opened, rows
from tests.house import PATIENCE, House, Phone
from tests.scripted_llm import Script

TOOLS = Path(__file__).parent / "tools.py"
Kind = Literal["book", "order"]
CALLS = """
SELECT tool, state, reference_id IS NOT NULL, owner
FROM tool_calls JOIN users USING (user_id) WHERE arguments ->> 'what' = %(what)s
"""
# What stands in the ledger after a round: state, tied to an answer, who has the chat.
EXPECTED = {"book": ("done", True, "bot"), "order": ("unknown", True, "queue")}


@dataclass
class Tally:
    """What came of all rounds; `wrong` tells which were otherwise than promised."""

    rounds: int = 0
    effects: Counter[str] = field(default_factory=Counter)
    answers: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def with_shop(shop: Shop) -> dict[str, str]:
    """Return the settings of a bot with the shop's tools."""
    return {"BOT_TOOLS": str(TOOLS), "SHOP_URL": shop.url}


def play(house: House, shop: Shop, number: int, tally: Tally) -> None:
    """Have two people ask for an effect each; kill the worker once both stand.

    Neither was answered by the shop. Another worker is started, which answers them.
    """
    killed, arrived = threading.Event(), threading.Semaphore(0)

    def hold() -> None:
        arrived.release()
        killed.wait(PATIENCE)

    shop.after = hold
    phones = {kind: _ask(house, kind, number) for kind in _each(arrived)}
    house.kill("worker")
    killed.set()
    house.start_worker()
    for kind, phone in phones.items():
        tally.answers[len(phone.hears())] += 1
        _judge(house, shop, kind, f"{kind} {number}", tally)
    tally.rounds += 1


def _each(arrived: threading.Semaphore) -> Iterator[Kind]:
    """Yield what is asked for, each once the effect of the one before stands."""
    for kind in get_args(Kind):
        yield kind
        assert arrived.acquire(timeout=PATIENCE), f"no {kind}"


def _ask(house: House, kind: Kind, number: int) -> Phone:
    phone = house.phone()
    house.llm.reset()
    house.llm.always(Script(text="That is what came of it."))
    house.llm.next(asks((kind, {"what": f"{kind} {number}"})))
    phone.says(f"Please {kind}")
    return phone


def _judge(house: House, shop: Shop, kind: Kind, what: str, tally: Tally) -> None:
    with opened(house.database_url or "") as database:
        found = rows(database, CALLS, what=what)
    effects = shop.effects_of(what)
    tally.effects[f"{kind}: {effects}"] += 1
    if found != [(kind, *EXPECTED[kind])] or effects != 1:
        tally.wrong.append(f"{what}: {effects} effects, {found}")
