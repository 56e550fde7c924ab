"""What goes wrong in each scenario."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from tests.chaos.moody_llm import CALM, Mood
from tests.chaos.schedule import Kill, Size

MESSAGES_A_SECOND = 20
Fault = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A kind of bad day.

    Sending takes `seconds`, or as long as the usual rate needs; `times` as many
    messages as usual are sent. `twilio` are faults of bot.simulator.faults. Without
    `supervisor` a process of the bot's that ends by itself is not started again. With a
    `standby` PostgreSQL does not come back: the standby is promoted. With `cable` the
    second worker is on a machine that can be cut off; the webs, if `pgbouncer`, reach
    the database through it. With `takeovers` operators take over as many chats as there
    are users, at an instant each in which the bot has something to say there. With
    `strangers` some dozens of odd clients beset the first web all the time.
    """

    name: str
    kills: tuple[Kill, ...] = ()
    webs: int = 1
    workers: int = 1
    copies: int = 1
    burst: int = 1
    mood: Mood = CALM
    twilio: tuple[Fault, ...] = ()
    seconds: float | None = None
    times: int = 1
    supervisor: bool = True
    standby: bool = False
    cable: bool = False
    pgbouncer: bool = False
    takeovers: bool = False
    strangers: bool = False

    def size(self, users: int, messages: int) -> Size:
        count = messages * self.times
        return Size(users, count, self.seconds or count / MESSAGES_A_SECOND)


def spoil(on: str, kind: str, rate: float, *, accepted: bool = False) -> Fault:
    spoilt = {"on": on, "kind": kind, "rate": rate, "count": 10_000}
    return {**spoilt, "after_accepting": accepted}


LLM_FAULTS = Mood(errors=0.2, hangs=0.05, drips=0.05)
TWILIO_FAULTS = (
    spoil("create", "429", 0.10),
    spoil("create", "500", 0.10, accepted=True),
    spoil("create", "drop", 0.05, accepted=True),
)
# So that takeovers meet parts that are being sent, and others that wait for them.
SLOW_TWILIO = ({**spoil("create", "hang", 0.5, accepted=True), "seconds": 1.0},)
CALLBACK_FAULTS = (
    spoil("callbacks", "shuffle", 0.5),
    spoil("callbacks", "double", 0.5),
)
# An uncertain send whose callbacks are lost too is left to the list, which may fail.
NEWS_LOST = (spoil("callbacks", "drop", 0.5), spoil("list", "500", 0.2))
# What is worth talking over: answers that take their time, in several parts.
SLOW_AND_LONG = Mood(delay=2.0, parts=3)
KILL_WEB = Kill("web", every=6)
KILL_WORKER = Kill("worker", every=16)
# Long enough to be taken for dead: two workers then do the same jobs.
FREEZE_WORKER = Kill("worker", every=20, away=(8, 14), freezes=True)
# The same for a machine that the others no longer reach, nor it them.
CUT_OFF = Kill("cable", every=25, away=(8, 14), freezes=True)
KILL_POSTGRES = Kill("postgres", every=16, away=(0.0, 3.0))
# As long as it takes somebody, or something, to notice and promote the standby.
LOSE_PRIMARY = Kill("postgres", every=1000, away=(3.0, 5.0), within=(0.3, 0.5))
RESTART_POSTGRES = replace(KILL_POSTGRES, away=(1.0, 1.0))

SCENARIOS = (
    Scenario(name="kill-web", kills=(KILL_WEB,)),
    Scenario(name="kill-worker", kills=(KILL_WORKER,)),
    Scenario(name="kill-postgres", kills=(KILL_POSTGRES,)),
    Scenario(name="no-supervisor", kills=(RESTART_POSTGRES,), supervisor=False),
    Scenario(name="webhooks-three-times", copies=3),
    Scenario(name="bursts", burst=8),
    Scenario(name="llm-faults", mood=LLM_FAULTS),
    Scenario(name="twilio-faults", twilio=(*TWILIO_FAULTS, *NEWS_LOST)),
    Scenario(name="callbacks-shuffled", twilio=CALLBACK_FAULTS),
    Scenario(name="strangers", strangers=True),
    Scenario(
        name="database-away",
        kills=(Kill("postgres", every=100, away=(60, 60), within=(0.1, 0.2)),),
        seconds=100,
    ),
    Scenario(name="failover", kills=(LOSE_PRIMARY,), workers=2, standby=True),
    Scenario(
        name="failover-silent",
        kills=(replace(LOSE_PRIMARY, freezes=True),),
        workers=2,
        standby=True,
    ),
    Scenario(name="cut-off", kills=(CUT_OFF,), workers=2, cable=True),
    Scenario(
        name="many-machines",
        kills=(
            replace(CUT_OFF, every=30),
            replace(KILL_WEB, name="web-2", every=20),
            replace(KILL_WORKER, every=30),
        ),
        webs=3,
        workers=3,
        cable=True,
        pgbouncer=True,
    ),
    Scenario(
        name="frozen",
        kills=(
            FREEZE_WORKER,
            replace(FREEZE_WORKER, name="worker-2"),
            Kill("postgres", every=60, away=(10, 20), freezes=True),
        ),
        workers=2,
        seconds=60,
    ),
    Scenario(
        name="takeover",
        kills=(
            replace(KILL_WORKER, every=30),
            replace(KILL_WORKER, name="worker-2", every=60),
        ),
        workers=2,
        mood=SLOW_AND_LONG,
        twilio=SLOW_TWILIO,
        takeovers=True,
        seconds=120,
    ),
    Scenario(
        name="all-at-once",
        kills=(
            replace(KILL_WEB, every=25),
            replace(KILL_WORKER, every=35),
            replace(KILL_POSTGRES, every=60),
            replace(FREEZE_WORKER, name="worker-2", every=60),
        ),
        workers=2,
        copies=3,
        burst=3,
        mood=LLM_FAULTS,
        twilio=(*TWILIO_FAULTS, *NEWS_LOST, *CALLBACK_FAULTS),
        seconds=300,
        times=2,
    ),
)
SHORT = Scenario(
    name="short",
    kills=(replace(KILL_WEB, every=10), replace(KILL_WORKER, every=10)),
    copies=3,
    burst=3,
    mood=LLM_FAULTS,
    twilio=(*TWILIO_FAULTS, *NEWS_LOST, *CALLBACK_FAULTS),
    seconds=10,
)
