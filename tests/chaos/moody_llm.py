"""An LLM on a bad day, as a process: it echoes what it is asked, or fails by dice.

python -m tests.chaos.moody_llm --port 4021 --seed 7 --errors 0.2 --hangs 0.05
"""

import argparse
import signal
import threading
from dataclasses import asdict, dataclass
from random import Random

from tests.chaos.schedule import dice_for
from tests.scripted_llm import Script, ScriptedLLM

# One is slow and arrives, the other would take longer than anybody waits.
DRIPS = (0.002, 0.1)


@dataclass(frozen=True, slots=True)
class Mood:
    """The share of requests that get a 429 or 500, no answer, or one that drips.

    An answer takes `delay` seconds at most, a tenth of it at least, and is sent in up
    to so many `parts`.
    """

    errors: float = 0.0
    hangs: float = 0.0
    drips: float = 0.0
    delay: float = 0.2
    parts: int = 1

    def arguments(self) -> list[str]:
        return [word for k, v in asdict(self).items() for word in (f"--{k}", str(v))]

    def draw(self, dice: Random) -> Script:
        throw = dice.random()
        if throw < self.errors:
            return Script(status=dice.choice((429, 500)))
        if throw < self.errors + self.hangs:
            return Script(hang=True)
        if throw < self.errors + self.hangs + self.drips:
            return Script(drip=dice.choice(DRIPS))
        more = dice.randrange(self.parts) if self.parts > 1 else 0
        return Script(delay=dice.uniform(self.delay / 10, self.delay), more=more)


CALM = Mood()


@dataclass
class MoodyLLM(ScriptedLLM):
    """A scripted LLM whose script is drawn from the seed."""

    seed: int = 0
    mood: Mood = CALM

    def __post_init__(self) -> None:
        self._dice = dice_for(self.seed, "llm")
        super().__post_init__()

    def reset(self) -> None:
        """Cheer up: from now on every request is answered."""
        super().reset()
        self.mood = CALM

    def take_script(self) -> Script:
        with self._lock:
            return self.mood.draw(self._dice)


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    for name in ("--port", "--seed"):
        parser.add_argument(name, type=int, required=True)
    for name in ("--errors", "--hangs", "--drips"):
        parser.add_argument(name, type=float, default=0.0)
    parser.add_argument("--delay", type=float, default=CALM.delay)
    parser.add_argument("--parts", type=int, default=CALM.parts)
    given = parser.parse_args()
    stopped = threading.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda *_: stopped.set())
    mood = Mood(given.errors, given.hangs, given.drips, given.delay, given.parts)
    with MoodyLLM(given.port, seed=given.seed, mood=mood):
        while not stopped.wait(0.2):
            pass


if __name__ == "__main__":
    main()
