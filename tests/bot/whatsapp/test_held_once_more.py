"""What waited, and what comes after it: the window opens again, a wait ends."""

import pytest

from tests.bot.whatsapp.scripted_twilio import ScriptedTwilio
from tests.bot.whatsapp.waiting import WaitingDesk, sent


@pytest.fixture
def desk(desk_that_holds: WaitingDesk) -> WaitingDesk:
    return desk_that_holds


def test_who_wrote_since_a_part_was_refused_is_in_the_window(
    desk: WaitingDesk, twilio: ScriptedTwilio
) -> None:
    desk.stores("one")
    desk.sends_now()
    desk.fails(str(twilio.taken[0]["sid"]), 63016)  # and no worker sees to it
    desk.passes_by(minutes=1)
    desk.hears("hello?")
    desk.passes_by(seconds=30)
    desk.sender.release_held(desk.user_id)
    desk.sends_later()
    assert sent(twilio) == ["one", "one"]
    assert desk.statuses == ["sent"]
