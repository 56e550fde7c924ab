"""A worker that is killed right after an effect: it stands once, or is unknown.

Also where a customer's tap, or an operator, allowed it.
"""

from tests.chaos.effects.counter import Shop
from tests.chaos.effects.rounds import KINDS, Tally, play, with_shop
from tests.house import NewHouse


def test_a_worker_killed_right_after_an_effect_repeats_none(
    new_house: NewHouse,
) -> None:
    tally = Tally()
    with Shop() as shop, new_house(**with_shop(shop)) as house:
        play(house, shop, 1, tally, [*KINDS])
        tally.close()
    assert tally.wrong == []
    assert tally.effects == {f"{kind}: 1": 1 for two in KINDS.values() for kind in two}
    assert tally.answers == {1: 6}
