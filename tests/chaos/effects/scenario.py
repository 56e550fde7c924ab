"""A bot with a shop's tools, whose worker is killed right after their effects."""

from collections.abc import Callable, Sequence
from pathlib import Path

from db import schema
from db.embedded.server import EmbeddedPostgres
from tests.chaos.effects.counter import Shop
from tests.chaos.effects.rounds import By, Tally, play, with_shop
from tests.db.sql import opened
from tests.house import House, living


def kill_after_effects(
    folder: Path,
    rounds: int,
    allowed_by: Sequence[By],
    after_each: Callable[[], object] = lambda: None,
) -> Tally:
    """Return what came of so many rounds, on a server in the folder."""
    tally = Tally()
    with (
        EmbeddedPostgres(folder / "data", {"fsync": "off"}) as server,
        Shop() as shop,
    ):
        with opened(server.url) as database:
            schema.upgrade(database)
        with living(House(folder, server.url, **with_shop(shop))) as house:
            for number in range(rounds):
                play(house, shop, number, tally, allowed_by)
                after_each()
            tally.close()
    return tally
