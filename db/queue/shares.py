"""How many of a worker's jobs may be of which queues: none holds up the others."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Shares:
    """The most jobs at once of some `named` queues, and of all `others` together.

    `queues` are the names of all others that there are. Without any, nothing is bound.
    """

    named: Mapping[str, int] = field(default_factory=dict)
    others: int = 0
    queues: tuple[str, ...] = ()

    def free(self, held: Iterable[str | None]) -> list[str] | None:
        """Return from which queues one more job may be taken; None: from any."""
        if not self.named:
            return None
        of_named = dict.fromkeys(self.named, 0)
        of_others = 0
        for queue in held:
            if queue in of_named:
                of_named[queue] += 1
            else:
                of_others += 1
        free = [queue for queue, most in self.named.items() if of_named[queue] < most]
        has_room = of_others < self.others
        if has_room and len(free) == len(self.named):
            return None
        return free + list(self.queues if has_room else ())

    def room(self, held: Iterable[str | None]) -> int:
        """Return how many jobs one look may take: of all others, or a single one."""
        of_others = sum(queue not in self.named for queue in held)
        return max(1, self.others - of_others)
