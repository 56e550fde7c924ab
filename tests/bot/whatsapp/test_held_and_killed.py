"""A worker that is killed while it sends: one fallback, and the answer once."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from uuid import UUID

import pytest

from tests.bot.whatsapp.scripted_twilio import ScriptedTwilio
from tests.bot.whatsapp.waiting import ENGLISH, HOLDING, WaitingDesk, sent
from tests.db.sql import opened

TIMES = int(os.environ.get("HELD_KILLS", "1"))
AGAIN = multiprocessing.get_context("spawn")


def send(url: str, origin: str, user_id: UUID, *, releases: bool) -> None:
    """Send what a user's parts allow, in a process of its own."""
    with opened(url) as database:
        desk = WaitingDesk(database, origin, holding=HOLDING)
        if releases:
            desk.sender.release_held(user_id)
        desk.sender.send_now(user_id)


@pytest.fixture
def killed(
    desk_that_holds: WaitingDesk, twilio: ScriptedTwilio, database_url: str
) -> Callable[[bool], None]:
    """Have a worker send that is killed when Twilio has taken what it sends first."""

    def run(releases: bool) -> None:
        desk = desk_that_holds
        known = (database_url, desk.origin, desk.user_id)
        worker: BaseProcess = AGAIN.Process(
            target=send, args=known, kwargs={"releases": releases}
        )

        def die() -> None:
            twilio.meanwhile = lambda: None
            assert worker.pid
            os.kill(worker.pid, signal.SIGKILL)

        twilio.meanwhile = die
        worker.start()
        worker.join(60)
        assert worker.exitcode == -signal.SIGKILL
        desk.passes(30)

    return run


@pytest.mark.parametrize("_time", range(TIMES))
def test_whoever_is_killed_at_twilio_has_said_it_once(
    desk_that_holds: WaitingDesk,
    twilio: ScriptedTwilio,
    killed: Callable[[bool], None],
    _time: int,
) -> None:
    desk = desk_that_holds
    desk.answers_late("one", sends=False)
    killed(False)
    desk.sends_later()
    assert sent(twilio) == [ENGLISH]
    assert desk.statuses == ["held", "sent"]
    desk.hears("hm?")
    killed(True)
    desk.sends_later()
    desk.sends_later()
    assert sent(twilio) == [ENGLISH, "one"]
    assert desk.statuses == ["sent", "sent"]
