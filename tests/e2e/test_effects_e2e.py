"""A worker that is killed right after an effect: it stands once, or is unknown."""

from tests.chaos.effects.counter import Shop
from tests.chaos.effects.rounds import Tally, play, with_shop
from tests.house import NewHouse


def test_a_worker_killed_right_after_an_effect_repeats_none(
    new_house: NewHouse,
) -> None:
    tally = Tally()
    with Shop() as shop, new_house(**with_shop(shop)) as house:
        play(house, shop, 1, tally)
    assert tally.wrong == []
    assert tally.effects == {"book: 1": 1, "order: 1": 1}
    assert tally.answers == {1: 2}
